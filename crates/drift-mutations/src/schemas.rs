//! Mutations of schemas.

use fastrand::Rng;
use serde_json::{Value, json};
use synctera_drift::Class::{self, Additive as A, Rust as R, Wire as W};
use synctera_drift::Direction;

use super::edits::{Edit, set, unset, without};
use super::kind::{Kind, Mutation, NEW, by_rule, mutation};
use super::sites::{Site, items};
use super::world::World;

pub(super) fn kinds() -> Vec<Kind> {
    by_rule![
        "property-removed" => |rng, world| removed(rng, world, false),
        "required-property-removed" => |rng, world| removed(rng, world, true),
        "optional-property-added" => |rng, world| added(rng, world, false),
        "required-property-added" => |rng, world| added(rng, world, true),
        "property-became-required" => |rng, world| needed(rng, world, true),
        "property-became-optional" => |rng, world| needed(rng, world, false),
        "property-became-read-only" => |rng, world| one_way(rng, world, "readOnly", false),
        "property-became-read-only", "needed" => |rng, world| {
            let reported = one_way(rng, world, "readOnly", true)?;
            Some(reported.reversed("read-only-property-demanded", W))
        },
        "property-became-write-only" => |rng, world| one_way(rng, world, "writeOnly", false),
        "required-property-became-write-only" => |rng, world| one_way(rng, world, "writeOnly", true),
        "became-nullable" => |rng, world| nullable(rng, world, true),
        "optional-became-nullable" => |rng, world| nullable(rng, world, false),
        "other-properties-forbidden" => |rng, world| object(rng, world, [W, A], |pointer| {
            (vec![set(pointer, "additionalProperties", json!(false))], pointer.to_owned())
        }),
        "other-properties-typed" => |rng, world| object(rng, world, [R, R], |pointer| {
            let place = format!("{pointer}/additionalProperties");
            (vec![(place.clone(), Some(json!({"type": "string"})))], place)
        }),
        "enum-value-removed" => |rng, world| values(rng, world, [W, R], |all| {
            let all = all.as_array()?;
            (all.len() > 1).then(|| json!(all[1..]))
        }),
        "enum-value-added" => |rng, world| values(rng, world, [A, A], |all| {
            let mut all = all.as_array()?.clone();
            all.push(json!(NEW));
            Some(json!(all))
        }),
        "no-longer-enum" => |rng, world| {
            let (pointer, _, site) = world.schema(rng, |pointer, value, _| {
                value["type"] == "string" && is_alone(world, pointer, value, "enum")
                    && value.get("enum").is_some()
            })?;
            Some(mutation(vec![unset(pointer, "enum")], pointer, site, [R, R]))
        },
        "items-dropped" => |rng, world| {
            let (pointer, _, site) = world.schema(rng, |pointer, value, _| {
                value["type"] == "array" && value.get("items").is_some()
                    && world.sites.alone(world.root, pointer, "items")
                    && !is_parameter(pointer)
            })?;
            let place = format!("{pointer}/items");
            Some(mutation(vec![(place.clone(), None)], &place, site, [R, W]))
        },
    ]
}

/// Whether a keyword is said here alone, and by no reference beside it.
pub(super) fn is_alone(world: &World<'_>, pointer: &str, value: &Value, keyword: &str) -> bool {
    value.get("$ref").is_none() && world.sites.alone(world.root, pointer, keyword)
}

/// A property of a plain type that one schema describes, and that is needed everywhere or nowhere.
fn property<'w>(
    rng: &mut Rng,
    world: &'w World<'_>,
    required: bool,
) -> Option<(&'w str, &'w Site, &'w (String, String))> {
    let (pointer, _, site) = world.schema(rng, |_, value, site| {
        let one_type = ["string", "integer", "boolean"].iter().any(|kind| value["type"] == **kind);
        one_type
            && !site.contested
            && site.required.iter().eq([&required])
            && ["nullable", "readOnly", "writeOnly"].iter().all(|flag| value.get(flag).is_none())
            && site
                .property
                .as_ref()
                .is_some_and(|(object, name)| listed(world, object, name) == required)
    })?;
    Some((pointer, site, site.property.as_ref()?))
}

