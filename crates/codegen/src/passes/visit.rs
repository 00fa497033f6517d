//! Walking the schemas of a document without mistaking names for keywords.

use serde_json::Value;

use crate::document::{Document, METHODS};
use crate::error::Result;
use crate::json::{push, push_to};

/// What is done at a place of the document: what stands there, and its JSON pointer.
type AtPlace<'f> = &'f mut dyn FnMut(&mut Value, &str) -> Result<()>;

/// Calls `f` for every schema of the document, inner ones first, with its JSON pointer.
pub(crate) fn schemas(document: &mut Document, f: AtPlace<'_>) -> Result<()> {
    let mut place = Place::at("#/components/schemas");
    for (name, schema) in document.schemas_mut() {
        place.below(name, |place| within(schema, place, f))?;
    }
    operations(document, &mut |operation, pointer| {
        let mut place = Place::at(pointer);
        place.below("parameters", |place| {
            for (index, parameter) in array(operation, "parameters").enumerate() {
                if let Some(schema) = parameter.get_mut("schema") {
                    place.below(&index.to_string(), |place| {
                        place.below("schema", |place| within(schema, place, f))
                    })?;
                }
            }
            Ok(())
        })?;
        if let Some(body) = operation.get_mut("requestBody") {
            place.below("requestBody", |place| contents(body, place, f))?;
        }
        place.below("responses", |place| {
            for (status, response) in object(operation, "responses") {
                place.below(status, |place| contents(response, place, f))?;
            }
            Ok(())
        })
    })
}

/// Calls `f` for every operation object with its JSON pointer.
pub(crate) fn operations(document: &mut Document, f: AtPlace<'_>) -> Result<()> {
    for (path, item) in object(document.root_mut(), "paths") {
        let place = push("#/paths", path);
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                f(operation, &push(&place, method))?;
            }
        }
    }
    Ok(())
}

fn contents(holder: &mut Value, place: &mut Place, f: AtPlace<'_>) -> Result<()> {
    place.below("content", |place| {
        for (media_type, content) in object(holder, "content") {
            if let Some(schema) = content.get_mut("schema") {
                place.below(media_type, |place| {
                    place.below("schema", |place| within(schema, place, f))
                })?;
            }
        }
        Ok(())
    })
}

/// Calls `f` for every schema within a schema, then for the schema itself.
fn within(schema: &mut Value, place: &mut Place, f: AtPlace<'_>) -> Result<()> {
    place.below("properties", |place| {
        for (name, property) in object(schema, "properties") {
            place.below(name, |place| within(property, place, f))?;
        }
        Ok(())
    })?;
    for key in ["allOf", "anyOf", "oneOf"] {
        for (index, part) in array(schema, key).enumerate() {
            place.below(key, |place| {
                place.below(&index.to_string(), |place| within(part, place, f))
            })?;
        }
    }
    for key in ["items", "additionalProperties", "not"] {
        if let Some(inner) = schema.get_mut(key).filter(|inner| inner.is_object()) {
            place.below(key, |place| within(inner, place, f))?;
        }
    }
    f(schema, &place.0)
}

/// A JSON pointer that grows on the way down and shrinks on the way up: writing each anew was most
/// of what a walk cost.
struct Place(String);

impl Place {
    fn at(pointer: &str) -> Self {
        Self(pointer.to_owned())
    }

    fn below(&mut self, token: &str, f: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let length = self.0.len();
        push_to(&mut self.0, token);
        let done = f(self);
        self.0.truncate(length);
        done
    }
}

pub(crate) fn object<'a>(
    value: &'a mut Value,
    key: &str,
) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    value.get_mut(key).and_then(Value::as_object_mut).into_iter().flatten()
}

pub(crate) fn array<'a>(value: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    value.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}
