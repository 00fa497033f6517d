//! One schema of JSON Schema 2020-12 → as OpenAPI 3.0 writes it; what it holds is converted already.

use serde_json::{Map, Value, json};

use synctera_codegen::error::{Error, Result};
use synctera_codegen::json;

use super::keywords::{ANNOTATIONS, Notes, Schema, check_dialect};
use super::types;

/// Keywords that change what other keywords or references mean.
const REFUSED: [(&str, &str); 4] = [
    ("$id", "a schema with an `$id` gives references another base, which is not supported"),
    ("$dynamicRef", "`$dynamicRef` is not supported: what it refers to depends on who asks"),
    ("$dynamicAnchor", "`$dynamicAnchor` is not supported: what it names depends on who asks"),
    ("$recursiveRef", "`$recursiveRef` is not supported: what it refers to depends on who asks"),
];

/// Keywords that only limit the values; no type holds them.
const LIMITS: [&str; 13] = [
    "contains",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords for people and for other tools.
const REMARKS: [&str; 3] = ["$comment", "contentSchema", "$schema"];

/// What is settled before the schemas within: `true` and `false` in the place of schemas, and `null`
/// among the variants of a union.
pub(super) fn prepare(schema: &mut Schema, place: &str, notes: &mut Notes) -> Result<()> {
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        let reason = "`nullable` is no keyword of OpenAPI 3.1, and is taken as in 3.0";
        notes.push((place.to_owned(), reason.to_owned()));
    }
    booleans(schema, place, notes)?;
    union_with_null(schema);
    Ok(())
}

