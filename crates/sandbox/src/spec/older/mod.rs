//! The operations of the older documents, and how each differs from the one of v2 that serves it.
//!
//! Which there are is in `crates/sandbox/older.json`, names only, which `cargo xtask older` takes from the
//! published documents. How what differs is translated is in [`table`]; a test holds that it accounts
//! for every difference that the file lists.

mod rule;
mod shape;
mod table;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::route::{METHODS, fits, parameters};

pub(crate) use shape::Shape;

const FACTS: &str = include_str!("../../../older.json");

#[derive(Default, Deserialize)]
struct Facts {
    /// By method and path.
    #[serde(borrow)]
    operations: BTreeMap<&'static str, Fact>,
}

#[derive(Deserialize)]
struct Fact {
    id: &'static str,
    #[cfg(test)]
    by: &'static str,
    #[cfg(test)]
    #[serde(default)]
    body: Vec<&'static str>,
    #[cfg(test)]
    #[serde(default)]
    required: Vec<&'static str>,
    #[cfg(test)]
    #[serde(default)]
    values: Vec<&'static str>,
    #[cfg(test)]
    #[serde(default)]
    query: Vec<&'static str>,
    #[cfg(test)]
    #[serde(default)]
    answer: Vec<&'static str>,
}

/// An operation of the older documents.
struct Known {
    method: &'static str,
    /// Its path, with the names of parameters that the older document has.
    template: &'static str,
    id: &'static str,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    // The text is checked in, and a test reads it.
    let facts: Facts = serde_json::from_str(FACTS).unwrap_or_default();
    let operations = facts.operations.into_iter();
    operations
        .filter_map(|(key, fact)| {
            let (method, template) = key.split_once(' ')?;
            Some(Known { method, template, id: fact.id })
        })
        .collect()
});

/// Whether an older document has the operation with this method and path template.
pub(super) fn has(method: &str, template: &str) -> bool {
    let is_it = |known: &Known| known.method == method && is_same(known.template, template);
    KNOWN.iter().any(is_it)
}

/// Whether two templates differ in the names of their parameters only.
fn is_same(a: &str, b: &str) -> bool {
    let mut others = b.split('/');
    let all = a.split('/').all(|part| {
        others
            .next()
            .is_some_and(|other| part == other || (is_parameter(part) && is_parameter(other)))
    });
    all && others.next().is_none()
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

/// The template that a path fits.
fn template(path: &str) -> Option<&'static str> {
    let fitting = KNOWN.iter().map(|known| known.template).filter(|it| fits(it, path));
    // A literal beats a parameter.
    fitting.min_by_key(|template| parameters(template))
}

/// The template that a path fits, and its methods.
pub(super) fn methods(path: &str) -> Option<(&'static str, Vec<&'static str>)> {
    let template = template(path)?;
    let has =
        |method: &&str| KNOWN.iter().any(|of| of.method == *method && of.template == template);
    Some((template, METHODS.into_iter().filter(has).collect()))
}

/// What the older documents call an operation.
pub(super) fn name(method: &str, path: &str) -> Option<&'static str> {
    let template = template(path)?;
    let known = KNOWN.iter().find(|of| of.method == method && of.template == template);
    known.map(|known| known.id)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::spec::Interface;

    #[test]
    fn every_operation_is_one_that_is_pinned() {
        let facts: Facts = serde_json::from_str(FACTS).unwrap();
        assert_eq!(facts.operations.len(), 245);
        for (key, fact) in &facts.operations {
            let (method, template) = key.split_once(' ').unwrap();
            let interface = match fact.by.split_once(' ').unwrap().0 {
                "v2" => Interface::V2,
                _ => Interface::V0,
            };
            // Some may be of families that this build is without.
            let operations = interface.operations();
            let named =
                operations.iter().find(|of| of.method == method && is_same(of.path, template));
            assert!(
                named.is_some() || interface == Interface::V2,
                "{key} is not served by {}",
                fact.by
            );
        }
    }

    #[test]
    fn a_filter_has_the_values_of_its_member() {
        let root: serde_json::Value = serde_json::from_str(Interface::V2.text()).unwrap();
        let types = &root["components"]["schemas"]["card_type"]["enum"];
        assert_eq!(*types, serde_json::json!(table::CARD_TYPES));
    }

    /// Nothing that differs is passed over: it is translated, or stands with a reason.
    #[test]
    fn every_difference_is_accounted_for() {
        let facts: Facts = serde_json::from_str(FACTS).unwrap();
        let mut open = BTreeSet::new();
        for (key, fact) in &facts.operations {
            let (method, template) = key.split_once(' ').unwrap();
            let operations = Interface::V2.operations();
            let operation =
                operations.iter().find(|of| of.method == method && is_same(of.path, template));
            let Some(operation) = operation.filter(|_| fact.by.starts_with("v2 ")) else {
                continue;
            };
            let shape = Shape::of(operation.id);
            for (what, names) in [
                ("body", &fact.body),
                ("required", &fact.required),
                ("values", &fact.values),
                ("query", &fact.query),
                ("answer", &fact.answer),
            ] {
                let known =
                    |name: &&&str| shape.is_some_and(|shape| shape.accounts_for(what, name));
                let names = names.iter().filter(|name| !known(name));
                open.extend(names.map(|name| format!("{key} {what}: {name}")));
            }
        }
        assert!(open.is_empty(), "{open:#?}");
    }
}
