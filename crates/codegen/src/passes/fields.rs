//! Properties and parameters whose names are no identifiers, or become the same one.
//!
//! They get names that are fine; what they are called on the wire is kept in [`Facts`]. Names that
//! are fine already stay.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::idempotency::COOKIE;
use super::names::{free, is_keyword};
use super::{Facts, Header, visit};
use crate::document::{Document, OperationKey};
use crate::error::Result;
use crate::json;
use crate::naming::plain;
use crate::naming::value_ident;

/// Old name → new name.
type Renamed = BTreeMap<String, String>;

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let mut count = properties(document, facts);
    count += arguments(document, facts);
    pages(document, facts);
    Ok(count)
}

/// New names for those that need one. Plain names go first.
fn renamed<'n>(names: impl Iterator<Item = &'n String>) -> Renamed {
    let mut taken = BTreeSet::new();
    let mut renamed = Renamed::new();
    let (fine, odd): (Vec<&String>, Vec<&String>) =
        names.partition(|name| plain(name) == **name && value_ident(name) != "gen");
    for name in fine.into_iter().chain(odd) {
        let mut wanted = plain(name);
        if wanted == "gen" {
            wanted.push_str("_value");
        }
        let free = free(&wanted, |candidate| taken.contains(&value_ident(candidate).to_string()));
        taken.insert(value_ident(&free).to_string());
        if free != *name {
            renamed.insert(name.clone(), free);
        }
    }
    renamed
}

fn properties(document: &mut Document, facts: &mut Facts) -> usize {
    let mut count = 0;
    for (component, schema) in document.schemas_mut() {
        let renamed = renamed(json::properties(schema).map(|(name, _)| name));
        if renamed.is_empty() {
            continue;
        }
        count += renamed.len();
        if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
            *properties = std::mem::take(properties)
                .into_iter()
                .map(|(name, property)| (new_name(&renamed, name), property))
                .collect();
        }
        for name in visit::array(schema, "required") {
            if let Some(new) = name.as_str().and_then(|name| renamed.get(name)) {
                *name = Value::String(new.clone());
            }
        }
        if let Some(rules) = facts.rules.get_mut(component) {
            *rules = std::mem::take(rules)
                .into_iter()
                .map(|(name, rules)| (new_name(&renamed, name), rules))
                .collect();
        }
        if let Some(clearable) = facts.clearable.get_mut(component) {
            *clearable = all(&renamed, std::mem::take(clearable));
        }
        if let Some(form) = facts.forms.get_mut(component) {
            form.files = all(&renamed, std::mem::take(&mut form.files));
            form.required = all(&renamed, std::mem::take(&mut form.required));
            let texts = std::mem::take(&mut form.texts);
            form.texts = texts.into_iter().map(|name| new_name(&renamed, name)).collect();
        }
        let wire = renamed.into_iter().map(|(name, new)| (new, name)).collect();
        facts.wire_names.insert(component.clone(), wire);
    }
    count
}

fn all(renamed: &Renamed, names: BTreeSet<String>) -> BTreeSet<String> {
    names.into_iter().map(|name| new_name(renamed, name)).collect()
}

fn new_name(renamed: &Renamed, name: String) -> String {
    renamed.get(&name).cloned().unwrap_or(name)
}

/// Names that a method has of its own.
const OWN: [&str; 9] =
    ["body", "build", "built", "client", "query", "request", "route", "url", "value"];

/// Names of the generator's own, beside which a query is not found again.
fn is_own(ident: &str) -> bool {
    ["body", "request", "url"].contains(&ident)
}

/// What a parameter can be: one value, or a list of such.
fn arguments(document: &mut Document, facts: &mut Facts) -> usize {
    let mut count = 0;
    for key in document.operations() {
        let Some(mut operation) = document.operation_mut(&key).map(Value::take) else {
            continue;
        };
        let mut notes = Vec::new();
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            let limits = &mut facts.operations.entry(key.clone()).or_default().query_limits;
            parameters.retain_mut(|parameter| {
                let before = parameter["schema"].clone();
                let stays = settle(document, &key, parameter, &mut notes);
                // What it was limited to says nothing of its text.
                if before["type"] != parameter["schema"]["type"]
                    && let Some(name) = parameter["name"].as_str()
                {
                    limits.remove(name);
                }
                stays
            });
            count += notes.len();
            let of_path: BTreeSet<String> = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "path")
                .filter_map(|parameter| Some(value_ident(parameter["name"].as_str()?).to_string()))
                .collect();
            let names: Vec<String> = parameters
                .iter()
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| parameter["name"].as_str().map(str::to_owned))
                .collect();
            let mut new = renamed(names.iter());
            for name in &names {
                let wanted = new.get(name).unwrap_or(name);
                if of_path.contains(&value_ident(wanted).to_string())
                    || is_own(&value_ident(wanted).to_string())
                {
                    let wanted = format!("{wanted}_query");
                    let taken = |candidate: &str| names.iter().any(|name| name == candidate);
                    new.insert(name.clone(), free(&wanted, taken));
                }
            }
            count += new.len();
            for parameter in parameters.iter_mut().filter(|parameter| parameter["in"] == "query") {
                if let Some(new) = parameter["name"].as_str().and_then(|name| new.get(name)) {
                    parameter["name"] = Value::String(new.clone());
                }
            }
            let headers = headers(parameters);
            count += headers.len();
            let wire = new.into_iter().map(|(name, new)| (new, name)).collect();
            let operation = facts.operations.entry(key.clone()).or_default();
            operation.wire_queries = wire;
            operation.headers = headers;
        }
        for (place, reason) in notes {
            facts.note(place, reason);
        }
        if let Some(place) = document.operation_mut(&key) {
            *place = operation;
        }
    }
    count
}

