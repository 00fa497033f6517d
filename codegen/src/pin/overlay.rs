//! Reviewed corrections to a published document, in the form of an OpenAPI Overlay.
//!
//! Beyond the Overlay Specification's `update` and `remove` there are, all prefixed:
//! `x-synctera-replace` (put this value in the target's place; `update` can only add),
//! `x-synctera-restored-from` (the value was taken from an older document, where it can be checked),
//! and `x-synctera-names` (operations and schemas by their published and their proper names).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::document::Document;
use crate::error::{Error, Result};

/// One overlay file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// Name of the file, for errors and reports.
    #[serde(skip)]
    pub file: String,
    overlay: String,
    #[allow(dead_code, reason = "required by the Overlay Specification, read by people")]
    info: Info,
    /// The document it corrects: `v2` or `v0`.
    pub extends: String,
    #[serde(default)]
    actions: Vec<Action>,
    #[serde(default, rename = "x-synctera-names")]
    names: Names,
}

#[derive(Clone, Debug, Deserialize)]
#[allow(dead_code, reason = "required by the Overlay Specification, read by people")]
struct Info {
    title: String,
    version: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    target: String,
    /// Why; every action has a reason.
    description: String,
    update: Option<Value>,
    #[serde(default)]
    remove: bool,
    #[serde(rename = "x-synctera-replace")]
    replace: Option<Value>,
    #[serde(rename = "x-synctera-restored-from")]
    restored_from: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    #[serde(default)]
    operations: BTreeMap<String, String>,
    #[serde(default)]
    schemas: BTreeMap<String, String>,
}

