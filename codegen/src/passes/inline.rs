//! Components that are no type of their own are written where they are used.
//!
//! A name for a bare string, a list or a free-form object would become a wrapper that every
//! caller has to peel; the property's own name says as much.

use std::collections::BTreeMap;

use serde_json::Value;

use super::flatten::{ANNOTATIONS, is_tagged};
use super::{Facts, visit};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::json;

/// Aliases of aliases are followed this far.
const DEPTH_MAX: usize = 16;

pub(super) fn run(document: &mut Document, facts: &Facts) -> Result<usize> {
    let aliases: BTreeMap<String, Value> = document
        .components("schemas")
        .filter(|(name, schema)| is_alias(schema) && !facts.natives.contains_key(*name))
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    let mut inlined = 0;
    visit::schemas(document, &mut |schema, place| {
        for _ in 0..DEPTH_MAX {
            let Some(target) = json::schema_ref(schema).and_then(|name| aliases.get(name)) else {
                return Ok(());
            };
            *schema = with_annotations(target, schema);
            inlined += 1;
        }
        Err(Error::at(place, "a chain of names leads nowhere"))
    })?;
    // What was written in place can hold references to aliases itself (lists of lists).
    if inlined > 0 {
        inlined += run(document, facts)?;
    }
    document.schemas_mut().retain(|name, _| !aliases.contains_key(name));
    Ok(inlined)
}

/// Whether a schema is a scalar, a list, a map, free-form, or a bare reference.
fn is_alias(schema: &Value) -> bool {
    let has_properties =
        schema.get("properties").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
    !has_properties && !is_tagged(schema) && schema.get("enum").is_none()
}

fn with_annotations(target: &Value, place: &Value) -> Value {
    let mut schema = target.clone();
    if let (Value::Object(schema), Value::Object(place)) = (&mut schema, place) {
        for (key, value) in place {
            if ANNOTATIONS.contains(&key.as_str()) && key != "type" {
                schema.insert(key.clone(), value.clone());
            }
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_for_plain_things_go() {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x"}}},
                "components": {"schemas": {
                    "id": {"type": "string", "format": "uuid"},
                    "own_id": {"$ref": "#/components/schemas/id", "readOnly": true},
                    "ids": {"type": "array", "items": json::ref_to("id")},
                    "status": {"type": "string", "enum": ["A"]},
                    "thing": {"type": "object", "properties": {
                        "id": json::ref_to("own_id"), "ids": json::ref_to("ids"),
                        "status": json::ref_to("status"),
                    }},
                }},
            }),
        )
        .unwrap();
        run(&mut document, &Facts::default()).unwrap();
        assert_eq!(
            document.root()["components"]["schemas"],
            json!({
                "status": {"type": "string", "enum": ["A"]},
                "thing": {"type": "object", "properties": {
                    "id": {"type": "string", "format": "uuid", "readOnly": true},
                    "ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
                    "status": json::ref_to("status"),
                }},
            })
        );
    }
}
