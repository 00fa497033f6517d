//! A pinned document made whole again: with titles and our documentation, for tools that read OpenAPI.
//!
//! The pinned documents are facts without words, and OpenAPI requires some words: the title, and a
//! description of each response. What the document means stays as it is.

use serde_json::{Map, Value, json};

use crate::docs::Docs;
use crate::document::Document;
use crate::naming;

/// What a document of the platform is called; OpenAPI demands a title, and the published one is prose.
pub const TITLE: &str = "Synctera API";

/// Where schemas are.
const SCHEMAS: &str = "#/components/schemas/";

/// The document of an interface with our documentation, as JSON.
pub fn described(document: &Document, docs: &Docs) -> Value {
    let mut root = document.root().clone();
    root["info"]["title"] = json!(TITLE);
    let components = &mut root["components"];
    components["securitySchemes"] = json!({ "bearerAuth": { "type": "http", "scheme": "bearer", "description": "The API key." } });
    if let Some(schemas) = components.get_mut("schemas") {
        distribute(schemas);
    }
    for (name, schema) in members(components, "schemas") {
        describe_schema(schema, name, docs);
    }
    for (name, response) in members(components, "responses") {
        describe(response, &docs.schema_doc(name));
    }
    for (_, parameter) in members(components, "parameters") {
        describe_parameter(parameter, docs);
    }
    for (_, item) in members(&mut root, "paths") {
        for (_, operation) in entries(item) {
            describe_operation(operation, docs);
        }
    }
    root
}

/// What is in an object; nothing of anything else.
fn entries(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flatten()
}

/// What is in the object that a member is; nothing if there is no such member.
fn members<'a>(
    value: &'a mut Value,
    name: &str,
) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    value.get_mut(name).into_iter().flat_map(entries)
}

/// The items of the list that a member is; none if there is no such member.
fn items<'a>(value: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    value.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
}

fn describe(value: &mut Value, words: &str) {
    if let Some(object) = value.as_object_mut().filter(|object| !object.contains_key("$ref")) {
        object.entry("description").or_insert_with(|| words.into());
    }
}

/// Describes a schema and its properties as far as words are written for them; what a name says
/// anyway is left out. Beside a reference, words would not be read: what it refers to has its own.
fn describe_schema(schema: &mut Value, name: &str, docs: &Docs) {
    if let Some(words) = docs.written_schema_doc(name) {
        describe(schema, words);
    }
    for part in items(schema, "allOf") {
        describe_properties(part, name, docs);
    }
    describe_properties(schema, name, docs);
}

fn describe_properties(schema: &mut Value, owner: &str, docs: &Docs) {
    for (property, schema) in members(schema, "properties") {
        if let Some(words) = docs.written_field_doc(owner, property) {
            describe(schema, words);
        }
    }
}

fn describe_parameter(parameter: &mut Value, docs: &Docs) {
    if let Some(name) = parameter["name"].as_str().map(str::to_owned) {
        describe(parameter, &docs.parameter_doc(&name));
    }
}

fn describe_operation(operation: &mut Value, docs: &Docs) {
    if let Some(id) = operation["operationId"].as_str().map(naming::method_name) {
        let (summary, words) = docs.operation_words(&id);
        operation["summary"] = summary.into();
        if let Some(words) = words {
            operation["description"] = words.into();
        }
    }
    for parameter in items(operation, "parameters") {
        describe_parameter(parameter, docs);
    }
    for (status, response) in members(operation, "responses") {
        describe(response, reason(status));
    }
    for (_, callback) in members(operation, "callbacks") {
        for (_, item) in entries(callback) {
            for (_, request) in entries(item) {
                describe_operation(request, docs);
            }
        }
    }
}

/// What a status says of an answer.
fn reason(status: &str) -> &'static str {
    match status {
        "200" => "It is done.",
        "201" => "It was made.",
        "202" => "It was accepted.",
        "204" => "It is done, and there is nothing to answer.",
        "400" => "The request is wrong.",
        "401" => "The API key is missing or unknown.",
        "403" => "The API key does not allow it.",
        "404" => "It does not exist.",
        "409" => "It exists already.",
        "422" => "A rule of the platform forbids it.",
        "501" => "It is not served.",
        _ if status.starts_with('2') => "It is done.",
        _ if status.starts_with('5') => "It failed.",
        _ => "It is refused.",
    }
}

/// Makes a union of each schema that is a union and something else, for which generators have no word:
/// each variant is put together with the rest, as a schema of its own.
fn distribute(schemas: &mut Value) {
    let Some(all) = schemas.as_object() else {
        return;
    };
    let mut changed = Map::new();
    for (name, schema) in all {
        let parts = schema.get("allOf").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let union = parts.iter().enumerate().find_map(|(place, part)| {
            let target = all.get(component(part)?)?;
            let variants = target.get("anyOf").or_else(|| target.get("oneOf"))?;
            Some((place, variants.as_array()?))
        });
        let Some((place, variants)) = union else {
            continue;
        };
        let mut references = Vec::new();
        for variant in variants {
            let mut parts = parts.to_vec();
            parts[place] = variant.clone();
            let own = joined(name, component(variant).unwrap_or("other"), all);
            references.push(json!({ "$ref": format!("{SCHEMAS}{own}") }));
            changed.insert(own, json!({ "type": "object", "allOf": parts }));
        }
        changed.insert(name.clone(), json!({ "anyOf": references }));
    }
    if let Some(all) = schemas.as_object_mut() {
        all.extend(changed);
    }
}

