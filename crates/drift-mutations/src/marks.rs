//! Marks that are taken away: what was only read, or could be null.

use fastrand::Rng;
use synctera_drift::Class::{self, Additive as A, Rust as R, Wire as W};
use synctera_drift::Direction::Request;

use super::edits::unset;
use super::kind::{Kind, Mutation, by_rule, mutation};
use super::sites::{Site, items};
use super::world::World;

pub(super) fn kinds() -> Vec<Kind> {
    by_rule![
        "property-no-longer-read-only" => |rng, world| {
            // Told where its object is sent.
            let sent = |object: &Site| object.directions.contains(&Request);
            let (pointer, site) = marked(rng, world, "readOnly", false, sent)?;
            let edits = vec![unset(pointer, "readOnly")];
            let reported = mutation(edits, pointer, site, [A, A]);
            Some(reported.reversed("property-became-read-only", W))
        },
        "no-longer-nullable" => |rng, world| not_null(rng, world, true, [W, R]),
        "optional-no-longer-nullable" => |rng, world| not_null(rng, world, false, [W, A]),
    ]
}

/// A plain property with this mark and no other, which its object needs or not, and that object.
fn marked<'w>(
    rng: &mut Rng,
    world: &'w World<'_>,
    mark: &str,
    required: bool,
    fits: impl Fn(&Site) -> bool,
) -> Option<(&'w str, &'w Site)> {
    let (pointer, _, site) = world.schema(rng, |_, value, site| {
        let one_type = ["string", "integer", "boolean"].iter().any(|kind| value["type"] == **kind);
        let marks = ["nullable", "readOnly", "writeOnly"];
        one_type
            && !site.contested
            && marks.iter().all(|known| value.get(known).is_some() == (*known == mark))
            && site.property.as_ref().is_some_and(|(object, name)| {
                let listed = items(&world.at(object)["required"]).any(|needed| needed == name);
                listed == required
                    && !world.sites.needed_elsewhere(world.root, object, name)
                    && world.sites.schemas.get(object).is_some_and(&fits)
            })
    })?;
    Some((pointer, site))
}

fn not_null(
    rng: &mut Rng,
    world: &World<'_>,
    required: bool,
    classes: [Class; 2],
) -> Option<Mutation> {
    let (pointer, site) = marked(rng, world, "nullable", required, |_| true)?;
    Some(mutation(vec![unset(pointer, "nullable")], pointer, site, classes))
}
