//! What to decide on before a document is taken: the lines to write into `spec/`.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;
use synctera_codegen::{Document, TypeRules};

use crate::walk::method_name;

/// A line for one of our files, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The file below `spec/`.
    pub file: String,
    /// Why.
    pub reason: String,
    /// What to write there, as a beginning.
    pub text: String,
}

/// Verbs with which our operations begin; others are looked at.
const VERBS: [&str; 24] = [
    "accept", "activate", "add", "cancel", "close", "confirm", "create", "delete", "download",
    "get", "list", "patch", "post", "process", "reject", "replace", "resend", "search", "send",
    "simulate", "submit", "trigger", "update", "verify",
];

/// What the new document asks for that the old one did not.
pub fn proposals(old: &Document, new: &Document, types: &TypeRules) -> Vec<Proposal> {
    let mut all = sensitive(old, new, types);
    all.extend(unions(old, new));
    all.extend(names(old, new));
    all
}

/// A correction of ours that the document has made itself, or that has lost its place.
pub fn stale(lines: &[String]) -> Vec<Proposal> {
    let of = |line: &String| {
        let (file, reason) = line.split_once(": ").unwrap_or(("", line));
        let text = "# take the action out, or give it its new target".to_owned();
        Proposal { file: format!("overlay/{file}"), reason: reason.to_owned(), text }
    };
    lines.iter().map(of).collect()
}

/// Something that the client has in a simpler form than the document.
pub(crate) fn simpler(place: &str, reason: &str) -> Proposal {
    Proposal {
        file: "overlay/".to_owned(),
        reason: format!("{place}: {reason}"),
        text: "# nothing, if that is good enough; else give it a form that a type can hold"
            .to_owned(),
    }
}

/// A document of which no client can be generated, whose changes are told all the same.
pub fn not_generated(error: &synctera_codegen::Error) -> Proposal {
    Proposal {
        file: "overlay/".to_owned(),
        reason: format!("no client can be generated, so that no Rust items are told: {error}"),
        text: "# correct the document at that place".to_owned(),
    }
}

fn sensitive(old: &Document, new: &Document, types: &TypeRules) -> Vec<Proposal> {
    let (_, known) = types.sensitive_names(old);
    let (_, open) = types.sensitive_names(new);
    open.difference(&known)
        .map(|name| Proposal {
            file: "types.toml".to_owned(),
            reason: format!("{name} sounds like something that must not be shown"),
            text: format!("[sensitive]\nnames = [\"{name}\"]"),
        })
        .collect()
}

/// Unions whose kinds nothing on the wire tells apart, and nobody has decided on.
fn unions(old: &Document, new: &Document) -> Vec<Proposal> {
    let mut all = Vec::new();
    for (name, schema) in new.components("schemas") {
        let mut places = Vec::new();
        untagged(schema, &format!("$.components.schemas['{name}']"), &mut places);
        let known = old.schema(name).map_or_else(Vec::new, |schema| {
            let mut places = Vec::new();
            untagged(schema, &format!("$.components.schemas['{name}']"), &mut places);
            places
        });
        all.extend(places.into_iter().filter(|place| !known.contains(place)).map(|place| {
            let text = format!(
                "  - target: {place}\n    description: why\n    update: {{x-synctera-union: merged}}"
            );
            Proposal {
                file: "overlay/v2-30-untagged-unions.yaml".to_owned(),
                reason: "a union without a tag: nothing on the wire tells its kinds apart".to_owned(),
                text,
            }
        }));
    }
    all
}

fn untagged(value: &Value, place: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            let several =
                |key: &str| map.get(key).and_then(Value::as_array).is_some_and(|v| v.len() > 1);
            if (several("oneOf") || several("anyOf"))
                && !map.contains_key("discriminator")
                && !map.contains_key("x-synctera-union")
            {
                places.push(place.to_owned());
            }
            for (key, child) in map {
                untagged(child, &format!("{place}['{key}']"), places);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                untagged(item, &format!("{place}[{index}]"), places);
            }
        }
        _ => {}
    }
}

/// New operations whose names say too little: numbered, without a verb, or not of one style.
fn names(old: &Document, new: &Document) -> Vec<Proposal> {
    let known: BTreeSet<String> = old
        .operations()
        .iter()
        .filter_map(|key| old.operation_id(key).map(str::to_owned))
        .collect();
    let mut all = Vec::new();
    for key in new.operations() {
        let Some(id) = new.operation_id(&key).filter(|id| !known.contains(*id)) else {
            continue;
        };
        let name = method_name(id);
        let verb = name.split('_').next().unwrap_or_default();
        let why = if name.ends_with(|c: char| c.is_ascii_digit()) {
            "ends in a number"
        } else if !VERBS.contains(&verb) {
            "does not begin with a verb that we use"
        } else if id.contains(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            "holds characters that no name has"
        } else {
            continue;
        };
        all.push(Proposal {
            file: "overlay/v2-90-names.yaml".to_owned(),
            reason: format!("the name of {key} {why}"),
            text: format!("  operations:\n    {id}: {}", suggested(&key.path, &key.method)),
        });
    }
    all
}

/// A name from what the call does: `POST /cards/{card_id}/pins` is `create_card_pin`.
fn suggested(path: &str, method: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let on_one = parts.last().is_some_and(|part| part.starts_with('{'));
    let words: Vec<String> =
        parts.iter().filter(|part| !part.starts_with('{')).map(|part| method_name(part)).collect();
    let (last, owners) = match words.split_last() {
        Some((last, owners)) => (last.clone(), owners),
        None => return method.to_owned(),
    };
    let singular = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
    let many = method == "get" && !on_one;
    let verb = match (method, many) {
        ("get", true) => "list",
        ("get", false) => "get",
        ("post", _) => "create",
        ("patch", _) => "update",
        ("put", _) => "replace",
        (other, _) => other,
    };
    let mut name = vec![verb.to_owned()];
    name.extend(owners.iter().map(|word| singular(word)));
    name.push(if many { last } else { singular(&last) });
    name.join("_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(operation: &str, schemas: Value) -> Document {
        Document::from_value(
            "t",
            json!({"openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/cards/{card_id}/pins": {"post": {"operationId": operation}}},
                "components": {"schemas": schemas}}),
        )
        .unwrap()
    }

    #[test]
    fn what_is_new_and_undecided_is_proposed() {
        let types =
            TypeRules::parse("[sensitive]\nwords = [\"token\"]\nnames = [\"push_token\"]").unwrap();
        let old = document("create_card_pin", json!({"a": {"properties": {"old_token": {}}}}));
        let new = document(
            "doPin2",
            json!({"a": {"properties": {"old_token": {}, "new_token": {}, "push_token": {},
                "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}}}),
        );
        let found = proposals(&old, &new, &types);
        let lines: Vec<String> = found.iter().map(|p| format!("{}: {}", p.file, p.text)).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[0].ends_with("names = [\"new_token\"]"));
        assert!(lines[1].contains("$.components.schemas['a']['properties']['either']"));
        assert!(lines[2].ends_with("doPin2: create_card_pin"));
        assert_eq!(proposals(&new, &new, &types), []);
    }

    #[test]
    fn names_follow_the_call() {
        assert_eq!(suggested("/cards", "get"), "list_cards");
        assert_eq!(suggested("/cards/{id}", "get"), "get_card");
        assert_eq!(suggested("/cards/{id}/gateways/{id}", "patch"), "update_card_gateway");
    }
}
