//! An OpenAPI document as a checked JSON tree.
//!
//! Passes work on JSON rather than on a typed model: the published documents hold constructs
//! that the typed models reject (which is what the passes are there to repair).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::json;
use crate::references::{CHAIN_MAX, retarget, retarget_all, visit_refs};

/// The HTTP methods that can hold an operation.
pub const METHODS: [&str; 8] =
    ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

/// Sections below `components` that references can name.
pub const SECTIONS: [&str; 9] = [
    "callbacks",
    "examples",
    "headers",
    "links",
    "parameters",
    "requestBodies",
    "responses",
    "schemas",
    "securitySchemes",
];

/// A document whose references all resolve, in the form of OpenAPI 3.0.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    name: String,
    root: Value,
    /// What 3.0 cannot say of a document of 3.1: place and reason.
    notes: BTreeSet<(String, String)>,
}

/// Where an operation is, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OperationKey {
    /// Path template, such as `/persons/{person_id}`.
    pub path: String,
    /// Lower-case HTTP method.
    pub method: String,
}

impl std::fmt::Display for OperationKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method.to_uppercase(), self.path)
    }
}

impl OperationKey {
    /// JSON pointer of the operation, as errors write it.
    pub fn place(&self) -> String {
        format!("#{}", self.pointer())
    }

    /// JSON pointer of the operation.
    pub fn pointer(&self) -> String {
        json::push(&json::push("/paths", &self.path), &self.method)
    }
}

impl Document {
    /// A document that nothing has looked at yet.
    pub(crate) fn unchecked(name: &str, root: Value) -> Self {
        Self { name: name.to_owned(), root, notes: BTreeSet::new() }
    }

    /// How errors call this document.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `info.version` as published: `v2`, `0.153.0`.
    pub fn version(&self) -> &str {
        self.root["info"]["version"].as_str().unwrap_or_default()
    }

    /// What the document says and its form of OpenAPI 3.0 does not: place and reason.
    pub fn notes(&self) -> &BTreeSet<(String, String)> {
        &self.notes
    }

    /// The same document, noted to be simpler than what it was made from.
    #[must_use]
    pub fn with_notes(mut self, notes: impl IntoIterator<Item = (String, String)>) -> Self {
        self.notes.extend(notes);
        self
    }

    /// The whole tree.
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// The whole tree, to be changed. Whether references still resolve is the caller's to see to.
    pub fn root_mut(&mut self) -> &mut Value {
        &mut self.root
    }

    /// The tree, given away.
    pub fn into_root(self) -> Value {
        self.root
    }

    /// Every operation, in the order of path and method.
    pub fn operations(&self) -> BTreeSet<OperationKey> {
        let paths = self.root.get("paths").and_then(Value::as_object);
        paths
            .into_iter()
            .flatten()
            .flat_map(|(path, item)| {
                METHODS
                    .iter()
                    .filter(|method| item.get(**method).is_some())
                    .map(|method| OperationKey { path: path.clone(), method: (*method).to_owned() })
            })
            .collect()
    }

    /// The operation object at a key.
    pub fn operation(&self, key: &OperationKey) -> Option<&Value> {
        self.root.get("paths")?.get(&key.path)?.get(&key.method)
    }

    /// An operation, to be changed.
    pub fn operation_mut(&mut self, key: &OperationKey) -> Option<&mut Value> {
        self.root.get_mut("paths")?.get_mut(&key.path)?.get_mut(&key.method)
    }

    /// Changes each operation, with all the rest of the document at hand; a copy to look things up in
    /// would cost more than the change.
    pub fn each_operation(
        &mut self,
        mut f: impl FnMut(&OperationKey, &mut Value, &Self) -> Result<()>,
    ) -> Result<()> {
        for key in self.operations() {
            let Some(mut operation) = self.operation_mut(&key).map(Value::take) else {
                continue;
            };
            let done = f(&key, &mut operation, self);
            if let Some(place) = self.operation_mut(&key) {
                *place = operation;
            }
            done?;
        }
        Ok(())
    }

    /// Takes an operation out, and its path when it was the last one there.
    pub fn remove_operation(&mut self, key: &OperationKey) {
        let Some(paths) = self.root.get_mut("paths").and_then(Value::as_object_mut) else {
            return;
        };
        if let Some(item) = paths.get_mut(&key.path).and_then(Value::as_object_mut) {
            item.remove(&key.method);
            if !item.keys().any(|method| METHODS.contains(&method.as_str())) {
                paths.remove(&key.path);
            }
        }
    }

    /// The `operationId` at a key.
    pub fn operation_id(&self, key: &OperationKey) -> Option<&str> {
        self.operation(key)?.get("operationId")?.as_str()
    }

