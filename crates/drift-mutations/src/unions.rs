//! Mutations of unions.

use fastrand::Rng;
use serde_json::{Value, json};
use synctera_drift::Class::{Additive as A, Behavioral as B, Rust as R, Wire as W};
use synctera_drift::pointer::token;

use super::edits::{set, unset, without};
use super::kind::{Kind, NEW, by_rule, mutation};
use super::schemas::is_alone;
use super::sites::{Site, items, members};
use super::world::World;

pub(super) fn kinds() -> Vec<Kind> {
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
        "became-union" => |rng, world| {
            let (pointer, _, site) = world.schema(rng, |pointer, value, _| {
                value["type"] == "string"
                    && is_alone(world, pointer, value, "oneOf")
                    && is_alone(world, pointer, value, "anyOf")
            })?;
            let kinds = json!([{"maxLength": 3}, {"format": "uuid"}]);
            Some(mutation(vec![set(pointer, "oneOf", kinds)], pointer, site, [R, W]))
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
