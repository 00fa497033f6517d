//! Mutations of schemas.

use fastrand::Rng;
use serde_json::{Value, json};

use super::sites::{Site, items, members};
use super::{Edit, Kind, Mutation, World, class, set, unset, without};
use crate::class::Class::{self, Additive as A, Behavioural as B, Rust as R, Wire as W};
use crate::class::Direction;
use crate::place::token;

/// A name that no document uses.
const NEW: &str = "zz_new";

/// Declares kinds: rule, and what makes one.
macro_rules! by_rule {
    ($($rule:literal => $make:expr),* $(,)?) => {
        vec![$(Kind { rule: Some($rule), name: $rule, make: $make }),*]
    };
}
pub(super) use by_rule;

pub(super) fn kinds() -> Vec<Kind> {
    let mut all = keywords();
    all.extend(by_rule![
        "property-removed" => |rng, world| removed(rng, world, false),
        "required-property-removed" => |rng, world| removed(rng, world, true),
        "optional-property-added" => |rng, world| added(rng, world, false),
        "required-property-added" => |rng, world| added(rng, world, true),
        "property-became-required" => |rng, world| needed(rng, world, true),
        "property-became-optional" => |rng, world| needed(rng, world, false),
        "property-became-read-only" => |rng, world| one_way(rng, world, "readOnly", false),
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
    ]);
    all.extend(unions());
    all
}

/// What is done with one keyword: the type it stands beside, whether it is there before, and what
/// becomes of it.
fn keywords() -> Vec<Kind> {
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
            bare.then(|| Mutation { pointer: None, ..mutation(vec![edit], pointer, site, [R, W]) })
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
        "min-properties-added" => |rng, world| add_to(rng, world, ["object", "minProperties"], json!(7), [B, A]),
        "min-properties-removed" => |rng, world| change(rng, world, "minProperties", |_| None, [A, B]),
        "max-properties-removed" => |rng, world| change(rng, world, "maxProperties", |_| None, [A, B]),
    ]
}

fn unions() -> Vec<Kind> {
    by_rule![
        "union-variant-removed" => |rng, world| {
            let (pointer, value, site) = union(rng, world, true)?;
            let (tag, target) = members(&value["discriminator"]["mapping"]).next()?;
            let mapping = &value["discriminator"]["mapping"];
            if members(mapping).count() < 2 {
                return None;
            }
            let mut edits = vec![(format!("{pointer}/discriminator/mapping/{}", token(tag)), None)];
            if members(mapping).filter(|(_, other)| *other == target).count() == 1 {
                edits.push(set(pointer, "oneOf", without(&value["oneOf"], &json!({"$ref": target}))));
            }
            Some(mutation(edits, pointer, site, [W, R]))
        },
        "union-variant-added" => |rng, world| {
            let (pointer, value, site) = union(rng, world, true)?;
            let (_, target) = members(&value["discriminator"]["mapping"]).next()?;
            let place = format!("{pointer}/discriminator/mapping/{NEW}");
            Some(mutation(vec![(place, Some(target.clone()))], pointer, site, [A, A]))
        },
        "union-tag-changed" => |rng, world| {
            let (pointer, _, site) = union(rng, world, true)?;
            let place = format!("{pointer}/discriminator/propertyName");
            Some(mutation(vec![(place, Some(json!(NEW)))], pointer, site, [W, W]))
        },
        "union-tag-removed" => |rng, world| {
            let (pointer, _, site) = union(rng, world, true)?;
            Some(mutation(vec![unset(pointer, "discriminator")], pointer, site, [R, W]))
        },
        "union-strictness-changed" => |rng, world| {
            let (pointer, value, site) = union(rng, world, false)?;
            let one_of = value.get("oneOf")?;
            let edits = vec![unset(pointer, "oneOf"), set(pointer, "anyOf", one_of.clone())];
            Some(mutation(edits, pointer, site, [B, B]))
        },
        "untagged-variant-added" => |rng, world| {
            let (pointer, value, site) = union(rng, world, false)?;
            let keyword = if value.get("oneOf").is_some() { "oneOf" } else { "anyOf" };
            let mut all = value[keyword].as_array()?.clone();
            all.push(json!({"type": "object", "properties": {NEW: {"type": "string"}}}));
            Some(mutation(vec![set(pointer, keyword, json!(all))], pointer, site, [A, B]))
        },
        "untagged-variant-removed" => |rng, world| {
            let (pointer, value, site) = union(rng, world, false)?;
            let keyword = if value.get("oneOf").is_some() { "oneOf" } else { "anyOf" };
            let all = value[keyword].as_array()?;
            (all.len() > 2).then(|| {
                mutation(vec![set(pointer, keyword, json!(all[1..]))], pointer, site, [W, R])
            })
        },
    ]
}

fn mutation(edits: Vec<Edit>, pointer: &str, site: &Site, [sent, read]: [Class; 2]) -> Mutation {
    let class = class(&site.directions, sent, read);
    Mutation { edits, pointer: Some(pointer.to_owned()), class }
}

/// Whether a keyword is said here alone, and by no reference beside it.
fn is_alone(world: &World<'_>, pointer: &str, value: &Value, keyword: &str) -> bool {
    value.get("$ref").is_none() && world.sites.alone(world.root, pointer, keyword)
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

/// A union of several kinds that stands by itself.
fn union<'w>(
    rng: &mut Rng,
    world: &'w World<'_>,
    tagged: bool,
) -> Option<(&'w str, &'w Value, &'w Site)> {
    world.schema(rng, |pointer, value, _| {
        let several = |keyword: &str| items(&value[keyword]).count() > 1;
        value.get("discriminator").is_some() == tagged
            && (several("oneOf") || several("anyOf"))
            && (!tagged || members(&value["discriminator"]["mapping"]).count() > 1)
            && is_alone(world, pointer, value, "oneOf")
            && is_alone(world, pointer, value, "anyOf")
    })
}

/// What stands in a parameter is written by other rules.
fn is_parameter(pointer: &str) -> bool {
    pointer.starts_with("/components/parameters/") || pointer.contains("/parameters/")
}
