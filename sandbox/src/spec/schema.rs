//! OpenAPI 3.0 schemas as JSON Schema, once for what is sent and once for what is answered.
//!
//! The two dialects differ where it matters here: `nullable`, the discriminator (which decides
//! alone, where `oneOf` would try all), and `readOnly`/`writeOnly`, which forbid a property in one
//! direction.

use std::collections::BTreeSet;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

/// Which way a body travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

impl Direction {
    /// The keyword that forbids a property on this way.
    fn forbids(self) -> &'static str {
        match self {
            Self::Request => "readOnly",
            Self::Response => "writeOnly",
        }
    }
}

/// Where the converted components are registered.
const BASE: &str = "spec:components";

/// The components of a document, converted for one direction.
pub(crate) struct Schemas {
    registry: Option<Registry<'static>>,
    direction: Direction,
}

impl Schemas {
    pub(crate) fn new(root: &Value, direction: Direction) -> Self {
        let mut schemas = Map::new();
        for (name, schema) in root["components"]["schemas"].as_object().into_iter().flatten() {
            schemas.insert(name.clone(), convert(root, schema, direction, &BTreeSet::new()));
        }
        let resource =
            Draft::Draft202012.create_resource(json!({"components": {"schemas": schemas}}));
        let registry =
            Registry::new().add(BASE, resource).and_then(|registry| registry.prepare()).ok();
        Self { registry, direction }
    }

    /// A validator for a schema of the document.
    pub(crate) fn compile(&self, root: &Value, schema: &Value) -> Option<Validator> {
        let schema = convert(root, schema, self.direction, &BTreeSet::new());
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(self.registry.as_ref()?)
            .should_validate_formats(true)
            .build(&schema)
            .ok()
    }
}

/// A value, or what it refers to.
pub(crate) fn deref<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).unwrap_or(value),
        None => value,
    }
}

fn convert(
    root: &Value,
    schema: &Value,
    direction: Direction,
    forbidden_around: &BTreeSet<String>,
) -> Value {
    let Some(map) = schema.as_object() else {
        return schema.clone();
    };
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        return json!({ "$ref": format!("{BASE}{reference}") });
    }
    let mut forbidden = forbidden_around.clone();
    collect_forbidden(root, schema, direction, &mut forbidden);
    let mut converted = Map::new();
    for (key, value) in map {
        let value = match key.as_str() {
            "properties" => Value::Object(
                value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, property)| {
                        let property = if is_forbidden(root, property, direction) {
                            Value::Bool(false)
                        } else {
                            convert(root, property, direction, &BTreeSet::new())
                        };
                        (name.clone(), property)
                    })
                    .collect(),
            ),
            "required" => Value::Array(
                value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|name| name.as_str().is_none_or(|name| !forbidden.contains(name)))
                    .cloned()
                    .collect(),
            ),
            "items" | "additionalProperties" | "not" => {
                convert(root, value, direction, &BTreeSet::new())
            }
            "allOf" => converted_list(root, value, direction, &forbidden),
            "anyOf" | "oneOf" if !map.contains_key("discriminator") => {
                converted_list(root, value, direction, &forbidden)
            }
            "format" | "type" | "enum" | "pattern" | "minimum" | "maximum" | "minLength"
            | "maxLength" | "minItems" | "maxItems" | "uniqueItems" | "minProperties"
            | "maxProperties" | "multipleOf" => value.clone(),
            _ => continue,
        };
        converted.insert(key.clone(), value);
    }
    // Formats of other dialects are notes, not rules.
    if !matches!(
        converted.get("format").and_then(Value::as_str),
        None | Some("uuid" | "date" | "date-time" | "uri")
    ) {
        converted.remove("format");
    }
    if converted.get("type") == Some(&json!("integer")) {
        // What is no such number anywhere is refused here, and not where it is read.
        converted.entry("minimum").or_insert_with(|| json!(i64::MIN));
        converted.entry("maximum").or_insert_with(|| json!(i64::MAX));
    }
    if converted.contains_key("properties") {
        // Strictly, properties hold of objects alone, and anything else passes; nobody means that.
        converted.entry("type").or_insert_with(|| json!("object"));
    }
    let mut converted = Value::Object(converted);
    if let Some(discriminator) = map.get("discriminator") {
        converted = by_tag(converted, discriminator);
    }
    if map.get("nullable") == Some(&Value::Bool(true)) {
        converted = json!({"anyOf": [{"type": "null"}, converted]});
    }
    converted
}

fn converted_list(
    root: &Value,
    list: &Value,
    direction: Direction,
    forbidden: &BTreeSet<String>,
) -> Value {
    let parts = list.as_array().into_iter().flatten();
    parts.map(|part| convert(root, part, direction, forbidden)).collect()
}

/// The tag decides: each of its values implies one schema, and there are no other values.
fn by_tag(schema: Value, discriminator: &Value) -> Value {
    let tag = discriminator["propertyName"].as_str().unwrap_or_default();
    let mapping = discriminator["mapping"].as_object().cloned().unwrap_or_default();
    let values: Vec<&String> = mapping.keys().collect();
    let mut parts = vec![
        schema,
        json!({"type": "object", "required": [tag], "properties": {tag: {"enum": values}}}),
    ];
    for (value, target) in &mapping {
        let target = target.as_str().unwrap_or_default();
        parts.push(json!({
            "if": {"required": [tag], "properties": {tag: {"const": value}}},
            "then": {"$ref": format!("{BASE}{target}")},
        }));
    }
    json!({ "allOf": parts })
}

fn is_forbidden(root: &Value, property: &Value, direction: Direction) -> bool {
    let keyword = direction.forbids();
    property.get(keyword) == Some(&Value::Bool(true))
        || deref(root, property).get(keyword) == Some(&Value::Bool(true))
}

/// The properties that are forbidden in a schema or in any part of it.
fn collect_forbidden(
    root: &Value,
    schema: &Value,
    direction: Direction,
    into: &mut BTreeSet<String>,
) {
    let schema = deref(root, schema);
    for (name, property) in
        schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        if is_forbidden(root, property, direction) {
            into.insert(name.clone());
        }
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        collect_forbidden(root, part, direction, into);
    }
}
