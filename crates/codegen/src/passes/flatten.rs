//! `allOf`, and unions without a tag, become one object.
//!
//! `allOf` is the documents' inheritance: an object has the properties of all its parts and needs
//! what any of them needs. A union without a tag (`anyOf` of account types, say) cannot be
//! distinguished on the wire; it becomes an object with the properties of all its variants of which only
//! what all variants need is needed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Facts, visit};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::json;
use crate::json::NESTING_MAX;
use crate::structure::too_deep;

/// Set on a property whose variants could not be reconciled: it stays bare JSON.
pub(crate) const CONFLICT: &str = "x-synctera-conflict";

/// Set by an overlay on a union without a tag, once somebody has decided what becomes of it.
pub(crate) const DECISION: &str = "x-synctera-union";

/// A part can bring inner schemas that are composed themselves, so one round may not be enough.
const ROUNDS_MAX: usize = 16;

/// What can stand beside a reference without changing what it refers to.
pub(super) const ANNOTATIONS: [&str; 5] =
    ["deprecated", "nullable", "readOnly", "type", "writeOnly"];

/// Properties that parts bring along, all in all. Parts that hold themselves bring more each round.
const COPIES_MAX: usize = 500_000;

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let mut touched = 0;
    let mut left = COPIES_MAX;
    for _ in 0..ROUNDS_MAX {
        let mut is_open = false;
        visit::schemas(document, &mut |schema, _| {
            is_open |= is_composed(schema);
            Ok(())
        })?;
        if !is_open {
            return Ok(touched);
        }
        let lookup = document.clone();
        let mut flattener =
            Flattener { document: &lookup, done: BTreeMap::new(), open: Vec::new(), left };
        visit::schemas(document, &mut |schema, place| {
            if is_composed(schema) {
                *schema = match flattener.flatten(schema, place) {
                    Ok(flat) => flat,
                    Err(Error::Unsupported { place, reason }) => {
                        facts.note(place, format!("{reason}: read as JSON"));
                        json!({ CONFLICT: true })
                    }
                    Err(other) => return Err(other),
                };
                touched += 1;
            }
            Ok(())
        })?;
        left = flattener.left;
    }
    visit::schemas(document, &mut |schema, place| {
        if is_composed(schema) {
            facts.note(place, "it is put together from what holds it: read as JSON");
            *schema = json!({ CONFLICT: true });
        }
        Ok(())
    })?;
    Ok(touched)
}

pub(super) fn is_composed(schema: &Value) -> bool {
    schema.get("allOf").is_some() || is_untagged(schema)
}

pub(super) fn is_tagged(schema: &Value) -> bool {
    schema.get("discriminator").is_some() && schema.get("oneOf").is_some()
}

fn is_untagged(schema: &Value) -> bool {
    !is_tagged(schema) && (schema.get("oneOf").is_some() || schema.get("anyOf").is_some())
}

struct Flattener<'a> {
    document: &'a Document,
    done: BTreeMap<String, Value>,
    open: Vec<String>,
    /// Properties that may still be copied.
    left: usize,
}

