//! Parameters are written out at their operation, and what the path names is in the path.
//!
//! The published v2 document points 16 operations at a shared *query* parameter where their own
//! path parameter is meant. The query twin must go when the path one comes, or the client would
//! send both.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Facts, names, visit};
use crate::document::Document;
use crate::error::{Error, Result};

/// Headers that are no parameters, by the specification.
const IGNORED: [&str; 3] = ["Accept", "Authorization", "Content-Type"];

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let mut moved = 0;
    document.each_operation(|key, operation, lookup| {
        let shared = lookup.root()["paths"][&key.path].get("parameters").cloned();
        let own = operation.get("parameters").cloned();
        let mut parameters: Vec<Value> = Vec::new();
        for parameter in [shared, own].iter().flatten().filter_map(Value::as_array).flatten() {
            let parameter = lookup.deref(parameter);
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["in"] == "header"
                && IGNORED.iter().any(|own| own.eq_ignore_ascii_case(name))
            {
                continue;
            }
            parameters.retain(|other| !same(other, parameter));
            let mut parameter = parameter.clone();
            if parameter.get("schema").is_none() {
                if parameter.get("content").is_some() {
                    facts.note(key.place(), format!("the parameter {name:?} is given as its text"));
                }
                parameter["schema"] = json!({"type": "string"});
            }
            parameters.push(parameter);
        }
        if let Some(body) = operation.get_mut("requestBody") {
            *body = lookup.deref(body).clone();
        }
        for (_, answer) in visit::object(operation, "responses") {
            *answer = lookup.deref(answer).clone();
        }
        moved += settle_path(&key.path, &mut parameters)
            .map_err(|reason| Error::at(key.place(), reason))?;
        operation["parameters"] = Value::Array(parameters);
        Ok(())
    })?;
    // Before anything else moves what they lead to.
    moved += names::extract_deep_targets(document)?;
    for (_, item) in visit::object(document.root_mut(), "paths") {
        if let Some(item) = item.as_object_mut() {
            item.remove("parameters");
        }
    }
    if let Some(components) = document.root_mut()["components"].as_object_mut() {
        components.remove("parameters");
    }
    Ok(moved)
}

fn same(a: &Value, b: &Value) -> bool {
    a["name"] == b["name"] && a["in"] == b["in"]
}

/// Makes the path parameters those that the template names; returns how many were elsewhere.
fn settle_path(path: &str, parameters: &mut Vec<Value>) -> Result<usize, String> {
    let names: BTreeSet<&str> = template_names(path).collect();
    let braces = path.matches(['{', '}']).collect::<String>();
    if !path.starts_with('/') || braces != "{}".repeat(braces.len() / 2) || names.contains("") {
        return Err("its path is no template: `/things/{id}`".to_owned());
    }
    let mut moved = 0;
    for name in &names {
        if parameters.iter().any(|p| p["in"] == "path" && p["name"] == *name) {
            continue;
        }
        let twin = parameters.iter().position(|p| p["in"] == "query" && p["name"] == *name);
        let schema = twin.map_or_else(
            || json!({"type": "string"}),
            |index| {
                let twin = parameters.remove(index);
                // A list filter of the same name, put in place of the one id that is meant.
                twin["schema"].get("items").unwrap_or(&twin["schema"]).clone()
            },
        );
        parameters.push(json!({"name": name, "in": "path", "required": true, "schema": schema}));
        moved += 1;
    }
    let stray = parameters
        .iter()
        .find(|p| p["in"] == "path" && p["name"].as_str().is_none_or(|n| !names.contains(n)));
    match stray {
        Some(stray) => Err(format!("the path does not name its path parameter {}", stray["name"])),
        None => Ok(moved),
    }
}

/// The names between braces in a path template.
pub(crate) fn template_names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_twin_of_a_path_parameter_goes() {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/cards/{id}": {
                    "parameters": [{"name": "verbose", "in": "query", "schema": {"type": "boolean"}}],
                    "get": {"operationId": "get", "parameters": [{"$ref": "#/components/parameters/id"}]},
                }},
                "components": {"parameters": {"id": {
                    "name": "id", "in": "query", "explode": false,
                    "schema": {"type": "array", "items": {"type": "string", "format": "uuid"}},
                }}},
            }),
        )
        .unwrap();
        assert_eq!(run(&mut document, &mut Facts::default()).unwrap(), 1);
        assert_eq!(
            document.root()["paths"]["/cards/{id}"]["get"]["parameters"],
            json!([
                {"name": "verbose", "in": "query", "schema": {"type": "boolean"}},
                {"name": "id", "in": "path", "required": true,
                 "schema": {"type": "string", "format": "uuid"}},
            ])
        );
        assert_eq!(
            run(&mut document, &mut Facts::default()).unwrap(),
            0,
            "a second run finds nothing to do"
        );
    }

    #[test]
    fn a_path_parameter_that_the_path_does_not_name_is_refused() {
        let mut parameters = vec![json!({"name": "x", "in": "path", "required": true})];
        let error = settle_path("/cards", &mut parameters).unwrap_err();
        assert_eq!(error, "the path does not name its path parameter \"x\"");
    }
}
