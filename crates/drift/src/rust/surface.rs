//! What the public items of a normal form are, as far as a program can tell.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use synctera_codegen::OperationKey;

use super::Normal;
use super::items::{field_name, type_name};
use super::names::{array, component_of, members};
use crate::walk::method_name;

impl Normal {
    /// What each field is, and each method: equal texts are equal to the compiler.
    pub(crate) fn signatures(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for (component, schema) in self.document.components("schemas") {
            let name = self.type_of(component);
            let required = array(&schema["required"]);
            for (property, value) in members(&schema["properties"]) {
                let needed = required.iter().any(|listed| listed == property);
                all.insert(format!("{name}.{}", field_name(property)), format!("{needed} {value}"));
            }
        }
        for key in self.document.operations() {
            if let Some(operation) = self.document.operation(&key) {
                let method = method_name(operation["operationId"].as_str().unwrap_or_default());
                all.insert(method, arguments(operation));
            }
        }
        all
    }

    /// The variants of an enum, by the names that they have in Rust.
    pub(crate) fn variants(&self, name: &str) -> Option<BTreeSet<String>> {
        let (_, values) =
            self.facts.enums.iter().find(|(component, _)| type_name(component) == name)?;
        Some(values.iter().map(|value| type_name(value)).collect())
    }

    /// The types of all components.
    pub(crate) fn types(&self) -> BTreeSet<String> {
        self.types.values().cloned().collect()
    }

    /// The types that can be built.
    pub(crate) fn sent(&self) -> BTreeSet<String> {
        let is_struct = |component: &&String| {
            let schema = self.document.schema(component);
            schema.is_some_and(|schema| schema.get("properties").is_some())
        };
        self.facts.requests.iter().filter(is_struct).map(|name| self.type_of(name)).collect()
    }

    /// The types that an operation leads to.
    pub(crate) fn reached_by_call(&self, key: &OperationKey) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        if let Some(operation) = self.document.operation(key) {
            self.reach(operation, &mut reached);
        }
        reached
    }

    fn reach(&self, value: &Value, reached: &mut BTreeSet<String>) {
        let mut open = BTreeSet::new();
        components_in(value, &mut open);
        while let Some(component) = open.pop_first() {
            if !reached.insert(self.type_of(component)) {
                continue;
            }
            if let Some(schema) = self.document.schema(component) {
                components_in(schema, &mut open);
            }
            if let Some(union) = self.facts.unions.get(component) {
                open.extend(union.variants.values().map(String::as_str));
            }
        }
    }
}

/// The components that a value refers to itself.
fn components_in<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(map) => match component_of(value) {
            Some(component) => {
                found.insert(component);
            }
            None => map.values().for_each(|child| components_in(child, found)),
        },
        Value::Array(items) => items.iter().for_each(|child| components_in(child, found)),
        _ => {}
    }
}

/// What each item is made from, to find the types that it leads to.
pub(super) struct Leads<'a> {
    normal: &'a Normal,
    types: BTreeMap<String, Vec<&'a str>>,
    fields: BTreeMap<String, Vec<&'a Value>>,
}

impl<'a> Leads<'a> {
    pub(super) fn of(normal: &'a Normal) -> Self {
        let mut leads = Self { normal, types: BTreeMap::new(), fields: BTreeMap::new() };
        for (component, schema) in normal.document.components("schemas") {
            let name = normal.type_of(component);
            for (property, value) in members(&schema["properties"]) {
                let field = format!("{name}.{}", field_name(property));
                leads.fields.entry(field).or_default().push(value);
            }
            leads.types.entry(name).or_default().push(component);
        }
        leads
    }

    /// The types that some items lead to: types by themselves, fields by what they hold.
    pub(super) fn reached_by(&self, items: &BTreeSet<String>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        for item in items {
            for component in self.types.get(item).into_iter().flatten() {
                self.normal.reach(&super::names::reference(component), &mut reached);
            }
            for value in self.fields.get(item).into_iter().flatten() {
                self.normal.reach(value, &mut reached);
            }
        }
        reached
    }
}

/// The arguments of a method, but for what is in its filters.
fn arguments(operation: &Value) -> String {
    let mut listed: Vec<String> = array(&operation["parameters"])
        .iter()
        .filter(|parameter| parameter["in"] != "query")
        .map(|parameter| format!("{} {}", parameter["required"], parameter["schema"]))
        .collect();
    let filters = array(&operation["parameters"]).iter().any(|p| p["in"] == "query");
    listed.push(filters.to_string());
    listed.push(operation["requestBody"]["content"].to_string());
    listed.join(", ")
}