impl Flattener<'_> {
    fn flatten(&mut self, schema: &Value, place: &str) -> Result<Value> {
        if let Some(name) = json::schema_ref(schema) {
            return self.flatten_component(name, place);
        }
        if !is_composed(schema) {
            return Ok(schema.clone());
        }
        if let Some(alias) = alias(schema) {
            return Ok(alias);
        }
        let parts = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten();

        let mut all = Vec::new();
        for part in parts("allOf") {
            all.push(self.resolve(part, place)?);
        }
        let mut variants = Vec::new();
        if is_untagged(schema) {
            for variant in parts("oneOf").chain(parts("anyOf")) {
                variants.push(self.resolve(variant, place)?);
            }
        }
        if !variants.is_empty() {
            all.push(any_of(self.document, &variants, place)?);
        }
        let mut own = schema.clone();
        for key in ["allOf", "oneOf", "anyOf", DECISION] {
            json::object_mut(&mut own).remove(key);
        }
        all.push(own);
        let flat = all_of(&all, place)?;
        if too_deep(&flat, NESTING_MAX).is_some() {
            return Err(Error::at(place, "its parts are nested too deep"));
        }
        match self.left.checked_sub(size(&flat)) {
            Some(left) => self.left = left,
            None => return Err(Error::at(place, "its parts are repeated too often")),
        }
        Ok(flat)
    }

    /// A part as it stands, not as a reference to it.
    fn resolve(&mut self, part: &Value, place: &str) -> Result<Value> {
        let flat = self.flatten(part, place)?;
        match json::schema_ref(&flat) {
            Some(name) => self.flatten_component(name, place),
            None => Ok(flat),
        }
    }

    fn flatten_component(&mut self, name: &str, place: &str) -> Result<Value> {
        if let Some(done) = self.done.get(name) {
            return Ok(done.clone());
        }
        if self.open.iter().any(|open| open == name) {
            return Err(Error::at(place, format!("{name} is a part of itself")));
        }
        let Some(schema) = self.document.schema(name) else {
            return Err(Error::at(place, format!("there is no schema {name}")));
        };
        self.open.push(name.to_owned());
        let flat = self.resolve(schema, &format!("#/components/schemas/{name}"))?;
        self.open.pop();
        self.done.insert(name.to_owned(), flat.clone());
        Ok(flat)
    }
}

/// The properties of a schema, and of what it holds itself.
fn size(schema: &Value) -> usize {
    match schema {
        Value::Object(map) => 1 + map.values().map(size).sum::<usize>(),
        Value::Array(items) => items.iter().map(size).sum(),
        _ => 0,
    }
}

/// `allOf` around one reference is that reference, with what was remarked beside it.
fn alias(schema: &Value) -> Option<Value> {
    let map = schema.as_object()?;
    let [part] = map.get("allOf")?.as_array()?.as_slice() else {
        return None;
    };
    json::schema_ref(part)?;
    let mut alias = part.clone();
    for (key, value) in map.iter().filter(|(key, _)| *key != "allOf") {
        if !ANNOTATIONS.contains(&key.as_str()) {
            return None;
        }
        if key != "type" {
            alias[key] = value.clone();
        }
    }
    Some(alias)
}

/// One schema that is all of its parts.
fn all_of(parts: &[Value], place: &str) -> Result<Value> {
    let with_content: Vec<&Value> = parts
        .iter()
        .filter(|p| p.as_object().is_some_and(|m| m.keys().any(|k| k != "type")))
        .collect();
    if let [only] = with_content.as_slice()
        && !is_object_like(only)
    {
        // `allOf: [{$ref: scalar}]` is a scalar with a remark beside it.
        return Ok((*only).clone());
    }
    if let Some(scalar) = all_of_scalars(&with_content, parts) {
        return Ok(scalar);
    }
    let mut properties = Map::new();
    let mut required = BTreeSet::new();
    let mut rest = Map::new();
    for part in &with_content {
        if !is_object_like(part) {
            return Err(Error::at(place, format!("allOf mixes an object with {part}")));
        }
        for (name, schema) in json::properties(part) {
            let merged = match properties.get(name) {
                Some(known) => both(known, schema),
                None => schema.clone(),
            };
            properties.insert(name.clone(), merged);
        }
        required.extend(json::strings(part, "required").into_iter().map(str::to_owned));
        for (key, value) in part.as_object().into_iter().flatten() {
            if !matches!(key.as_str(), "properties" | "required" | "type") {
                rest.insert(key.clone(), value.clone());
            }
        }
    }
    required.retain(|name| properties.contains_key(name));
    Ok(object(properties, required, rest))
}

