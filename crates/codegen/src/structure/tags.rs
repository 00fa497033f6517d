//! Tags of unions: values that follow from the names of schemas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::document::Document;
use crate::json;
use crate::references::{CHAIN_MAX, Keys};

/// The values of tags, by the rules of the specification.
pub(super) struct Tags {
    schemas: BTreeSet<String>,
    /// Schemas that are only another name of a schema.
    aliases: BTreeMap<String, String>,
}

impl Tags {
    pub(super) fn of(document: &Document) -> Self {
        let mut tags = Self { schemas: BTreeSet::new(), aliases: BTreeMap::new() };
        for (name, schema) in document.components("schemas") {
            tags.schemas.insert(name.clone());
            if let Some(target) = json::schema_ref(schema) {
                tags.aliases.insert(name.clone(), target.to_owned());
            }
        }
        tags
    }

    fn behind<'t>(&'t self, mut name: &'t str) -> &'t str {
        for _ in 0..CHAIN_MAX {
            match self.aliases.get(name) {
                Some(target) => name = target,
                None => break,
            }
        }
        name
    }

    pub(super) fn settle(&self, value: &mut Value, keys: Keys) {
        match value {
            Value::Object(map) => {
                if keys == Keys::Keywords && map.contains_key("discriminator") {
                    self.complete(map);
                }
                for (key, child) in map {
                    if let Some(below) = keys.below(key, child) {
                        self.settle(child, below);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.settle(item, keys)),
            _ => {}
        }
    }

    /// A mapping can name a schema without saying where it is, and what it leaves out is tagged with
    /// the name of its schema.
    fn complete(&self, union: &mut Map<String, Value>) {
        let variants: Vec<String> = ["oneOf", "anyOf"]
            .iter()
            .filter_map(|key| union.get(*key)?.as_array())
            .flatten()
            .filter_map(|variant| json::schema_ref(variant).map(str::to_owned))
            .collect();
        let Some(discriminator) = union.get_mut("discriminator").and_then(Value::as_object_mut)
        else {
            return;
        };
        let mut mapped = BTreeSet::new();
        let mapping = discriminator.get_mut("mapping").and_then(Value::as_object_mut);
        for target in mapping.into_iter().flat_map(|mapping| mapping.values_mut()) {
            if let Some(name) = target.as_str().filter(|name| self.schemas.contains(*name)) {
                *target = Value::String(format!("#/components/schemas/{name}"));
            }
            if let Some(("schemas", name)) = target.as_str().and_then(json::component_of) {
                mapped.insert(self.behind(name).to_owned());
            }
        }
        let left: Vec<&String> =
            variants.iter().filter(|name| !mapped.contains(self.behind(name))).collect();
        if left.is_empty() {
            return;
        }
        let mapping = discriminator.entry("mapping").or_insert_with(|| Value::Object(Map::new()));
        for name in left {
            let target = Value::String(format!("#/components/schemas/{name}"));
            json::object_mut(mapping).entry(name.clone()).or_insert(target);
        }
    }
}
