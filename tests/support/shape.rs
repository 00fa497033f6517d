//! What a schema asks of a value, all of its parts taken together.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::Document;
use crate::schema::Way;

/// The parts that a value has to fit at once: `$ref` and `allOf` are followed, unions are not yet.
#[derive(Clone, Default)]
pub struct Shape<'d> {
    parts: Vec<&'d Value>,
    unions: Vec<&'d Value>,
    /// The references that were followed here, and on the way here.
    names: BTreeSet<&'d str>,
    outer: BTreeSet<&'d str>,
    /// Tags that the chosen variants demand.
    pub tags: BTreeMap<&'d str, &'d str>,
    /// Some part says that null will do.
    pub nullable: bool,
    /// Some part says that null does not clear it, though it will do elsewhere.
    pub is_kept: bool,
}

impl<'d> Shape<'d> {
    /// What these schemas ask together.
    pub fn of(document: &'d Document, schemas: impl IntoIterator<Item = &'d Value>) -> Self {
        let mut shape = Self::default();
        for schema in schemas {
            shape.add(document, schema);
        }
        shape
    }

    /// What these schemas ask together of something within.
    fn within(&self, document: &'d Document, schemas: Vec<&'d Value>) -> Self {
        let outer = self.outer.union(&self.names).copied().collect();
        Self { outer, ..Self::of(document, schemas) }
    }

    /// Whether it holds itself, so that it would never end.
    pub fn is_circular(&self) -> bool {
        !self.names.is_disjoint(&self.outer)
    }

    fn add(&mut self, document: &'d Document, schema: &'d Value) {
        self.nullable |= schema["nullable"] == true;
        self.is_kept |= schema["x-synctera-clearable"] == false;
        if let Some(reference) = schema["$ref"].as_str() {
            self.follow(document, reference);
            return;
        }
        for part in list(schema, "allOf") {
            self.add(document, part);
        }
        if schema.get("oneOf").is_some() || schema.get("anyOf").is_some() {
            self.unions.push(schema);
        }
        self.parts.push(schema);
    }

    fn follow(&mut self, document: &'d Document, reference: &'d str) {
        self.names.insert(reference);
        self.add(document, document.target(reference));
    }

    /// What each variant of a union asks as well, while there is a union to be decided.
    pub fn take_union(&mut self, document: &'d Document) -> Option<Vec<Self>> {
        let union = self.unions.pop()?;
        let mut shapes = Vec::new();
        if let Some(discriminator) = union.get("discriminator") {
            let tag = discriminator["propertyName"].as_str().unwrap();
            for (value, target) in discriminator["mapping"].as_object().unwrap() {
                let mut shape = self.clone();
                shape.follow(document, target.as_str().unwrap());
                shape.tags.insert(tag, value);
                shapes.push(shape);
            }
        } else {
            for variant in list(union, "oneOf").chain(list(union, "anyOf")) {
                let mut shape = self.clone();
                shape.add(document, variant);
                shapes.push(shape);
            }
        }
        if shapes.iter().any(|shape| !shape.is_circular()) {
            shapes.retain(|shape| !shape.is_circular());
        }
        Some(shapes)
    }

    /// The type, or what the rest implies; empty where nothing does.
    pub fn kind(&self) -> &'d str {
        let said = self.text("type");
        said.unwrap_or(match () {
            () if self.has("properties") || self.has("additionalProperties") => "object",
            () if self.has("items") => "array",
            () if self.has("enum") || self.has("format") => "string",
            () => "",
        })
    }

    /// Whether some part says something of this.
    pub fn has(&self, key: &str) -> bool {
        self.parts.iter().any(|part| part.get(key).is_some())
    }

    /// What some part says of this.
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.parts.iter().find_map(|part| part.get(key)?.as_str())
    }

    /// The highest of the lower limits.
    pub fn least(&self, key: &str) -> Option<i64> {
        self.parts.iter().filter_map(|part| part[key].as_i64()).max()
    }

    /// The lowest of the upper limits.
    pub fn most(&self, key: &str) -> Option<i64> {
        self.parts.iter().filter_map(|part| part[key].as_i64()).min()
    }

    /// The values that every part allows, when some part lists them.
    pub fn values(&self) -> Option<Vec<&'d Value>> {
        let mut lists = self.parts.iter().filter_map(|part| part.get("enum")?.as_array());
        let mut values: Vec<&Value> = lists.next()?.iter().collect();
        for list in lists {
            values.retain(|value| list.contains(value));
        }
        Some(values)
    }

    /// What must be there.
    pub fn required(&self) -> BTreeSet<&'d str> {
        let listed = self.parts.iter().flat_map(|part| list(part, "required"));
        listed.filter_map(Value::as_str).chain(self.tags.keys().copied()).collect()
    }

    /// The properties that have a place on this way, each with what all parts ask of it.
    pub fn properties(&self, document: &'d Document, way: Way) -> Vec<(&'d str, Self)> {
        let mut properties: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for part in &self.parts {
            for (name, property) in part["properties"].as_object().into_iter().flatten() {
                properties.entry(name).or_default().push(property);
            }
        }
        properties
            .into_iter()
            .filter(|(_, said)| !said.iter().any(|property| way.forbids(document, property)))
            .map(|(name, said)| (name, self.within(document, said)))
            .collect()
    }

    /// What the values of a map are.
    pub fn map_of(&self, document: &'d Document) -> Option<Self> {
        let said = self.parts.iter().filter_map(|part| part.get("additionalProperties"));
        let said: Vec<&Value> = said.filter(|schema| schema.is_object()).collect();
        (!said.is_empty()).then(|| self.within(document, said))
    }

    /// What the items of a list are.
    pub fn items(&self, document: &'d Document) -> Option<Self> {
        let said: Vec<&Value> = self.parts.iter().filter_map(|part| part.get("items")).collect();
        (!said.is_empty()).then(|| self.within(document, said))
    }
}

fn list<'d>(schema: &'d Value, key: &str) -> impl Iterator<Item = &'d Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}
