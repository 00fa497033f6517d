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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    /// Records are stored under the name of their kind: two kinds of one name would read each other's.
    #[test]
    fn no_two_kinds_have_one_name() {
        let mut files = Vec::new();
        sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
        let mut names = BTreeMap::<String, usize>::new();
        for file in files {
            let text = fs::read_to_string(file).unwrap();
            for kind in text.split("Kind {").skip(1) {
                // Not `ChargeKind`, nor the type itself.
                let name =
                    kind.trim_start().strip_prefix("name: \"").and_then(|it| it.split('"').next());
                let is_kind = kind.split('}').next().is_some_and(|all| all.contains("keys: "));
                if let Some(name) = name.filter(|_| is_kind) {
                    *names.entry(name.to_owned()).or_default() += 1;
                }
            }
        }
        let twice: Vec<_> = names.iter().filter(|(_, count)| **count > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
        assert!(names.len() > 50, "{names:?}");
    }
}
