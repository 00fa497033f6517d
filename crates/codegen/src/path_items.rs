//! Path items that are references, written out where they stand.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::{Document, METHODS};
use crate::error::{Error, Result};
use crate::json;
use crate::references::visit_refs;

/// Writes out the path items of a document.
pub(crate) fn write_out(document: &mut Document) -> Result<()> {
    let Some(paths) = document.root().get("paths").and_then(Value::as_object) else {
        return Ok(());
    };
    let mut written = Vec::new();
    for (path, item) in paths.iter().filter(|(_, item)| item.get("$ref").is_some()) {
        written.push((path.clone(), whole_item(document, path, item)?));
    }
    for (path, item) in written {
        document.root_mut()["paths"][path] = item;
    }
    drop_shared_path_items(document);
    Ok(())
}

/// Path items among the components (3.1) are written out; only callbacks may still refer to them.
fn drop_shared_path_items(document: &mut Document) {
    const SHARED: &str = "#/components/pathItems/";
    if document.root()["components"].get("pathItems").is_none() {
        return;
    }
    let mut is_used = false;
    visit_refs(document.root(), &mut |reference| is_used |= reference.starts_with(SHARED));
    if let Some(components) = document.root_mut().get_mut("components").filter(|_| !is_used)
        && let Some(components) = components.as_object_mut()
    {
        components.remove("pathItems");
    }
}

/// A path item with what it refers to; what it says itself goes first.
fn whole_item(document: &Document, path: &str, item: &Value) -> Result<Value> {
    let place = json::push("#/paths", path);
    let mut whole = item.as_object().cloned().unwrap_or_default();
    let mut seen = BTreeSet::new();
    while let Some(Value::String(reference)) = whole.remove("$ref") {
        let target = document.resolve(&reference).and_then(Value::as_object).cloned();
        let Some(mut target) = target else {
            return Err(Error::UnresolvedReference {
                document: document.name().to_owned(),
                reference,
                place,
            });
        };
        // Another path has the same operations, which cannot have the same names.
        if reference.starts_with("#/paths/") {
            for method in METHODS {
                if let Some(operation) = target.get_mut(method).and_then(Value::as_object_mut) {
                    operation.remove("operationId");
                }
            }
        }
        for (key, value) in target {
            whole.entry(key).or_insert(value);
        }
        if !seen.insert(reference) {
            return Err(Error::at(place, "a path item that refers to itself"));
        }
    }
    Ok(Value::Object(whole))
}
