//! Types that hold types that hold types: the compiler follows them only so far.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Document;
use crate::error::{Error, Result};
use crate::json;
use crate::references::visit_refs;

/// Types that hold each other, one within the next. The compiler gives up at 128 (`recursion_limit`),
/// and lists and options count, too.
const TYPES_MAX: usize = 60;

pub(super) fn run(document: &Document) -> Result<usize> {
    let mut held: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, schema) in document.components("schemas") {
        let held = held.entry(name).or_default();
        visit_refs(schema, &mut |reference| {
            if let Some(("schemas", inner)) = json::component_of(reference) {
                held.insert(inner);
            }
        });
    }
    let mut heights: BTreeMap<&str, usize> = BTreeMap::new();
    for name in held.keys() {
        height(name, &held, &mut heights);
    }
    match heights.iter().find(|(_, height)| **height > TYPES_MAX) {
        Some((name, _)) => Err(Error::at(
            json::push("#/components/schemas", name),
            format!("it holds more than {TYPES_MAX} schemas, each within the other"),
        )),
        None => Ok(0),
    }
}

/// How many types a type holds, each within the other; circles do not count. Without recursion, since
/// a chain can be as long as the document.
fn height<'a>(
    name: &'a str,
    held: &BTreeMap<&'a str, BTreeSet<&'a str>>,
    heights: &mut BTreeMap<&'a str, usize>,
) {
    let inner = |name: &str| held.get(name).into_iter().flatten().copied();
    let mut active = BTreeSet::new();
    let mut stack: Vec<(&str, Vec<&str>)> = vec![(name, inner(name).collect())];
    while let Some((name, left)) = stack.last_mut() {
        active.insert(*name);
        match left.pop() {
            Some(next) if active.contains(next) || heights.contains_key(next) => {}
            Some(next) => {
                let inner = inner(next).collect();
                stack.push((next, inner));
            }
            None => {
                let highest = inner(name).filter_map(|name| heights.get(name)).max();
                heights.insert(*name, 1 + highest.copied().unwrap_or_default());
                active.remove(*name);
                stack.pop();
            }
        }
    }
}
