//! What the generator adds to a report: the items that are touched, and the names that change alone.

use std::collections::{BTreeMap, BTreeSet};

use synctera_codegen::{Document, Families, OperationKey, Result, TypeRules};

use super::Normal;
use super::calls;
use super::items;
use super::names::Names;
use super::renames::renames;
use super::surface::Leads;
use crate::class::Class;
use crate::place::Location;
use crate::report::{Change, Report, named, order};
use crate::rules::{Rule, operations, parameters, rust as rules, values};
use crate::walk::{Touched, method_name};

impl Report {
    /// Adds what only the generator can tell: which public items are touched, and which types have
    /// another name.
    ///
    /// # Errors
    /// When one of the documents holds something that the generator makes no sense of.
    pub fn with_items(
        mut self,
        old: &Document,
        new: &Document,
        families: &Families,
        types: &TypeRules,
    ) -> Result<Self> {
        let read = |document| -> Result<(Normal, Names)> {
            let normal = Normal::of(document, types)?;
            let names = Names::of(document, &normal);
            Ok((normal, names))
        };
        let (was, is) = std::thread::scope(|scope| {
            let other = scope.spawn(|| read(old));
            let is = read(new);
            let was = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (was, is)
        });
        let ((before, old_names), (after, new_names)) = (was?, is?);
        let simpler = after.facts.notes.difference(&before.facts.notes);
        self.proposals
            .extend(simpler.map(|(place, reason)| crate::proposals::simpler(place, reason)));
        for change in &mut self.changes {
            let (side, other) =
                if change.in_new { (&new_names, &old_names) } else { (&old_names, &new_names) };
            change.items = side.at(&change.location.pointer);
            if change.breaks_rust {
                change.items.extend(other.exactly_at(&change.location.pointer));
                if [&values::BECAME_ENUM, &values::NO_LONGER_ENUM]
                    .iter()
                    .any(|r| r.id == change.rule)
                {
                    change.items.extend(side.holders_of(&change.location.pointer));
                }
            }
            // Of a parameter that many operations share, only the touched ones have changed.
            let filters: Vec<String> =
                change.operations.iter().map(|o| items::query_name(&o.id)).collect();
            change.items.retain(|item| {
                item.split_once("Query.").is_none_or(|(of, _)| {
                    filters.iter().any(|filters| filters.strip_suffix("Query") == Some(of))
                })
            });
        }
        let signatures = (before.signatures(), after.signatures());
        for change in &mut self.changes {
            change.spare_programs(&signatures.0, &signatures.1, (&before, &after));
        }
        for rename in renames(&before, &after) {
            let rule = if rename.is_plain { &rules::TYPE_RENAMED } else { &rules::TYPE_EXCHANGED };
            let named = |key: &OperationKey| {
                named(&Touched { key: key.clone(), in_new: true }, old, new, families)
            };
            let (from, to) = (Some(rename.old.clone()), Some(rename.new.clone()));
            let mut change = of_rust(rule, of_type(&rename.new), from, to, true);
            change.operations = rename.operations.iter().map(named).collect();
            change.items.extend([rename.old, rename.new]);
            for (old, new) in rename.followers {
                change.items.extend([old, new]);
            }
            self.changes.push(change);
        }
        self.tell_calls(old, new, families, (&before, &after));
        self.tell_types_that_go(old, &before, &after);
        self.tell_types_that_come(new, &before, &after);
        self.changes.sort_by(|a, b| order(a).cmp(&order(b)));
        Ok(self)
    }

    /// What calls do that compile as they did.
    fn tell_calls(
        &mut self,
        old: &Document,
        new: &Document,
        families: &Families,
        (before, after): (&Normal, &Normal),
    ) {
        for list in calls::lists(before, after) {
            let rule = if list.is_paged { &rules::LIST_PAGED } else { &rules::LIST_NOT_PAGED };
            let operation = Touched { key: list.key.clone(), in_new: true };
            let operations = vec![named(&operation, old, new, families)];
            let mut change = of_rust(rule, list.location(), None, None, true);
            change.operations = operations;
            change.items.extend([super::filters_of(&list.id), list.id]);
            self.changes.push(change);
        }
        for calls::Exchanged { name, old, new } in calls::exchanged(before, after) {
            let mut change =
                of_rust(&rules::ARGUMENTS_EXCHANGED, of_type(&name), Some(old), Some(new), true);
            change.items.insert(name);
            self.changes.push(change);
        }
    }