fn booleans(schema: &mut Schema, place: &str, notes: &mut Notes) -> Result<()> {
    let impossible = |place: String| Error::at(place, "no value at all fits the schema `false`");
    for key in ["properties", "$defs", "patternProperties"] {
        let Some(held) = schema.get_mut(key).and_then(Value::as_object_mut) else {
            continue;
        };
        let mut never = Vec::new();
        for (name, child) in held.iter_mut() {
            match child {
                Value::Bool(true) => *child = json!({}),
                Value::Bool(false) => never.push(name.clone()),
                _ => {}
            }
        }
        for name in never {
            held.remove(&name);
            let place = json::push(&json::push(place, key), &name);
            notes.push((place, "it may not be there, and is left out".to_owned()));
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        let Some(held) = schema.get_mut(key).and_then(Value::as_array_mut) else {
            continue;
        };
        if key == "allOf"
            && let Some(index) = held.iter().position(|part| *part == Value::Bool(false))
        {
            return Err(impossible(json::push(&json::push(place, key), &index.to_string())));
        }
        held.retain(|part| *part != Value::Bool(false));
        if held.is_empty() {
            return Err(impossible(json::push(place, key)));
        }
        for part in held.iter_mut().filter(|part| **part == Value::Bool(true)) {
            *part = json!({});
        }
    }
    match schema.get("items") {
        Some(Value::Bool(true)) => {
            schema.insert("items".to_owned(), json!({}));
        }
        Some(Value::Bool(false)) => {
            schema.insert("items".to_owned(), json!({}));
            // After a tuple's places it only says that there are no more.
            if !schema.contains_key("prefixItems") {
                schema.insert("maxItems".to_owned(), json!(0));
            }
        }
        _ => {}
    }
    match schema.get("not") {
        Some(Value::Bool(true)) => Err(impossible(json::push(place, "not"))),
        Some(Value::Bool(false)) => {
            schema.remove("not");
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Writes one schema as OpenAPI 3.0 does.
pub(super) fn lower(schema: &mut Schema, place: &str, notes: &mut Notes) -> Result<()> {
    for (keyword, reason) in REFUSED {
        if schema.contains_key(keyword) {
            return Err(Error::at(json::push(place, keyword), reason));
        }
    }
    if let Some(dialect) = schema.get("$schema") {
        check_dialect(&json::push(place, "$schema"), dialect)?;
    }
    for keyword in REMARKS {
        schema.remove(keyword);
    }
    examples(schema);
    constant(schema);
    maps(schema);
    tuple(schema);
    for keyword in LIMITS.iter().filter(|keyword| schema.contains_key(**keyword)) {
        notes.push((place.to_owned(), format!("`{keyword}` is not checked here")));
    }
    schema.retain(|keyword, _| !LIMITS.contains(&keyword.as_str()));
    exclusive(schema, "minimum", "exclusiveMinimum", |bound, other| bound >= other);
    exclusive(schema, "maximum", "exclusiveMaximum", |bound, other| bound <= other);
    encoding(schema);
    types::settle(schema, place, notes)?;
    reference(schema);
    Ok(())
}

fn examples(schema: &mut Schema) {
    if let Some(Value::Array(mut examples)) = schema.remove("examples")
        && !examples.is_empty()
    {
        schema.entry("example").or_insert_with(|| examples.swap_remove(0));
    }
}

/// One value is a list of one value.
fn constant(schema: &mut Schema) {
    if let Some(value) = schema.remove("const") {
        schema.insert("enum".to_owned(), json!([value]));
    }
}

/// Names of one pattern with values of one schema, and no others, are a map.
fn maps(schema: &mut Schema) {
    let is_alone = schema
        .get("properties")
        .is_none_or(|p| p.as_object().is_some_and(Map::is_empty))
        && schema.get("additionalProperties").is_none_or(|others| *others == Value::Bool(false));
    let only = schema.get("patternProperties").and_then(Value::as_object).filter(|p| p.len() == 1);
    if let (true, Some(values)) = (is_alone, only.and_then(|patterns| patterns.values().next())) {
        let values = values.clone();
        schema.insert("additionalProperties".to_owned(), values);
    }
}

/// A list with a schema for each place is a list of anything.
fn tuple(schema: &mut Schema) {
    if schema.contains_key("prefixItems") {
        schema.insert("items".to_owned(), json!({}));
    }
}

/// A bound of its own is a bound with a switch beside it; of two bounds the stricter one holds.
fn exclusive(schema: &mut Schema, plain: &str, keyword: &str, is_stricter: fn(f64, f64) -> bool) {
    let Some(bound) = schema.get(keyword).filter(|bound| bound.is_number()).cloned() else {
        return;
    };
    schema.remove(keyword);
    let other = schema.get(plain).and_then(Value::as_f64);
    let bound_is = bound.as_f64();
    if other.is_none_or(|other| bound_is.is_some_and(|bound| is_stricter(bound, other))) {
        schema.insert(plain.to_owned(), bound);
        schema.insert(keyword.to_owned(), Value::Bool(true));
    }
}

/// Whether a media type is one of bytes.
pub(super) fn is_bytes(media_type: &str) -> bool {
    media_type == "application/octet-stream"
        || ["audio/", "image/", "video/"].iter().any(|kind| media_type.starts_with(kind))
}

/// What a text holds is a format in 3.0.
fn encoding(schema: &mut Schema) {
    let encoding = schema.remove("contentEncoding");
    let media_type = schema.remove("contentMediaType");
    let format = match (&encoding, &media_type) {
        (Some(encoding), _) if *encoding == "base64" => "byte",
        (None, Some(Value::String(media_type))) if is_bytes(media_type) => "binary",
        _ => return,
    };
    schema.entry("type").or_insert_with(|| json!("string"));
    schema.entry("format").or_insert_with(|| json!(format));
}

/// Whether a schema, as it is written, is that of `null` alone.
fn is_null(schema: &Value) -> bool {
    let is_named = schema["type"] == "null" || schema["type"] == json!(["null"]);
    is_named || schema["enum"] == json!([null]) || schema.get("const").is_some_and(Value::is_null)
}

/// A variant that is `null` makes the rest nullable.
fn union_with_null(schema: &mut Schema) {
    for key in ["oneOf", "anyOf"] {
        let Some(variants) = schema.get_mut(key).and_then(Value::as_array_mut) else {
            continue;
        };
        let before = variants.len();
        variants.retain(|variant| !is_null(variant));
        if variants.len() == before {
            continue;
        }
        let left = std::mem::take(variants);
        schema.remove(key);
        schema.insert("nullable".to_owned(), Value::Bool(true));
        let is_tagged = schema.contains_key("discriminator");
        match <[Value; 1]>::try_from(left) {
            Ok([only]) if !is_tagged => alone(schema, only),
            Ok(only) => {
                schema.insert(key.to_owned(), json!(only));
            }
            Err(left) if left.is_empty() => {
                schema.insert("type".to_owned(), json!("null"));
            }
            Err(left) => {
                schema.insert(key.to_owned(), Value::Array(left));
            }
        }
    }
}

/// What is left of a union of one: it is written out where nothing is in the way.
fn alone(schema: &mut Schema, only: Value) {
    match only {
        Value::Object(own)
            if !own.contains_key("$ref") && own.keys().all(|key| !schema.contains_key(key)) =>
        {
            schema.extend(own);
        }
        only => match schema.get_mut("allOf").and_then(Value::as_array_mut) {
            Some(parts) => parts.push(only),
            None => {
                schema.insert("allOf".to_owned(), json!([only]));
            }
        },
    }
}

/// What stands beside a reference holds too, in 3.1; in 3.0 both are parts of one schema.
fn reference(schema: &mut Schema) {
    if schema.contains_key("$ref") {
        schema.retain(|key, _| {
            !["description", "example", "summary", "title"].contains(&key.as_str())
        });
    }
    if !schema.contains_key("$ref") || schema.len() == 1 {
        return;
    }
    let mut part = Schema::new();
    let mut whole = Schema::new();
    let mut parts = Vec::new();
    for (key, value) in std::mem::take(schema) {
        match (key.as_str(), value) {
            ("$ref", target) => parts.insert(0, json!({ "$ref": target })),
            ("allOf", Value::Array(more)) => parts.extend(more),
            (known, value) if ANNOTATIONS.contains(&known) || known.starts_with("x-") => {
                whole.insert(key, value);
            }
            (_, value) => {
                part.insert(key, value);
            }
        }
    }
    if !part.is_empty() {
        parts.push(Value::Object(part));
    }
    whole.insert("allOf".to_owned(), Value::Array(parts));
    *schema = whole;
}
