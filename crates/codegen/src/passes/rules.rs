//! The limits on what is sent are noted, for the emitted checks, before the types lose them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::facts::{Facts, Rules};
use crate::document::{Document, OperationKey};
use crate::error::Result;
use crate::json;

/// Lists within lists whose limits are checked.
const LISTS_MAX: usize = 8;

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let mut count = 0;
    let mut notes = Vec::new();
    for component in &facts.requests {
        let Some(schema) = document.schema(component) else {
            continue;
        };
        let mut properties = BTreeMap::new();
        for (name, property) in json::properties(schema) {
            let mut unread = Vec::new();
            let rules = read(document, property, &mut unread);
            let place = json::push(&json::push("#/components/schemas", component), "properties");
            notes.extend(unread.into_iter().map(|pattern| (json::push(&place, name), pattern)));
            if rules != Rules::default() {
                properties.insert(name.clone(), rules);
            }
        }
        if !properties.is_empty() {
            count += properties.len();
            facts.rules.insert(component.clone(), properties);
        }
    }
    for key in document.operations() {
        let mut unread = Vec::new();
        let limits = query_limits(document, &key, &mut unread);
        notes.extend(unread.into_iter().map(|pattern| (key.place(), pattern)));
        count += limits.len();
        facts.operations.entry(key).or_default().query_limits = limits;
    }
    for (place, pattern) in notes {
        facts.note(place, format!("the pattern {pattern:?} is not checked before it is sent"));
    }
    Ok(count)
}

/// The limits of an operation's query parameters; patterns that are not supported go to `unread`.
fn query_limits(
    document: &Document,
    key: &OperationKey,
    unread: &mut Vec<String>,
) -> BTreeMap<String, Rules> {
    let parameters = document.operation(key).and_then(|operation| operation.get("parameters"));
    let mut limits = BTreeMap::new();
    for parameter in parameters.and_then(Value::as_array).into_iter().flatten() {
        if parameter["in"] != "query" {
            continue;
        }
        let name = parameter["name"].as_str().unwrap_or_default();
        let mut rules = read(document, &parameter["schema"], unread);
        // An empty list is not sent at all; what must be there would be missing.
        if parameter["required"] == true && document.deref(&parameter["schema"])["type"] == "array"
        {
            rules.min_items = rules.min_items.or(Some(1));
        }
        if rules != Rules::default() {
            limits.insert(name.to_owned(), rules);
        }
    }
    limits
}

fn read(document: &Document, property: &Value, unread: &mut Vec<String>) -> Rules {
    read_to(document, property, LISTS_MAX, unread)
}

fn read_to(document: &Document, property: &Value, left: usize, unread: &mut Vec<String>) -> Rules {
    let schema = document.deref(property);
    let mut rules = Rules::default();
    match schema["type"].as_str() {
        Some("string") if schema.get("enum").is_none() && !is_typed(schema) => {
            rules.min_length = schema["minLength"].as_u64().filter(|length| *length > 0);
            rules.max_length = schema["maxLength"].as_u64();
            if let Some(pattern) = schema["pattern"].as_str() {
                // Look-ahead and the like are not checked here; the platform does.
                if regex_lite::Regex::new(pattern).is_ok() {
                    rules.pattern = Some(pattern.to_owned());
                } else {
                    unread.push(pattern.to_owned());
                }
            }
        }
        Some("integer") => {
            // Between whole numbers, what is excluded is one step away.
            let step = |bound: &str| if schema[bound] == true { 1.0 } else { 0.0 };
            let least = schema["minimum"].as_f64();
            rules.minimum = least.map(|least| least + step("exclusiveMinimum"));
            let most = schema["maximum"].as_f64();
            rules.maximum = most.map(|most| most - step("exclusiveMaximum"));
        }
        Some("number") => {
            rules.minimum = schema["minimum"].as_f64();
            rules.maximum = schema["maximum"].as_f64();
        }
        Some("array") => {
            rules.min_items = schema["minItems"].as_u64().filter(|items| *items > 0);
            rules.max_items = schema["maxItems"].as_u64();
            // A list can hold itself.
            let items = match left.checked_sub(1) {
                Some(left) => read_to(document, &schema["items"], left, unread),
                None => Rules::default(),
            };
            rules.items = (items != Rules::default()).then(|| Box::new(items));
        }
        _ => {}
    }
    rules
}

/// Whether the Rust type already holds what the format says.
fn is_typed(schema: &Value) -> bool {
    matches!(schema["format"].as_str(), Some("uuid" | "date" | "date-time" | "binary"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn limits_of_queries_are_noted() {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x", "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}},
                    {"name": "id", "in": "query", "required": true,
                     "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "name", "in": "query", "schema": {"type": "string"}},
                    {"name": "page", "in": "path", "schema": {"type": "integer", "minimum": 1}},
                ]}}},
            }),
        )
        .unwrap();
        let mut facts = Facts::default();
        assert_eq!(run(&mut document, &mut facts).unwrap(), 2);
        let key = document.operations().into_iter().next().unwrap();
        let expected = [
            ("id", Rules { min_items: Some(1), ..Rules::default() }),
            ("limit", Rules { minimum: Some(1.0), ..Rules::default() }),
        ];
        let expected = expected.map(|(name, rules)| (name.to_owned(), rules)).into();
        assert_eq!(facts.operations[&key].query_limits, expected);
    }

    #[test]
    fn limits_of_requests_are_noted() {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x"}}},
                "components": {"schemas": {
                    "short": {"type": "string", "maxLength": 3},
                    "new_thing": {"properties": {
                        "name": json::ref_to("short"),
                        "amount": {"type": "integer", "minimum": 0, "exclusiveMinimum": true},
                        "lines": {"type": "array", "minItems": 1, "items": json::ref_to("short")},
                        "kind": {"type": "string", "enum": ["A"], "maxLength": 1},
                        "id": {"type": "string", "format": "uuid", "minLength": 36},
                    }},
                    "thing": {"properties": {"name": json::ref_to("short")}},
                }},
            }),
        )
        .unwrap();
        let mut facts = Facts::default();
        facts.requests.insert("new_thing".to_owned());
        assert_eq!(run(&mut document, &mut facts).unwrap(), 3);
        let short = Rules { max_length: Some(3), ..Rules::default() };
        let expected = [
            ("amount", Rules { minimum: Some(1.0), ..Rules::default() }),
            (
                "lines",
                Rules {
                    min_items: Some(1),
                    items: Some(Box::new(short.clone())),
                    ..Rules::default()
                },
            ),
            ("name", short),
        ];
        let expected = expected.map(|(name, rules)| (name.to_owned(), rules)).into();
        assert_eq!(facts.rules, BTreeMap::from([("new_thing".to_owned(), expected)]));
    }
}
