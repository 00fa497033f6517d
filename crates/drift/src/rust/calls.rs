//! What calls do that compile as before, and no longer do what they did: lists that are walked no more,
//! and arguments that change places.

use std::collections::BTreeMap;

use serde_json::Value;
use synctera_codegen::{Document, OperationKey};

use super::Normal;
use super::items;
use super::names::{array, members};
use crate::place::Location;
use crate::walk::method_name;

/// A list that comes in pages in one of two documents only.
pub(super) struct List {
    /// Where it is in the new document.
    pub(super) key: OperationKey,
    /// The method.
    pub(super) id: String,
    pub(super) is_paged: bool,
}

impl List {
    pub(super) fn location(&self) -> Location {
        Location { holder: self.key.to_string(), field: String::new(), pointer: self.key.pointer() }
    }
}

/// The lists that became walkable, or no longer are.
pub(super) fn lists(before: &Normal, after: &Normal) -> Vec<List> {
    let old = paged(before);
    let changed = paged(after).into_iter().filter_map(|(id, (key, is_paged))| {
        let (_, was_paged) = old.get(&id)?;
        (*was_paged != is_paged).then_some(List { key, id, is_paged })
    });
    changed.collect()
}

fn paged(normal: &Normal) -> BTreeMap<String, (OperationKey, bool)> {
    let id = |document: &Document, key: &OperationKey| document.operation_id(key).map(method_name);
    let operations = normal.facts.operations.iter().filter_map(|(key, facts)| {
        Some((id(&normal.document, key)?, (key.clone(), facts.page_items.is_some())))
    });
    operations.collect()
}

/// A constructor whose calls compile, and give values to other fields.
pub(super) struct Exchanged {
    pub(super) name: String,
    pub(super) old: String,
    pub(super) new: String,
}

/// Constructors of which every argument has the type that another one had in its place.
pub(super) fn exchanged(before: &Normal, after: &Normal) -> Vec<Exchanged> {
    let old = constructors(before);
    let exchanged = constructors(after).into_iter().filter_map(|(name, is)| {
        let was = old.get(&name)?;
        let place = |of: &[(&str, String)], name: &str| of.iter().position(|(n, _)| *n == name);
        let moves = was
            .iter()
            .enumerate()
            .any(|(index, (name, _))| place(&is, name).is_some_and(|new| new != index));
        let compiles = was.len() == is.len() && was.iter().zip(&is).all(|(a, b)| a.1 == b.1);
        let names = |of: &[(&str, String)]| {
            of.iter().map(|(name, _)| items::field_name(name)).collect::<Vec<_>>().join(", ")
        };
        (moves && compiles).then(|| Exchanged { old: names(was), new: names(&is), name })
    });
    exchanged.collect()
}

/// What a constructor takes, in its order: names and types.
type Arguments<'a> = Vec<(&'a str, String)>;

fn constructors(normal: &Normal) -> BTreeMap<String, Arguments<'_>> {
    let of = |component: &String| {
        let schema = normal.document.schema(component)?;
        let required = array(&schema["required"]);
        let is_argument = |name: &str, value: &Value| {
            value["nullable"] != true && required.iter().any(|listed| listed == name)
        };
        let mut arguments: Arguments<'_> = members(&schema["properties"])
            .filter(|(name, value)| is_argument(name, value))
            .map(|(name, value)| (name.as_str(), value.to_string()))
            .collect();
        arguments.sort_unstable();
        Some((normal.type_of(component), arguments))
    };
    normal.facts.requests.iter().filter_map(of).collect()
}
