//! What a flag takes.

use serde_json::{Map, Value, json};

use crate::document::Document;

/// The values of a parameter or a member; none for an object and for a list of anything but values.
pub(crate) fn kind<'d>(document: &Document<'d>, schema: &'d Value) -> Option<Map<String, Value>> {
    let Some(schema) = one(document, schema) else {
        return of_all(document, document.deref(schema));
    };
    if schema["type"] == "array" {
        let mut items = kind(document, &schema["items"])?;
        if items.contains_key("list") {
            return None;
        }
        items.insert("list".to_owned(), json!(true));
        return Some(items);
    }
    let mut kind = Map::new();
    let name = match (schema["type"].as_str()?, schema["format"].as_str()) {
        ("string", Some("uuid" | "UUID")) => "uuid",
        ("string", Some("date")) => "date",
        ("string", Some("date-time")) => "date-time",
        ("string", Some("binary")) => "file",
        ("string", _) => "text",
        ("integer", _) => "integer",
        ("number", _) => "number",
        ("boolean", _) => "boolean",
        _ => return None,
    };
    kind.insert("type".to_owned(), name.into());
    let values = |name: &str| {
        let values = schema[name].as_array()?.iter().filter_map(Value::as_str);
        let values: Vec<&str> = values.collect();
        (!values.is_empty()).then(|| json!(values))
    };
    if let Some(values) = values("enum") {
        kind.insert("values".to_owned(), values);
    }
    if let Some(values) = values("x-synctera-known-values") {
        kind.insert("known".to_owned(), values);
    }
    for (theirs, ours) in [
        ("minimum", "min"),
        ("maximum", "max"),
        ("minLength", "shortest"),
        ("maxLength", "longest"),
    ] {
        if let Some(limit) = schema.get(theirs).and_then(whole) {
            kind.insert(ours.to_owned(), limit.into());
        }
    }
    Some(kind)
}

/// The values of a union of values: those of all variants.
fn of_all<'d>(document: &Document<'d>, schema: &'d Value) -> Option<Map<String, Value>> {
    let variants = schema.get("oneOf").or(schema.get("anyOf"))?.as_array()?;
    let mut kinds = variants.iter().map(|variant| kind(document, variant));
    let mut joined = kinds.next()??;
    for kind in kinds {
        let kind = kind?;
        if kind["type"] != joined["type"] {
            return None;
        }
        match (joined.get_mut("values").and_then(Value::as_array_mut), kind.get("values")) {
            (Some(values), Some(Value::Array(others))) => values.extend(others.iter().cloned()),
            _ => {
                joined.remove("values");
            }
        }
    }
    Some(joined)
}

/// A limit as a whole number; no limit of a document has a fraction.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_f64().map(|value| value as i64))
}

/// A schema, or what it refers to, also as the only part of another.
fn one<'d>(document: &Document<'d>, mut schema: &'d Value) -> Option<&'d Value> {
    loop {
        schema = document.deref(schema);
        let parts = schema.get("allOf").or(schema.get("oneOf")).or(schema.get("anyOf"));
        match parts.and_then(Value::as_array).map(Vec::as_slice) {
            Some([only]) if schema.get("type").is_none() => schema = only,
            Some(_) => return None,
            None => return Some(schema),
        }
    }
}