/// A text or a number of which several parts say something.
fn all_of_scalars(with_content: &[&Value], parts: &[Value]) -> Option<Value> {
    const SCALARS: [&str; 4] = ["boolean", "integer", "number", "string"];
    let types: BTreeSet<&str> = parts.iter().filter_map(|part| part["type"].as_str()).collect();
    let kind = types.first().filter(|kind| types.len() == 1 && SCALARS.contains(kind))?;
    let mut all = Map::new();
    for (key, value) in with_content.iter().filter_map(|part| part.as_object()).flatten() {
        let known = all.get(key).and_then(Value::as_array);
        let value = match (key.as_str(), known, value.as_array()) {
            // What every part lists is what is left.
            ("enum", Some(known), Some(listed)) => {
                known.iter().filter(|value| listed.contains(value)).cloned().collect()
            }
            _ => value.clone(),
        };
        all.insert(key.clone(), value);
    }
    all.insert("type".to_owned(), json!(kind));
    Some(Value::Object(all))
}

/// One schema that can hold any of the variants.
fn any_of(document: &Document, variants: &[Value], place: &str) -> Result<Value> {
    if variants.iter().all(|variant| variant.get("enum").is_some()) {
        let values: BTreeSet<String> =
            variants.iter().flat_map(|v| json::strings(v, "enum")).map(str::to_owned).collect();
        return Ok(json!({"type": "string", "enum": values}));
    }
    // Texts of several forms are texts.
    let types: BTreeSet<Option<&str>> = variants.iter().map(|v| v["type"].as_str()).collect();
    if let (1, Some(Some(kind @ ("boolean" | "integer" | "number" | "string")))) =
        (types.len(), types.first())
    {
        return Ok(json!({ "type": kind }));
    }
    let mut properties: Map<String, Value> = Map::new();
    let mut required: Option<BTreeSet<String>> = None;
    for variant in variants {
        if !is_object_like(variant) {
            return Err(Error::at(
                place,
                format!("a union without a tag mixes objects and other things: {variant}"),
            ));
        }
        for (name, schema) in json::properties(variant) {
            let merged = match properties.get(name) {
                Some(known) => either(document, known, schema),
                None => schema.clone(),
            };
            properties.insert(name.clone(), merged);
        }
        let needed: BTreeSet<String> =
            json::strings(variant, "required").into_iter().map(str::to_owned).collect();
        required = Some(match required {
            Some(known) => known.intersection(&needed).cloned().collect(),
            None => needed,
        });
    }
    Ok(object(properties, required.unwrap_or_default(), Map::new()))
}

fn object(
    properties: Map<String, Value>,
    required: BTreeSet<String>,
    mut rest: Map<String, Value>,
) -> Value {
    rest.insert("type".to_owned(), json!("object"));
    rest.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        rest.insert("required".to_owned(), json!(required));
    }
    Value::Object(rest)
}

fn is_object_like(schema: &Value) -> bool {
    !is_tagged(schema)
        && schema.get("enum").is_none()
        && schema.get("items").is_none()
        && matches!(schema.get("type").and_then(Value::as_str), None | Some("object"))
}

/// A property that two parts of an `allOf` describe: what the more telling one says.
fn both(a: &Value, b: &Value) -> Value {
    let weight = |schema: &Value| schema.as_object().map_or(0, Map::len);
    if a == b {
        return a.clone();
    }
    match (a.get("enum"), b.get("enum")) {
        (Some(_), None) => return a.clone(),
        (None, Some(_)) => return b.clone(),
        (Some(Value::Array(ours)), Some(Value::Array(theirs))) => {
            let mut narrowed = b.clone();
            narrowed["enum"] = ours.iter().filter(|v| theirs.contains(v)).cloned().collect();
            return narrowed;
        }
        _ => {}
    }
    // Equal but for what one adds (`readOnly`, a reference in place of a bare type): later wins.
    if weight(b) >= weight(a) || b.get("$ref").is_some() { b.clone() } else { a.clone() }
}

