//! What refers to a component: `$ref`, and what the values of a tag lead to.
//!
//! A member is a keyword or a name that the document chose: a property may be called `$ref`,
//! `mapping` or `default`. And what a `default` or an `example` holds is a value, no structure.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::json;

/// References that lead to references.
pub(crate) const CHAIN_MAX: usize = 32;

/// What the keys of an object are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Keywords of the specification.
    Keywords,
    /// Names chosen by the document: of properties, schemas, statuses.
    Names,
}

impl Keys {
    /// What the keys of a member are; nothing when it is a literal value.
    pub(crate) fn below(self, key: &str, child: &Value) -> Option<Self> {
        if self == Self::Names {
            return Some(Self::Keywords);
        }
        match key {
            "const" | "default" | "enum" | "example" | "required" | "security" | "tags" => None,
            // Examples hold values, and may refer to each other.
            "examples" | "x-examples" => None,
            "properties" | "patternProperties" | "schemas" | "responses" | "headers"
            | "content" | "paths" | "callbacks" | "securitySchemes" | "requestBodies" | "links"
            | "encoding" | "variables" | "$defs" => Some(Self::Names),
            "parameters" if child.is_object() => Some(Self::Names),
            _ => Some(Self::Keywords),
        }
    }
}

/// Calls `f` for every `$ref` and every discriminator mapping below `value`.
pub(crate) fn visit_refs<'a>(value: &'a Value, f: &mut impl FnMut(&'a str)) {
    visit(value, Keys::Keywords, f);
}

fn visit<'a>(value: &'a Value, keys: Keys, f: &mut impl FnMut(&'a str)) {
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                if keys == Keys::Keywords {
                    refs_at(key, child).for_each(&mut *f);
                }
                if let Some(below) = keys.below(key, child) {
                    visit(child, below, f);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|child| visit(child, keys, f)),
        _ => {}
    }
}

/// The references that a keyword holds by itself.
fn refs_at<'a>(key: &str, child: &'a Value) -> impl Iterator<Item = &'a str> {
    let own = child.as_str().filter(|_| key == "$ref");
    let mapping = child.get("mapping").and_then(Value::as_object);
    let mapping = mapping.filter(|_| key == "discriminator");
    own.into_iter()
        .chain(mapping.into_iter().flat_map(|map| map.values()).filter_map(Value::as_str))
}

/// The first of some references in the order of the document, and the place that holds it.
pub(crate) fn first_of<'a>(
    value: &'a Value,
    place: &str,
    references: &BTreeSet<&str>,
) -> Option<(&'a str, String)> {
    if references.is_empty() {
        return None;
    }
    first(value, Keys::Keywords, place, references)
}

fn first<'a>(
    value: &'a Value,
    keys: Keys,
    place: &str,
    references: &BTreeSet<&str>,
) -> Option<(&'a str, String)> {
    match value {
        Value::Object(map) => map.iter().find_map(|(key, child)| {
            let here = json::push(place, key);
            let wanted = refs_at(key, child)
                .filter(|_| keys == Keys::Keywords)
                .find(|reference| references.contains(reference));
            match wanted {
                Some(reference) if key == "$ref" => Some((reference, place.to_owned())),
                Some(reference) => Some((reference, json::push(&here, "mapping"))),
                None => first(child, keys.below(key, child)?, &here, references),
            }
        }),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, child)| {
            first(child, keys, &json::push(place, &index.to_string()), references)
        }),
        _ => None,
    }
}

/// Points every reference to `old` at `new`.
pub(crate) fn retarget(value: &mut Value, old: &str, new: &str) {
    retarget_all(value, &|reference| (reference == old).then(|| new.to_owned()));
}

/// Gives references another target, where `to` names one.
pub fn retarget_all(value: &mut Value, to: &dyn Fn(&str) -> Option<String>) {
    turn(value, Keys::Keywords, to);
}

fn turn(value: &mut Value, keys: Keys, to: &dyn Fn(&str) -> Option<String>) {
    let point = |target: &mut Value| {
        if let Some(new) = target.as_str().and_then(to) {
            *target = Value::String(new);
        }
    };
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                if keys == Keys::Keywords && key == "$ref" {
                    point(child);
                }
                if keys == Keys::Keywords
                    && key == "discriminator"
                    && let Some(mapping) = child.get_mut("mapping").and_then(Value::as_object_mut)
                {
                    mapping.values_mut().for_each(point);
                }
                if let Some(below) = keys.below(key, child) {
                    turn(child, below, to);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|child| turn(child, keys, to)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_values_are_no_references() {
        let schema = json!({
            "properties": {
                "$ref": {"type": "string", "default": {"$ref": "#/nowhere"}},
                "mapping": {"type": "object"},
                "default": {"$ref": "#/components/schemas/a"},
                "discriminator": {"type": "string", "enum": [{"$ref": "#/nowhere"}]},
            },
            "discriminator": {"propertyName": "x", "mapping": {"b": "#/components/schemas/b"}},
            "example": {"$ref": "#/nowhere"},
        });
        let mut found = Vec::new();
        visit_refs(&schema, &mut |reference| found.push(reference));
        found.sort_unstable();
        assert_eq!(found, ["#/components/schemas/a", "#/components/schemas/b"]);
    }
}
