//! Mutations of one keyword of a schema: types, formats, defaults, limits.

use fastrand::Rng;
use serde_json::{Value, json};
use synctera_drift::Class::{self, Additive as A, Behavioral as B, Rust as R, Wire as W};

use super::edits::{set, unset};
use super::kind::{Kind, Mutation, NEW, by_rule, mutation};
use super::schemas::is_alone;
use super::sites::Site;
use super::world::World;

/// What is done with one keyword: the type it stands beside, whether it is there before, and what
/// becomes of it.
pub(super) fn kinds() -> Vec<Kind> {
    by_rule![
        "type-changed" => |rng, world| {
            let (pointer, value, site) = plain(rng, world, "string", "type")?;
            let mut other = value.clone();
            other["type"] = json!("boolean");
            Some(mutation(vec![(pointer.to_owned(), Some(other))], pointer, site, [W, W]))
        },
        "type-widened" => |rng, world| add_to(rng, world, ["integer", "type"], json!("number"), [R, W]),
        "type-narrowed" => |rng, world| add_to(rng, world, ["number", "type"], json!("integer"), [W, R]),
        "type-dropped" => |rng, world| {
            let (pointer, value, site) = plain(rng, world, "string", "type")?;
            let bare = value.as_object()?.len() == 1;
            let edit = (pointer.to_owned(), Some(json!({})));
            bare.then(|| Mutation {
                pointer: None,
                reverse_pointer: None,
                ..mutation(vec![edit], pointer, site, [R, W])
            })
        },
        "format-added" => |rng, world| add_to(rng, world, ["string", "format"], json!("uuid"), [W, R]),
        "format-hint-changed" => |rng, world| add_to(rng, world, ["string", "format"], json!("email"), [B, B]),
        "number-format-changed" => |rng, world| add_to(rng, world, ["integer", "format"], json!("int8"), [A, A]),
        "format-removed" => |rng, world| {
            let (pointer, _, site) = format(rng, world)?;
            Some(mutation(vec![unset(pointer, "format")], pointer, site, [R, W]))
        },
        "format-changed" => |rng, world| {
            let (pointer, value, site) = format(rng, world)?;
            let other = if value["format"] == "date" { "uuid" } else { "date" };
            Some(mutation(vec![set(pointer, "format", json!(other))], pointer, site, [W, W]))
        },
        "became-enum" => |rng, world| add_to(rng, world, ["string", "enum"], json!(["A", "B"]), [W, R]),
        "default-added" => |rng, world| add_to(rng, world, ["string", "default"], json!(NEW), [B, B]),
        "default-removed" => |rng, world| change(rng, world, "default", |_| None, [B, B]),
        "default-changed" => |rng, world| change(rng, world, "default", |_| Some(json!(NEW)), [B, B]),
        "exclusion-changed" => |rng, world| add_to(rng, world, ["string", "not"], json!({"enum": [NEW]}), [B, B]),
        "property-deprecated" => |rng, world| add_to(rng, world, ["string", "deprecated"], json!(true), [B, B]),
        "property-undeprecated" => |rng, world| change(rng, world, "deprecated", |_| None, [A, A]),
        "pattern-added" => |rng, world| add_to(rng, world, ["string", "pattern"], json!("^zz$"), [B, A]),
        "pattern-removed" => |rng, world| change(rng, world, "pattern", |_| None, [A, B]),
        "pattern-changed" => |rng, world| change(rng, world, "pattern", |_| Some(json!("^zz$")), [B, B]),
        "max-length-added" => |rng, world| add_to(rng, world, ["string", "maxLength"], json!(7), [B, A]),
        "max-length-removed" => |rng, world| change(rng, world, "maxLength", |_| None, [A, B]),
        "max-length-raised" => |rng, world| change(rng, world, "maxLength", |v| shifted(v, 1), [A, B]),
        "max-length-lowered" => |rng, world| change(rng, world, "maxLength", |v| shifted(v, -1), [B, A]),
        "min-length-added" => |rng, world| add_to(rng, world, ["string", "minLength"], json!(7), [B, A]),
        "min-length-removed" => |rng, world| change(rng, world, "minLength", |_| None, [A, B]),
        "min-length-raised" => |rng, world| change(rng, world, "minLength", |v| shifted(v, 1), [B, A]),
        "min-length-lowered" => |rng, world| change(rng, world, "minLength", |v| shifted(v, -1), [A, B]),
        "maximum-added" => |rng, world| add_to(rng, world, ["integer", "maximum"], json!(7), [B, A]),
        "maximum-removed" => |rng, world| change(rng, world, "maximum", |_| None, [A, B]),
        "maximum-raised" => |rng, world| change(rng, world, "maximum", |v| shifted(v, 1), [A, B]),
        "maximum-lowered" => |rng, world| change(rng, world, "maximum", |v| shifted(v, -1), [B, A]),
        "minimum-added" => |rng, world| add_to(rng, world, ["integer", "minimum"], json!(7), [B, A]),
        "minimum-removed" => |rng, world| change(rng, world, "minimum", |_| None, [A, B]),
        "minimum-raised" => |rng, world| change(rng, world, "minimum", |v| shifted(v, 1), [B, A]),
        "minimum-lowered" => |rng, world| change(rng, world, "minimum", |v| shifted(v, -1), [A, B]),
        "maximum-excluded" => |rng, world| add_to(rng, world, ["integer", "exclusiveMaximum"], json!(true), [B, A]),
        "minimum-excluded" => |rng, world| add_to(rng, world, ["integer", "exclusiveMinimum"], json!(true), [B, A]),
        "minimum-included" => |rng, world| change(rng, world, "exclusiveMinimum", |_| None, [A, B]),
        "multiple-of-added" => |rng, world| add_to(rng, world, ["integer", "multipleOf"], json!(5), [B, A]),
        "multiple-of-changed" => |rng, world| moved(rng, world, ["integer", "multipleOf"], [5, 7], [B, B]),
        "max-items-added" => |rng, world| add_to(rng, world, ["array", "maxItems"], json!(7), [B, A]),
        "max-items-removed" => |rng, world| change(rng, world, "maxItems", |_| None, [A, B]),
        "max-items-raised" => |rng, world| change(rng, world, "maxItems", |v| shifted(v, 1), [A, B]),
        "max-items-lowered" => |rng, world| change(rng, world, "maxItems", |v| shifted(v, -1), [B, A]),
        "min-items-added" => |rng, world| add_to(rng, world, ["array", "minItems"], json!(7), [B, A]),
        "min-items-removed" => |rng, world| change(rng, world, "minItems", |_| None, [A, B]),
        "min-items-raised" => |rng, world| change(rng, world, "minItems", |v| shifted(v, 1), [B, A]),
        "min-items-lowered" => |rng, world| change(rng, world, "minItems", |v| shifted(v, -1), [A, B]),
        "unique-items-added" => |rng, world| add_to(rng, world, ["array", "uniqueItems"], json!(true), [B, A]),
        "unique-items-removed" => |rng, world| change(rng, world, "uniqueItems", |_| None, [A, B]),
        "max-properties-added" => |rng, world| add_to(rng, world, ["object", "maxProperties"], json!(7), [B, A]),
        "max-properties-raised" => |rng, world| moved(rng, world, ["object", "maxProperties"], [5, 7], [A, B]),
        "max-properties-lowered" => |rng, world| moved(rng, world, ["object", "maxProperties"], [7, 5], [B, A]),
        "min-properties-raised" => |rng, world| moved(rng, world, ["object", "minProperties"], [5, 7], [B, A]),
        "min-properties-lowered" => |rng, world| moved(rng, world, ["object", "minProperties"], [7, 5], [A, B]),
        "min-properties-added" => |rng, world| add_to(rng, world, ["object", "minProperties"], json!(7), [B, A]),
        "min-properties-removed" => |rng, world| change(rng, world, "minProperties", |_| None, [A, B]),
        "max-properties-removed" => |rng, world| change(rng, world, "maxProperties", |_| None, [A, B]),
    ]
}

