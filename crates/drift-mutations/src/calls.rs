//! Mutations of operations, parameters and the service.

use fastrand::Rng;
use serde_json::{Value, json};
use synctera_drift::Class::{Additive as A, Behavioral as B, Rust as R, Wire as W};
use synctera_drift::pointer::follow;

use super::edits::{set, unset, without};
use super::kind::{Kind, NEW, by_rule, one, reported_at};
use super::sites::{items, members};
use super::world::{World, is_key};

/// A parameter as an operation lists it, followed to where it is described.
fn described<'a>(world: &World<'a>, listed: &'a Value) -> &'a Value {
    match listed["$ref"].as_str() {
        Some(reference) => world.at(reference.trim_start_matches('#')),
        None => listed,
    }
}

fn has_query(world: &World<'_>, operation: &Value) -> bool {
    items(&operation["parameters"]).any(|listed| listed_in(world, listed, "query"))
}

fn listed_in(world: &World<'_>, listed: &Value, place: &str) -> bool {
    match listed["$ref"].as_str() {
        Some(reference) => world.at(reference.trim_start_matches('#'))["in"] == place,
        None => listed["in"] == place,
    }
}

fn more_parameters(operation: &Value, parameter: Value) -> Value {
    let mut all: Vec<Value> = items(&operation["parameters"]).cloned().collect();
    all.push(parameter);
    json!(all)
}

fn query(required: bool) -> Value {
    json!({"in": "query", "name": NEW, "required": required, "schema": {"type": "string"}})
}

fn is_plain(parameter: &Value) -> bool {
    matches!(parameter["schema"]["type"].as_str(), Some("string" | "integer" | "boolean"))
        && parameter["in"] == "query"
}

/// The path's key and the methods below it.
fn path_of(operation: &str) -> (&str, &str) {
    operation.rsplit_once('/').unwrap_or((operation, ""))
}

/// An operation that is alone at its path.
fn lonely<'w>(rng: &mut Rng, world: &'w World<'_>) -> Option<(&'w str, &'w Value)> {
    world.operation(rng, |pointer, _| members(world.at(path_of(pointer).0)).count() == 1)
}

pub(super) fn kinds() -> Vec<Kind> {
    let mut all = operations();
    all.extend(parameters());
    all
}

fn operations() -> Vec<Kind> {
    by_rule![
        "operation-removed" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, _| true)?;
            reported_at(vec![(pointer.to_owned(), None)], pointer, W)
        },
        "operation-added" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, _| true)?;
            let place = format!("{}~1{NEW}", path_of(pointer).0);
            let item = json!({"get": {"operationId": NEW, "responses": {"204": {}}}});
            reported_at(vec![(place.clone(), Some(item))], &format!("{place}/get"), A)
        },
        "operation-path-changed" => |rng, world| {
            let (pointer, _) = lonely(rng, world)?;
            let (path, method) = path_of(pointer);
            let place = format!("{path}~1{NEW}");
            let edits = vec![(path.to_owned(), None), (place.clone(), Some(world.at(path).clone()))];
            Some(reported_at(edits, &format!("{place}/{method}"), W)?.reversed_at(pointer))
        },
        "operation-method-changed" => |rng, world| {
            let (pointer, operation) = world.operation(rng, |_, _| true)?;
            let place = format!("{}/trace", path_of(pointer).0);
            let edits = vec![(pointer.to_owned(), None), (place.clone(), Some(operation.clone()))];
            Some(reported_at(edits, &place, W)?.reversed_at(pointer))
        },
        "operation-renamed" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, _| true)?;
            reported_at(vec![set(pointer, "operationId", json!(NEW))], pointer, R)
        },
        "operation-deprecated" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value.get("deprecated").is_none())?;
            reported_at(vec![set(pointer, "deprecated", json!(true))], pointer, B)
        },
        "operation-undeprecated" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value.get("deprecated").is_some())?;
            reported_at(vec![unset(pointer, "deprecated")], pointer, A)
        },
        "operation-family-changed" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, _| true)?;
            reported_at(vec![set(pointer, "tags", json!([NEW]))], pointer, R)
        },
        "idempotency-key-dropped" => |rng, world| {
            let has = |value: &Value| {
                items(&value["parameters"]).any(|listed| is_listed_key(world, listed))
            };
            let (pointer, operation) = world.operation(rng, |_, value| has(value))?;
            let kept: Vec<&Value> = items(&operation["parameters"])
                .filter(|listed| !is_listed_key(world, listed))
                .collect();
            reported_at(vec![set(pointer, "parameters", json!(kept))], pointer, B)
        },
        "idempotency-key-listed" => |rng, world| {
            let (pointer, operation) = world.operation(rng, |_, value| {
                !items(&value["parameters"]).any(|listed| is_listed_key(world, listed))
            })?;
            let key = json!({"in": "header", "name": "Idempotency-Key", "schema": {"type": "string"}});
            reported_at(vec![set(pointer, "parameters", more_parameters(operation, key))], pointer, A)
        },
        "idempotency-key-demanded" => |rng, world| {
            let asks = |value: &Value| {
                items(&value["parameters"]).position(|listed| {
                    is_listed_key(world, listed) && described(world, listed).get("required").is_none()
                })
            };
            let (pointer, operation) = world.operation(rng, |_, value| asks(value).is_some())?;
            let key = json!({"in": "header", "name": "Idempotency-Key", "required": true, "schema": {"type": "string"}});
            let edit = (format!("{pointer}/parameters/{}", asks(operation)?), Some(key));
            reported_at(vec![edit], pointer, A)
        },
        "callback-removed" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value.get("callbacks").is_some())?;
            one(vec![unset(pointer, "callbacks")], B)
        },
        "callback-added" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value.get("callbacks").is_none())?;
            let callback = json!({NEW: {"{$request.body#/url}": {"post": {"responses": {"200": {}}}}}});
            one(vec![set(pointer, "callbacks", callback)], A)
        },
    ]
}