impl Overlay {
    /// Reads an overlay.
    ///
    /// # Errors
    /// [`Error::DataFile`] with the place, when the YAML or the form is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let mut overlay: Self =
            serde_saphyr::from_str(text).map_err(|e| Error::file(file, e.to_string()))?;
        overlay.file = file.to_owned();
        if !overlay.overlay.starts_with("1.") {
            return Err(Error::file(file, format!("overlay {} is not 1.x", overlay.overlay)));
        }
        for action in &overlay.actions {
            let kinds = usize::from(action.update.is_some())
                + usize::from(action.remove)
                + usize::from(action.replace.is_some());
            if kinds != 1 || action.description.trim().is_empty() {
                return Err(Error::file(
                    file,
                    format!(
                        "the action on {} needs a description and exactly one of update, remove, \
                         x-synctera-replace",
                        action.target
                    ),
                ));
            }
        }
        Ok(overlay)
    }

    /// Applies every action and name; returns how many places were touched.
    ///
    /// # Errors
    /// When an action or a name no longer finds its target: the document has moved on.
    pub(crate) fn apply(&self, document: &mut Document) -> Result<usize> {
        let mut places = 0;
        for action in &self.actions {
            places += self.act(action, document.root_mut())?;
        }
        places += self.name_schemas(document)?;
        places += self.name_operations(document)?;
        // A correction must leave a document that still holds together.
        document
            .check()
            .map_err(|e| Error::file(&self.file, format!("after this overlay: {e}")))?;
        Ok(places)
    }

    /// Applies what still fits; returns a line for each action or name that no longer does.
    ///
    /// For looking at a document before it is taken: what is stale is a thing to report then.
    pub(crate) fn apply_what_fits(&self, document: &mut Document) -> Vec<String> {
        let mut whole = document.clone();
        if self.apply(&mut whole).is_ok() {
            *document = whole;
            return Vec::new();
        }
        let mut stale = self.act_where_it_fits(document);
        let mut left = self.clone();
        left.names.schemas.retain(|from, _| {
            let there = document.schema(from).is_some();
            if !there {
                stale.push(format!("{}: there is no schema {from:?} any more", self.file));
            }
            there
        });
        // A name that is taken by another schema, or given twice, is somebody's to settle: the schema
        // keeps its own, for a renaming that stops half way leaves names that nobody gave. One that
        // stays may be in the way of the next, hence until nothing changes.
        loop {
            let leaving: BTreeSet<String> = left.names.schemas.keys().cloned().collect();
            let mut given = BTreeSet::new();
            left.names.schemas.retain(|from, to| {
                let taken = document.schema(to).is_some() && !leaving.contains(to);
                let free = !taken && given.insert(to.clone());
                if !free {
                    stale.push(format!("{}: {from:?} cannot be called {to:?}: taken", self.file));
                }
                free
            });
            if left.names.schemas.len() == leaving.len() {
                break;
            }
        }
        let ids: BTreeSet<String> = document
            .operations()
            .iter()
            .filter_map(|key| document.operation_id(key).map(str::to_owned))
            .collect();
        left.names.operations.retain(|from, _| {
            if !ids.contains(from) {
                stale.push(format!("{}: there is no operation {from:?} any more", self.file));
            }
            ids.contains(from)
        });
        if let Err(error) = left.name_schemas(document) {
            stale.push(error.to_string());
        }
        if let Err(error) = left.name_operations(document) {
            stale.push(error.to_string());
        }
        stale
    }

    /// What finds no target changes nothing; only what leaves references that lead nowhere is undone.
    fn act_where_it_fits(&self, document: &mut Document) -> Vec<String> {
        let before = document.root().clone();
        let act = |action| self.act(action, document.root_mut()).err();
        let missed = self.actions.iter().filter_map(act).map(|e| e.to_string()).collect();
        if document.check().is_ok() {
            return missed;
        }
        // One of them is the culprit: step by step, to see which.
        *document.root_mut() = before;
        let mut stale = Vec::new();
        for action in &self.actions {
            let before = document.root().clone();
            let done = self.act(action, document.root_mut()).and_then(|_| document.check());
            if let Err(error) = done {
                *document.root_mut() = before;
                stale.push(error.to_string());
            }
        }
        stale
    }

    fn act(&self, action: &Action, root: &mut Value) -> Result<usize> {
        let path = JsonPath::parse(&action.target)
            .map_err(|e| Error::file(&self.file, format!("target {}: {e}", action.target)))?;
        let pointers: Vec<String> = path
            .query_located(root)
            .locations()
            .map(|location| location.to_json_pointer())
            .collect();
        if pointers.is_empty() {
            return Err(Error::file(
                &self.file,
                format!(
                    "target {} matches nothing in the document any more; its reason was: {}",
                    action.target,
                    action.description.trim()
                ),
            ));
        }
        // Backwards, so that removing from an array leaves the earlier indices right.
        for pointer in pointers.iter().rev() {
            if action.remove {
                remove_at(root, pointer);
            } else if let Some(target) = root.pointer_mut(pointer) {
                if let Some(update) = &action.update {
                    merge(target, update);
                } else if let Some(value) = &action.replace {
                    *target = value.clone();
                }
            }
        }
        Ok(pointers.len())
    }

    /// Through intermediate names, so that one schema can take the name that another gives up.
    fn name_schemas(&self, document: &mut Document) -> Result<usize> {
        let intermediate = |to: &str| format!("{to}~");
        let mut rename = |from: &str, to: &str| {
            document.rename_schema(from, to).map_err(|e| Error::file(&self.file, e.to_string()))
        };
        for (from, to) in &self.names.schemas {
            rename(from, &intermediate(to))?;
        }
        for to in self.names.schemas.values() {
            rename(&intermediate(to), to)?;
        }
        Ok(self.names.schemas.len())
    }

    fn name_operations(&self, document: &mut Document) -> Result<usize> {
        let mut left: BTreeMap<&str, &str> =
            self.names.operations.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        for key in document.operations() {
            if let Some(operation) = document.operation_mut(&key)
                && let Some(to) = operation["operationId"].as_str().and_then(|id| left.remove(id))
            {
                operation["operationId"] = Value::String(to.to_owned());
            }
        }
        if let Some((from, _)) = left.first_key_value() {
            return Err(Error::file(
                &self.file,
                format!("there is no operation {from:?} any more"),
            ));
        }
        Ok(self.names.operations.len())
    }

    /// Compares every value said to be restored with the document it was restored from.
    ///
    /// Returns one line for each that differs; `older` must be distilled. Only claims about that
    /// document (named by its version) are looked at.
    pub fn check_restored(&self, older: &Document) -> Vec<String> {
        let mut differences = Vec::new();
        for action in &self.actions {
            let Some((version, reference)) =
                action.restored_from.as_deref().and_then(|claim| claim.split_once('#'))
            else {
                continue;
            };
            if version != older.version() {
                continue;
            }
            let mut ours = action.replace.clone().or_else(|| action.update.clone());
            if let Some(ours) = &mut ours {
                super::canonical::canonicalise(ours);
            }
            let theirs = older.resolve(&format!("#{reference}"));
            // An update may hold the value one level down, under the name it is restored to.
            let nested = ours
                .as_ref()
                .and_then(Value::as_object)
                .filter(|map| map.len() == 1)
                .and_then(|map| map.values().next());
            if theirs.is_none() || (ours.as_ref() != theirs && nested != theirs) {
                differences.push(format!(
                    "{}: {} is said to be restored from {version}#{reference}, which reads {}",
                    self.file,
                    action.target,
                    theirs.map_or("nothing".to_owned(), ToString::to_string),
                ));
            }
        }
        differences
    }
}

