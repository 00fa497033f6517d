//! Kinds of resources.

use serde_json::Value;

use crate::store::Keys;

/// A kind of resource: how it is stored and found.
pub(crate) struct Kind {
    /// Its name, also in the sentences of refusals.
    pub(crate) name: &'static str,
    /// The property that identifies it.
    pub(crate) id: &'static str,
    /// Keys that it is looked up by beside its id: name and JSON pointer; a list has a key for each
    /// item.
    pub(crate) keys: &'static [(&'static str, &'static str)],
}

impl Kind {
    pub(crate) fn keys_of(&self, body: &Value) -> Keys {
        let mut keys = Vec::new();
        for (name, pointer) in self.keys {
            match body.pointer(pointer) {
                Some(Value::Array(items)) => {
                    keys.extend(items.iter().filter_map(|item| Some((*name, key_text(item)?))));
                }
                Some(value) => keys.extend(key_text(value).map(|value| (*name, value))),
                None => {}
            }
        }
        keys
    }
}

/// A scalar as a key; other values have none.
pub(crate) fn key_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}