/// The name of the component that a reference leads to.
fn component(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.strip_prefix(SCHEMAS)
}

/// A name that no schema has: `new_account` and `account_depository` are `new_account_depository`.
fn joined(name: &str, variant: &str, taken: &Map<String, Value>) -> String {
    let last = name.rsplit('_').next().unwrap_or(name);
    let rest = variant.strip_prefix(last).and_then(|rest| rest.strip_prefix('_'));
    let short = format!("{name}_{}", rest.unwrap_or(variant));
    if taken.contains_key(&short) { format!("{name}_of_{variant}") } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn docs() -> Docs {
        let mut docs = Docs::default();
        let text = "[operation.list_pets]\ndoc = 'Lists pets. All of them.'\n\
                    [schema.pet]\ndoc = 'A pet.'\n[schema.pet.field]\nage = 'In years.'\n\
                    [field]\nname = 'What it is called.'";
        docs.add("pets.toml", text).unwrap();
        docs
    }

    #[test]
    fn what_openapi_requires_is_there_and_what_is_written_is_read() {
        let pinned = json!({
            "openapi": "3.0.3", "info": { "version": "v1" },
            "paths": { "/pets": { "get": {
                "operationId": "listPets", "parameters": [
                    { "in": "query", "name": "name", "schema": { "type": "string" } } ],
                "responses": { "200": {}, "404": { "$ref": "#/components/responses/not_found" } },
                "callbacks": { "born": { "{$request.query.url}": { "post": {
                    "responses": { "202": {} } } } } } } } },
            "components": {
                "responses": { "not_found": {} },
                "schemas": { "pet": { "type": "object", "properties": {
                    "age": { "type": "integer" }, "name": { "type": "string" },
                    "owner": { "$ref": "#/components/schemas/owner" },
                    "color": { "type": "string" } } }, "owner": { "type": "object" } } },
        });
        let document = Document::from_value("pets", pinned).unwrap();
        let root = described(&document, &docs());
        assert_eq!(root["info"], json!({ "title": "Synctera API", "version": "v1" }));
        let listed = &root["paths"]["/pets"]["get"];
        assert_eq!(listed["summary"], "Lists pets.");
        assert_eq!(listed["description"], "Lists pets. All of them.");
        assert_eq!(listed["parameters"][0]["description"], "What it is called.");
        assert_eq!(listed["responses"]["200"]["description"], "It is done.");
        let reference = json!({ "$ref": "#/components/responses/not_found" });
        assert_eq!(listed["responses"]["404"], reference);
        let called = &listed["callbacks"]["born"]["{$request.query.url}"]["post"];
        let expected = json!({ "responses": { "202": { "description": "It was accepted." } } });
        assert_eq!(called, &expected);
        assert_eq!(root["components"]["responses"]["not_found"]["description"], "Not found.");
        let pet = &root["components"]["schemas"]["pet"];
        assert_eq!(pet["description"], "A pet.");
        assert_eq!(pet["properties"]["age"]["description"], "In years.");
        assert_eq!(pet["properties"]["name"]["description"], "What it is called.");
        assert_eq!(pet["properties"]["color"], json!({ "type": "string" }));
        assert_eq!(pet["properties"]["owner"], json!({ "$ref": "#/components/schemas/owner" }));
    }

    #[test]
    fn a_union_and_something_else_is_a_union() {
        let of = |name: &str| json!({ "$ref": format!("{SCHEMAS}{name}") });
        let rest = json!({ "type": "object", "properties": { "name": { "type": "string" } } });
        let mut schemas = json!({
            "pet_kinds": { "anyOf": [of("pet_cat"), of("dog"), of("bird")] },
            "new_pet": { "allOf": [of("pet_kinds"), rest] },
            "new_pet_bird": { "type": "object" },
            "plain": { "allOf": [of("dog"), rest] },
        });
        let before = schemas.clone();
        distribute(&mut schemas);
        let references = [of("new_pet_cat"), of("new_pet_dog"), of("new_pet_of_bird")];
        assert_eq!(schemas["new_pet"], json!({ "anyOf": references }));
        let whole = json!({ "type": "object", "allOf": [of("pet_cat"), rest] });
        assert_eq!(schemas["new_pet_cat"], whole);
        for same in ["pet_kinds", "new_pet_bird", "plain"] {
            assert_eq!(schemas[same], before[same]);
        }
        assert_eq!(schemas.as_object().unwrap().len(), 7);
    }
}
