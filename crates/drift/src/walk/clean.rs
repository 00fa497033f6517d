//! What need not be looked at: parts that are the same in both documents, with all that they lead
//! to. Of two neighboring versions that is nearly everything.

use std::collections::HashMap;

use serde_json::Value;
use synctera_codegen::Document;

/// The components by their references, and whether they are the same through and through.
pub(super) struct Clean {
    numbers: HashMap<String, usize>,
    same: Vec<bool>,
}

impl Clean {
    pub(super) fn of(old: &Document, new: &Document) -> Self {
        let mut numbers = HashMap::new();
        let mut same = Vec::new();
        let mut components = Vec::new();
        for (section, all) in sections(old) {
            let others = new.root()["components"].get(section);
            for (name, component) in all {
                let reference = format!("#/components/{section}/{}", crate::pointer::token(name));
                numbers.insert(reference, components.len());
                same.push(others.and_then(|others| others.get(name)) == Some(component));
                components.push(component);
            }
        }
        // What leads to something that has changed is not the same either.
        let mut changed: Vec<usize> = (0..same.len()).filter(|number| !same[*number]).collect();
        if !changed.is_empty() {
            let mut elsewhere = Vec::new();
            let mut users: Vec<Vec<usize>> = vec![Vec::new(); components.len()];
            for (number, component) in components.iter().enumerate() {
                references(component, &mut |target| match numbers.get(target) {
                    Some(target) => users[*target].push(number),
                    // It leads into a component, or elsewhere: to be looked at.
                    None => elsewhere.push(number),
                });
            }
            changed
                .extend(elsewhere.into_iter().filter(|number| std::mem::take(&mut same[*number])));
            while let Some(number) = changed.pop() {
                for user in std::mem::take(&mut users[number]) {
                    if std::mem::replace(&mut same[user], false) {
                        changed.push(user);
                    }
                }
            }
        }
        Self { numbers, same }
    }

    /// Whether two parts, and all that they lead to, are the same.
    pub(super) fn same(&self, old: &Value, new: &Value) -> bool {
        let mut all_same = old == new;
        if all_same {
            references(old, &mut |reference| {
                all_same &= self.numbers.get(reference).is_some_and(|number| self.same[*number]);
            });
        }
        all_same
    }
}

fn sections(
    document: &Document,
) -> impl Iterator<Item = (&String, &serde_json::Map<String, Value>)> {
    let components = document.root().get("components").and_then(Value::as_object);
    components
        .into_iter()
        .flatten()
        .filter_map(|(section, components)| Some((section, components.as_object()?)))
}

/// Calls `f` for every reference below a value, those of discriminators included.
fn references<'v>(value: &'v Value, f: &mut impl FnMut(&'v str)) {
    match value {
        Value::String(text) if text.starts_with("#/") => f(text),
        Value::Object(map) => map.values().for_each(|child| references(child, f)),
        Value::Array(items) => items.iter().for_each(|child| references(child, f)),
        _ => {}
    }
}
