//! Ids in one form: UUIDs are the same in capitals, and are stored and compared in lower case.

use serde_json::Value;
use uuid::Uuid;

use super::schema::deref;

/// The length of an id with its hyphens.
const LENGTH: usize = 36;
/// A schema that refers to itself ends here.
const DEPTH_MAX: usize = 32;

/// An id as it is stored; none if the text is no id.
pub(crate) fn canonical_id(text: &str) -> Option<String> {
    let id = Uuid::try_parse(text).ok().filter(|_| text.len() == LENGTH)?;
    Some(id.hyphenated().to_string())
}

/// Puts the ids of a value into their form, where its schema says that they are ids: what is free
/// text stays as it is.
pub(super) fn lower(root: &Value, schema: &Value, value: &mut Value) {
    // Mostly there is nothing to do, which is seen without the schema.
    if has_capitals(value) {
        lower_at(root, schema, value, 0);
    }
}

/// Whether there is an id with a capital letter.
fn has_capitals(value: &Value) -> bool {
    match value {
        Value::String(text) => canonical_id(text).is_some_and(|id| id != *text),
        Value::Array(items) => items.iter().any(has_capitals),
        Value::Object(members) => members.values().any(has_capitals),
        _ => false,
    }
}

fn lower_at(root: &Value, schema: &Value, value: &mut Value, depth: usize) {
    if depth > DEPTH_MAX {
        return;
    }
    let schema = deref(root, schema);
    let deeper = depth + 1;
    for keyword in ["allOf", "anyOf", "oneOf"] {
        for part in schema.get(keyword).and_then(Value::as_array).into_iter().flatten() {
            lower_at(root, part, value, deeper);
        }
    }
    for target in mapped(schema) {
        if let Some(variant) = root.pointer(target.trim_start_matches('#')) {
            lower_at(root, variant, value, deeper);
        }
    }
    match value {
        Value::String(text) if schema["format"] == "uuid" => {
            if let Some(id) = canonical_id(text) {
                *text = id;
            }
        }
        Value::Array(items) => {
            if let Some(of_items) = schema.get("items") {
                items.iter_mut().for_each(|item| lower_at(root, of_items, item, deeper));
            }
        }
        Value::Object(members) => {
            let properties = schema.get("properties").and_then(Value::as_object);
            for (name, property) in properties.into_iter().flatten() {
                if let Some(member) = members.get_mut(name) {
                    lower_at(root, property, member, deeper);
                }
            }
        }
        _ => {}
    }
}

/// The variants of a union that has a tag and no list of them.
fn mapped(schema: &Value) -> impl Iterator<Item = &str> {
    let has_list = schema.get("oneOf").is_some() || schema.get("anyOf").is_some();
    let mapping = schema.get("discriminator").and_then(|tag| tag["mapping"].as_object());
    mapping.filter(|_| !has_list).into_iter().flatten().filter_map(|(_, target)| target.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::spec::{Interface, Match, Spec};

    const ID: &str = "0F58E632-2630-4CC4-8661-3910EAE951E6";

    #[test]
    fn ids_are_lowered_where_they_are_ids() {
        let spec = Spec::of(Interface::V2);
        let lowered = |path: &str, mut body: serde_json::Value| {
            let Match::Found(routed) = spec.route("POST", path) else {
                panic!("no such operation");
            };
            spec.lower_ids(routed.operation, &mut body);
            body
        };
        let lower = ID.to_lowercase();
        assert_eq!(
            lowered(
                "/cards",
                json!({"type": "DEBIT", "card_details": {
                "account_id": ID, "metadata": {"theirs": ID}, "emboss_name": {"line_1": ID}}})
            ),
            json!({"type": "DEBIT", "card_details": {
                "account_id": lower, "metadata": {"theirs": ID}, "emboss_name": {"line_1": ID}}})
        );
        assert_eq!(
            lowered(
                "/accounts",
                json!({"account_type": "CHECKING", "nickname": ID,
                "account_template_id": ID, "relationships": [{"customer_id": ID}]})
            ),
            json!({"account_type": "CHECKING", "nickname": ID,
                "account_template_id": lower, "relationships": [{"customer_id": lower}]})
        );
    }

    #[test]
    fn an_id_has_hyphens() {
        assert_eq!(super::canonical_id(ID), Some(ID.to_lowercase()));
        for text in ["", "x", "0f58e63226304cc486613910eae951e6", &format!("{{{ID}}}")] {
            assert_eq!(super::canonical_id(text), None, "{text}");
        }
    }
}
