//! What is not shown: a page does not have it, so that nobody finds it there.

use serde_json::{Map, Value};
use synctera_api::spec::is_hidden;

/// Stands for a value that is not shown.
pub(crate) const MASK: &str = "\u{2022}\u{2022}\u{2022}\u{2022}";

/// A body with those members masked.
pub(crate) fn masked(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, member)| {
                    let shown = match member {
                        Value::String(_) | Value::Number(_) if is_hidden(name) => MASK.into(),
                        // A list of secrets, or an object that is one.
                        Value::Array(items) if is_hidden(name) && items.iter().all(is_scalar) => {
                            MASK.into()
                        }
                        other => masked(other),
                    };
                    (name.clone(), shown)
                })
                .collect::<Map<_, _>>(),
        ),
        Value::Array(items) => items.iter().map(masked).collect(),
        other => other.clone(),
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
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
        assert!(is_masked("/a/0/account_number") && !is_masked("/status"));
    }
}