/// A property that two variants describe differently: what can hold both.
fn either(document: &Document, a: &Value, b: &Value) -> Value {
    if a == b || a.get(CONFLICT).is_some() {
        return a.clone();
    }
    let (a, b) = (document.deref(a), document.deref(b));
    if let (Some(Value::Array(ours)), Some(Value::Array(theirs))) = (a.get("enum"), b.get("enum")) {
        let mut widened = a.clone();
        let mut values = ours.clone();
        values.extend(theirs.iter().filter(|v| !ours.contains(v)).cloned());
        widened["enum"] = Value::Array(values);
        return widened;
    }
    if a.get("type").is_some()
        && a.get("type") == b.get("type")
        && a.get("format") == b.get("format")
        && !matches!(a["type"].as_str(), Some("object" | "array"))
    {
        // They differ in limits only, and limits are not enforced on what is read.
        return json!({"type": a["type"], "format": a.get("format")})
            .as_object()
            .map(|map| {
                map.iter()
                    .filter(|(_, v)| !v.is_null())
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect()
            })
            .unwrap_or_default();
    }
    json!({ CONFLICT: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(schemas: Value, name: &str) -> Value {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x"}}}, "components": {"schemas": schemas},
            }),
        )
        .unwrap();
        run(&mut document, &mut Facts::default()).unwrap();
        document.schema(name).unwrap().clone()
    }

    #[test]
    fn parts_become_one_object() {
        let schema = flat(
            json!({
                "base": {"type": "object", "properties": {"id": {"type": "string", "readOnly": true}}, "required": ["id"]},
                "thing": {"allOf": [
                    {"$ref": "#/components/schemas/base"},
                    {"required": ["name", "nothing"]},
                    {"properties": {"name": {"type": "string"}}},
                ]},
                "deep": {"allOf": [{"$ref": "#/components/schemas/thing"}, {"properties": {"more": {"type": "boolean"}}}]},
            }),
            "deep",
        );
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "properties": {
                    "id": {"type": "string", "readOnly": true},
                    "name": {"type": "string"},
                    "more": {"type": "boolean"},
                },
                "required": ["id", "name"],
            })
        );
    }

    #[test]
    fn variants_without_a_tag_share_one_object() {
        let schema = flat(
            json!({
                "a": {"type": "object", "properties": {"x": {"type": "integer", "minimum": 1}, "n": {"type": "string"}}, "required": ["x", "n"]},
                "b": {"type": "object", "properties": {"x": {"type": "integer"}, "n": {"type": "object"}}, "required": ["x"]},
                "either": {"anyOf": [{"$ref": "#/components/schemas/a"}, {"$ref": "#/components/schemas/b"}]},
            }),
            "either",
        );
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "properties": {"x": {"type": "integer"}, "n": {CONFLICT: true}},
                "required": ["x"],
            })
        );
    }

    #[test]
    fn enums_in_a_union_share_one_enum() {
        let schema = flat(
            json!({"event": {"oneOf": [
                {"type": "string", "enum": ["A.*"]}, {"type": "string", "enum": ["A.B", "A.C"]},
            ]}}),
            "event",
        );
        assert_eq!(schema, json!({"type": "string", "enum": ["A.*", "A.B", "A.C"]}));
    }

    #[test]
    fn one_reference_stays_a_reference() {
        let schema = flat(
            json!({
                "address": {"type": "object", "properties": {"city": {"type": "string"}}},
                "legal": {"allOf": [{"$ref": "#/components/schemas/address"}], "type": "object", "nullable": true},
            }),
            "legal",
        );
        assert_eq!(schema, json!({"$ref": "#/components/schemas/address", "nullable": true}));
    }

    #[test]
    fn tagged_unions_are_left_alone() {
        let union = json!({
            "oneOf": [{"$ref": "#/components/schemas/a"}],
            "discriminator": {"propertyName": "kind", "mapping": {"A": "#/components/schemas/a"}},
        });
        let schemas = json!({"a": {"type": "object"}, "u": union.clone()});
        assert_eq!(flat(schemas, "u"), union);
    }
}
