//! Every rule, both ways: it fires where it should, in its class and alone, and not the other way
//! round or where nothing changes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

mod calls;
mod schemas;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use synctera_codegen::{Document, Families};
use synctera_drift::{Class, Report, rules};

/// A document with one operation that sends and reads, and one beside it.
fn base() -> Value {
    let body = |name: &str| json!({"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}});
    json!({
        "openapi": "3.0.3", "info": {"version": "v2"},
        "servers": [{"url": "https://api.synctera.com/v2"}],
        "security": [{"bearerAuth": []}],
        "paths": {
            "/lamps/{lamp_id}": {"put": {
                "operationId": "replace_lamp", "tags": ["Lamps"],
                "parameters": [
                    {"name": "lamp_id", "in": "path", "required": true, "schema": {"type": "string"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                ],
                "requestBody": body("sent"),
                "responses": {"200": body("read"), "400": body("failed")},
            }},
            "/lamps": {"get": {"operationId": "list_lamps", "responses": {"200": {}}}},
        },
        "components": {"schemas": {
            "sent": {"type": "object", "properties": {"other": {"type": "string"}}},
            "read": {"type": "object", "properties": {"other": {"type": "string"}}},
            "failed": {"type": "object", "properties": {"other": {"type": "string"}}},
            "left": {"type": "object", "properties": {"kind": {"type": "string"}, "l": {"type": "string"}}},
            "right": {"type": "object", "properties": {"kind": {"type": "string"}, "r": {"type": "string"}}},
            "middle": {"type": "object", "properties": {"kind": {"type": "string"}, "m": {"type": "string"}}},
        }},
    })
}

fn document(root: &Value) -> Document {
    synctera_pin::distill(&Document::from_value("t", root.clone()).unwrap()).unwrap()
}

fn report(old: &Value, new: &Value) -> Report {
    let families = Families::parse("[tags]\n\"Lights\" = \"lamps\"").unwrap();
    Report::of(&document(old), &document(new), &families)
}

/// Rule and class of each change.
fn found(old: &Value, new: &Value) -> Vec<(&'static str, Class)> {
    report(old, new).changes.iter().map(|change| (change.rule, change.class)).collect()
}

#[test]
fn every_rule_has_a_case() {
    let covered: BTreeSet<&str> = schemas::ids().chain(calls::ids()).collect();
    let all: BTreeSet<&str> = rules::all().map(|(_, rule)| rule.id).collect();
    // Names of Rust types are a matter of the generator: `items.rs`.
    let of_rust = rules::all().filter(|(subject, _)| *subject == "rust");
    let elsewhere: BTreeSet<&str> = of_rust.map(|(_, rule)| rule.id).collect();
    let missing: Vec<_> = all.difference(&covered).filter(|id| !elsewhere.contains(*id)).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
    assert!(covered.is_subset(&all));
}

#[test]
fn ids_are_unique_and_well_formed() {
    let ids: Vec<&str> = rules::all().map(|(_, rule)| rule.id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for id in ids {
        assert!(id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{id}");
        assert_eq!(rules::by_id(id).map(|rule| rule.id), Some(id));
    }
    assert!(rules::by_id("no-such-rule").is_none());
}

#[test]
fn order_prose_and_the_cut_into_components_are_no_change() {
    let mut other = base();
    other["info"]["title"] = json!("said otherwise");
    other["paths"]["/lamps"]["get"]["description"] = json!("prose");
    let schemas = other["components"]["schemas"].as_object_mut().unwrap();
    // Written in place, put together, under another name: the same on the wire.
    let sent = schemas.remove("sent").unwrap();
    schemas.insert("base".into(), sent);
    schemas.insert("lamp_body".into(), json!({"allOf": [{"$ref": "#/components/schemas/base"}]}));
    let body = "/paths/~1lamps~1{lamp_id}/put/requestBody/content/application~1json/schema";
    *other.pointer_mut(body).unwrap() = json!({"$ref": "#/components/schemas/lamp_body"});
    let answer = "/paths/~1lamps~1{lamp_id}/put/responses/200/content/application~1json/schema";
    *other.pointer_mut(answer).unwrap() =
        json!({"properties": {"other": {"type": "string"}}, "type": "object"});
    assert_eq!(found(&base(), &other), []);
    assert_eq!(found(&other, &base()), []);
}

#[test]
fn a_change_in_a_shared_component_is_reported_once_with_all_its_operations() {
    let mut shared = base();
    shared["paths"]["/lamps"]["get"]["responses"]["200"]["content"] = json!({"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/read"}}}});
    let body = "/paths/~1lamps~1{lamp_id}/put/requestBody/content/application~1json/schema";
    *shared.pointer_mut(body).unwrap() = json!({"$ref": "#/components/schemas/read"});
    let mut new = shared.clone();
    new["components"]["schemas"]["read"]["required"] = json!(["other"]);
    let report = report(&shared, &new);
    let [change] = report.changes.as_slice() else {
        panic!("{:?}", report.changes);
    };
    assert_eq!((change.rule, change.class), ("property-became-required", Class::Wire));
    assert_eq!(change.directions.len(), 2);
    let calls: Vec<&str> = change.operations.iter().map(|o| o.id.as_str()).collect();
    assert_eq!(calls, ["list_lamps", "replace_lamp"]);
    assert_eq!(change.location.to_string(), "schemas/read: other");
    assert_eq!(change.location.pointer, "/components/schemas/read/properties/other");
}

#[test]
fn circles_of_components_end() {
    let mut circle = base();
    circle["components"]["schemas"]["read"]["properties"]["next"] =
        json!({"$ref": "#/components/schemas/read"});
    let mut new = circle.clone();
    new["components"]["schemas"]["read"]["properties"]["other"]["maxLength"] = json!(3);
    assert_eq!(found(&circle, &new), [("max-length-added", Class::Additive)]);
}
