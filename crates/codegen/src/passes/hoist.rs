//! Objects, enums and unions written in place become components, so that their names are ours.
//!
//! Equal ones under the same property name are one component: `status` of a business reads the
//! same whether it is sent, patched or read. The name is taken from the shortest owner.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::flatten::{ANNOTATIONS, is_tagged};
use super::names::free;
use super::{Facts, visit};
use crate::document::Document;
use crate::error::{Error, Result};
use crate::json;
use crate::naming::plain;

/// What identifies a hoisted schema: the name it stands under, and its text.
type Group = (String, String);

/// Objects nest in objects; each round hoists the innermost.
const ROUNDS_MAX: usize = 128;

pub(super) fn run(document: &mut Document, facts: &Facts) -> Result<usize> {
    name_anonymous_bodies(document, facts)?;
    let mut hoisted = 0;
    for _ in 0..ROUNDS_MAX {
        let groups = collect(document)?;
        if groups.is_empty() {
            return Ok(hoisted);
        }
        let names = name(document, &groups, facts);
        for ((_, text), name) in &names {
            let schema = serde_json::from_str(text)
                .map_err(|e| Error::at(format!("#/components/schemas/{name}"), e.to_string()))?;
            document.schemas_mut().entry(name.clone()).or_insert(schema);
        }
        hoisted += replace(document, &names)?;
    }
    Err(Error::at("#/components/schemas", "schemas nest without end"))
}

/// Whether a schema needs a type of its own.
fn needs_a_name(schema: &Value) -> bool {
    let has = |key: &str| schema.get(key).and_then(Value::as_object).is_some_and(|m| !m.is_empty());
    is_tagged(schema) || is_string_enum(schema) || has("properties")
}

fn is_string_enum(schema: &Value) -> bool {
    schema["type"] == "string" && schema.get("enum").is_some()
}

/// A schema without the remarks that belong to the place where it is used.
fn core(schema: &Value) -> Value {
    let mut core = schema.clone();
    if let Some(map) = core.as_object_mut() {
        map.retain(|key, _| key == "type" || !ANNOTATIONS.contains(&key.as_str()));
        map.remove("default");
    }
    core
}

/// Schemas within components and parameters that need a name, with their owners.
fn collect(document: &mut Document) -> Result<BTreeMap<Group, BTreeSet<String>>> {
    let mut groups: BTreeMap<Group, BTreeSet<String>> = BTreeMap::new();
    inner_most(document, &mut |schema, owner, under| {
        groups
            .entry((under.to_owned(), core(schema).to_string()))
            .or_default()
            .insert(owner.to_owned());
    })?;
    Ok(groups)
}

fn replace(document: &mut Document, names: &BTreeMap<Group, String>) -> Result<usize> {
    let mut count = 0;
    inner_most(document, &mut |schema, _, under| {
        if let Some(name) = names.get(&(under.to_owned(), core(schema).to_string())) {
            let mut reference = json::ref_to(name);
            for key in ANNOTATIONS.iter().filter(|key| **key != "type") {
                if let Some(remark) = schema.get(*key) {
                    reference[*key] = remark.clone();
                }
            }
            *schema = reference;
            count += 1;
        }
    })?;
    Ok(count)
}

/// Calls `f(schema, owner, name it stands under)` for those that need a name and hold none such.
fn inner_most(document: &mut Document, f: &mut dyn FnMut(&mut Value, &str, &str)) -> Result<()> {
    let mut found: Vec<String> = Vec::new();
    visit::schemas(document, &mut |schema, place| {
        // What is inside comes right before it, so that the last one tells.
        let last = found.last().and_then(|inner| inner.strip_prefix(place));
        let holds_one = last.is_some_and(|rest| rest.starts_with('/'));
        if needs_a_name(schema) && !is_component(place) && !holds_one {
            found.push(place.to_owned());
        }
        Ok(())
    })?;
    for place in found {
        let (owner, under) = owner_of(document, &place);
        if let Some(schema) = document.root_mut().pointer_mut(place.trim_start_matches('#')) {
            f(schema, &owner, &under);
        }
    }
    Ok(())
}

fn is_component(place: &str) -> bool {
    place.strip_prefix("#/components/schemas/").is_some_and(|name| !name.contains('/'))
}

