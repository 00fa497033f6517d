//! Types that have another name, or another type in their place, though nothing on the wire says so.
//!
//! Users name types. A component that moves or is renamed is no change on the wire, but the type that
//! is made of it has another name; so it is reported once, as breaking in Rust, and only here. What the
//! generator names after such a type (an enum within it, say) is reported with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use synctera_codegen::OperationKey;

use super::Normal;
use super::names::{array, component_of, first_schema, members};

/// A type in the place of another.
#[derive(Debug)]
pub(crate) struct Rename {
    pub(crate) old: String,
    pub(crate) new: String,
    /// The old name is gone and the new one was not there; else both were, or are.
    pub(crate) is_plain: bool,
    /// What is named after it and has followed.
    pub(crate) followers: Vec<(String, String)>,
    /// The operations that lead there, as they are now.
    pub(crate) operations: BTreeSet<OperationKey>,
}

/// All of them between two documents.
pub(crate) fn renames(old: &Normal, new: &Normal) -> Vec<Rename> {
    let mut reader = Reader { old, new, pairs: BTreeMap::new() };
    for key in new.document.operations() {
        let (Some(before), Some(after)) =
            (old.document.operation(&key), new.document.operation(&key))
        else {
            continue;
        };
        let mut seen = BTreeSet::new();
        for (before, after) in payloads(before).into_iter().zip(payloads(after)) {
            reader.schema(before, after, &key, &mut seen);
        }
        for before in array(&before["parameters"]) {
            let same = |p: &&Value| p["name"] == before["name"] && p["in"] == before["in"];
            if let Some(after) = array(&after["parameters"]).iter().find(same) {
                reader.schema(&before["schema"], &after["schema"], &key, &mut seen);
            }
        }
    }
    // Components by other names may be one type.
    let mut pairs: BTreeMap<(String, String), BTreeSet<OperationKey>> = BTreeMap::new();
    for ((was, is), operations) in reader.pairs {
        pairs.entry((old.type_of(was), new.type_of(is))).or_default().extend(operations);
    }
    let (before, after) = (old.types(), new.types());
    let mut all: Vec<Rename> = pairs
        .into_iter()
        .filter(|((was, is), _)| was != is)
        .map(|((was, is), operations)| Rename {
            is_plain: !after.contains(&was) && !before.contains(&is),
            old: was,
            new: is,
            followers: Vec::new(),
            operations,
        })
        .collect();
    gather(&mut all);
    all
}

/// Puts what is named after another type, before and after, under that one.
fn gather(all: &mut Vec<Rename>) {
    all.sort_by_key(|rename| (rename.old.len(), rename.old.clone()));
    let mut heads: Vec<Rename> = Vec::new();
    for rename in all.drain(..) {
        let rest = |head: &Rename| {
            let before = rename.old.strip_prefix(&head.old)?;
            let after = rename.new.strip_prefix(&head.new)?;
            (before == after && head.is_plain == rename.is_plain).then_some(())
        };
        match heads.iter_mut().find(|head| rest(head).is_some()) {
            Some(head) => {
                head.followers.push((rename.old, rename.new));
                head.operations.extend(rename.operations);
            }
            None => heads.push(rename),
        }
    }
    *all = heads;
}

/// What an operation sends, and what it answers.
fn payloads(operation: &Value) -> [&Value; 2] {
    let answers = members(&operation["responses"]).filter(|(status, _)| status.starts_with('2'));
    let answer = answers.map(|(_, answer)| first_schema(answer)).next();
    [first_schema(&operation["requestBody"]), answer.unwrap_or(&Value::Null)]
}

struct Reader<'a> {
    old: &'a Normal,
    new: &'a Normal,
    /// Components in the same place, and the operations that lead there.
    pairs: BTreeMap<(&'a str, &'a str), BTreeSet<OperationKey>>,
}

impl<'a> Reader<'a> {
    fn schema(
        &mut self,
        before: &'a Value,
        after: &'a Value,
        key: &OperationKey,
        seen: &mut BTreeSet<(&'a str, &'a str)>,
    ) {
        match (component_of(before), component_of(after)) {
            (Some(was), Some(is)) => self.components(was, is, key, seen),
            (None, None) => self.inside(before, after, key, seen),
            _ => {}
        }
    }

    fn components(
        &mut self,
        was: &'a str,
        is: &'a str,
        key: &OperationKey,
        seen: &mut BTreeSet<(&'a str, &'a str)>,
    ) {
        let pair = (was, is);
        let native =
            self.old.facts.natives.contains_key(was) || self.new.facts.natives.contains_key(is);
        if native || !seen.insert(pair) {
            return;
        }
        self.pairs.entry(pair).or_default().insert(key.clone());
        self.unions(was, is, key, seen);
        let schema = |normal: &'a Normal, name| normal.document.schema(name);
        if let (Some(before), Some(after)) = (schema(self.old, was), schema(self.new, is)) {
            self.inside(before, after, key, seen);
        }
    }

    fn inside(
        &mut self,
        before: &'a Value,
        after: &'a Value,
        key: &OperationKey,
        seen: &mut BTreeSet<(&'a str, &'a str)>,
    ) {
        for (name, before) in members(&before["properties"]) {
            if let Some(after) = after["properties"].get(name) {
                self.schema(before, after, key, seen);
            }
        }
        for inner in ["items", "additionalProperties"] {
            if let (Some(before), Some(after)) = (before.get(inner), after.get(inner)) {
                self.schema(before, after, key, seen);
            }
        }
    }

    fn unions(
        &mut self,
        was: &'a str,
        is: &'a str,
        key: &OperationKey,
        seen: &mut BTreeSet<(&'a str, &'a str)>,
    ) {
        let (old, new) = (self.old, self.new);
        let (Some(before), Some(after)) = (old.facts.unions.get(was), new.facts.unions.get(is))
        else {
            return;
        };
        for (tag, before) in &before.variants {
            if let Some(after) = after.variants.get(tag) {
                self.components(before, after, key, seen);
            }
        }
    }
}
