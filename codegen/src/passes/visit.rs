//! Walking the schemas of a document without mistaking names for keywords.

use serde_json::Value;

use crate::document::{Document, METHODS};
use crate::error::Result;
use crate::json::push;

/// Calls `f` for every schema of the document, inner ones first, with its JSON pointer.
pub(crate) fn schemas(
    document: &mut Document,
    f: &mut dyn FnMut(&mut Value, &str) -> Result<()>,
) -> Result<()> {
    for (name, schema) in document.schemas_mut() {
        within(schema, &push("#/components/schemas", name), f)?;
    }
    operations(document, &mut |operation, place| {
        for (index, parameter) in array(operation, "parameters").enumerate() {
            if let Some(schema) = parameter.get_mut("schema") {
                let place = push(&push(place, "parameters"), &index.to_string());
                within(schema, &push(&place, "schema"), f)?;
            }
        }
        if let Some(body) = operation.get_mut("requestBody") {
            contents(body, &push(place, "requestBody"), f)?;
        }
        for (status, response) in object(operation, "responses") {
            contents(response, &push(&push(place, "responses"), status), f)?;
        }
        Ok(())
    })
}

/// Calls `f` for every operation object with its JSON pointer.
pub(crate) fn operations(
    document: &mut Document,
    f: &mut dyn FnMut(&mut Value, &str) -> Result<()>,
) -> Result<()> {
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

fn contents(
    holder: &mut Value,
    place: &str,
    f: &mut dyn FnMut(&mut Value, &str) -> Result<()>,
) -> Result<()> {
    for (media_type, content) in object(holder, "content") {
        if let Some(schema) = content.get_mut("schema") {
            within(schema, &push(&push(&push(place, "content"), media_type), "schema"), f)?;
        }
    }
    Ok(())
}

/// Calls `f` for every schema within a schema, then for the schema itself.
pub(crate) fn within(
    schema: &mut Value,
    place: &str,
    f: &mut dyn FnMut(&mut Value, &str) -> Result<()>,
) -> Result<()> {
    for (name, property) in object(schema, "properties") {
        within(property, &push(&push(place, "properties"), name), f)?;
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        for (index, part) in array(schema, key).enumerate() {
            within(part, &push(&push(place, key), &index.to_string()), f)?;
        }
    }
    for key in ["items", "additionalProperties", "not"] {
        if let Some(inner) = schema.get_mut(key).filter(|inner| inner.is_object()) {
            within(inner, &push(place, key), f)?;
        }
    }
    f(schema, place)
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