/// Gives headers names that no other argument of the call has.
fn headers(parameters: &mut [Value]) -> BTreeMap<String, Header> {
    let ident = |name: &str| value_ident(name).to_string();
    let mut taken: BTreeSet<String> = parameters
        .iter()
        .filter(|parameter| parameter["in"] != "header")
        .filter_map(|parameter| Some(ident(parameter["name"].as_str()?)))
        .chain(OWN.map(str::to_owned))
        .collect();
    let mut headers = BTreeMap::new();
    for parameter in parameters.iter_mut().filter(|parameter| parameter["in"] == "header") {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let is_cookie = parameter[COOKIE] == true;
        let mut wanted = plain(&heck::ToSnakeCase::to_snake_case(name.as_str()));
        if taken.contains(&ident(&wanted)) || is_keyword(&wanted) || wanted == "gen" {
            wanted.push_str(if is_cookie { "_cookie" } else { "_header" });
        }
        let free = free(&wanted, |candidate| taken.contains(&ident(candidate)));
        taken.insert(ident(&free));
        parameter["name"] = Value::String(free.clone());
        headers.insert(ident(&free), Header { name, is_cookie });
    }
    headers
}

/// Makes a parameter one that a call can take; `false` when it cannot.
fn settle(
    document: &Document,
    key: &OperationKey,
    parameter: &mut Value,
    notes: &mut Vec<(String, String)>,
) -> bool {
    let schema = &parameter["schema"];
    let is_list = schema["type"] == "array";
    let is_query = parameter["in"] == "query";
    let fits = if is_list {
        is_query && is_one(document, &schema["items"])
    } else {
        is_one(document, schema)
    };
    if fits {
        if let Some(schema) = parameter["schema"].as_object_mut() {
            schema.remove("nullable");
        }
        return true;
    }
    let (name, required) = (parameter["name"].to_string(), parameter["required"] == true);
    if is_query
        && !required
        && (is_list || schema["type"] == "object" || schema.get("$ref").is_some())
    {
        notes.push((key.place(), format!("the query {name} holds an object, and cannot be given")));
        return false;
    }
    if schema.as_object().is_none_or(|schema| !schema.is_empty()) {
        notes.push((key.place(), format!("the parameter {name} is given as its text")));
    }
    parameter["schema"] = json!({"type": "string"});
    true
}

/// Whether a schema is one value: a text, a number, an enum.
fn is_one(document: &Document, schema: &Value) -> bool {
    let behind = document.deref(schema);
    let is_scalar =
        matches!(behind["type"].as_str(), Some("string" | "integer" | "number" | "boolean"));
    is_scalar && behind["format"] != "binary"
}

/// Pages are walked where the token and the items are what the walk takes them for.
fn pages(document: &Document, facts: &mut Facts) {
    for (key, operation) in &mut facts.operations {
        let Some(items) = &operation.page_items else {
            continue;
        };
        let content = document.operation(key).map(|of| &of["responses"]["2XX"]["content"]);
        let schema = content.map(|content| &content["application/json"]["schema"]);
        let page = schema.and_then(json::schema_ref).and_then(|name| document.schema(name));
        let is_walked = page.is_some_and(|page| {
            let token = &page["properties"]["next_page_token"];
            let is_required = json::strings(page, "required").contains(&"next_page_token");
            page["properties"][items]["type"] == "array"
                && is_text(token)
                && (!is_required || token["nullable"] == true)
        });
        let parameters = document.operation(key).and_then(|of| of["parameters"].as_array());
        let takes_token = parameters.into_iter().flatten().any(|parameter| {
            parameter["name"] == "page_token"
                && parameter["in"] == "query"
                && parameter["required"] != true
                && is_text(&parameter["schema"])
        });
        if !is_walked || !takes_token {
            operation.page_items = None;
        }
    }
}

fn is_text(schema: &Value) -> bool {
    schema["type"] == "string" && schema.get("format").is_none()
}

/// Paths as the generator takes them: the names in braces are arguments of a method, which has some
/// of its own.
pub(crate) fn path_arguments(paths: &mut serde_json::Map<String, Value>) {
    for (path, mut item) in std::mem::take(paths) {
        let names: Vec<String> =
            super::parameters::template_names(&path).map(str::to_owned).collect();
        let mut new = Renamed::new();
        let mut taken = BTreeSet::new();
        for name in &names {
            let mut wanted = plain(name);
            let ident = value_ident(&wanted).to_string();
            if OWN.contains(&ident.as_str()) || is_keyword(&ident) || ident == "gen" {
                wanted.push_str("_argument");
            }
            let free =
                free(&wanted, |candidate| taken.contains(&value_ident(candidate).to_string()));
            taken.insert(value_ident(&free).to_string());
            if free != *name {
                new.insert(name.clone(), free);
            }
        }
        if new.is_empty() {
            paths.insert(path, item);
            continue;
        }
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            for parameter in visit::array(operation, "parameters").filter(|p| p["in"] == "path") {
                if let Some(new) = parameter["name"].as_str().and_then(|name| new.get(name)) {
                    parameter["name"] = Value::String(new.clone());
                }
            }
        }
        let mut written = path.clone();
        for (name, new) in &new {
            written = written.replace(&format!("{{{name}}}"), &format!("{{{new}}}"));
        }
        // Two templates of one path may be the same now.
        while paths.contains_key(&written) {
            written.push('/');
        }
        paths.insert(written, item);
    }
}
