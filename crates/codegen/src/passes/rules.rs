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
    for component in &facts.requests {
        let Some(schema) = document.schema(component) else {
            continue;
        };
        let mut properties = BTreeMap::new();
        for (name, property) in json::properties(schema) {
            let rules = read(document, property);
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
        let limits = query_limits(document, &key);
        count += limits.len();
        facts.operations.entry(key).or_default().query_limits = limits;
    }
    Ok(count)
}

/// The limits of an operation's query parameters.
fn query_limits(document: &Document, key: &OperationKey) -> BTreeMap<String, Rules> {
    let parameters = document.operation(key).and_then(|operation| operation.get("parameters"));
    let mut limits = BTreeMap::new();
    for parameter in parameters.and_then(Value::as_array).into_iter().flatten() {
        if parameter["in"] != "query" {
            continue;
        }
        let name = parameter["name"].as_str().unwrap_or_default();
        let mut rules = read(document, &parameter["schema"]);
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

fn read(document: &Document, property: &Value) -> Rules {
    read_to(document, property, LISTS_MAX)
}

fn read_to(document: &Document, property: &Value, left: usize) -> Rules {
    let schema = document.deref(property);
    let mut rules = Rules::default();
    match schema["type"].as_str() {
        Some("string") if schema.get("enum").is_none() && !is_typed(schema) => {
            rules.min_length = schema["minLength"].as_u64().filter(|length| *length > 0);
            rules.max_length = schema["maxLength"].as_u64();
            rules.pattern = schema["pattern"].as_str().map(str::to_owned);
            // Look-ahead and the like are not checked here; the platform does.
            rules.pattern = rules.pattern.filter(|p| regex_lite::Regex::new(p).is_ok());
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
                Some(left) => read_to(document, &schema["items"], left),
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
