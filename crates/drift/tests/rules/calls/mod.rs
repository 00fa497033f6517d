//! The rules about operations, parameters, bodies, answers and the service.

mod operations;
mod parameters;
mod payloads;
mod service;

use serde_json::{Value, json};
use synctera_drift::Class::{self, Rust as R, Wire as W};

use crate::{base, found};

/// A change of the document: what stands at each pointer before and after; `Null` for nothing.
struct Case {
    id: &'static str,
    class: Class,
    at: Vec<(&'static str, Value, Value)>,
    opposite: &'static str,
}

const PUT: &str = "/paths/~1lamps~1{lamp_id}/put";

fn case(
    id: &'static str,
    class: Class,
    at: &'static str,
    [old, new]: [Value; 2],
    opposite: &'static str,
) -> Case {
    Case { id, class, at: vec![(at, old, new)], opposite }
}

/// Puts a value at a pointer; what begins with `put` is below the operation.
fn put(root: &mut Value, pointer: &str, value: &Value) {
    let pointer = match pointer.strip_prefix("put") {
        Some(below) => format!("{PUT}{below}"),
        None => pointer.to_owned(),
    };
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/");
    match root.pointer_mut(parent).unwrap_or_else(|| panic!("{parent}")) {
        Value::Object(map) if value.is_null() => drop(map.remove(&key)),
        Value::Object(map) => drop(map.insert(key, value.clone())),
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value.clone(),
        other => panic!("{pointer} is in {other}"),
    }
}

fn query(name: &str, more: Value) -> Value {
    let mut parameter = json!({"name": name, "in": "query", "schema": {"type": "string"}});
    parameter.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    parameter
}

fn cases() -> impl Iterator<Item = Case> {
    [operations::cases(), parameters::cases(), payloads::cases(), service::cases()]
        .into_iter()
        .flatten()
}

pub(crate) fn ids() -> impl Iterator<Item = &'static str> {
    cases().map(|case| case.id)
}

#[test]
fn a_change_is_reported_alone_and_in_its_class() {
    for Case { id, class, at, opposite } in cases() {
        let (mut old, mut new) = (base(), base());
        for (pointer, before, after) in &at {
            put(&mut old, pointer, before);
            put(&mut new, pointer, after);
        }
        assert_eq!(found(&old, &new), [(id, class)], "{id}");
        let back: Vec<&str> = found(&new, &old).into_iter().map(|(id, _)| id).collect();
        assert_eq!(back, [opposite], "{id}, undone");
        assert_eq!(found(&new, &new), [], "{id}: nothing changed");
    }
}

#[test]
fn an_argument_more_breaks_programs_and_a_field_more_does_not() {
    let mut old = base();
    put(&mut old, "put/parameters/1", &json!({"name": "lamp", "in": "cookie"}));
    let mut new = old.clone();
    let parameters = new.pointer_mut(&format!("{PUT}/parameters")).unwrap();
    parameters.as_array_mut().unwrap().push(query("first", json!({})));
    assert_eq!(found(&old, &new), [("optional-parameter-added", R)], "the first filter");
}

#[test]
fn a_success_that_brings_the_only_body_changes_what_the_method_returns() {
    let body = json!({"content": {"application/json": {"schema": {"type": "object"}}}});
    let mut two = base();
    put(&mut two, "put/responses", &json!({"204": {}, "299": body}));
    for left in [json!({"204": {}}), json!({"404": {}})] {
        let mut one = base();
        put(&mut one, "put/responses", &left);
        put(&mut two, "put/responses/404", &left["404"]);
        put(&mut two, "put/responses/204", &left["204"]);
        assert_eq!(found(&one, &two), [("answer-body-added", R)], "{left}");
        let lost = if left["204"].is_null() { "success-removed" } else { "answer-body-removed" };
        assert_eq!(found(&two, &one), [(lost, W)], "{left}");
    }
}

#[test]
fn a_tag_that_leads_to_the_same_family_is_prose() {
    let (mut old, mut new) = (base(), base());
    put(&mut old, "put/tags", &json!(["Lamps"]));
    put(&mut new, "put/tags", &json!(["Lights"]));
    assert_eq!(found(&old, &new), []);
}

#[test]
fn what_a_callback_sends_is_what_we_read_and_what_it_reads_is_what_we_send() {
    let lamp = |required: Value| json!({"type": "object", "properties": {"a": {"type": "string"}}, "required": required});
    let body = |schema: Value| json!({"content": {"application/json": {"schema": schema}}});
    let callback = |sent: Value, answered: Value| {
        json!({"changed": {"{$request.body#/url}": {"post": {
            "requestBody": body(sent), "responses": {"200": body(answered)},
        }}}})
    };
    let (some, all) = (lamp(json!([])), lamp(json!(["a"])));
    for (before, after, classes) in [
        (callback(some.clone(), some.clone()), callback(all.clone(), some.clone()), [R, W]),
        (callback(some.clone(), some.clone()), callback(some, all), [W, R]),
    ] {
        let (mut old, mut new) = (base(), base());
        put(&mut old, "put/callbacks", &before);
        put(&mut new, "put/callbacks", &after);
        assert_eq!(found(&old, &new), [("property-became-required", classes[0])]);
        assert_eq!(found(&new, &old), [("property-became-optional", classes[1])]);
    }
}
