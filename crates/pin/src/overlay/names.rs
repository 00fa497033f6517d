//! Operations and schemas that are published under one name and ours under another.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use synctera_codegen::document::Document;
use synctera_codegen::error::{Error, Result};

/// Published names and the proper ones.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    #[serde(default)]
    operations: BTreeMap<String, String>,
    #[serde(default)]
    schemas: BTreeMap<String, String>,
}

impl Names {
    /// Those that still fit a document; the others are added to what is stale.
    pub(super) fn fitting(&self, file: &str, document: &Document, stale: &mut Vec<String>) -> Self {
        let mut left = self.clone();
        left.schemas.retain(|from, to| {
            let there = document.schema(from).is_some();
            if !there {
                let called = format!("which is called {to:?}");
                stale.push(format!("{file}: there is no schema {from:?} any more, {called}"));
            }
            there
        });
        // A name that is taken by another schema, or given twice, is somebody's to settle: the schema
        // keeps its own, for a renaming that stops half way leaves names that nobody gave. One that
        // stays may be in the way of the next, hence until nothing changes.
        loop {
            let leaving: BTreeSet<String> = left.schemas.keys().cloned().collect();
            let mut given = BTreeSet::new();
            left.schemas.retain(|from, to| {
                let taken = document.schema(to).is_some() && !leaving.contains(to);
                let free = !taken && given.insert(to.clone());
                if !free {
                    stale.push(format!("{file}: {from:?} cannot be called {to:?}: taken"));
                }
                free
            });
            if left.schemas.len() == leaving.len() {
                break;
            }
        }
        let ids: BTreeSet<String> = document
            .operations()
            .iter()
            .filter_map(|key| document.operation_id(key).map(str::to_owned))
            .collect();
        left.operations.retain(|from, to| {
            if !ids.contains(from) {
                let called = format!("which is called {to:?}");
                stale.push(format!("{file}: there is no operation {from:?} any more, {called}"));
            }
            ids.contains(from)
        });
        left
    }

    /// Gives schemas their names; returns how many were named.
    ///
    /// Through intermediate names, so that one schema can take the name that another gives up.
    pub(super) fn give_schemas(&self, file: &str, document: &mut Document) -> Result<usize> {
        let intermediate = |to: &str| format!("{to}~");
        let rename = |document: &mut Document, from: &str, to: &str| {
            document.rename_schema(from, to).map_err(|e| Error::file(file, e.to_string()))
        };
        for (from, to) in &self.schemas {
            // Otherwise the message would have a name that no file gives.
            if document.schema(from).is_none() {
                let reason = format!(
                    "there is no schema {from:?} any more, which is called {to:?}: take the line \
                     out of x-synctera-names, or write what the schema is published as now"
                );
                return Err(Error::file(file, reason));
            }
            rename(document, from, &intermediate(to))?;
        }
        for to in self.schemas.values() {
            rename(document, &intermediate(to), to)?;
        }
        Ok(self.schemas.len())
    }

    /// Gives operations their names; returns how many were named.
    pub(super) fn give_operations(&self, file: &str, document: &mut Document) -> Result<usize> {
        let mut left: BTreeMap<&str, &str> =
            self.operations.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
        for key in document.operations() {
            if let Some(operation) = document.operation_mut(&key)
                && let Some(to) = operation["operationId"].as_str().and_then(|id| left.remove(id))
            {
                operation["operationId"] = Value::String(to.to_owned());
            }
        }
        if let Some((from, _)) = left.first_key_value() {
            return Err(Error::file(file, format!("there is no operation {from:?} any more")));
        }
        Ok(self.operations.len())
    }
}
