//! One success response for each operation; errors leave the document.
//!
//! Any 2xx counts as success, since the documents list 201 where the platform answers 200 and the
//! other way round. Every error body is decoded by the runtime into one type, whatever its media
//! type (`application/json`, `application/problem+json`) and status (461 among them).

use serde_json::{Value, json};

use super::{Answer, Facts};
use crate::document::Document;
use crate::error::Result;

const JSON: &str = "application/json";

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let mut touched = 0;
    document.each_operation(|key, operation, lookup| {
        if let Some(operation) = operation.as_object_mut() {
            // What the platform calls on our side is not a call of the client.
            operation.remove("callbacks");
        }
        let responses = operation.get("responses").and_then(Value::as_object).cloned();
        let mut success: Option<Value> = None;
        let mut page = None;
        for (status, response) in responses.into_iter().flatten() {
            if !status.starts_with('2') {
                facts.operations.entry(key.clone()).or_default().error_statuses.insert(status);
                touched += 1;
                continue;
            }
            let content = body_of(lookup.deref(&response));
            page = page.or_else(|| page_items(lookup, &content));
            match &success {
                Some(known) if *known != content && *known != json!({}) && content != json!({}) => {
                    facts.note(
                        key.place(),
                        "a success has one of several bodies, and is read as JSON",
                    );
                    success = Some(either_of(known, &content));
                }
                Some(known) if *known != json!({}) => {}
                _ => success = Some(content),
            }
        }
        let has_page_token = operation
            .get("parameters")
            .and_then(Value::as_array)
            .is_some_and(|ps| ps.iter().any(|p| p["name"] == "page_token" && p["in"] == "query"));
        let operation_facts = facts.operations.entry(key.clone()).or_default();
        operation_facts.page_items = page.filter(|_| has_page_token);
        operation_facts.answer = match success.as_ref().and_then(Value::as_object) {
            Some(content) if content.contains_key(JSON) => Answer::Json,
            Some(content) if !content.is_empty() => Answer::Bytes,
            _ => Answer::Nothing,
        };
        operation["responses"] = json!({
            "2XX": {"description": "", "content": success.unwrap_or_else(|| json!({}))}
        });
        Ok(())
    })?;
    if let Some(components) = document.root_mut()["components"].as_object_mut() {
        components.remove("responses");
    }
    Ok(touched)
}

/// What holds two bodies: any JSON, or bytes.
fn either_of(one: &Value, other: &Value) -> Value {
    if one.get(JSON).is_some() && other.get(JSON).is_some() {
        json!({ JSON: {"schema": {}} })
    } else {
        json!({ "application/octet-stream": {"schema": {"type": "string", "format": "binary"}} })
    }
}

/// The content of a success response: typed JSON, bytes of another type, or nothing.
fn body_of(response: &Value) -> Value {
    let Some(content) = response.get("content").and_then(Value::as_object) else {
        return json!({});
    };
    if let Some(body) = content.get(JSON) {
        return if body.get("schema").is_some() { json!({ JSON: body }) } else { json!({}) };
    }
    content.iter().next().map_or_else(
        || json!({}),
        |(media_type, _)| {
            // `*/*` and `image/jpeg` alike are handed over as bytes.
            let media_type =
                if media_type == "*/*" { "application/octet-stream" } else { media_type };
            json!({ media_type: {"schema": {"type": "string", "format": "binary"}} })
        },
    )
}

/// The property that holds the items of a page: the one array beside `next_page_token`.
fn page_items(document: &Document, content: &Value) -> Option<String> {
    let mut arrays = Vec::new();
    let mut has_token = false;
    collect(document, content.get(JSON)?.get("schema")?, &mut arrays, &mut has_token);
    match arrays.as_slice() {
        [items] if has_token => Some(items.clone()),
        _ => None,
    }
}

fn collect(document: &Document, schema: &Value, arrays: &mut Vec<String>, has_token: &mut bool) {
    let schema = document.deref(schema);
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        collect(document, part, arrays, has_token);
    }
    for (name, property) in crate::json::properties(schema) {
        if name == "next_page_token" {
            *has_token = true;
        } else if document.deref(property)["type"] == "array" && !arrays.contains(name) {
            arrays.push(name.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_on(operation: Value, schemas: Value) -> (Value, Facts) {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"}, "paths": {"/x": {"get": operation}},
                "components": {"schemas": schemas, "responses": {"gone": {
                    "content": {"application/problem+json": {"schema": {"type": "object"}}}}}},
            }),
        )
        .unwrap();
        let mut facts = Facts::default();
        run(&mut document, &mut facts).unwrap();
        (document.root()["paths"]["/x"]["get"]["responses"].clone(), facts)
    }

    #[test]
    fn errors_of_any_type_leave_and_any_2xx_is_success() {
        let (responses, facts) = run_on(
            json!({"operationId": "x", "responses": {
                "201": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "202": {},
                "400": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "461": {"$ref": "#/components/responses/gone"},
            }}),
            json!({}),
        );
        assert_eq!(
            responses,
            json!({"2XX": {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}})
        );
        let statuses = &facts.operations.values().next().unwrap().error_statuses;
        assert_eq!(statuses.iter().collect::<Vec<_>>(), ["400", "461"]);
    }

    #[test]
    fn pages_are_seen_through_references_and_parts() {
        let (_, facts) = run_on(
            json!({"operationId": "x",
                "parameters": [{"name": "page_token", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/things"}}}}},
            }),
            json!({
                "things": {"allOf": [
                    {"properties": {"things": {"type": "array", "items": {"type": "object"}}}},
                    {"$ref": "#/components/schemas/paged"},
                ]},
                "paged": {"properties": {"next_page_token": {"type": "string"}}},
            }),
        );
        assert_eq!(facts.operations.values().next().unwrap().page_items.as_deref(), Some("things"));
    }

    #[test]
    fn bytes_stay_bytes() {
        let (responses, _) = run_on(
            json!({"operationId": "x", "responses": {"200": {"content": {"*/*": {}}}}}),
            json!({}),
        );
        assert!(responses["2XX"]["content"]["application/octet-stream"].is_object());
    }
}