/// Whether the object that lists a property also says that it is needed.
fn listed(world: &World<'_>, object: &str, name: &str) -> bool {
    items(&world.at(object)["required"]).any(|needed| needed == name)
}

fn removed(rng: &mut Rng, world: &World<'_>, required: bool) -> Option<Mutation> {
    let (pointer, site, (object, name)) = property(rng, world, required)?;
    let mut edits = vec![(pointer.to_owned(), None)];
    if required {
        edits.push(set(object, "required", without(&world.at(object)["required"], &json!(name))));
    }
    Some(mutation(edits, pointer, site, [W, if required { W } else { R }]))
}

fn added(rng: &mut Rng, world: &World<'_>, required: bool) -> Option<Mutation> {
    let (object, value, site) =
        world.schema(rng, |_, value, _| value.get("properties").is_some())?;
    let place = format!("{object}/properties/{NEW}");
    let mut edits = vec![(place.clone(), Some(json!({"type": "string"})))];
    if required {
        let mut all: Vec<Value> = items(&value["required"]).cloned().collect();
        all.push(json!(NEW));
        edits.push(set(object, "required", json!(all)));
    }
    Some(mutation(edits, &place, site, [if required { W } else { A }, A]))
}

fn needed(rng: &mut Rng, world: &World<'_>, becomes: bool) -> Option<Mutation> {
    let (pointer, site, (object, name)) = property(rng, world, !becomes)?;
    if world.sites.needed_elsewhere(world.root, object, name) {
        return None;
    }
    let all = &world.at(object)["required"];
    let all = if becomes {
        let mut all: Vec<Value> = items(all).cloned().collect();
        all.push(json!(name));
        json!(all)
    } else {
        without(all, &json!(name))
    };
    let classes = if becomes { [W, R] } else { [R, W] };
    Some(mutation(vec![set(object, "required", all)], pointer, site, classes))
}

fn nullable(rng: &mut Rng, world: &World<'_>, required: bool) -> Option<Mutation> {
    let (pointer, site, _) = property(rng, world, required)?;
    let classes = if required { [R, W] } else { [A, A] };
    Some(mutation(vec![set(pointer, "nullable", json!(true))], pointer, site, classes))
}

/// What is no longer sent, or no longer answered; the other way nothing changes.
fn one_way(rng: &mut Rng, world: &World<'_>, flag: &str, required: bool) -> Option<Mutation> {
    let wanted = |direction: &Direction| (*direction == Direction::Request) == (flag == "readOnly");
    for _ in 0..64 {
        let (pointer, site, _) = property(rng, world, required)?;
        let mut seen = site.clone();
        seen.directions.retain(wanted);
        if !seen.directions.is_empty() {
            let read = if required { W } else { R };
            return Some(mutation(
                vec![set(pointer, flag, json!(true))],
                pointer,
                &seen,
                [W, read],
            ));
        }
    }
    None
}

/// An object that says nothing of properties beside those it lists.
fn object(
    rng: &mut Rng,
    world: &World<'_>,
    classes: [Class; 2],
    edit: fn(&str) -> (Vec<Edit>, String),
) -> Option<Mutation> {
    let (pointer, _, site) = world.schema(rng, |pointer, value, _| {
        value.get("properties").is_some()
            && value.get("additionalProperties").is_none()
            && is_alone(world, pointer, value, "additionalProperties")
    })?;
    let (edits, place) = edit(pointer);
    Some(mutation(edits, &place, site, classes))
}

fn values(
    rng: &mut Rng,
    world: &World<'_>,
    classes: [Class; 2],
    to: fn(&Value) -> Option<Value>,
) -> Option<Mutation> {
    let (pointer, value, site) = world.schema(rng, |pointer, value, _| {
        value["type"] == "string"
            && value.get("enum").is_some_and(|all| to(all).is_some())
            && is_alone(world, pointer, value, "enum")
    })?;
    let all = to(&value["enum"])?;
    Some(mutation(vec![set(pointer, "enum", all)], pointer, site, classes))
}

/// What stands in a parameter is written by other rules.
fn is_parameter(pointer: &str) -> bool {
    pointer.starts_with("/components/parameters/") || pointer.contains("/parameters/")
}
