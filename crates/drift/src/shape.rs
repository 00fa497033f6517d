//! What a schema says once references are followed and `allOf` is put together.
//!
//! How a document is cut into components is its author's business; a [`Shape`] is what a value has
//! to look like. Each statement keeps the place where it is made, so that a change is reported where
//! somebody would look for it.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use synctera_codegen::Document;

use crate::place::Place;

/// A schema object and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct At<'a> {
    pub(crate) value: &'a Value,
    pub(crate) place: Place<'a>,
}

/// Schemas that all hold for one value; nearly always one.
pub(crate) type Node<'a> = Vec<At<'a>>;

/// A statement and where it is made.
#[derive(Clone, Debug)]
pub(crate) struct Said<'a, T> {
    pub(crate) what: T,
    pub(crate) place: Place<'a>,
}

/// Limits that are one number each.
pub(crate) const NUMBERS: [&str; 9] = [
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
];

/// Statements that are there or not.
pub(crate) const FLAGS: [&str; 7] = [
    "deprecated",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "nullable",
    "readOnly",
    "uniqueItems",
    "writeOnly",
];

/// What a value has to look like.
#[derive(Debug, Default)]
pub(crate) struct Shape<'a> {
    /// Where the schema itself stands: its last reference's target.
    pub(crate) place: Option<Place<'a>>,
    pub(crate) kind: Option<Said<'a, &'a str>>,
    pub(crate) format: Option<Said<'a, &'a str>>,
    pub(crate) values: Option<Said<'a, Vec<&'a Value>>>,
    pub(crate) default: Option<Said<'a, &'a Value>>,
    pub(crate) pattern: Option<Said<'a, &'a str>>,
    pub(crate) exclusion: Option<Said<'a, &'a Value>>,
    pub(crate) numbers: BTreeMap<&'static str, Said<'a, &'a Value>>,
    pub(crate) flags: BTreeMap<&'static str, Place<'a>>,
    pub(crate) required: BTreeMap<&'a str, Place<'a>>,
    pub(crate) properties: BTreeMap<&'a str, Node<'a>>,
    pub(crate) items: Option<Node<'a>>,
    /// Whether other properties may stand beside the listed ones, when that is said.
    pub(crate) others: Option<Said<'a, bool>>,
    pub(crate) other_values: Option<Node<'a>>,
    pub(crate) union: Option<Union<'a>>,
}

/// Several shapes of which one holds.
#[derive(Clone, Debug)]
pub(crate) struct Union<'a> {
    pub(crate) place: Place<'a>,
    /// `oneOf` or `anyOf`.
    pub(crate) keyword: &'static str,
    /// The property that distinguishes them.
    pub(crate) tag: Option<&'a str>,
    pub(crate) variants: Vec<Variant<'a>>,
}

/// One of the shapes of a union.
#[derive(Clone, Debug)]
pub(crate) struct Variant<'a> {
    /// The tag's value, or the name of the component.
    pub(crate) label: Option<&'a str>,
    pub(crate) node: Node<'a>,
}

impl<'a> Shape<'a> {
    pub(crate) fn of(document: &'a Document, node: &[At<'a>]) -> Self {
        let mut shape = Self::default();
        for at in node {
            shape.gather(document, at.value, &at.place, &mut HashSet::new());
        }
        shape
    }

    pub(crate) fn flag(&self, flag: &str) -> bool {
        self.flags.contains_key(flag)
    }

    /// Its type, said or implied.
    pub(crate) fn type_name(&self) -> Option<&'a str> {
        match &self.kind {
            Some(kind) => Some(kind.what),
            None if !self.properties.is_empty() || self.other_values.is_some() => Some("object"),
            None if self.items.is_some() => Some("array"),
            None if self.values.is_some() || self.format.is_some() => Some("string"),
            None => None,
        }
    }

    fn gather(
        &mut self,
        document: &'a Document,
        value: &'a Value,
        place: &Place<'a>,
        seen: &mut HashSet<*const Value>,
    ) {
        let Some(map) = value.as_object() else {
            return;
        };
        // Once is enough, and parts can share parts many times over.
        if !seen.insert(value) {
            return;
        }
        if let Some(reference) = map.get("$ref").and_then(Value::as_str)
            && let Some(target) = document.resolve(reference)
        {
            self.gather(document, target, &place_of(reference), seen);
        } else if self.place.is_none() && !is_wrapper(value) {
            self.place = Some(place.clone());
        }
        for (index, part) in array(value, "allOf").iter().enumerate() {
            self.gather(document, part, &place.composed("allOf", index), seen);
        }
        self.gather_union(document, value, place, seen);
        self.gather_scalars(map, place);
        self.gather_structure(map, place);
    }

    fn gather_scalars(&mut self, map: &'a serde_json::Map<String, Value>, place: &Place<'a>) {
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        let said = |what| Said { what, place: place.clone() };
        keep_first(&mut self.kind, text("type").map(said));
        let said = |what| Said { what, place: place.clone() };
        keep_first(&mut self.format, text("format").map(said));
        let said = |what| Said { what, place: place.clone() };
        keep_first(&mut self.pattern, text("pattern").map(said));
        let said = |what| Said { what, place: place.clone() };
        keep_first(&mut self.default, map.get("default").map(said));
        let said = |what| Said { what, place: place.clone() };
        keep_first(&mut self.exclusion, map.get("not").map(said));
        if let Some(Value::Array(values)) = map.get("enum") {
            match &mut self.values {
                // What every part lists is what is left.
                Some(known) => known.what.retain(|value| values.contains(value)),
                None => {
                    let what = values.iter().collect();
                    self.values = Some(Said { what, place: place.clone() });
                }
            }
        }
        for keyword in NUMBERS {
            if let Some(limit) = map.get(keyword) {
                self.numbers
                    .entry(keyword)
                    .or_insert_with(|| Said { what: limit, place: place.clone() });
            }
        }
        for flag in FLAGS {
            if map.get(flag) == Some(&Value::Bool(true)) {
                self.flags.entry(flag).or_insert_with(|| place.clone());
            }
        }
    }

    fn gather_structure(&mut self, map: &'a serde_json::Map<String, Value>, place: &Place<'a>) {
        if let Some(Value::Object(properties)) = map.get("properties") {
            for (name, property) in properties {
                let at = At { value: property, place: place.property(name) };
                self.properties.entry(name).or_default().push(at);
            }
        }
        if let Some(Value::Array(required)) = map.get("required") {
            for name in required.iter().filter_map(Value::as_str) {
                self.required.entry(name).or_insert_with(|| place.clone());
            }
        }
        if let Some(items) = map.get("items") {
            let at = At { value: items, place: place.items() };
            self.items.get_or_insert_default().push(at);
        }
        match map.get("additionalProperties") {
            Some(Value::Bool(allowed)) => {
                let allowed = Said { what: *allowed, place: place.clone() };
                keep_first(&mut self.others, Some(allowed));
            }
            Some(values @ Value::Object(map)) if !map.is_empty() => {
                let at = At { value: values, place: place.values() };
                self.other_values.get_or_insert_default().push(at);
            }
            _ => {}
        }
    }

    fn gather_union(
        &mut self,
        document: &'a Document,
        value: &'a Value,
        place: &Place<'a>,
        seen: &mut HashSet<*const Value>,
    ) {
        for keyword in ["oneOf", "anyOf"] {
            let listed = array(value, keyword);
            let tag = value["discriminator"]["propertyName"].as_str();
            match listed {
                [] => {}
                // One of one is that one.
                [only] if tag.is_none() => {
                    self.gather(document, only, &place.composed(keyword, 0), seen);
                }
                _ => {
                    let variants = variants(document, value, keyword, listed, place);
                    let union = Union { place: place.clone(), keyword, tag, variants };
                    self.union.get_or_insert(union);
                }
            }
        }
    }
}

