//! Compositions that hold themselves become components, so that they have a name to be held by.
//!
//! `children: {allOf: [{$ref: node}, ...]}` within `node` has what a node has, `children` among it:
//! written out where it stands it would never end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::flatten::is_composed;
use super::names::free;
use super::{Facts, visit};
use crate::document::Document;
use crate::error::Result;
use crate::json;
use crate::naming::plain;
use crate::naming::type_name;
use crate::structure::parts_of;

/// A composition that is written in place.
struct Composition {
    place: String,
    /// The component that holds it.
    owner: String,
    /// The components that it is put together from.
    parts: BTreeSet<String>,
}

pub(super) fn run(document: &mut Document, facts: &Facts) -> Result<usize> {
    let compositions = collect(document)?;
    // Component → what the compositions within it are put together from.
    let mut bring: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for composition in &compositions {
        let parts = composition.parts.iter().map(String::as_str);
        bring.entry(&composition.owner).or_default().extend(parts);
    }
    let recursive = compositions.iter().filter(|composition| {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = composition.parts.iter().map(String::as_str).collect();
        while let Some(name) = open.pop() {
            if reached.insert(name) {
                open.extend(bring.get(name).into_iter().flatten());
            }
        }
        reached.contains(composition.owner.as_str())
    });
    let places: Vec<(String, String)> =
        recursive.map(|one| (one.place.clone(), one.owner.clone())).collect();
    let mut taken: BTreeSet<String> = facts.reserved.clone();
    taken.extend(document.components("schemas").map(|(name, _)| type_name(name)));
    // Inner ones come first.
    for (place, owner) in &places {
        let under = place.rsplit('/').find(|token| token.parse::<usize>().is_err());
        let wanted = format!("{owner}_{}", plain(under.unwrap_or("part")));
        let name = free(&wanted, |name| taken.contains(&type_name(name)));
        taken.insert(type_name(&name));
        if let Some(schema) = document.root_mut().pointer_mut(place.trim_start_matches('#')) {
            let whole = std::mem::replace(schema, json::ref_to(&name));
            document.schemas_mut().insert(name, whole);
        }
    }
    Ok(places.len())
}

fn collect(document: &mut Document) -> Result<Vec<Composition>> {
    let lookup = document.clone();
    let mut compositions = Vec::new();
    visit::schemas(document, &mut |schema, place| {
        let owner = place.strip_prefix("#/components/schemas/").and_then(|p| p.split_once('/'));
        if let Some((owner, _)) = owner.filter(|_| is_composed(schema)) {
            let parts = closure(&lookup, schema);
            let (place, owner) = (place.to_owned(), owner.to_owned());
            compositions.push(Composition { place, owner, parts });
        }
        Ok(())
    })?;
    Ok(compositions)
}

/// The components that a schema is put together from, however many steps away.
fn closure(document: &Document, schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = Vec::new();
    parts_of(schema, &mut open);
    while let Some(reference) = open.pop() {
        if let Some(("schemas", name)) = json::component_of(reference)
            && found.insert(name.to_owned())
            && let Some(part) = document.schema(name)
        {
            parts_of(part, &mut open);
        }
    }
    found
}