/// A schema that holds nothing in itself, of this type, at which nobody else says this keyword.
fn plain<'w>(
    rng: &mut Rng,
    world: &'w World<'_>,
    kind: &str,
    keyword: &str,
) -> Option<(&'w str, &'w Value, &'w Site)> {
    world.schema(rng, |pointer, value, _| {
        value["type"] == kind
            && is_alone(world, pointer, value, keyword)
            && (keyword == "type" || value.get(keyword).is_none())
            && (keyword != "type" || value.get("enum").is_none() && value.get("format").is_none())
            // A list of values is an enum of its own; elsewhere it may be said again.
            && (keyword != "enum" && keyword != "default" && keyword != "format"
                || is_alone(world, pointer, value, "enum") && value.get("enum").is_none())
    })
}

fn add_to(
    rng: &mut Rng,
    world: &World<'_>,
    [kind, keyword]: [&str; 2],
    to: Value,
    classes: [Class; 2],
) -> Option<Mutation> {
    let (pointer, _, site) = if keyword == "format" && kind == "integer" || kind == "number" {
        world.schema(rng, |pointer, value, _| {
            value["type"] == kind && is_alone(world, pointer, value, keyword)
        })?
    } else if keyword == "type" {
        world.schema(rng, |pointer, value, _| {
            value["type"] == kind && is_alone(world, pointer, value, keyword)
        })?
    } else {
        plain(rng, world, kind, keyword)?
    };
    Some(mutation(vec![set(pointer, keyword, to)], pointer, site, classes))
}

/// Changes a limit that both documents are given; the interface has none of its kind to change.
fn moved(
    rng: &mut Rng,
    world: &World<'_>,
    [kind, keyword]: [&str; 2],
    [from, to]: [u8; 2],
    classes: [Class; 2],
) -> Option<Mutation> {
    let (pointer, _, site) = plain(rng, world, kind, keyword)?;
    let ground = vec![set(pointer, keyword, json!(from))];
    Some(mutation(vec![set(pointer, keyword, json!(to))], pointer, site, classes).on(ground))
}

/// Changes what a keyword says, or takes it away.
fn change(
    rng: &mut Rng,
    world: &World<'_>,
    keyword: &str,
    to: fn(&Value) -> Option<Value>,
    classes: [Class; 2],
) -> Option<Mutation> {
    let (pointer, value, site) = world.schema(rng, |pointer, value, _| {
        value.get(keyword).is_some() && is_alone(world, pointer, value, keyword)
    })?;
    let edit = (format!("{pointer}/{keyword}"), to(&value[keyword]));
    Some(mutation(vec![edit], pointer, site, classes))
}

fn shifted(value: &Value, by: i64) -> Option<Value> {
    value
        .as_i64()
        .map(|value| json!(value + by))
        .or_else(|| Some(json!(value.as_f64()? + by as f64)))
}

fn format<'w>(rng: &mut Rng, world: &'w World<'_>) -> Option<(&'w str, &'w Value, &'w Site)> {
    world.schema(rng, |pointer, value, _| {
        ["uuid", "date", "date-time"].iter().any(|format| value["format"] == **format)
            && value["type"] == "string"
            && is_alone(world, pointer, value, "format")
    })
}
