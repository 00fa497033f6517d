//! Components that are no type of their own are written where they are used.
//!
//! A name for a bare string, a list or a free-form object would become a wrapper that every
//! caller has to peel; the property's own name says as much.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::flatten::{ANNOTATIONS, is_tagged};
use super::{Facts, visit};
use crate::document::Document;
use crate::error::Result;
use crate::json;

/// Lists in lists; what is deeper is bare JSON.
const DEPTH_MAX: usize = 32;

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let aliases: BTreeMap<String, Value> = document
        .components("schemas")
        .filter(|(name, schema)| is_alias(schema) && !facts.natives.contains_key(*name))
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    let mut inliner = Inliner {
        aliases: &aliases,
        written: BTreeMap::new(),
        open: Vec::new(),
        endless: BTreeSet::new(),
        count: 0,
    };
    visit::schemas(document, &mut |schema, _| {
        inliner.write(schema);
        Ok(())
    })?;
    let (count, endless) = (inliner.count, inliner.endless);
    for name in endless {
        let place = json::push("#/components/schemas", &name);
        facts.note(place, "it holds itself, and is read as JSON from there on");
    }
    document.schemas_mut().retain(|name, _| !aliases.contains_key(name));
    Ok(count)
}

struct Inliner<'a> {
    aliases: &'a BTreeMap<String, Value>,
    written: BTreeMap<String, Value>,
    /// The names that lead to where it is.
    open: Vec<String>,
    /// Those that lead to themselves.
    endless: BTreeSet<String>,
    count: usize,
}

impl Inliner<'_> {
    /// Writes what a reference to an alias stands for in its place.
    fn write(&mut self, schema: &mut Value) {
        if let Some(name) = json::schema_ref(schema).filter(|name| self.aliases.contains_key(*name))
        {
            let target = self.whole(name);
            *schema = with_annotations(&target, schema);
            self.count += 1;
        }
    }

    /// An alias in which no other is left.
    fn whole(&mut self, name: &str) -> Value {
        if let Some(written) = self.written.get(name) {
            return written.clone();
        }
        if self.open.iter().any(|open| open == name) || self.open.len() > DEPTH_MAX {
            self.endless.insert(name.to_owned());
            return Value::Object(serde_json::Map::new());
        }
        let mut whole = self.aliases.get(name).cloned().unwrap_or_default();
        self.open.push(name.to_owned());
        self.write(&mut whole);
        self.below(&mut whole);
        self.open.pop();
        self.written.insert(name.to_owned(), whole.clone());
        whole
    }

    /// Lists of lists, and maps of maps.
    fn below(&mut self, schema: &mut Value) {
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = schema.get_mut(key).filter(|inner| inner.is_object()) {
                self.write(inner);
                self.below(inner);
            }
        }
    }
}

/// Whether a schema is a scalar, a list, a map, free-form, or a bare reference.
fn is_alias(schema: &Value) -> bool {
    let has_properties =
        schema.get("properties").and_then(Value::as_object).is_some_and(|map| !map.is_empty());
    // An enum of anything but texts only narrows its type.
    let is_enum = schema.get("enum").is_some() && schema["type"] == "string";
    !has_properties && !is_tagged(schema) && !is_enum
}

fn with_annotations(target: &Value, place: &Value) -> Value {
    let mut schema = target.clone();
    if let (Value::Object(schema), Value::Object(place)) = (&mut schema, place) {
        for (key, value) in place {
            if ANNOTATIONS.contains(&key.as_str()) && key != "type" {
                schema.insert(key.clone(), value.clone());
            }
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_for_plain_things_go() {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x"}}},
                "components": {"schemas": {
                    "id": {"type": "string", "format": "uuid"},
                    "own_id": {"$ref": "#/components/schemas/id", "readOnly": true},
                    "ids": {"type": "array", "items": json::ref_to("id")},
                    "status": {"type": "string", "enum": ["A"]},
                    "thing": {"type": "object", "properties": {
                        "id": json::ref_to("own_id"), "ids": json::ref_to("ids"),
                        "status": json::ref_to("status"),
                    }},
                }},
            }),
        )
        .unwrap();
        run(&mut document, &mut Facts::default()).unwrap();
        assert_eq!(
            document.root()["components"]["schemas"],
            json!({
                "status": {"type": "string", "enum": ["A"]},
                "thing": {"type": "object", "properties": {
                    "id": {"type": "string", "format": "uuid", "readOnly": true},
                    "ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
                    "status": json::ref_to("status"),
                }},
            })
        );
    }
}
