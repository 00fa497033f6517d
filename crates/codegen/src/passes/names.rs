//! Names that mean something in Rust, or that become the same there, give way.
//!
//! What a name becomes is the generator's affair; here it is made sure that what it becomes is an
//! identifier, and no other name's. A name that is fine as it is stays, so that one odd name in a
//! document changes nothing beside it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Facts, visit};
use crate::document::Document;
use crate::error::Result;
use crate::json;
use crate::naming::{method_name, plain, type_name};
use crate::types::TypeRules;

/// Types and variants that every module knows, and generated code means.
const PRELUDE: [&str; 31] = [
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Into",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToString",
    "Vec",
];

/// Methods of every generated client.
const METHODS: [&str; 11] = [
    "api_version",
    "baseurl",
    "client",
    "clone",
    "exec",
    "inner",
    "new",
    "new_with_client",
    "options",
    "route",
    "with_options",
];

/// Words of the language, of this edition and of the next.
const KEYWORDS: [&str; 53] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "union", "default",
];

pub(super) fn run(document: &mut Document, facts: &mut Facts, rules: &TypeRules) -> Result<usize> {
    let mut count = name_methods(document);
    facts.reserved = PRELUDE.iter().map(|name| (*name).to_owned()).collect();
    for key in document.operations() {
        let id = document.operation_id(&key).unwrap_or_default();
        facts.reserved.insert(type_name(&format!("{}_query", method_name(id))));
    }
    let natives = rules.type_names();
    let mut taken = facts.reserved.clone();
    let mut names = BTreeMap::new();
    for (name, schema) in document.components("schemas") {
        // What is only another name for a text leaves nothing behind that could be mistaken.
        let is_type = ["properties", "enum", "allOf", "oneOf", "anyOf"]
            .iter()
            .any(|key| schema.get(*key).is_some());
        let wanted = plain(name);
        let free = free(&wanted, |candidate| {
            let rust = type_name(candidate);
            taken.contains(&rust) || (is_type && natives.contains(&rust))
        });
        taken.insert(type_name(&free));
        if free != *name {
            names.insert(name.clone(), free);
        }
    }
    facts.reserved.extend(natives);
    count += names.len();
    document.rename_schemas(&names);
    Ok(count)
}

/// The name, or the first one made of it that is not taken.
pub(super) fn free(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2_usize..).map(|number| format!("{wanted}_{number}"));
    let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
    candidates.find(|candidate| !is_taken(candidate)).unwrap_or_default()
}

/// Whether a name of a value is a word of the language.
pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name) && !["union", "default"].contains(&name)
}

/// Names of operations become names of methods, constants, and structs of filters.
fn name_methods(document: &mut Document) -> usize {
    let mut taken: BTreeSet<String> = METHODS.iter().map(|name| type_name(name)).collect();
    let mut count = 0;
    for key in document.operations() {
        let id = document.operation_id(&key).unwrap_or_default().to_owned();
        let mut wanted = plain(&id);
        if is_keyword(&method_name(&wanted)) {
            wanted.push_str("_call");
        }
        let free = free(&wanted, |candidate| taken.contains(&type_name(candidate)));
        taken.insert(type_name(&free));
        if free != id
            && let Some(operation) = document.operation_mut(&key)
        {
            operation["operationId"] = Value::String(free);
            count += 1;
        }
    }
    count
}

/// A reference can lead into a schema; what it leads to becomes a component.
pub(super) fn extract_deep_targets(document: &mut Document) -> Result<usize> {
    let mut deep: BTreeMap<String, Value> = BTreeMap::new();
    let mut open = Vec::new();
    collect_deep(document, &mut open)?;
    while let Some(reference) = open.pop() {
        if deep.contains_key(&reference) {
            continue;
        }
        if let Some(target) = document.resolve(&reference) {
            deep.insert(reference, target.clone());
        }
    }
    let mut names = BTreeMap::new();
    for reference in deep.keys() {
        let mut tokens: Vec<&str> = reference
            .split('/')
            .filter(|token| !["#", "properties", "components", "schemas", "paths"].contains(token))
            .collect();
        tokens.retain(|token| !["schema", "content", "responses", "requestBody"].contains(token));
        let wanted = plain(&tokens.join("_").replace("~1", "_"));
        let name = free(&wanted, |name| {
            document.schema(name).is_some() || names.values().any(|taken| taken == name)
        });
        names.insert(reference.clone(), name);
    }
    for (reference, target) in deep {
        if let Some(name) = names.get(&reference) {
            document.schemas_mut().insert(name.clone(), target);
        }
    }
    crate::references::retarget_all(document.root_mut(), &|reference| {
        names.get(reference).map(|name| format!("#/components/schemas/{name}"))
    });
    Ok(names.len())
}

fn collect_deep(document: &mut Document, found: &mut Vec<String>) -> Result<()> {
    visit::schemas(document, &mut |schema, _| {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let is_deep = |reference: &&str| !matches!(json::component_of(reference), Some(("schemas", name)) if !name.contains('/'));
        found.extend(reference.filter(is_deep).map(str::to_owned));
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_stay_and_others_become_plain() {
        for name in ["person", "camelCase", "card-image", "_id", "a1"] {
            assert_eq!(plain(name), name);
        }
        for (odd, expected) in [
            ("1st", "n1st"),
            ("a.b", "a_b"),
            ("$x", "x"),
            ("größe", "gruf6udfe"),
            ("", "unnamed"),
            ("+", "unnamed"),
            ("first name", "first_name"),
            ("_1", "n1"),
        ] {
            assert_eq!(plain(odd), expected);
        }
    }
}
