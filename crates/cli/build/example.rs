//! Bodies to begin with: valid ones, with values that say what belongs there.

use serde_json::{Map, Value, json};

use crate::document::{Document, Flat, is_read_only};
use crate::samples;

/// How much of an object there is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Extent {
    /// What must be there, and what is usually sent.
    Usual,
    /// Everything.
    Full,
}

/// Objects in objects end here.
const DEPTH_MAX: usize = 12;

/// Makes examples for an operation.
pub(crate) struct Sampler<'s, 'd> {
    pub(crate) document: &'s Document<'d>,
    pub(crate) operation: &'s str,
}

impl<'d> Sampler<'_, 'd> {
    /// A body.
    pub(crate) fn object(&self, flat: &Flat<'d>, extent: Extent) -> Value {
        let usual = samples::usual(self.operation);
        self.filled(flat, extent, usual, 0)
    }

    fn filled(&self, flat: &Flat<'d>, extent: Extent, usual: &[&str], depth: usize) -> Value {
        let mut object = Map::new();
        for (name, property) in &flat.properties {
            let is_needed = flat.required.contains(name) || usual.contains(name);
            let is_wanted = extent == Extent::Full && depth < 3;
            if is_read_only(self.document, property) || !(is_needed || is_wanted) {
                continue;
            }
            if let Some(value) = self.value(name, property, extent, depth) {
                object.insert((*name).to_owned(), value);
            }
        }
        object.into()
    }

    /// A value of a schema; none where the schema goes deeper than examples do.
    fn value(&self, name: &str, schema: &'d Value, extent: Extent, depth: usize) -> Option<Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        let schema = self.document.deref(schema);
        let mut flat = self.document.flat_of_one(schema);
        if let Some(union) = flat.union.take()
            && let Some((value, variant)) = union.variants.first()
        {
            if union.tag.is_none() && flat.properties.is_empty() && !self.is_object(variant) {
                return self.value(name, variant, extent, depth + 1);
            }
            let own = self.document.flat_of_one(variant);
            flat.properties.extend(own.properties);
            flat.required.extend(own.required);
            let mut object = self.filled(&flat, extent, samples::usual(name), depth + 1);
            if let Some(tag) = union.tag {
                object[tag] = json!(value);
            }
            return Some(object);
        }
        let parts = ["allOf", "oneOf", "anyOf"].iter().find_map(|kind| schema[*kind].as_array());
        if let Some(first) = parts.and_then(|parts| parts.first())
            && flat.properties.is_empty()
        {
            return self.value(name, first, extent, depth + 1);
        }
        Some(match schema["type"].as_str() {
            Some("array") => {
                let item = self.value(name, &schema["items"], extent, depth + 1)?;
                vec![item; samples::length(schema)].into()
            }
            Some("string") => samples::text(name, schema).into(),
            Some("integer") => samples::integer(name, schema).into(),
            Some("number") => samples::number(schema).into(),
            Some("boolean") => samples::boolean(name).into(),
            _ if flat.properties.is_empty() => samples::object(schema),
            _ => self.filled(&flat, extent, samples::usual(name), depth + 1),
        })
    }

    fn is_object(&self, schema: &'d Value) -> bool {
        !self.document.flat_of_one(schema).properties.is_empty()
    }
}