    /// Follows a local reference.
    pub fn resolve(&self, reference: &str) -> Option<&Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }

    /// A value, or what it refers to (through any number of steps).
    pub fn deref<'a>(&'a self, mut value: &'a Value) -> &'a Value {
        // A document in which a chain is longer is refused when it is read.
        for _ in 0..=CHAIN_MAX {
            match value.get("$ref").and_then(Value::as_str) {
                Some(reference) => match self.resolve(reference) {
                    Some(target) => value = target,
                    None => break,
                },
                None => break,
            }
        }
        value
    }

    /// The components of one section by name.
    pub fn components(&self, section: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.root
            .get("components")
            .and_then(|components| components.get(section))
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
    }

    /// One schema component.
    pub fn schema(&self, name: &str) -> Option<&Value> {
        self.root.get("components")?.get("schemas")?.get(name)
    }

    /// The schema components under other names, with every reference to them.
    pub fn rename_schemas(&mut self, names: &BTreeMap<String, String>) {
        if names.is_empty() {
            return;
        }
        let schemas = std::mem::take(self.schemas_mut());
        *self.schemas_mut() = schemas
            .into_iter()
            .map(|(name, schema)| (names.get(&name).cloned().unwrap_or(name), schema))
            .collect();
        retarget_all(&mut self.root, &|reference| match json::component_of(reference) {
            Some(("schemas", name)) => {
                names.get(name).map(|new| format!("#/components/schemas/{new}"))
            }
            _ => None,
        });
    }

    /// The schemas, to be changed.
    pub fn schemas_mut(&mut self) -> &mut serde_json::Map<String, Value> {
        self.section_mut("schemas")
    }

    /// A section of the components, to be changed; an empty one where there was none.
    pub fn section_mut(&mut self, section: &str) -> &mut serde_json::Map<String, Value> {
        let components = json::object_mut(
            json::object_mut(&mut self.root).entry("components").or_insert_with(|| json!({})),
        );
        json::object_mut(components.entry(section).or_insert_with(|| json!({})))
    }

    /// Renames a schema component and every reference to it.
    ///
    /// # Errors
    /// When there is no such component, or the new name is taken.
    pub fn rename_schema(&mut self, from: &str, to: &str) -> Result<()> {
        if self.schema(to).is_some() {
            return Err(Error::at(
                format!("#/components/schemas/{from}"),
                format!("cannot be called {to:?}: that name is taken"),
            ));
        }
        let Some(schema) = self.schemas_mut().remove(from) else {
            return Err(Error::at(
                format!("#/components/schemas/{from}"),
                format!("cannot be called {to:?}: there is no such component"),
            ));
        };
        self.schemas_mut().insert(to.to_owned(), schema);
        let old = format!("#/components/schemas/{from}");
        let new = format!("#/components/schemas/{to}");
        retarget(&mut self.root, &old, &new);
        Ok(())
    }

    /// Drops the components that no operation reaches.
    pub fn drop_unreachable(&mut self) -> usize {
        let reached = self.reachable();
        let mut dropped = 0;
        for section in SECTIONS {
            if self.components(section).next().is_none() || section == "securitySchemes" {
                continue;
            }
            let map = self.section_mut(section);
            let before = map.len();
            map.retain(|name, _| reached.contains(&(section.to_owned(), name.clone())));
            dropped += before - map.len();
        }
        dropped
    }

    /// The components that the operations reach, as (section, name).
    pub fn reachable(&self) -> BTreeSet<(String, String)> {
        let mut reached = BTreeSet::new();
        let mut open = vec![self.root.get("paths").unwrap_or(&Value::Null)];
        while let Some(value) = open.pop() {
            visit_refs(value, &mut |reference| {
                if let Some((section, name)) = json::component_of(reference)
                    && reached.insert((section.to_owned(), name.to_owned()))
                    && let Some(target) = self.resolve(reference)
                {
                    open.push(target);
                }
            });
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Value {
        json!({
            "openapi": "3.0.3",
            "info": {"version": "v2"},
            "paths": {"/things": {"get": {"operationId": "listThings", "responses": {
                "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/thing"}}}}
            }}}},
            "components": {"schemas": {
                "thing": {"type": "object", "properties": {"part": {"$ref": "#/components/schemas/part"}}},
                "part": {"type": "string"},
                "stray": {"type": "string"},
            }}
        })
    }

    #[test]
    fn a_truncated_text_says_so_and_where() {
        let text = &small().to_string()[..100];
        let error = Document::parse("v2.json", text).unwrap_err().to_string();
        assert!(error.starts_with("v2.json: not valid JSON at line 1, column 100"), "{error}");
        assert!(error.ends_with("(the document is cut short)"), "{error}");
    }

    #[test]
    fn other_versions_of_openapi_are_refused() {
        let mut root = small();
        root["openapi"] = json!("3.2.0");
        let error = Document::from_value("v2.json", root).unwrap_err().to_string();
        assert_eq!(
            error,
            "v2.json: OpenAPI 3.2.0: published documents are of 3.0 or 3.1, pinned ones of 3.0"
        );
    }

    #[test]
    fn an_unresolved_reference_names_its_place() {
        let mut root = small();
        root["components"]["schemas"]["thing"]["properties"]["part"]["$ref"] =
            json!("#/components/schemas/prat");
        let error = Document::from_value("v2.json", root).unwrap_err().to_string();
        assert_eq!(
            error,
            "v2.json: unresolved reference \"#/components/schemas/prat\" at \
             #/components/schemas/thing/properties/part"
        );
    }

    #[test]
    fn renaming_moves_every_reference() {
        let mut document = Document::from_value("v2.json", small()).unwrap();
        document.rename_schema("thing", "widget").unwrap();
        assert_eq!(
            document
                .root()
                .pointer("/paths/~1things/get/responses/200/content/application~1json/schema/$ref"),
            Some(&json!("#/components/schemas/widget"))
        );
        let error = document.rename_schema("part", "widget").unwrap_err().to_string();
        assert!(error.contains("that name is taken"), "{error}");
    }

    #[test]
    fn only_what_operations_reach_is_kept() {
        let mut document = Document::from_value("v2.json", small()).unwrap();
        assert_eq!(document.drop_unreachable(), 1);
        assert!(document.schema("part").is_some());
        assert!(document.schema("stray").is_none());
    }
}