/// The Overlay Specification's merge: objects member by member, arrays by appending.
fn merge(target: &mut Value, update: &Value) {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (key, value) in update {
                match target.get_mut(key) {
                    Some(existing) => merge(existing, value),
                    None => {
                        target.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(target), Value::Array(update)) => target.extend(update.iter().cloned()),
        (Value::Array(target), update) => target.push(update.clone()),
        (target, update) => *target = update.clone(),
    }
}

fn remove_at(root: &mut Value, pointer: &str) {
    let Some((parent, token)) = pointer.rsplit_once('/') else {
        return;
    };
    let token = token.replace("~1", "/").replace("~0", "~");
    match root.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.remove(&token);
        }
        Some(Value::Array(items)) => {
            if let Ok(index) = token.parse::<usize>()
                && index < items.len()
            {
                items.remove(index);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document() -> Document {
        Document::from_value(
            "v2.json",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/things": {"get": {"operationId": "getThing1", "parameters": [
                    {"name": "id", "in": "query"}, {"name": "limit", "in": "query"},
                ]}}},
                "components": {"schemas": {
                    "thing": {"properties": {"a": {"type": "string"}}}, "other": {"type": "integer"},
                }},
            }),
        )
        .unwrap()
    }

    fn overlay(rest: &str) -> Result<Overlay> {
        let head = "overlay: 1.0.0\ninfo: {title: t, version: 1.0.0}\nextends: v2\n";
        Overlay::parse("v2-test.yaml", &format!("{head}{rest}"))
    }

    #[test]
    fn updates_removals_replacements_and_names() {
        let overlay = overlay(
            r#"
actions:
  - target: $.components.schemas.thing
    description: it lost b
    update: {properties: {b: {type: integer}}}
  - target: $.paths['/things'].get.parameters[?@.name=='id']
    description: merged away
    remove: true
  - target: $.components.schemas.thing.properties.a
    description: real shape
    x-synctera-replace: {type: boolean}
x-synctera-names:
  operations: {getThing1: get_thing}
  schemas: {thing: widget, other: thing}
"#,
        )
        .unwrap();
        let mut document = document();
        assert_eq!(overlay.apply(&mut document).unwrap(), 6);
        assert_eq!(
            document.schema("widget").unwrap()["properties"],
            json!({"a": {"type": "boolean"}, "b": {"type": "integer"}})
        );
        assert_eq!(document.schema("thing"), Some(&json!({"type": "integer"})));
        let get = &document.root()["paths"]["/things"]["get"];
        assert_eq!(get["operationId"], "get_thing");
        assert_eq!(get["parameters"], json!([{"name": "limit", "in": "query"}]));
    }

    #[test]
    fn a_stale_action_is_an_error_with_its_reason() {
        let overlay = overlay(
            "actions: [{target: $.components.schemas.gone, description: why, remove: true}]",
        )
        .unwrap();
        let error = overlay.apply(&mut document()).unwrap_err().to_string();
        assert_eq!(
            error,
            "v2-test.yaml: target $.components.schemas.gone matches nothing in the document any \
             more; its reason was: why"
        );
    }

    #[test]
    fn what_still_fits_is_applied_and_the_rest_is_told() {
        let overlay = overlay(
            r##"
actions:
  - {target: $.components.schemas.gone, description: why, remove: true}
  - {target: $.components.schemas.thing, description: a dangling one, update: {items: {$ref: "#/components/schemas/no"}}}
  - {target: $.components.schemas.thing, description: fits, update: {nullable: true}}
x-synctera-names:
  operations: {getThing1: get_thing, getThing2: get_other}
  schemas: {thing: widget, gone: lost, other: widget}
"##,
        )
        .unwrap();
        let mut document = document();
        let stale = overlay.apply_what_fits(&mut document);
        assert_eq!(stale.len(), 5, "{stale:?}");
        // The first of two that ask for one name gets it, the second keeps its own.
        assert_eq!(document.schema("widget"), Some(&json!({"type": "integer"})));
        assert_eq!(document.schema("thing").unwrap()["nullable"], true);
        assert_eq!(document.root()["paths"]["/things"]["get"]["operationId"], "get_thing");
    }

    #[test]
    fn an_action_without_reason_is_refused() {
        let error = overlay("actions: [{target: $.info, description: '', remove: true}]");
        assert!(error.unwrap_err().to_string().contains("needs a description"));
    }

    #[test]
    fn a_restored_shape_is_held_against_its_source() {
        let overlay = overlay(
            r##"
actions:
  - target: $.components.schemas.thing
    description: restored
    x-synctera-restored-from: "0.153.0#/components/schemas/thing"
    x-synctera-replace: {properties: {a: {type: integer}}}
"##,
        )
        .unwrap();
        let mut root = document().into_root();
        root["info"]["version"] = json!("0.153.0");
        let older = Document::from_value("v0.json", root.clone()).unwrap();
        assert_eq!(overlay.check_restored(&older).len(), 1);
        root["components"]["schemas"]["thing"]["properties"]["a"]["type"] = json!("integer");
        let older = Document::from_value("v0.json", root).unwrap();
        assert_eq!(overlay.check_restored(&older), Vec::<String>::new());
    }
}
