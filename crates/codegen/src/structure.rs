//! What must be true of a document before anything else looks at it, and what is settled at once.
//!
//! Whatever comes later follows references and goes down into schemas without looking for circles:
//! here it is made sure that it ends.

mod tags;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{Document, METHODS};
use crate::error::{Error, Result};
use crate::json::{self, NESTING_MAX};
use crate::path_items;
use crate::references::{CHAIN_MAX, Keys, first_of, visit_refs};
use tags::Tags;

/// Schemas that are parts (`allOf`, `oneOf`, `anyOf`) of parts.
const COMPOSITION_MAX: usize = 64;

/// Refuses a tree that is too deep to be walked.
pub fn check_depth(name: &str, root: &Value) -> Result<()> {
    let Some(mut tokens) = too_deep(root, NESTING_MAX) else {
        return Ok(());
    };
    tokens.reverse();
    let place = tokens.iter().fold("#".to_owned(), |place, token| json::push(&place, token));
    let reason =
        format!("{place} is nested deeper than {NESTING_MAX} levels, which is not supported");
    Err(Error::NotADocument { document: name.to_owned(), reason })
}

/// The way to what is too deep, the last step first.
pub(crate) fn too_deep(value: &Value, left: usize) -> Option<Vec<String>> {
    let with = |mut way: Vec<String>, token: String| {
        way.push(token);
        way
    };
    match value {
        Value::Object(_) | Value::Array(_) if left == 0 => Some(Vec::new()),
        Value::Object(map) => {
            map.iter().find_map(|(key, child)| Some(with(too_deep(child, left - 1)?, key.clone())))
        }
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, child)| Some(with(too_deep(child, left - 1)?, index.to_string()))),
        _ => None,
    }
}

/// Keywords, whether a value has their form, and the form in words.
type Form = (&'static [&'static str], fn(&Value) -> bool, &'static str);

/// Keywords whose value has one form wherever they are, and the form.
const FORMS: [Form; 8] = [
    (
        &[
            "$ref",
            "format",
            "in",
            "name",
            "operationId",
            "pattern",
            "propertyName",
            "style",
            "type",
        ],
        Value::is_string,
        "a text",
    ),
    (
        &["discriminator", "items", "mapping", "not", "requestBody", "schema"],
        Value::is_object,
        "an object",
    ),
    (
        &["components", "content", "headers", "paths", "properties", "responses", "schemas"],
        is_map,
        "an object of objects",
    ),
    (&["allOf", "anyOf", "oneOf"], |value| is_list(value, Value::is_object), "a list of schemas"),
    (&["enum"], Value::is_array, "a list"),
    (
        &["required"],
        |value| value.is_boolean() || is_list(value, Value::is_string),
        "true or false, or a list of names",
    ),
    (
        &["additionalProperties"],
        |value| value.is_boolean() || value.is_object(),
        "true or false, or a schema",
    ),
    (
        &["parameters"],
        |value| is_map(value) || is_list(value, Value::is_object),
        "a list of parameters",
    ),
];

/// What nothing of ours reads, and where other words mean other things.
fn is_read(key: &str) -> bool {
    !key.starts_with("x-") && !["links", "securitySchemes", "servers", "info", "xml"].contains(&key)
}

fn is_map(value: &Value) -> bool {
    value.as_object().is_some_and(|map| {
        map.iter().all(|(name, child)| child.is_object() || name.starts_with("x-"))
    })
}

fn is_list(value: &Value, of: fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(of))
}

/// The first keyword whose value has another form than the specification gives it: where, and the
/// form that it should have.
pub(crate) fn misshapen(root: &Value) -> Option<(String, &'static str)> {
    let (mut tokens, what) = misshapen_below(root, Keys::Keywords)?;
    tokens.reverse();
    let place = tokens.iter().fold("#".to_owned(), |place, token| json::push(&place, token));
    Some((place, what))
}

/// The way to what is misshapen, the last step first.
type Misshapen = (Vec<String>, &'static str);

fn misshapen_below(value: &Value, keys: Keys) -> Option<Misshapen> {
    let with = |(mut way, what): Misshapen, token: String| {
        way.push(token);
        (way, what)
    };
    match value {
        Value::Object(map) => map.iter().find_map(|(key, child)| {
            let found = if keys == Keys::Keywords { misshapen_at(key, child) } else { None };
            let found = found.or_else(|| {
                let is_skipped = keys == Keys::Keywords && !is_read(key);
                misshapen_below(child, keys.below(key, child).filter(|_| !is_skipped)?)
            });
            found.map(|found| with(found, key.clone()))
        }),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, child)| {
            misshapen_below(child, keys).map(|found| with(found, index.to_string()))
        }),
        _ => None,
    }
}

