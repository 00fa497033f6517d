//! OpenAPI 3.0 schemas as JSON Schema, once for what is sent and once for what is answered.
//!
//! The two dialects differ where it matters here: `nullable`, the discriminator (which decides
//! alone, where `oneOf` would try all), and `readOnly`/`writeOnly`, which forbid a property in one
//! direction.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

use super::formats;
use super::pointer::name_of;

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
            .with_format("date", formats::is_date)
            .with_format("date-time", formats::is_moment)
            .build(&schema)
            .ok()
    }
}

/// The types of account whose templates lack the payment rails in the document, though accounts of
/// these types have them: by the end of the names of the components.
const TEMPLATES_WITHOUT_RAILS: [(&str, &str); 5] = [
    ("line_of_credit", "rails_loc"),
    ("charge_secured", "rails_charge_secured"),
    ("charge_unsecured", "rails_charge_unsecured"),
    ("revolving_credit_secured", "rails_revolving_credit_secured"),
    ("revolving_credit_unsecured", "rails_revolving_credit_unsecured"),
];

/// Adds what the document leaves out of what is sent, although what is read has it.
pub(super) fn complete(root: &mut Value) {
    for (account_type, rails) in TEMPLATES_WITHOUT_RAILS {
        let rails = root["components"]["schemas"].get(rails).cloned();
        let rails = rails.as_ref().and_then(|rails| rails["properties"].as_object());
        let names = [
            format!("template_fields_{account_type}"),
            format!("patch_{account_type}_template_fields"),
        ];
        for name in names {
            let schema = root.get_mut("components").and_then(|of| of["schemas"].get_mut(&name));
            if let (Some(schema), Some(rails)) = (schema.and_then(Value::as_object_mut), rails) {
                let parts = schema.entry("allOf").or_insert_with(|| json!([]));
                if let Some(parts) = parts.as_array_mut() {
                    parts.push(json!({ "type": "object", "properties": rails }));
                }
            }
        }
    }
}

/// References that are followed from one place.
pub(super) const REFERENCES_MAX: usize = 8;

/// A value, or what it refers to.
pub(crate) fn deref<'a>(root: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    // A reference may lead to another one; the document has no circle of references alone.
    for _ in 0..REFERENCES_MAX {
        let reference = value.get("$ref").and_then(Value::as_str);
        match reference.and_then(|reference| pointer(root, reference)) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
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
    if direction == Direction::Request && map.get("x-synctera-union") == Some(&json!("merged")) {
        return merged(root, schema, &forbidden);
    }
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
        let (least, most) = match map.get("format").and_then(Value::as_str) {
            Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        converted.entry("minimum").or_insert_with(|| json!(least));
        converted.entry("maximum").or_insert_with(|| json!(most));
    }
    if converted.contains_key("properties") {
        // By JSON Schema, `properties` only restricts objects, so that any other type passes; no document means that.
        converted.entry("type").or_insert_with(|| json!("object"));
    }
    let mut converted = Value::Object(converted);
    if let Some(discriminator) = map.get("discriminator") {
        converted = by_tag(converted, discriminator);
    }
    if map.get("nullable") == Some(&Value::Bool(true)) {
        // Not a choice of two: what is wrong with a value that is not null is then said of its
        // schema alone.
        converted = json!({"if": {"type": "null"}, "else": converted});
    }
    converted
}

