//! Types in a list, as JSON Schema 2020-12 allows them.

use serde_json::{Value, json};

use synctera_codegen::error::{Error, Result};
use synctera_codegen::json;

use super::keywords::{ANNOTATIONS, Notes, Schema};

/// Keywords that say something of one type only, and the type.
const OF_TYPES: [(&str, &[&str]); 4] = [
    ("string", &["contentEncoding", "contentMediaType", "maxLength", "minLength", "pattern"]),
    ("number", &["exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"]),
    ("array", &["items", "maxItems", "minItems", "uniqueItems"]),
    (
        "object",
        &["additionalProperties", "maxProperties", "minProperties", "properties", "required"],
    ),
];

/// Types in a list: `null` among them is nullable, several others are a union.
pub(super) fn settle(schema: &mut Schema, place: &str, notes: &mut Notes) -> Result<()> {
    let listed: Vec<String> = match schema.get("type") {
        None => Vec::new(),
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) if several.iter().all(Value::is_string) => {
            several.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        }
        Some(_) => {
            return Err(Error::at(
                json::push(place, "type"),
                "it must be a type, or a list of types",
            ));
        }
    };
    let says_null = listed.iter().any(|name| name == "null");
    let mut others: Vec<&str> =
        listed.iter().map(String::as_str).filter(|name| *name != "null").collect();
    if others.contains(&"number") {
        others.retain(|name| *name != "integer");
    }
    let mut is_nullable = says_null;
    let mut is_null_alone = says_null && others.is_empty();
    if let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut)
        && values.iter().any(Value::is_null)
        && (says_null || listed.is_empty())
    {
        values.retain(|value| !value.is_null());
        is_nullable = true;
        is_null_alone |= values.is_empty();
    }
    if is_nullable {
        schema.insert("nullable".to_owned(), Value::Bool(true));
    }
    if is_null_alone {
        schema.retain(|key, _| ANNOTATIONS.contains(&key.as_str()));
        notes.push((place.to_owned(), "it can only be null, and is read as JSON".to_owned()));
        return Ok(());
    }
    match others[..] {
        [] => {}
        [one] => {
            schema.insert("type".to_owned(), json!(one));
        }
        ref several => {
            let variants = several.iter().map(|name| variant(schema, name)).collect();
            schema.remove("type");
            let of_one = |key: &str| OF_TYPES.iter().any(|(_, keys)| keys.contains(&key));
            schema.retain(|key, _| !of_one(key) && key != "enum" && key != "format");
            let union = Value::Array(variants);
            if schema.contains_key("anyOf") {
                let parts = schema.entry("allOf").or_insert_with(|| json!([]));
                if let Some(parts) = parts.as_array_mut() {
                    parts.push(json!({ "anyOf": union }));
                }
            } else {
                schema.insert("anyOf".to_owned(), union);
            }
        }
    }
    Ok(())
}

/// What a schema says of values of one of its types.
fn variant(schema: &Schema, name: &str) -> Value {
    let mut variant = json!({ "type": name });
    let keyed = if name == "integer" { "number" } else { name };
    let keys = OF_TYPES.iter().find(|(of, _)| *of == keyed).map(|(_, keys)| *keys);
    for key in keys.into_iter().flatten().chain(&["format"]) {
        let is_of_type = *key != "format" || !["array", "boolean", "object"].contains(&name);
        if let Some(value) = schema.get(*key).filter(|_| is_of_type) {
            variant[key] = value.clone();
        }
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        let fits = |value: &&Value| match name {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            _ => value.is_object(),
        };
        variant["enum"] = values.iter().filter(fits).cloned().collect();
    }
    variant
}
