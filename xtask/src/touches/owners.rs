//! Through which properties an operation leads to a component.
//!
//! Many tests read an `id`, hardly any that of an address: to name a field of a shared schema is
//! to name what holds it too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use synctera_codegen::Document;

use synctera_drift::Change;
use synctera_drift::pointer::token;
use synctera_drift::report::Operation;

/// A component, and the property that leads to it; none where it is a part of what leads there.
type Lead<'a> = (usize, Option<&'a str>);

/// Of a component by its number, the properties that hold it closest.
type Ways<'a> = BTreeMap<usize, BTreeSet<Option<&'a str>>>;

/// Both documents of a report.
pub(super) struct Owners<'a> {
    sides: [Side<'a>; 2],
}

impl<'a> Owners<'a> {
    pub(super) fn of(old: &'a Document, new: &'a Document, changes: &[Change]) -> Self {
        let side = |document, in_new| {
            let changes = changes.iter().filter(|change| change.in_new == in_new);
            Side::of(document, changes.flat_map(|change| &change.operations))
        };
        Self { sides: [side(old, false), side(new, true)] }
    }

    /// Whether some code that calls an operation can mean the place of a change, by the names that
    /// it names.
    pub(super) fn are_named(
        &self,
        change: &Change,
        operation: &Operation,
        names: impl Fn(&str) -> bool,
    ) -> bool {
        let within: Vec<&str> = change.location.names().collect();
        if let [.., owner, _] = within[..] {
            return names(owner);
        }
        let side = &self.sides[usize::from(change.in_new)];
        match side.ways(operation, &change.location.holder) {
            Some(ways) => ways.iter().any(|way| way.is_none_or(&names)),
            None => true,
        }
    }
}

struct Side<'a> {
    numbers: HashMap<String, usize>,
    ways: HashMap<String, Ways<'a>>,
}

impl<'a> Side<'a> {
    fn of<'o>(document: &'a Document, operations: impl Iterator<Item = &'o Operation>) -> Self {
        let mut numbers = HashMap::new();
        let mut components = Vec::new();
        let sections = document.root()["components"].as_object().into_iter().flatten();
        for (section, all) in sections {
            for (name, component) in all.as_object().into_iter().flatten() {
                numbers.insert(format!("#/components/{section}/{}", token(name)), components.len());
                components.push(component);
            }
        }
        let reader = Reader { document, numbers: &numbers };
        let leads: Vec<Vec<Lead<'a>>> =
            components.into_iter().map(|component| reader.leads(component)).collect();
        let wanted: BTreeSet<&str> = operations.map(|operation| operation.call.as_str()).collect();
        let ways = document
            .operations()
            .into_iter()
            .map(|key| (key.to_string(), key))
            .filter(|(call, _)| wanted.contains(call.as_str()))
            .filter_map(|(call, key)| {
                Some((call, ways(reader.leads(document.operation(&key)?), &leads)))
            })
            .collect();
        Self { numbers, ways }
    }

    /// None for what is no component, or nothing that the operation leads to.
    fn ways(&self, operation: &Operation, holder: &str) -> Option<&BTreeSet<Option<&'a str>>> {
        let (section, name) = holder.split_once('/')?;
        let number = self.numbers.get(&format!("#/components/{section}/{}", token(name)))?;
        self.ways.get(&operation.call)?.get(number)
    }
}

fn ways<'a>(from: Vec<Lead<'a>>, leads: &[Vec<Lead<'a>>]) -> Ways<'a> {
    let mut ways = Ways::new();
    let mut open = from;
    while let Some((component, owner)) = open.pop() {
        if ways.entry(component).or_default().insert(owner) {
            open.extend(leads[component].iter().map(|(to, own)| (*to, own.or(owner))));
        }
    }
    ways
}

struct Reader<'a, 'n> {
    document: &'a Document,
    numbers: &'n HashMap<String, usize>,
}

impl<'a> Reader<'a, '_> {
    fn leads(&self, value: &'a Value) -> Vec<Lead<'a>> {
        let mut found = Vec::new();
        self.read(value, None, false, &mut found);
        found
    }

    fn read(
        &self,
        value: &'a Value,
        owner: Option<&'a str>,
        of_page: bool,
        found: &mut Vec<Lead<'a>>,
    ) {
        match value {
            Value::String(text) => {
                found.extend(self.numbers.get(text).map(|number| (*number, owner)));
            }
            Value::Array(items) => {
                items.iter().for_each(|item| self.read(item, owner, of_page, found));
            }
            Value::Object(map) => {
                let of_page = of_page || self.is_page(value);
                for (key, child) in map {
                    match child.as_object().filter(|_| key == "properties") {
                        Some(properties) => {
                            for (name, property) in properties {
                                // Nobody names a page's list: its items come one by one.
                                let listed = of_page && property["type"] == "array";
                                let owner = if listed { owner } else { Some(name.as_str()) };
                                self.read(property, owner, false, found);
                            }
                        }
                        None => self.read(child, owner, of_page, found),
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether a schema is a page of a list: it has the token of the next one.
    fn is_page(&self, schema: &Value) -> bool {
        let parts = schema["allOf"].as_array().into_iter().flatten();
        schema["properties"].get("next_page_token").is_some()
            || parts.into_iter().any(|part| {
                self.document.deref(part)["properties"].get("next_page_token").is_some()
            })
    }
}
