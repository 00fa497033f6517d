//! What need not be looked at: parts that are the same in both documents, with all that they lead
//! to. Of two neighbouring versions that is nearly everything.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use synctera_codegen::Document;

/// The components that are the same through and through, by their references.
pub(super) struct Clean {
    components: HashSet<String>,
}

impl Clean {
    pub(super) fn of(old: &Document, new: &Document) -> Self {
        let mut clean = HashSet::new();
        let mut users: HashMap<&str, Vec<String>> = HashMap::new();
        let mut changed: Vec<String> = Vec::new();
        for (section, components) in sections(old) {
            for (name, component) in components {
                let reference = format!("#/components/{section}/{}", crate::place::token(name));
                references(component, &mut |target| {
                    users.entry(target).or_default().push(reference.clone());
                });
                let other = new.root()["components"].get(section).and_then(|all| all.get(name));
                if other == Some(component) {
                    clean.insert(reference);
                } else {
                    changed.push(reference);
                }
            }
        }
        while let Some(reference) = changed.pop() {
            for user in users.get(reference.as_str()).into_iter().flatten() {
                if clean.remove(user) {
                    changed.push(user.clone());
                }
            }
        }
        Self { components: clean }
    }

    /// Whether two parts, and all that they lead to, are the same.
    pub(super) fn same(&self, old: &Value, new: &Value) -> bool {
        let mut all_clean = old == new;
        if all_clean {
            references(old, &mut |reference| all_clean &= self.components.contains(reference));
        }
        all_clean
    }
}

fn sections(document: &Document) -> impl Iterator<Item = (&String, &serde_json::Map<String, Value>)> {
    let components = document.root().get("components").and_then(Value::as_object);
    components
        .into_iter()
        .flatten()
        .filter_map(|(section, components)| Some((section, components.as_object()?)))
}

/// Calls `f` for every reference below a value, those of discriminators included.
pub(crate) fn references<'v>(value: &'v Value, f: &mut impl FnMut(&'v str)) {
    match value {
        Value::String(text) if text.starts_with("#/components/") => f(text),
        Value::Object(map) => map.values().for_each(|child| references(child, f)),
        Value::Array(items) => items.iter().for_each(|child| references(child, f)),
        _ => {}
    }
}
