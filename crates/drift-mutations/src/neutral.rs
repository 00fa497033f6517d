//! Other ways to say the same: none of them is a change.

use fastrand::Rng;
use serde_json::{Value, json};
use synctera_drift::Class;

use super::edits::{Edit, set, unset};
use super::kind::{Kind, Mutation, NEW, one};
use super::sites::items;
use super::world::World;

macro_rules! neutral {
    ($($name:literal => $make:expr),* $(,)?) => {
        vec![$(Kind { rule: None, name: $name, make: $make }),*]
    };
}

fn same(edits: Vec<Edit>) -> Option<Mutation> {
    one(edits, Class::Additive)
}

/// A schema that is used as a whole, and holds something of its own.
fn whole<'w>(rng: &mut Rng, world: &'w World<'_>) -> Option<(&'w str, &'w Value)> {
    let (pointer, value, _) = world.schema(rng, |pointer, value, site| {
        site.whole
            && site.property.is_some()
            && value.get("$ref").is_none()
            && value.get("allOf").is_none()
            && !pointer.contains("/parameters/")
    })?;
    Some((pointer, value))
}

pub(super) fn kinds() -> Vec<Kind> {
    neutral![
        "a description" => |rng, world| {
            let (pointer, _, _) = world.schema(rng, |_, value, _| value.get("$ref").is_none())?;
            same(vec![set(pointer, "description", json!("said otherwise"))])
        },
        "the order of values" => |rng, world| {
            let (pointer, value, _) = world.schema(rng, |_, value, _| value.get("enum").is_some())?;
            let all: Vec<&Value> = value["enum"].as_array()?.iter().rev().collect();
            same(vec![set(pointer, "enum", json!(all))])
        },
        "the order of parameters" => |rng, world| {
            let (pointer, value) = world.operation(rng, |_, value| {
                items(&value["parameters"]).count() > 1
            })?;
            let all: Vec<&Value> = value["parameters"].as_array()?.iter().rev().collect();
            same(vec![set(pointer, "parameters", json!(all))])
        },
        "the order of needed properties" => |rng, world| {
            let (pointer, value, _) = world.schema(rng, |_, value, _| value.get("required").is_some())?;
            let all: Vec<&Value> = value["required"].as_array()?.iter().rev().collect();
            same(vec![set(pointer, "required", json!(all))])
        },
        "a schema becomes a component" => |rng, world| {
            let (pointer, value) = whole(rng, world)?;
            same(vec![
                (format!("/components/schemas/{NEW}"), Some(value.clone())),
                (pointer.to_owned(), Some(json!({"$ref": format!("#/components/schemas/{NEW}")}))),
            ])
        },
        "a schema is composed of itself" => |rng, world| {
            let (pointer, value) = whole(rng, world)?;
            same(vec![(pointer.to_owned(), Some(json!({"allOf": [value]})))])
        },
        "properties are cut in two" => |rng, world| {
            let (pointer, value, _) = world.schema(rng, |_, value, _| {
                value["properties"].as_object().is_some_and(|all| all.len() > 1)
                    && value.get("allOf").is_none()
            })?;
            let properties = value["properties"].as_object()?;
            let (name, moved) = properties.iter().next()?;
            let mut left = properties.clone();
            left.remove(name);
            same(vec![
                set(pointer, "properties", json!(left)),
                set(pointer, "allOf", json!([{"properties": {name.as_str(): moved}}])),
            ])
        },
        "a component has another name" => |rng, world| {
            // By its only use, so that the name is all that changes.
            let (pointer, value, _) = world.schema(rng, |_, value, _| {
                value["$ref"].as_str().is_some_and(|reference| {
                    let target = world.at(reference.trim_start_matches('#'));
                    target.get("properties").is_some() && target.get("discriminator").is_none()
                })
            })?;
            let target = world.at(value["$ref"].as_str()?.trim_start_matches('#'));
            let variant = pointer.contains("/oneOf/") || pointer.contains("/anyOf/");
            (!variant).then_some(())?;
            same(vec![
                (format!("/components/schemas/{NEW}"), Some(target.clone())),
                set(pointer, "$ref", json!(format!("#/components/schemas/{NEW}"))),
            ])
        },
        "a reference is written out" => |rng, world| {
            let (pointer, value, _) = world.schema(rng, |pointer, value, _| {
                value["$ref"].is_string() && !pointer.contains("/oneOf/") && !pointer.contains("/anyOf/")
            })?;
            let target = world.at(value["$ref"].as_str()?.trim_start_matches('#'));
            let mut edits = vec![unset(pointer, "$ref")];
            edits.extend(target.as_object()?.iter().map(|(key, value)| set(pointer, key, value.clone())));
            (value.as_object()?.len() == 1).then_some(())?;
            same(edits)
        },
        "an unused component" => |_, _| {
            same(vec![(format!("/components/schemas/{NEW}"), Some(json!({"type": "string"})))])
        },
        "another tag of the same family" => |rng, world| {
            let (pointer, _) = world.operation(rng, |_, value| value["tags"][0] == "Cards")?;
            same(vec![set(pointer, "tags", json!(["Bulk Issuance"]))])
        },
    ]
}
