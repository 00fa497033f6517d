//! Limits and defaults leave the types.
//!
//! Lengths, patterns and ranges are the platform's to loosen: enforcing them on what is read would
//! lose whole responses. A default is what the platform assumes when a property is absent;
//! filling it in on the way out would override the values of a template.

use serde_json::{Map, Value};

use super::flatten::CONFLICT;
use super::{Facts, visit};
use crate::document::Document;
use crate::error::Result;

const LIMITS: [&str; 18] = [
    "additionalProperties",
    "default",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "nullable",
    "pattern",
    "uniqueItems",
    CONFLICT,
];

/// Marks, between the two walks, a property whose `null` is part of the shape.
const KEPT_NULL: &str = "x-synctera-null";

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let lookup = document.clone();
    let mut dropped = 0;
    visit::schemas(document, &mut |schema, _| {
        settle_nulls(&lookup, schema);
        Ok(())
    })?;
    visit::schemas(document, &mut |schema, place| {
        if has_other_values(schema) {
            facts.note(place, "what stands beside the listed properties is not kept");
        }
        dropped += drop_limits(schema);
        Ok(())
    })?;
    Ok(dropped)
}

fn drop_limits(schema: &mut Value) -> usize {
    let Some(map) = schema.as_object_mut() else {
        return 0;
    };
    let before = map.len();
    let keeps_null = map.remove(KEPT_NULL).is_some();
    // Beside properties it says what others may hold, which are not kept.
    let is_map = !lists_properties(map);
    map.retain(|key, value| {
        // A map's value type is structure; whether other keys may stand beside is a limit.
        (key == "additionalProperties" && value.is_object() && is_map)
            || (key == "nullable" && keeps_null)
            || !LIMITS.contains(&key.as_str())
    });
    before - map.len()
}

fn lists_properties(schema: &Map<String, Value>) -> bool {
    schema.get("properties").and_then(Value::as_object).is_some_and(|p| !p.is_empty())
}

/// Whether other properties have a schema, beside those that are listed.
fn has_other_values(schema: &Value) -> bool {
    let others = schema.get("additionalProperties").and_then(Value::as_object);
    others.is_some_and(|others| !others.is_empty())
        && schema.as_object().is_some_and(lists_properties)
}

/// What can be null is optional when it is read. A plain property that must be there all the same
/// is written as `null`; anything else that is nothing is left out.
fn settle_nulls(document: &Document, schema: &mut Value) {
    let required: Vec<String> =
        crate::json::strings(schema, "required").into_iter().map(str::to_owned).collect();
    let mut optional = Vec::new();
    for (name, property) in visit::object(schema, "properties") {
        let is_nullable =
            property["nullable"] == true || document.deref(property)["nullable"] == true;
        if !is_nullable || !required.contains(name) {
            continue;
        }
        if property.get("$ref").is_none() && property["type"] != "array" {
            property[KEPT_NULL] = Value::Bool(true);
        } else {
            optional.push(name.clone());
        }
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required
            .retain(|name| name.as_str().is_none_or(|name| !optional.iter().any(|n| n == name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn limits_go_and_structure_stays() {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x"}}},
                "components": {"schemas": {
                    "thing": {"type": "object", "minProperties": 1, "additionalProperties": false,
                        "required": ["a", "b", "d"],
                        "properties": {
                            "d": {"$ref": "#/components/schemas/gone"},
                            "a": {"type": "string", "maxLength": 3, "pattern": "x", "default": "y"},
                            "b": {"type": "string", "nullable": true},
                            "c": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}},
                        }},
                    "gone": {"type": "object", "nullable": true},
                }},
            }),
        )
        .unwrap();
        assert_eq!(run(&mut document, &mut Facts::default()).unwrap(), 8);
        assert_eq!(
            document.schema("thing"),
            Some(&json!({"type": "object", "required": ["a", "b"], "properties": {
                "a": {"type": "string"}, "b": {"type": "string", "nullable": true},
                "d": {"$ref": "#/components/schemas/gone"},
                "c": {"type": "object", "additionalProperties": {"type": "string"}},
            }}))
        );
    }
}
