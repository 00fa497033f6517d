//! Types that have another name, or another type in their place, though nothing on the wire says so.
//!
//! Users name types. A component that moves or is renamed is no change on the wire, but the type that
//! is made of it has another name; so it is told once, as breaking in Rust, and only here. What the
//! generator names after such a type (an enum within it, say) is told with it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use synctera_codegen::OperationKey;

use super::Normal;
use super::items::type_name;
use super::names::{array, component_of, members, reference};

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
            reader.schema(&before, &after, &key, &mut seen);
        }
        for before in array(&before["parameters"]) {
            let same = |p: &&Value| p["name"] == before["name"] && p["in"] == before["in"];
            if let Some(after) = array(&after["parameters"]).iter().find(same) {
                reader.schema(&before["schema"], &after["schema"], &key, &mut seen);
            }
        }
    }
    let mut all: Vec<Rename> = reader
        .pairs
        .into_iter()
        .filter(|((before, after), _)| before != after)
        .map(|((before, after), operations)| Rename {
            is_plain: !new.has_type(&before) && !old.has_type(&after),
            old: before,
            new: after,
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
fn payloads(operation: &Value) -> Vec<Value> {
    let schema = |holder: &Value| {
        members(&holder["content"]).next().map_or(Value::Null, |(_, media)| media["schema"].clone())
    };
    let answers = members(&operation["responses"]).filter(|(status, _)| status.starts_with('2'));
    let answer = answers.map(|(_, answer)| schema(answer)).next().unwrap_or_default();
    vec![schema(&operation["requestBody"]), answer]
}

struct Reader<'a> {
    old: &'a Normal,
    new: &'a Normal,
    /// Types in the same place, and the operations that lead there.
    pairs: BTreeMap<(String, String), BTreeSet<OperationKey>>,
}

impl<'a> Reader<'a> {
    fn schema(
        &mut self,
        before: &Value,
        after: &Value,
        key: &OperationKey,
        seen: &mut BTreeSet<(String, String)>,
    ) {
        match (component_of(before), component_of(after)) {
            (Some(was), Some(is)) => {
                let pair = (type_name(was), type_name(is));
                let native = self.old.facts.natives.contains_key(was)
                    || self.new.facts.natives.contains_key(is);
                if native || !seen.insert(pair.clone()) {
                    return;
                }
                self.pairs.entry(pair).or_default().insert(key.clone());
                self.unions(was, is, key, seen);
                let schema = |normal: &'a Normal, name| normal.document.schema(name);
                if let (Some(before), Some(after)) = (schema(self.old, was), schema(self.new, is)) {
                    self.inside(before, after, key, seen);
                }
            }
            (None, None) => self.inside(before, after, key, seen),
            _ => {}
        }
    }

    fn inside(
        &mut self,
        before: &Value,
        after: &Value,
        key: &OperationKey,
        seen: &mut BTreeSet<(String, String)>,
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
        was: &str,
        is: &str,
        key: &OperationKey,
        seen: &mut BTreeSet<(String, String)>,
    ) {
        let (old, new) = (self.old, self.new);
        let (Some(before), Some(after)) = (old.facts.unions.get(was), new.facts.unions.get(is))
        else {
            return;
        };
        for (tag, before) in &before.variants {
            if let Some(after) = after.variants.get(tag) {
                self.schema(&reference(before), &reference(after), key, seen);
            }
        }
    }
}
