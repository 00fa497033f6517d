//! Where ids stand in what operations are sent and answer, by `spec/types.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use toml::Table;

use crate::workspace::{self, Error};

/// Deeper than any body of the documents names an id.
const DEPTH_MAX: usize = 8;

/// The rules of `spec/types.toml` on ids.
pub(super) struct Ids(Table);

/// Where ids are: place and type.
type Places = BTreeSet<(String, String)>;

impl Ids {
    pub(super) fn read() -> Result<Self, Error> {
        let path = workspace::spec().join("types.toml");
        let mut file: Table = workspace::read(&path)?.parse()?;
        match file.remove("ids") {
            Some(toml::Value::Table(ids)) => Ok(Self(ids)),
            _ => Err(format!("{}: no [ids]", path.display()).into()),
        }
    }

    /// For each operation, where it is sent ids (path, query, body) and where it answers them. A
    /// place is a path of properties with dots between; `*` stands for each item of a list.
    pub(super) fn places(&self, document: &Value) -> Value {
        let mut operations = BTreeMap::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let label = format!("{} {path}", method.to_uppercase());
                operations.insert(label, self.of_operation(document, path, operation));
            }
        }
        json!(operations)
    }

    fn of_operation(&self, document: &Value, path: &str, operation: &Value) -> Value {
        let mut parameters: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = deref(document, parameter).0;
            let (Some(name), Some(place)) = (parameter["name"].as_str(), parameter["in"].as_str())
            else {
                continue;
            };
            let schema = deref(document, &parameter["schema"]).0;
            let schema = if schema["type"] == "array" {
                deref(document, &schema["items"]).0
            } else {
                schema
            };
            if let Some(id) = self.type_of(&[path], name, schema) {
                parameters.entry(place).or_default().insert(name, id);
            }
        }
        let mut sent = Places::new();
        let body = &operation["requestBody"]["content"]["application/json"]["schema"];
        self.walk(document, body, &[], "", 0, &mut sent);
        let mut answered = Places::new();
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            if status.starts_with('2') {
                let response = deref(document, response).0;
                let body = &response["content"]["application/json"]["schema"];
                self.walk(document, body, &[], "", 0, &mut answered);
            }
        }
        json!({ "path": parameters.get("path"), "query": parameters.get("query"), "body": sent,
            "answer": answered })
    }

    fn walk(
        &self,
        document: &Value,
        schema: &Value,
        owners: &[&str],
        place: &str,
        depth: usize,
        into: &mut Places,
    ) {
        if depth > DEPTH_MAX {
            return;
        }
        let (schema, name) = deref(document, schema);
        let owners: Vec<&str> = name.into_iter().chain(owners.iter().copied()).collect();
        for keyword in ["allOf", "oneOf", "anyOf"] {
            for part in schema[keyword].as_array().into_iter().flatten() {
                self.walk(document, part, &owners, place, depth + 1, into);
            }
        }
        self.walk(document, &schema["items"], &[], &join(place, "*"), depth + 1, into);
        for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
            let target = deref(document, schema).0;
            let here = join(place, property);
            let (item, here) = if target["type"] == "array" {
                (deref(document, &target["items"]).0, join(&here, "*"))
            } else {
                (target, here)
            };
            match self.type_of(&owners, property, item) {
                Some(id) => {
                    into.insert((here, id));
                }
                None => self.walk(document, schema, &[], &join(place, property), depth + 1, into),
            }
        }
    }

    /// The type of an id, of a property or parameter of one of these owners.
    fn type_of(&self, owners: &[&str], name: &str, schema: &Value) -> Option<String> {
        if schema["format"] != "uuid" {
            return None;
        }
        let singular = name.strip_suffix('s').filter(|singular| singular.ends_with("_id"));
        let rule = |table: &str, key: &str| self.0.get(table)?.get(key);
        let within = owners.iter().find_map(|owner| rule("within", owner)?.get(name));
        let own = || owners.iter().find_map(|owner| rule("own", owner)).filter(|_| name == "id");
        let general = || rule("names", name).or_else(|| rule("names", singular?));
        let id = within.or_else(own).or_else(general)?.as_str()?;
        (!id.is_empty()).then(|| id.to_owned())
    }
}

fn join(place: &str, part: &str) -> String {
    if place.is_empty() { part.to_owned() } else { format!("{place}.{part}") }
}

/// What is meant, and the component that it is, if it is one.
fn deref<'a>(document: &'a Value, value: &'a Value) -> (&'a Value, Option<&'a str>) {
    match value["$ref"].as_str() {
        Some(reference) => {
            let target = document.pointer(reference.trim_start_matches('#')).unwrap_or(value);
            (target, reference.rsplit('/').next())
        }
        None => (value, None),
    }
}
