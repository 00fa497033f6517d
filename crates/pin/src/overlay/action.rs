//! One correction: where, what, and why.

use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

use crate::canonical::canonicalize;
use synctera_codegen::document::Document;
use synctera_codegen::error::{Error, Result};
use synctera_codegen::json;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
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

impl Action {
    /// Whether it says what to do, one thing only, and why.
    pub(super) fn check(&self, file: &str) -> Result<()> {
        let kinds = usize::from(self.update.is_some())
            + usize::from(self.remove)
            + usize::from(self.replace.is_some());
        if kinds == 1 && !self.description.trim().is_empty() {
            return Ok(());
        }
        Err(Error::file(
            file,
            format!(
                "the action on {} needs a description and exactly one of update, remove, \
                 x-synctera-replace",
                self.target
            ),
        ))
    }

    /// Acts on every place that it finds; returns how many.
    pub(super) fn act(&self, file: &str, root: &mut Value) -> Result<usize> {
        let path = JsonPath::parse(&self.target)
            .map_err(|e| Error::file(file, format!("target {}: {e}", self.target)))?;
        let pointers: Vec<String> = path
            .query_located(root)
            .locations()
            .map(|location| location.to_json_pointer())
            .collect();
        if pointers.is_empty() {
            return Err(Error::file(
                file,
                format!(
                    "target {} matches nothing in the document any more; its reason was: {}",
                    self.target,
                    self.description.trim()
                ),
            ));
        }
        // Backwards, so that removing from an array leaves the earlier indices right.
        for pointer in pointers.iter().rev() {
            if self.remove {
                remove_at(root, pointer);
            } else if let Some(target) = root.pointer_mut(pointer) {
                if let Some(update) = &self.update {
                    merge(target, update);
                } else if let Some(value) = &self.replace {
                    *target = value.clone();
                }
            }
        }
        Ok(pointers.len())
    }

    /// What is there in the document that its value is said to be restored from, if that is another
    /// value.
    pub(super) fn differs_from(&self, file: &str, older: &Document) -> Option<String> {
        let (version, reference) = self.restored_from.as_deref()?.split_once('#')?;
        if version != older.version() {
            return None;
        }
        let mut ours = self.replace.clone().or_else(|| self.update.clone());
        if let Some(ours) = &mut ours {
            canonicalize(ours);
        }
        let theirs = older.resolve(&format!("#{reference}"));
        // An update may hold the value one level down, under the name it is restored to.
        let nested = ours
            .as_ref()
            .and_then(Value::as_object)
            .filter(|map| map.len() == 1)
            .and_then(|map| map.values().next());
        if theirs.is_some() && (ours.as_ref() == theirs || nested == theirs) {
            return None;
        }
        Some(format!(
            "{file}: {} is said to be restored from {version}#{reference}, which reads {}",
            self.target,
            theirs.map_or("nothing".to_owned(), ToString::to_string),
        ))
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
    let token = json::name_of(token);
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