/// The component or operation that holds a place, and the last name on the way to it.
fn owner_of(document: &Document, place: &str) -> (String, String) {
    let tokens: Vec<String> =
        place.trim_start_matches("#/").split('/').map(json::name_of).collect();
    let mut under = String::new();
    let mut named = false;
    for token in &tokens {
        if named {
            under.clone_from(token);
        }
        named = token == "properties";
    }
    match tokens.as_slice() {
        [_, _, component, ..] if tokens[0] == "components" => {
            // The items of a list component that has no property around them.
            let under = if under.is_empty() { "item".to_owned() } else { under };
            (component.clone(), under)
        }
        [_, path, method, kind, index, ..] if kind == "parameters" => {
            let operation = &document.root()["paths"][path][method];
            let parameter = &operation["parameters"][index.parse::<usize>().unwrap_or_default()];
            let name = parameter["name"].as_str().unwrap_or("parameter").replace(' ', "_");
            let id = operation["operationId"].as_str().unwrap_or("operation");
            (heck::ToSnakeCase::to_snake_case(id), name)
        }
        [_, path, method, kind, ..] => {
            let id = document.root()["paths"][path][method]["operationId"].as_str();
            let owner = heck::ToSnakeCase::to_snake_case(id.unwrap_or("operation"));
            let suffix = if kind == "requestBody" { "request" } else { "response" };
            let under = if under.is_empty() { "item".to_owned() } else { under };
            (format!("{owner}_{suffix}"), under)
        }
        _ => (place.to_owned(), under),
    }
}

/// Bodies written in place take the operation's name.
fn name_anonymous_bodies(document: &mut Document, facts: &Facts) -> Result<()> {
    let mut taken = taken(document, facts);
    let mut components: BTreeMap<String, Value> = BTreeMap::new();
    visit::operations(document, &mut |operation, _| {
        let id = operation["operationId"].as_str().unwrap_or_default();
        let id = heck::ToSnakeCase::to_snake_case(id);
        let places = [("/requestBody/content", "request"), ("/responses/2XX/content", "response")];
        for (content, suffix) in places {
            let contents = operation.pointer_mut(content).and_then(Value::as_object_mut);
            for (_, media) in contents.into_iter().flatten() {
                if let Some(schema) = media.get_mut("schema").filter(|schema| needs_a_name(schema))
                {
                    let wanted = format!("{id}_{suffix}");
                    let name = free(&wanted, |name| taken.contains(&rust_like(name)));
                    taken.insert(rust_like(&name));
                    components.insert(name.clone(), std::mem::replace(schema, json::ref_to(&name)));
                }
            }
        }
        Ok(())
    })?;
    document.schemas_mut().extend(components);
    Ok(())
}

/// The names of types that are no longer free.
fn taken(document: &Document, facts: &Facts) -> BTreeSet<String> {
    let components = document.components("schemas").map(|(name, _)| rust_like(name));
    components.chain(facts.reserved.iter().cloned()).collect()
}

/// Chooses a free name for each group.
fn name(
    document: &Document,
    groups: &BTreeMap<Group, BTreeSet<String>>,
    facts: &Facts,
) -> BTreeMap<Group, String> {
    let mut names: BTreeMap<Group, String> = BTreeMap::new();
    let mut taken = taken(document, facts);
    // The group with the most owners gets the plain name.
    let mut ordered: Vec<_> = groups.iter().collect();
    ordered.sort_by_key(|(group, owners)| (std::cmp::Reverse(owners.len()), *group));
    for (group, owners) in ordered {
        // What is written out here and is a component of that name elsewhere is that component.
        let known = document.schema(&group.0).map(|known| core(known).to_string());
        if known.is_some_and(|known| known == group.1) {
            names.insert(group.clone(), group.0.clone());
            continue;
        }
        let mut owners: Vec<&String> = owners.iter().collect();
        owners.sort_by_key(|owner| (owner.len(), *owner));
        let candidates = owners.iter().map(|owner| joined(owner, &group.0));
        let mut numbered = 2..;
        let first = owners.first().map(|owner| joined(owner, &group.0)).unwrap_or_default();
        let name = candidates
            .into_iter()
            .find(|candidate| !taken.contains(&rust_like(candidate)))
            .or_else(|| {
                numbered
                    .by_ref()
                    .map(|n| format!("{first}_{n}"))
                    .find(|candidate| !taken.contains(&rust_like(candidate)))
            })
            .unwrap_or(first);
        taken.insert(rust_like(&name));
        names.insert(group.clone(), name);
    }
    names
}