    /// A type that is new comes with what leads to it.
    fn tell_types_that_come(&mut self, new: &Document, before: &Normal, after: &Normal) {
        let mut come: BTreeSet<String> =
            after.types().difference(&before.types()).cloned().collect();
        let reported: BTreeSet<&String> = self.changes.iter().flat_map(|c| &c.items).collect();
        // Types of the runtime were there before.
        let natives: BTreeSet<String> =
            after.facts.natives.keys().map(|component| after.type_of(component)).collect();
        come.retain(|name| !reported.contains(name) && !natives.contains(name));
        if come.is_empty() {
            return;
        }
        let leads = Leads::of(after);
        let keys = new.operations();
        let mut explained = BTreeSet::new();
        for change in self.changes.iter_mut().filter(|change| change.in_new) {
            let added = change.rule == operations::ADDED.id;
            let key = keys.iter().find(|key| added && key.to_string() == change.location.holder);
            let reached = match key {
                Some(key) => after.reached_by_call(key),
                None => leads.reached_by(&change.items),
            };
            let with_it: Vec<String> = come.intersection(&reached).cloned().collect();
            explained.extend(with_it.iter().cloned());
            change.items.extend(with_it);
        }
        for name in come.difference(&explained) {
            let to = Some(name.clone());
            let mut change = of_rust(&rules::TYPE_ADDED, of_type(name), None, to, true);
            change.items.insert(name.clone());
            self.changes.push(change);
        }
    }

    /// A type that is gone goes with what led to it.
    fn tell_types_that_go(&mut self, old: &Document, before: &Normal, after: &Normal) {
        let there = after.types();
        let mut gone: BTreeSet<String> = before.types().difference(&there).cloned().collect();
        let reported: BTreeSet<&String> = self.changes.iter().flat_map(|c| &c.items).collect();
        gone.retain(|name| !reported.contains(name));
        let mut explained = BTreeSet::new();
        let keys = old.operations();
        let leads = Leads::of(before);
        for change in &mut self.changes {
            if let (true, Some(id)) = (change.rule == operations::RENAMED.id, &change.old) {
                change.items.insert(items::query_name(&method_name(id)));
            }
            let reached = if change.rule == operations::REMOVED.id {
                let key = keys.iter().find(|key| key.to_string() == change.location.holder);
                if let (Some(id), true) =
                    (&change.old, key.is_some_and(|key| has_filters(old, key)))
                {
                    change.items.insert(items::query_name(&method_name(id)));
                }
                key.map(|key| before.reached_by_call(key)).unwrap_or_default()
            } else if change.breaks_rust && !gone.is_empty() {
                leads.reached_by(&change.items)
            } else {
                continue;
            };
            let with_it: Vec<String> = gone.intersection(&reached).cloned().collect();
            explained.extend(with_it.iter().cloned());
            change.items.extend(with_it);
        }
        let not_sent: Vec<String> = before
            .sent()
            .difference(&after.sent())
            .filter(|n| there.contains(*n))
            .cloned()
            .collect();
        let alone = gone.difference(&explained).map(|name| (&rules::TYPE_REMOVED, name));
        for (rule, name) in alone.chain(not_sent.iter().map(|name| (&rules::TYPE_NOT_SENT, name))) {
            let mut change = of_rust(rule, of_type(name), Some(name.clone()), None, false);
            change.items.insert(name.clone());
            self.changes.push(change);
        }
    }
}

/// Where a type is reported.
fn of_type(name: &str) -> Location {
    Location { holder: format!("types/{name}"), field: String::new(), pointer: String::new() }
}

/// A change that only programs notice.
fn of_rust(
    rule: &'static Rule,
    location: Location,
    old: Option<String>,
    new: Option<String>,
    in_new: bool,
) -> Change {
    Change::new(rule, rule.answer, location, BTreeSet::new(), old, new, in_new, Vec::new())
}

impl Change {
    /// What breaks calls need not stop programs. Kinds of value without a tag are one type in Rust:
    /// what one of them loses may be there all the same, since another has it. Values that differ in
    /// their case are one variant. And an argument may be there already, by another name.
    fn spare_programs(
        &mut self,
        old: &BTreeMap<String, String>,
        new: &BTreeMap<String, String>,
        (before, after): (&Normal, &Normal),
    ) {
        if !self.breaks_rust {
            return;
        }
        let same = |item: &String| old.contains_key(item) && old.get(item) == new.get(item);
        let spared = if self.rule == parameters::OPTIONAL_ADDED.id {
            self.operations.iter().all(|operation| same(&operation.id))
        } else if self.rule == values::ENUM_VALUE_REMOVED.id {
            let kept = |name: &String| match (before.variants(name), after.variants(name)) {
                (Some(old), Some(new)) => old.is_subset(&new),
                _ => false,
            };
            let mut types = self.items.iter().filter(|item| !item.contains('.')).peekable();
            types.peek().is_some() && types.all(kept)
        } else {
            let mut fields = self.items.iter().filter(|item| item.contains('.')).peekable();
            fields.peek().is_some() && fields.all(same)
        };
        if spared {
            self.breaks_rust = false;
            if self.class == Class::Rust {
                self.class = Class::Behavioral;
            }
        }
    }
}

/// Whether an operation has parameters in its query, which are fields of a struct.
fn has_filters(document: &Document, key: &OperationKey) -> bool {
    let listed = document.operation(key).map(|operation| &operation["parameters"]);
    let mut listed = listed.and_then(serde_json::Value::as_array).into_iter().flatten();
    listed.any(|parameter| document.deref(parameter)["in"] == "query")
}