/// A union of which the generator makes one type with everything that its variants have: each
/// member is held against the variants that know it, so that none passes because another variant
/// does not look at it. What a single variant allows is checked where the type of the resource is
/// known ([`Spec::check_variant`](super::Spec::check_variant)).
fn merged(root: &Value, schema: &Value, forbidden: &BTreeSet<String>) -> Value {
    let variants: Vec<&Value> =
        ["oneOf", "anyOf"].into_iter().flat_map(|keyword| parts(schema, keyword)).collect();
    let enums: Option<Vec<&Value>> = variants
        .iter()
        .map(|variant| deref(root, variant).get("enum").filter(|values| values.is_array()))
        .collect();
    if let Some(enums) = enums {
        let values: BTreeSet<&str> = enums.iter().flat_map(|values| texts(values)).collect();
        return json!({ "type": "string", "enum": values });
    }
    let mut members: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut required: Option<BTreeSet<String>> = None;
    for variant in &variants {
        let mut own = BTreeSet::new();
        collect_members(root, variant, &mut members, &mut own);
        required = Some(match required {
            Some(before) => before.intersection(&own).cloned().collect(),
            None => own,
        });
    }
    let mut required = required.unwrap_or_default();
    required.retain(|name| !forbidden.contains(name));
    let members: Map<String, Value> = members
        .into_iter()
        .map(|(name, mut schemas)| match schemas.len() {
            1 => (name, schemas.remove(0)),
            _ => (name, json!({ "anyOf": schemas })),
        })
        .collect();
    json!({ "type": "object", "properties": members, "required": required })
}

/// The members of a variant and of its parts, converted, each form of a member once; and which of
/// them must be there.
fn collect_members(
    root: &Value,
    variant: &Value,
    members: &mut BTreeMap<String, Vec<Value>>,
    required: &mut BTreeSet<String>,
) {
    let variant = deref(root, variant);
    for (name, property) in
        variant.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        let converted = if is_forbidden(root, property, Direction::Request) {
            Value::Bool(false)
        } else {
            convert(root, property, Direction::Request, &BTreeSet::new())
        };
        let forms = members.entry(name.clone()).or_default();
        if !forms.contains(&converted) {
            forms.push(converted);
        }
    }
    required.extend(variant.get("required").into_iter().flat_map(texts).map(str::to_owned));
    for part in parts(variant, "allOf") {
        collect_members(root, part, members, required);
    }
}

/// The names of the members of a schema and of all its parts and variants.
pub(super) fn member_names(root: &Value, schema: &Value) -> BTreeSet<String> {
    let schema = deref(root, schema);
    let own = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut names: BTreeSet<String> = own.map(|(name, _)| name.clone()).collect();
    for keyword in ["allOf", "anyOf", "oneOf"] {
        names.extend(parts(schema, keyword).flat_map(|part| member_names(root, part)));
    }
    names
}

/// Whether a schema, or any of its parts and variants, has a member, by JSON pointer.
pub(super) fn has_member(root: &Value, schema: &Value, pointer: &str) -> bool {
    let schema = deref(root, schema);
    let (first, rest) = match pointer.trim_start_matches('/').split_once('/') {
        Some((first, rest)) => (first, rest),
        None => (pointer.trim_start_matches('/'), ""),
    };
    let name = name_of(first);
    let own = schema.get("properties").and_then(|properties| properties.get(&name));
    own.is_some_and(|member| rest.is_empty() || has_member(root, member, rest))
        || ["allOf", "anyOf", "oneOf"]
            .into_iter()
            .flat_map(|keyword| parts(schema, keyword))
            .any(|part| has_member(root, part, pointer))
}

fn parts<'a>(schema: &'a Value, keyword: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    schema.get(keyword).and_then(Value::as_array).into_iter().flatten()
}

fn texts(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
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

pub(super) fn is_forbidden(root: &Value, property: &Value, direction: Direction) -> bool {
    let keyword = direction.forbids();
    property.get(keyword) == Some(&Value::Bool(true))
        || deref(root, property).get(keyword) == Some(&Value::Bool(true))
}

/// Whether a schema says of itself that only the platform sets what it describes.
pub(super) fn is_marked_read_only(schema: &Value) -> bool {
    schema.get(Direction::Request.forbids()) == Some(&Value::Bool(true))
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
/// What a reference of a document leads to.
pub(super) fn pointer<'d>(root: &'d Value, reference: &str) -> Option<&'d Value> {
    let reference = reference.trim_start_matches('#');
    if reference.contains('~') {
        return root.pointer(reference);
    }
    // The common case, without the copies that undoing escapes needs: each body follows dozens.
    reference.split('/').skip(1).try_fold(root, |value, name| match value {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        value => value.get(name),
    })
}