/// The variants by tag where tags are mapped, else as they are listed.
fn variants<'a>(
    document: &'a Document,
    value: &'a Value,
    keyword: &'static str,
    listed: &'a [Value],
    place: &Place<'a>,
) -> Vec<Variant<'a>> {
    let mapping =
        value["discriminator"]["mapping"].as_object().filter(|mapping| !mapping.is_empty());
    if let Some(mapping) = mapping {
        return mapping
            .iter()
            .filter_map(|(tag, target)| {
                let reference = target.as_str()?;
                let place = place_of(reference);
                let node = vec![At { value: document.resolve(reference)?, place }];
                Some(Variant { label: Some(tag.as_str()), node })
            })
            .collect();
    }
    listed
        .iter()
        .enumerate()
        .map(|(index, variant)| Variant {
            label: variant["$ref"].as_str().and_then(schema_name),
            node: vec![At { value: variant, place: place.variant(keyword, index) }],
        })
        .collect()
}

/// Where a reference leads: nearly always to a component.
fn place_of(reference: &str) -> Place<'_> {
    match schema_name(reference) {
        Some(name) => Place::component("schemas", name),
        None => Place::part(reference, reference.trim_start_matches('#')),
    }
}

/// Whether all that a schema does is to lead to one other.
fn is_wrapper(value: &Value) -> bool {
    value.as_object().is_some_and(|map| {
        map.len() == 1
            && array(value, "allOf").iter().all(|part| part.get("$ref").is_some())
            && map.contains_key("allOf")
    })
}

fn keep_first<T>(slot: &mut Option<T>, value: Option<T>) {
    if slot.is_none() {
        *slot = value;
    }
}

pub(crate) fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The schema component that a reference names.
pub(crate) fn schema_name(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/").filter(|name| !name.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(schemas: Value) -> Document {
        Document::from_value(
            "t",
            json!({"openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x"}}}, "components": {"schemas": schemas}}),
        )
        .unwrap()
    }

    #[test]
    fn composition_is_put_together_and_keeps_its_places() {
        let document = document(json!({
            "base": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}},
            "card": {"allOf": [{"$ref": "#/components/schemas/base"},
                {"properties": {"id": {"format": "uuid"}, "last": {}}, "nullable": true}]},
        }));
        let at = At {
            value: document.schema("card").unwrap(),
            place: Place::component("schemas", "card"),
        };
        let shape = Shape::of(&document, &[at]);
        assert_eq!(shape.type_name(), Some("object"));
        assert_eq!(shape.required["id"].located().holder, "schemas/base");
        assert_eq!(shape.properties["id"].len(), 2);
        assert_eq!(shape.flags["nullable"].located().pointer, "/components/schemas/card/allOf/1");
        let id = Shape::of(&document, &shape.properties["id"]);
        assert_eq!((id.type_name(), id.format.unwrap().what), (Some("string"), "uuid"));
    }

    #[test]
    fn a_union_of_one_is_that_one() {
        let document = document(json!({
            "only": {"oneOf": [{"$ref": "#/components/schemas/leaf"}]},
            "leaf": {"type": "integer"},
        }));
        let shape = |name: &'static str| {
            let value = document.schema(name).unwrap();
            Shape::of(&document, &[At { value, place: Place::component("schemas", name) }])
        };
        assert_eq!(shape("only").type_name(), Some("integer"));
        assert!(shape("only").union.is_none());
    }
}