fn is_listed_key(world: &World<'_>, listed: &Value) -> bool {
    match listed["$ref"].as_str() {
        Some(reference) => is_key(world.root.pointer(reference.trim_start_matches('#'))),
        None => is_key(Some(listed)),
    }
}

fn parameters() -> Vec<Kind> {
    by_rule![
        "parameter-removed" => |rng, world| {
            let (pointer, operation) = world.operation(rng, |_, value| has_query(world, value))?;
            let gone = items(&operation["parameters"])
                .find(|listed| described(world, listed)["in"] == "query")?;
            let left = without(&operation["parameters"], gone);
            let others = items(&left).any(|listed| listed_in(world, listed, "query"));
            let (rule, class) = match described(world, gone).get("required") {
                Some(_) => ("required-parameter-added", W),
                None if others => ("optional-parameter-added", A),
                None => ("optional-parameter-added", R),
            };
            Some(one(vec![set(pointer, "parameters", left)], W)?.reversed(rule, class))
        },
        "optional-parameter-added" => |rng, world| {
            let (pointer, operation) = world.operation(rng, |_, _| true)?;
            let class = if has_query(world, operation) { A } else { R };
            one(vec![set(pointer, "parameters", more_parameters(operation, query(false)))], class)
        },
        "required-parameter-added" => |rng, world| {
            let (pointer, operation) = world.operation(rng, |_, _| true)?;
            one(vec![set(pointer, "parameters", more_parameters(operation, query(true)))], W)
        },
        "parameter-moved" => |rng, world| {
            let (pointer, operation) = world.operation(rng, |_, value| has_query(world, value))?;
            let at = items(&operation["parameters"])
                .position(|listed| listed_in(world, listed, "query"))?;
            let mut parameter = described(world, &operation["parameters"][at]).clone();
            parameter["in"] = json!("header");
            let place = format!("{pointer}/parameters/{at}");
            let reported = reported_at(vec![(place.clone(), Some(parameter))], &place, W)?;
            Some(reported.reversed_at(&follow(world.root, &place)))
        },
        "parameter-became-required" => |rng, world| {
            let (pointer, _) = world.parameter(rng, |value| value.get("required").is_none())?;
            reported_at(vec![set(pointer, "required", json!(true))], pointer, W)
        },
        "parameter-became-optional" => |rng, world| {
            let (pointer, _) = world.parameter(rng, |value| {
                value.get("required").is_some() && value["in"] != "path"
            })?;
            reported_at(vec![unset(pointer, "required")], pointer, R)
        },
        "parameter-serialization-changed" => |rng, world| {
            let (pointer, value) = world.parameter(rng, |value| {
                value["schema"]["type"] == "array" && value["in"] == "query"
            })?;
            let joined = value["explode"] == false;
            reported_at(vec![set(pointer, "explode", json!(joined))], pointer, W)
        },
        "parameter-became-list" => |rng, world| {
            let (pointer, value) = world.parameter(rng, is_plain)?;
            let list = json!({"type": "array", "items": value["schema"]});
            reported_at(vec![set(pointer, "schema", list)], pointer, R)
        },
        "parameter-became-single" => |rng, world| {
            let (pointer, value) = world.parameter(rng, |value| {
                value["schema"]["type"] == "array" && value["in"] == "query"
                    && value["schema"]["items"]["type"] == "string"
            })?;
            reported_at(vec![set(pointer, "schema", value["schema"]["items"].clone())], pointer, W)
        },
        "parameter-deprecated" => |rng, world| {
            let (pointer, _) = world.parameter(rng, |value| value.get("deprecated").is_none())?;
            reported_at(vec![set(pointer, "deprecated", json!(true))], pointer, B)
        },
        "parameter-undeprecated" => |rng, world| {
            let (pointer, _) = world.parameter(rng, |value| value.get("deprecated").is_some())?;
            reported_at(vec![unset(pointer, "deprecated")], pointer, A)
        },
        "parameter-allows-empty" => |rng, world| {
            let (pointer, _) = world.parameter(rng, |value| value["in"] == "query")?;
            reported_at(vec![set(pointer, "allowEmptyValue", json!(true))], pointer, A)
        },
        "path-parameter-renamed" => |rng, world| {
            let (pointer, operation) = lonely(rng, world)?;
            let (path, method) = path_of(pointer);
            let at = items(&operation["parameters"])
                .position(|listed| described(world, listed)["in"] == "path")?;
            let mut parameter = described(world, &operation["parameters"][at]).clone();
            let name = parameter["name"].as_str()?.to_owned();
            let place = path.replace(&format!("{{{name}}}"), &format!("{{{NEW}}}"));
            if place == path {
                return None;
            }
            parameter["name"] = json!(NEW);
            let mut item = world.at(path).clone();
            item[method]["parameters"][at] = parameter;
            let edits = vec![(path.to_owned(), None), (place.clone(), Some(item))];
            Some(reported_at(edits, &format!("{place}/{method}"), A)?.reversed_at(pointer))
        },
    ]
}