/// `card` + `card_status` is `card_status`, not `card_card_status`.
fn joined(owner: &str, under: &str) -> String {
    let (owner, under) = (&plain(owner), &plain(under));
    if under.starts_with(&format!("{owner}_")) || under == owner {
        under.to_owned()
    } else {
        format!("{owner}_{under}")
    }
}

/// Two names that become the same Rust type are the same name.
fn rust_like(name: &str) -> String {
    heck::ToUpperCamelCase::to_upper_camel_case(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn hoisted(schemas: Value) -> Value {
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/x": {"get": {
                    "operationId": "listX",
                    "parameters": [{"name": "sort_by", "in": "query", "schema":
                        {"type": "array", "items": {"type": "string", "enum": ["a:asc"]}}}],
                    "responses": {"2XX": {"content": {"application/json": {
                        "schema": {"type": "object", "properties": {"ok": {"type": "boolean"}}}}}}},
                }}},
                "components": {"schemas": schemas},
            }),
        )
        .unwrap();
        run(&mut document, &Facts::default()).unwrap();
        document.into_root()
    }

    #[test]
    fn equal_inner_schemas_become_one_component() {
        let status = json!({"type": "string", "enum": ["ACTIVE", "FROZEN"]});
        let mut read_only = status.clone();
        read_only["readOnly"] = json!(true);
        let root = hoisted(json!({
            "business": {"type": "object", "properties": {"status": read_only}},
            "business_patch": {"type": "object", "properties": {"status": status}},
            "other": {"type": "object", "properties": {"status": {"type": "string", "enum": ["X"]}}},
        }));
        insta::assert_json_snapshot!(root["components"]["schemas"], @r##"
        {
          "business": {
            "properties": {
              "status": {
                "$ref": "#/components/schemas/business_status",
                "readOnly": true
              }
            },
            "type": "object"
          },
          "business_patch": {
            "properties": {
              "status": {
                "$ref": "#/components/schemas/business_status"
              }
            },
            "type": "object"
          },
          "business_status": {
            "enum": [
              "ACTIVE",
              "FROZEN"
            ],
            "type": "string"
          },
          "list_x_response": {
            "properties": {
              "ok": {
                "type": "boolean"
              }
            },
            "type": "object"
          },
          "list_x_sort_by": {
            "enum": [
              "a:asc"
            ],
            "type": "string"
          },
          "other": {
            "properties": {
              "status": {
                "$ref": "#/components/schemas/other_status"
              }
            },
            "type": "object"
          },
          "other_status": {
            "enum": [
              "X"
            ],
            "type": "string"
          }
        }
        "##);
    }

    #[test]
    fn what_is_a_component_already_is_not_made_again() {
        let sign = json!({"type": "string", "enum": ["credit", "debit"]});
        let root = hoisted(json!({
            "dc_sign": sign,
            "ach": {"type": "object", "properties": {"dc_sign": sign}},
        }));
        let schemas = &root["components"]["schemas"];
        assert_eq!(schemas["ach"]["properties"]["dc_sign"], json::ref_to("dc_sign"));
        assert!(schemas.get("ach_dc_sign").is_none());
    }

    #[test]
    fn inner_objects_are_hoisted_from_the_inside_out() {
        let root = hoisted(json!({
            "card": {"type": "object", "properties": {"card_holder": {"type": "object", "properties": {
                "names": {"type": "array", "items": {"type": "object", "properties": {"first": {"type": "string"}}}},
            }}}},
        }));
        let schemas = &root["components"]["schemas"];
        assert_eq!(schemas["card"]["properties"]["card_holder"], json::ref_to("card_holder"));
        assert_eq!(
            schemas["card_holder"]["properties"]["names"]["items"],
            json::ref_to("card_names")
        );
        assert_eq!(schemas["card_names"]["properties"]["first"], json!({"type": "string"}));
    }
}