fn misshapen_at(key: &str, child: &Value) -> Option<Misshapen> {
    if METHODS.contains(&key) && !child.is_object() {
        return Some((Vec::new(), "an object"));
    }
    let (_, fits, what) = FORMS.iter().find(|(keywords, ..)| keywords.contains(&key))?;
    (!fits(child)).then_some((Vec::new(), *what))
}

/// Writes out what would otherwise be asked for in many places: path items that are references,
/// operations without a name, tag values that follow from the names of schemas.
pub(crate) fn settle(document: &mut Document) -> Result<()> {
    path_items::write_out(document)?;
    name_operations(document)?;
    let tags = Tags::of(document);
    tags.settle(document.root_mut(), Keys::Keywords);
    Ok(())
}

/// Every operation gets a name; the same one twice is refused.
fn name_operations(document: &mut Document) -> Result<()> {
    let keys = document.operations();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for key in &keys {
        let Some(id) = document.operation_id(key) else {
            continue;
        };
        if let Some(other) = known.insert(id.to_owned(), key.place()) {
            return Err(Error::at(
                key.place(),
                format!("its operationId {id:?} is that of {other}, too"),
            ));
        }
    }
    for key in &keys {
        if document.operation_id(key).is_some() {
            continue;
        }
        let words =
            heck::ToSnakeCase::to_snake_case(format!("{} {}", key.method, key.path).as_str());
        let mut id = words.clone();
        let mut number = 2;
        while known.contains_key(&id) {
            id = format!("{words}_{number}");
            number += 1;
        }
        known.insert(id.clone(), key.place());
        if let Some(operation) = document.operation_mut(key) {
            operation["operationId"] = Value::String(id);
        }
    }
    Ok(())
}

/// Refuses references that only lead to each other, and schemas that are parts of themselves.
pub(crate) fn check_chains(document: &Document) -> Result<()> {
    let mut references = BTreeSet::new();
    visit_refs(document.root(), &mut |reference| {
        references.insert(reference);
    });
    let refuse = |reference: &str, reason: String| {
        let place = first_of(document.root(), "#", &BTreeSet::from([reference]));
        Err(Error::at(place.map_or_else(|| "#".to_owned(), |(_, place)| place), reason))
    };
    let mut compositions = Compositions { document, heights: BTreeMap::new() };
    for reference in &references {
        if let Some(reason) = endless(document, reference) {
            return refuse(reference, reason);
        }
    }
    for reference in &references {
        if let Err(reason) = compositions.height(reference, COMPOSITION_MAX) {
            return refuse(reference, reason);
        }
    }
    Ok(())
}

fn endless(document: &Document, reference: &str) -> Option<String> {
    let mut at = document.resolve(reference);
    for _ in 0..CHAIN_MAX {
        let next = at?.get("$ref")?.as_str()?;
        if next == reference {
            return Some(format!("{reference:?} refers to itself"));
        }
        at = document.resolve(next);
    }
    at?.get("$ref")?.as_str()?;
    Some(format!("{reference:?} leads through more than {CHAIN_MAX} references"))
}

/// How deep schemas are put together from parts.
struct Compositions<'a> {
    document: &'a Document,
    /// Nothing while it is being found out.
    heights: BTreeMap<&'a str, Option<usize>>,
}

impl<'a> Compositions<'a> {
    fn height(&mut self, reference: &'a str, left: usize) -> Result<usize, String> {
        match self.heights.get(reference) {
            Some(Some(height)) if *height <= left => return Ok(*height),
            Some(None) => return Err(format!("{reference:?} is a part of itself")),
            Some(Some(_)) => return Err(too_high(reference)),
            None => {}
        }
        if left == 0 {
            return Err(too_high(reference));
        }
        self.heights.insert(reference, None);
        let mut height = 1;
        let mut parts = Vec::new();
        if let Some(schema) = self.document.resolve(reference) {
            parts_of(schema, &mut parts);
        }
        for part in parts {
            height = height.max(1 + self.height(part, left - 1)?);
        }
        self.heights.insert(reference, Some(height));
        Ok(height)
    }
}

fn too_high(reference: &str) -> String {
    format!("{reference:?} is put together from parts of more than {COMPOSITION_MAX} levels")
}

/// The references to what a schema is, or is put together from. The variants of a union with a tag
/// stay what they are.
pub(crate) fn parts_of<'a>(schema: &'a Value, parts: &mut Vec<&'a str>) {
    parts.extend(schema.get("$ref").and_then(Value::as_str));
    let is_tagged = schema.get("discriminator").is_some();
    for key in ["allOf", "oneOf", "anyOf"] {
        if key != "allOf" && is_tagged {
            continue;
        }
        for part in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
            parts_of(part, parts);
        }
    }
}
