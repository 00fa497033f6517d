//! Request bodies that are not JSON: multipart forms and bare bytes.
//!
//! The generator only knows JSON and octet streams, so both pose as octet streams here; the media
//! type and the form's parts become facts, and the emitted call sends them as what they are.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::names::free;
use super::{Body, Facts, Form};
use crate::document::Document;
use crate::error::Result;
use crate::json;
use crate::naming::type_name;
use crate::references::visit_refs;

const JSON: &str = "application/json";
const MULTIPART: &str = "multipart/form-data";
const FORM: &str = "x-synctera-form";
const OCTETS: &str = "application/octet-stream";

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let mut touched = 0;
    document.each_operation(|key, operation, lookup| {
        let Some(body) = operation.get_mut("requestBody") else {
            return Ok(());
        };
        *body = lookup.deref(body).clone();
        let content = body["content"].as_object().cloned().unwrap_or_default();
        if let Some(media) = content.get(JSON) {
            let schema = media.get("schema").cloned().unwrap_or_else(|| json!({}));
            body["content"] = json!({ JSON: {"schema": schema} });
            return Ok(());
        }
        let Some((media_type, media)) = content.iter().next() else {
            if let Some(operation) = operation.as_object_mut() {
                operation.remove("requestBody");
            }
            return Ok(());
        };
        touched += 1;
        body["content"] = json!({ OCTETS: {"schema": {"type": "string", "format": "binary"}} });
        let named =
            media.get("schema").and_then(json::schema_ref).filter(|_| media_type == MULTIPART);
        let form = named.and_then(|name| Some((name, form(lookup, name)?)));
        let travels = if let Some((name, form)) = form {
            facts.forms.insert(name.to_owned(), form);
            // Nothing else refers to the form now; without this it would be dropped.
            body[FORM] = json::ref_to(name);
            Body::Form(name.to_owned())
        } else {
            Body::Bytes(media_type.clone())
        };
        facts.operations.entry(key.clone()).or_default().body = travels;
        Ok(())
    })?;
    keep_apart(document, facts);
    Ok(touched)
}

/// The parts of a form are no JSON: what is a form here and JSON elsewhere is two types.
fn keep_apart(document: &mut Document, facts: &mut Facts) {
    let mut elsewhere = BTreeSet::new();
    let mut note = |value: &Value| {
        visit_refs(value, &mut |reference| {
            if let Some(("schemas", name)) = json::component_of(reference) {
                elsewhere.insert(name.to_owned());
            }
        });
    };
    for key in document.operations() {
        if let Some(operation) = document.operation(&key) {
            // What says which form it is does not count.
            note(&operation["requestBody"]["content"]);
            note(&json!({"parameters": operation["parameters"]}));
            note(&json!({"responses": operation["responses"]}));
        }
    }
    for (_, schema) in document.components("schemas") {
        note(schema);
    }
    for name in facts.forms.keys().cloned().collect::<Vec<_>>() {
        let Some(schema) = document.schema(&name).filter(|_| elsewhere.contains(&name)).cloned()
        else {
            continue;
        };
        let is_taken = |candidate: &str| {
            let rust = type_name(candidate);
            facts.reserved.contains(&rust)
                || document.components("schemas").any(|(name, _)| type_name(name) == rust)
        };
        let form = free(&format!("{name}_form"), is_taken);
        document.schemas_mut().insert(form.clone(), schema);
        if let Some(parts) = facts.forms.remove(&name) {
            facts.forms.insert(form.clone(), parts);
        }
        for (key, operation) in &mut facts.operations {
            if operation.body == Body::Form(name.clone()) {
                operation.body = Body::Form(form.clone());
                if let Some(operation) = document.operation_mut(key) {
                    operation["requestBody"][FORM] = json::ref_to(&form);
                }
            }
        }
    }
}

fn form(document: &Document, name: &str) -> Option<Form> {
    let schema = document.schema(name)?;
    let mut form = Form {
        required: json::strings(schema, "required").into_iter().map(str::to_owned).collect(),
        ..Form::default()
    };
    let parts = schema.get("properties")?.as_object().filter(|parts| !parts.is_empty())?;
    for (part, property) in parts {
        if property["format"] == "binary" {
            form.files.insert(part.clone());
        } else if !read_only(document, property) {
            form.texts.push(part.clone());
        }
    }
    Some(form)
}

/// Whether only the server sets a property, by its own word or by that of what it refers to.
pub(super) fn read_only(document: &Document, property: &Value) -> bool {
    property["readOnly"] == true || document.deref(property)["readOnly"] == true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_images_become_facts() {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {
                    "/documents": {"post": {"operationId": "a", "requestBody": {"content": {
                        "multipart/form-data": {"schema": {"$ref": "#/components/schemas/upload"}}}}}},
                    "/image": {"post": {"operationId": "b", "requestBody": {"content": {"image/jpeg": {}}}}},
                    "/json": {"post": {"operationId": "c", "requestBody": {"content": {"application/json": {}}}}},
                },
                "components": {"schemas": {"upload": {"type": "object", "required": ["file"], "properties": {
                    "file": {"type": "string", "format": "binary"}, "name": {"type": "string"},
                    "id": {"type": "string", "readOnly": true},
                }}}},
            }),
        )
        .unwrap();
        let mut facts = Facts::default();
        assert_eq!(run(&mut document, &mut facts).unwrap(), 2);
        let bodies: Vec<_> = facts.operations.into_values().map(|o| o.body).collect();
        assert_eq!(bodies, [Body::Form("upload".into()), Body::Bytes("image/jpeg".into())]);
        assert_eq!(
            facts.forms["upload"],
            Form {
                files: ["file".to_owned()].into(),
                texts: vec!["name".to_owned()],
                required: ["file".to_owned()].into(),
            }
        );
    }
}
