//! The idempotency key leaves the signatures: the transport sends one with every write.
//!
//! Which operations list it stays known, because only those are repeated without asking after
//! bytes were sent.

use serde_json::{Value, json};

use super::Facts;
use crate::document::Document;
use crate::error::Result;

const HEADER: &str = "Idempotency-Key";

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let mut found = 0;
    for key in document.operations() {
        let Some(parameters) = document
            .operation_mut(&key)
            .and_then(|operation| operation.get_mut("parameters"))
            .and_then(Value::as_array_mut)
        else {
            continue;
        };
        let operation = facts.operations.entry(key.clone()).or_default();
        parameters.retain(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            let is_key = parameter["in"] == "header" && name.eq_ignore_ascii_case(HEADER);
            if is_key {
                found += 1;
                operation.lists_idempotency = true;
                operation.requires_idempotency |= parameter["required"] == true;
            }
            !is_key
        });
        // A call takes headers of its own; only those that must be there are arguments.
        let mut left = Vec::new();
        parameters.retain_mut(|parameter| {
            let is_cookie = parameter["in"] == "cookie";
            if !is_cookie && parameter["in"] != "header" {
                return true;
            }
            if parameter["required"] == true {
                as_argument(parameter, is_cookie);
                return true;
            }
            let (place, name) = (&parameter["in"], &parameter["name"]);
            left.push(format!("the {place} parameter {name} is no argument of the call"));
            false
        });
        for reason in left {
            facts.note(key.place(), reason);
        }
    }
    Ok(found)
}

/// Marks a header parameter that is a cookie: the generator has no word for one.
pub(super) const COOKIE: &str = "x-synctera-cookie";

/// A header is a text on the wire, however it is put together.
fn as_argument(parameter: &mut Value, is_cookie: bool) {
    let schema = &parameter["schema"];
    let is_plain = matches!(schema["type"].as_str(), Some("boolean" | "integer" | "number"))
        && schema.get("enum").is_none();
    let kind = if is_plain { schema["type"].clone() } else { json!("string") };
    *parameter = json!({
        "name": parameter["name"], "in": "header", "required": true, "schema": {"type": kind},
    });
    if is_cookie {
        parameter[COOKIE] = json!(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_becomes_a_fact() {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"post": {"operationId": "x", "parameters": [
                    {"name": "Idempotency-Key", "in": "header", "required": true},
                ]}, "get": {"operationId": "y", "parameters": []}}},
            }),
        )
        .unwrap();
        let mut facts = Facts::default();
        assert_eq!(run(&mut document, &mut facts).unwrap(), 1);
        let listed: Vec<_> = facts
            .operations
            .iter()
            .map(|(key, f)| (key.to_string(), f.lists_idempotency, f.requires_idempotency))
            .collect();
        assert_eq!(listed, [("GET /x".into(), false, false), ("POST /x".into(), true, true)]);
        assert_eq!(document.root()["paths"]["/x"]["post"]["parameters"], json!([]));
    }
}
