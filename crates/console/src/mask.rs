//! What is not shown: a page does not have it, so that nobody finds it there.

use serde_json::{Map, Value};
use synctera_api::spec::is_hidden;

/// Stands for a value that is not shown.
pub(crate) const MASK: &str = "\u{2022}\u{2022}\u{2022}\u{2022}";

/// A body with those members masked.
pub(crate) fn masked(value: &Value) -> Value {
    synctera_api::spec::masked(value, MASK)
}

/// A body with its ids, names of the platform, numbers and flags, without what a person wrote.
pub(crate) fn facts(value: &Value) -> Value {
    let is_fact = |text: &str| {
        let is_id = text.len() == 36 && text.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-');
        let is_name = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit() || it == b'_';
        is_id || text == MASK || (text.bytes().all(is_name) && text.len() <= 64)
    };
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, member)| (name.clone(), facts(member)))
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => items.iter().map(facts).collect(),
        Value::String(text) if !is_fact(text) => "\u{2026}".into(),
        other => other.clone(),
    }
}

/// Whether the member at the end of a JSON pointer is not shown.
pub(crate) fn is_masked(pointer: &str) -> bool {
    pointer.rsplit('/').find(|name| name.parse::<usize>().is_err()).is_some_and(is_hidden)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_masked_at_any_depth() {
        let body = json!({
            "ssn": "456789012", "name": "Ada", "list": [{ "account_number": "1234" }],
            "routing_numbers": null,
        });
        let shown = masked(&body);
        assert_eq!(shown["ssn"], MASK);
        assert_eq!(shown["list"][0]["account_number"], MASK);
        assert_eq!(shown["name"], "Ada");
        let event = json!({ "event_resource": json!({ "ssn": "456789012" }).to_string() });
        assert!(!masked(&event).to_string().contains("4567"));
        assert_eq!(
            facts(&json!({ "result": "ACCEPTED", "content": "called", "amount": 5 })),
            json!({ "result": "ACCEPTED", "content": "\u{2026}", "amount": 5 })
        );
        assert!(is_masked("/a/0/account_number") && !is_masked("/status"));
    }
}
