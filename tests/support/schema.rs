//! Holds values to the schemas of a pinned document, by the `jsonschema` crate.
//!
//! OpenAPI 3.0 is not JSON Schema where it matters here: `nullable`, `exclusiveMinimum` as a flag,
//! the discriminator (which decides alone), and what only one direction holds.

use std::collections::BTreeSet;

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use crate::document::Document;

/// Which way a value travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// In a request: without what is `readOnly`.
    Sent,
    /// In an answer: without what is `writeOnly`.
    Read,
}

impl Way {
    /// Whether a property has no place on this way.
    pub fn forbids(self, document: &Document, property: &Value) -> bool {
        let word = if self == Self::Sent { "readOnly" } else { "writeOnly" };
        let parts = property["allOf"].as_array().into_iter().flatten();
        property[word] == true
            || document.deref(property)[word] == true
            || parts.into_iter().any(|part| self.forbids(document, part))
    }
}

/// Where the components are registered.
const BASE: &str = "document:components";

/// The schemas of a document, for one way.
pub struct Rules<'d> {
    document: &'d Document,
    way: Way,
    registry: Registry<'static>,
}

impl<'d> Rules<'d> {
    /// The rules of a document.
    pub fn new(document: &'d Document, way: Way) -> Self {
        let convert = Convert { document, way };
        let components = document.root["components"]["schemas"].as_object().unwrap();
        let schemas: Map<String, Value> = components
            .iter()
            .map(|(name, schema)| (name.clone(), convert.schema(schema, &BTreeSet::new())))
            .collect();
        let resource =
            Draft::Draft202012.create_resource(json!({"components": {"schemas": schemas}}));
        let registry = Registry::new().add(BASE, resource).unwrap().prepare().unwrap();
        Self { document, way, registry }
    }

    /// A schema to hold values to.
    pub fn of(&self, schema: &Value) -> Validator {
        let convert = Convert { document: self.document, way: self.way };
        let schema = convert.schema(schema, &BTreeSet::new());
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .should_validate_formats(true)
            .build(&schema)
            .unwrap()
    }
}

/// What is wrong with a value, a line each.
pub fn faults(validator: &Validator, value: &Value) -> Vec<String> {
    let errors = validator.iter_errors(value);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

struct Convert<'d> {
    document: &'d Document,
    way: Way,
}

impl Convert<'_> {
    /// `gone` are the properties that some part of the same object forbids on this way; no other
    /// part of it can ask for them.
    fn schema(&self, schema: &Value, gone: &BTreeSet<String>) -> Value {
        let Some(map) = schema.as_object() else {
            return schema.clone();
        };
        if let Some(reference) = schema["$ref"].as_str() {
            return json!({ "$ref": format!("{BASE}{reference}") });
        }
        let mut gone = gone.clone();
        self.note_forbidden(schema, &mut gone);
        let tagged = map.contains_key("discriminator");
        let mut converted = Map::new();
        for (key, value) in map {
            let key = match key.as_str() {
                // Somebody decided that its variants cannot be told apart: more than one may fit.
                "oneOf" if schema["x-synctera-union"] == "merged" => "anyOf",
                key => key,
            };
            let value = match key {
                "properties" => self.properties(value),
                "required" => {
                    let names = value.as_array().unwrap().iter();
                    names.filter(|name| !gone.contains(name.as_str().unwrap())).cloned().collect()
                }
                "items" | "additionalProperties" => self.schema(value, &BTreeSet::new()),
                "allOf" => self.list(value, &gone),
                "anyOf" | "oneOf" if !tagged => self.list(value, &gone),
                "exclusiveMinimum" => schema["minimum"].clone(),
                "minimum" if schema["exclusiveMinimum"] == true => continue,
                // Other formats are notes, not rules.
                "format" if !["date", "date-time", "uri", "uuid"].contains(&text(value)) => {
                    continue;
                }
                "type" | "format" | "enum" | "pattern" | "minimum" | "maximum" | "minLength"
                | "maxLength" | "minItems" | "maxItems" | "uniqueItems" | "minProperties"
                | "maxProperties" => value.clone(),
                _ => continue,
            };
            converted.insert(key.to_owned(), value);
        }
        let mut converted = Value::Object(converted);
        if tagged {
            converted = by_tag(converted, &schema["discriminator"]);
        }
        if schema["nullable"] == true {
            converted = json!({"anyOf": [{"type": "null"}, converted]});
        }
        converted
    }

    fn list(&self, list: &Value, gone: &BTreeSet<String>) -> Value {
        list.as_array().unwrap().iter().map(|part| self.schema(part, gone)).collect()
    }

    fn properties(&self, properties: &Value) -> Value {
        let properties = properties.as_object().unwrap().iter();
        let converted: Map<String, Value> = properties
            .map(|(name, property)| {
                let property = if self.way.forbids(self.document, property) {
                    Value::Bool(false)
                } else {
                    self.schema(property, &BTreeSet::new())
                };
                (name.clone(), property)
            })
            .collect();
        converted.into()
    }

    fn note_forbidden(&self, schema: &Value, gone: &mut BTreeSet<String>) {
        let schema = self.document.deref(schema);
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if self.way.forbids(self.document, property) {
                gone.insert(name.clone());
            }
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.note_forbidden(part, gone);
        }
    }
}

/// Each value of the tag implies one schema, and there are no other values.
fn by_tag(schema: Value, discriminator: &Value) -> Value {
    let tag = text(&discriminator["propertyName"]);
    let mapping = discriminator["mapping"].as_object().unwrap();
    let values: Vec<&String> = mapping.keys().collect();
    let mut parts = vec![
        schema,
        json!({"type": "object", "required": [tag], "properties": {tag: {"enum": values}}}),
    ];
    parts.extend(mapping.iter().map(|(value, target)| {
        json!({
            "if": {"required": [tag], "properties": {tag: {"const": value}}},
            "then": {"$ref": format!("{BASE}{}", text(target))},
        })
    }));
    json!({ "allOf": parts })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
