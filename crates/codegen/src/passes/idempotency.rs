//! The idempotency key leaves the signatures: the transport sends one with every write.
//!
//! Which operations list it stays known, because only those are repeated without asking after
//! bytes were sent.

use serde_json::Value;

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
            let is_key = parameter["in"] == "header" && parameter["name"] == HEADER;
            if is_key {
                found += 1;
                operation.lists_idempotency = true;
                operation.requires_idempotency |= parameter["required"] == true;
            }
            !is_key
        });
        // A call takes headers of its own, which are not arguments.
        let mut left = Vec::new();
        parameters.retain(|parameter| {
            let is_header = parameter["in"] == "header" || parameter["in"] == "cookie";
            if is_header {
                let (place, name) = (&parameter["in"], &parameter["name"]);
                left.push(format!("the {place} parameter {name} is no argument of the call"));
            }
            !is_header
        });
        for reason in left {
            facts.note(key.place(), reason);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
