//! Lists in queries: which ones travel as `id=a,b`.
//!
//! The generator would repeat the parameter (`id=a&id=b`); the platform reads a comma-separated
//! list wherever the document says `explode: false`.

use serde_json::{Value, json};

use super::{Facts, visit};
use crate::document::Document;
use crate::error::Result;

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let mut found = 0;
    document.each_operation(|key, operation, lookup| {
        for parameter in visit::array(operation, "parameters").filter(|p| p["in"] == "query") {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let style = parameter.get("style").and_then(Value::as_str).unwrap_or("form");
            let kind = lookup.deref(&parameter["schema"])["type"].clone();
            let is_list = kind == "array";
            if style != "form" && (is_list || kind == "object") {
                // Objects are dropped later; a list can be written as it is to be sent.
                let reason = format!("the query {name:?} of style {style} is given as its text");
                facts.note(key.place(), reason);
                if is_list {
                    parameter["schema"] = json!({"type": "string"});
                }
                continue;
            }
            if is_list && parameter["explode"] == false {
                facts.operations.entry(key.clone()).or_default().comma_separated.insert(name);
                found += 1;
            }
        }
        Ok(())
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_unexploded_lists_are_joined() {
        let list = json!({"type": "array", "items": {"type": "string"}});
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {"operationId": "x", "parameters": [
                    {"name": "joined", "in": "query", "explode": false, "schema": list},
                    {"name": "repeated", "in": "query", "schema": list},
                    {"name": "single", "in": "query", "explode": false, "schema": {"type": "string"}},
                ]}}},
            }),
        )
        .unwrap();
        let mut facts = Facts::default();
        assert_eq!(run(&mut document, &mut facts).unwrap(), 1);
        let operation = facts.operations.values().next().unwrap();
        assert_eq!(operation.comma_separated.iter().collect::<Vec<_>>(), ["joined"]);
    }
}
