//! The document that answers are held against: the pinned one, made explicit where tools read
//! OpenAPI less strictly than the sandbox does.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use synctera_codegen::Document;

use super::documented::{Documented, Of};
use crate::workspace::{self, Error};

/// The tag of operations that the sandbox does not serve.
pub(super) const UNSERVED: &str = "unserved";

/// An operation by its method, in capitals, and its path.
pub(super) type Key = (String, String);

/// The document of the control API, which needs nothing added.
pub(super) fn control() -> Result<Document, Error> {
    let path = workspace::root().join("crates/sandbox/control.json");
    Ok(Document::parse("crates/sandbox/control.json", &workspace::read(&path)?)?)
}

/// The document of one interface as the sandbox is to keep it.
pub(super) fn document(
    interface: &str,
    pinned: &Document,
    served: &BTreeSet<Key>,
    documented: &Documented,
) -> Value {
    let mut root = pinned.root().clone();
    root["components"]["securitySchemes"] =
        json!({ "bearerAuth": { "type": "http", "scheme": "bearer" } });
    let media_type =
        if interface == "v0" { "application/problem+json" } else { "application/json" };
    let error = json!({ "content": { media_type: { "schema": {
        "$ref": "#/components/schemas/error" } } } });
    tell_apart(&mut root);
    for (path, item) in root["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let key = (method.to_uppercase(), path.clone());
            if served.contains(&key) {
                complete(operation, &key, documented, &error);
            } else {
                operation["tags"] = json!([UNSERVED]);
                operation["responses"] = json!({ "401": error, "501": error });
            }
        }
    }
    root
}

/// Adds the statuses that the guides document.
fn complete(operation: &mut Value, (method, path): &Key, documented: &Documented, error: &Value) {
    let is_named = path.contains('{');
    let bears =
        is_named || operation.get("parameters").is_some() || operation.get("requestBody").is_some();
    let writes = !matches!(method.as_str(), "GET" | "HEAD");
    let Some(responses) = operation["responses"].as_object_mut() else {
        return;
    };
    for status in &documented.statuses {
        let applies = match status.of {
            Of::All => true,
            Of::Bearing => bears,
            Of::Named => is_named,
            Of::Writing => writes,
        };
        if applies {
            responses.entry(status.status.to_string()).or_insert_with(|| error.clone());
        }
    }
}

/// Says in the variants of a union what its tag says: tools try all variants, and take a value that
/// fits two of them for wrong.
fn tell_apart(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(tell_apart),
        Value::Object(map) => {
            map.values_mut().for_each(tell_apart);
            if let Some(variants) = tagged_variants(map) {
                map.remove("discriminator");
                map.remove("anyOf");
                map.insert("oneOf".to_owned(), variants);
            }
        }
        _ => {}
    }
}

fn tagged_variants(schema: &Map<String, Value>) -> Option<Value> {
    let discriminator = schema.get("discriminator")?;
    let tag = discriminator.get("propertyName")?.as_str()?;
    let mapping = discriminator.get("mapping")?.as_object()?;
    let mut variants: Vec<(&Value, Vec<&String>)> = Vec::new();
    for (value, target) in mapping {
        match variants.iter_mut().find(|(known, _)| *known == target) {
            Some((_, values)) => values.push(value),
            None => variants.push((target, vec![value])),
        }
    }
    let variants = variants.into_iter().map(|(target, values)| {
        let tagged = json!({ "type": "object", "required": [tag],
            "properties": { tag: { "type": "string", "enum": values } } });
        json!({ "allOf": [{ "$ref": target }, tagged] })
    });
    Some(variants.collect())
}
