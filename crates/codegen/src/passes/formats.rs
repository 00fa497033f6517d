//! Types and formats that the generator knows, and no others.
//!
//! The published documents hold a format without a type, objects with a format, and formats that
//! are really notes (`US`, `rawjson`, `string`). Whole numbers become one Rust type and so do
//! fractions: how wide the platform's own variables are is not ours to enforce.

use serde_json::{Value, json};

use super::visit;
use crate::document::Document;
use crate::error::Result;

pub(super) fn run(document: &mut Document) -> Result<usize> {
    let mut touched = 0;
    visit::schemas(document, &mut |schema, _| {
        let before = schema.clone();
        settle(schema);
        touched += usize::from(*schema != before);
        Ok(())
    })?;
    Ok(touched)
}

fn settle(schema: &mut Value) {
    let Some(map) = schema.as_object_mut() else {
        return;
    };
    if map.contains_key("$ref") {
        return;
    }
    if !map.contains_key("type") {
        let implied = if map.contains_key("properties") || map.contains_key("additionalProperties")
        {
            Some("object")
        } else if map.contains_key("items") {
            Some("array")
        } else if map.contains_key("enum") || map.contains_key("format") {
            Some("string")
        } else {
            None
        };
        if let Some(implied) = implied {
            map.insert("type".to_owned(), json!(implied));
        }
    }
    let format = match (
        map.get("type").and_then(Value::as_str),
        map.get("format").and_then(Value::as_str),
    ) {
        (Some("integer"), _) => Some("int64"),
        (Some("number"), _) => Some("double"),
        (Some("string"), Some("date")) => Some("date"),
        (Some("string"), Some("date-time")) => Some("date-time"),
        (Some("string"), Some("binary")) => Some("binary"),
        (Some("string"), Some("uuid" | "UUID")) => Some("uuid"),
        _ => None,
    };
    match format {
        Some(format) => {
            map.insert("format".to_owned(), json!(format));
        }
        None => {
            map.remove("format");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_formats_are_left() {
        for (before, after) in [
            (json!({"format": "date-time"}), json!({"type": "string", "format": "date-time"})),
            (json!({"type": "object", "format": "rawjson"}), json!({"type": "object"})),
            (
                json!({"type": "integer", "format": "integer64"}),
                json!({"type": "integer", "format": "int64"}),
            ),
            (json!({"type": "integer"}), json!({"type": "integer", "format": "int64"})),
            (
                json!({"type": "number", "format": "float"}),
                json!({"type": "number", "format": "double"}),
            ),
            (
                json!({"type": "string", "format": "UUID"}),
                json!({"type": "string", "format": "uuid"}),
            ),
            (json!({"type": "string", "format": "US"}), json!({"type": "string"})),
            (json!({"enum": ["A"]}), json!({"type": "string", "enum": ["A"]})),
            (json!({"properties": {}}), json!({"type": "object", "properties": {}})),
            (json!({}), json!({})),
        ] {
            let mut schema = before.clone();
            settle(&mut schema);
            assert_eq!(schema, after, "from {before}");
        }
    }
}
