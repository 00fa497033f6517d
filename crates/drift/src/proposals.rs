//! What to decide on before a document is taken: the lines to write into `spec/`.

use std::collections::BTreeSet;

use heck::ToLowerCamelCase;
use serde::Serialize;
use serde_json::Value;
use synctera_codegen::{Document, Families, TypeRules};

use crate::text::one_line;
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
pub fn proposals(
    old: &Document,
    new: &Document,
    types: &TypeRules,
    families: &Families,
) -> Vec<Proposal> {
    let mut all = sensitive(old, new, types);
    all.extend(ids(old, new, types));
    all.extend(new_families(old, new, families));
    all.extend(unions(old, new));
    all.extend(names(old, new));
    all
}

/// A correction of ours that the document has made itself, or that has lost its place.
pub fn stale(lines: &[String], old: &Document, new: &Document) -> Vec<Proposal> {
    let of = |line: &String| {
        let (file, reason) = line.split_once(": ").unwrap_or(("", line));
        let text = renamed(reason, old, new)
            .unwrap_or_else(|| "# take the action out, or give it its new target".to_owned());
        Proposal { file: format!("overlay/{file}"), reason: reason.to_owned(), text }
    };
    lines.iter().map(of).collect()
}

/// What is published under another name now: the line of `x-synctera-names` to write in place of the
/// one that no longer fits.
fn renamed(reason: &str, old: &Document, new: &Document) -> Option<String> {
    let mut quoted = reason.split('"').skip(1).step_by(2);
    let (from, ours) = (quoted.next()?, quoted.next()?);
    let (section, name) = if reason.starts_with("there is no schema") {
        let was = old.schema(ours)?;
        let same = |(name, schema): &(&String, &Value)| {
            old.schema(name).is_none() && (*schema == was || is_like(schema, was))
        };
        ("schemas", new.components("schemas").find(same)?.0.clone())
    } else {
        let keys = old.operations();
        let key = keys.iter().find(|key| old.operation_id(key) == Some(ours))?;
        ("operations", new.operation_id(key).filter(|id| *id != ours)?.to_owned())
    };
    Some(one_line(&format!("{name}: {ours} # instead of {from}")))
        .map(|line| format!("  {section}:\n    {line}"))
}

/// Whether two schemas are the same object but for what their properties hold.
fn is_like(a: &Value, b: &Value) -> bool {
    let names = |schema: &Value| -> Option<Vec<String>> {
        let properties = schema["properties"].as_object()?;
        (!properties.is_empty()).then(|| properties.keys().cloned().collect())
    };
    names(a).is_some_and(|own| names(b) == Some(own)) && a["required"] == b["required"]
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

/// A document of which no client can be generated, whose changes are reported all the same.
pub fn not_generated(error: &synctera_codegen::Error) -> Proposal {
    Proposal {
        file: "overlay/".to_owned(),
        reason: format!("no client can be generated, so that no Rust items are reported: {error}"),
        text: "# correct the document at that place".to_owned(),
    }
}

fn sensitive(old: &Document, new: &Document, types: &TypeRules) -> Vec<Proposal> {
    let (_, known) = types.sensitive_names(old);
    let (_, open) = types.sensitive_names(new);
    open.difference(&known)
        .map(|name| one_line(name))
        .map(|name| Proposal {
            file: "types.toml".to_owned(),
            reason: format!("{name} sounds like something that must not be shown"),
            text: format!("[sensitive]\nnames = [{name:?}]"),
        })
        .collect()
}

/// Ids that would be plain UUIDs, which can be given where another one is meant.
fn ids(old: &Document, new: &Document, types: &TypeRules) -> Vec<Proposal> {
    let (known, open) = (types.undecided_ids(old), types.undecided_ids(new));
    let listed: BTreeSet<&str> = types.id_types().map(|(name, _)| name).collect();
    let proposal = |(table, name): &(&'static str, String)| {
        let name = &one_line(name);
        let what = name.trim_end_matches('s').trim_end_matches("_id");
        let id_type = format!("{}Id", heck::ToUpperCamelCase::to_upper_camel_case(what));
        let new_type = if listed.contains(id_type.as_str()) {
            String::new()
        } else {
            format!("[ids.types]\n{id_type} = \"what it identifies\"\n")
        };
        // Names are keys of TOML as they are, or between quotes.
        let is_bare = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let key = if is_bare { name.clone() } else { format!("{name:?}") };
        let of = if *table == "own" { format!("the `id` of {name}") } else { name.clone() };
        Proposal {
            file: "types.toml".to_owned(),
            reason: format!(
                "{of} is an id without a type of its own; to give it one later breaks users"
            ),
            text: format!("{new_type}[ids.{table}]\n{key} = \"{id_type}\""),
        }
    };
    open.difference(&known).map(proposal).collect()
}

/// Tags that the table of families does not have: their operations are in no feature.
fn new_families(old: &Document, new: &Document, families: &Families) -> Vec<Proposal> {
    let tags = |document: &Document| -> BTreeSet<String> {
        let operations = document.operations();
        let tags = operations.iter().filter_map(|key| document.operation(key)?["tags"][0].as_str());
        tags.map(str::to_owned).collect()
    };
    let known = tags(old);
    let is_new = |tag: &&String| !known.contains(*tag) && !families.has_tag(tag);
    let proposal = |tag: &String| {
        let family = families.of_tag(tag);
        let features = format!(
            "# beside it, in [features] of Cargo.toml: {family} = [], and in that of facade/Cargo.toml:\n\
             # {family} = [\"synctera-api/{family}\"]; and \"{family}\" in `full` of both\n\
             # its documentation: spec/docs/{family}.toml"
        );
        Proposal {
            file: "families.toml".to_owned(),
            reason: format!("the tag {tag:?} is in no family, and in no feature of the crates"),
            text: format!("{tag:?} = {family:?}\n{features}"),
        }
    };
    tags(new).iter().filter(is_new).map(proposal).collect()
}

/// Unions whose kinds nothing on the wire distinguishes, and that are not decided on.
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
            let place = one_line(&place);
            let text = format!(
                "  - target: {place}\n    description: why\n    update: {{x-synctera-union: merged}}"
            );
            Proposal {
                file: "overlay/v2-30-untagged-unions.yaml".to_owned(),
                reason: "a union without a tag: nothing on the wire distinguishes its kinds".to_owned(),
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
    // Names of ours are written like those around them.
    let in_camel_case = known.iter().filter(|id| !id.contains('_')).count() * 2 > known.len();
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
            text: {
                let name = suggested(&key.path, &key.method);
                let name = if in_camel_case { name.to_lower_camel_case() } else { name };
                format!("  operations:\n    {}: {name}", one_line(id))
            },
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
        let id = json!({"name": "card_id", "in": "path", "required": true,
            "schema": {"type": "string", "format": "uuid"}});
        Document::from_value(
            "t",
            json!({"openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/cards/{card_id}/pins": {"post": {
                    "operationId": operation, "tags": ["Cards"], "parameters": [id]}}},
                "components": {"schemas": schemas}}),
        )
        .unwrap()
    }

    fn lines(old: &Document, new: &Document, types: &TypeRules) -> Vec<String> {
        let families = Families::parse("[tags]\nCards = \"cards\"").unwrap();
        let found = proposals(old, new, types, &families);
        found.iter().map(|p| format!("{}: {}", p.file, p.text)).collect()
    }

    #[test]
    fn a_new_family_and_its_ids_are_asked_about() {
        let types = TypeRules::parse("[ids.types]\nCardId = \"a card\"").unwrap();
        let uuid = json!({"type": "string", "format": "uuid"});
        let old = document("createPin", json!({}));
        let mut root =
            document("createPin", json!({"lamp": {"properties": {"id": uuid}}})).into_root();
        root["paths"]["/lamps"] = json!({"get": {"operationId": "listLamps", "tags": ["Big Lamps (beta)"],
            "parameters": [{"name": "room_id", "in": "query", "schema": uuid}]}});
        let new = Document::from_value("t", root).unwrap();
        let lines = lines(&old, &new, &types);
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(
            lines[0]
                .ends_with("RoomId = \"what it identifies\"\n[ids.names]\nroom_id = \"RoomId\"")
        );
        assert!(lines[1].ends_with("[ids.own]\nlamp = \"LampId\""), "{lines:?}");
        assert!(lines[2].starts_with("families.toml: \"Big Lamps (beta)\" = \"big_lamps\"\n"));
        assert!(lines[2].contains("big_lamps = [\"synctera-api/big_lamps\"]"), "{lines:?}");
    }

    #[test]
    fn a_name_is_proposed_as_the_others_are_written() {
        let old = document("createPin", json!({}));
        let lines = lines(&old, &document("doPin2", json!({})), &TypeRules::default());
        assert_eq!(lines, ["overlay/v2-90-names.yaml:   operations:\n    doPin2: createCardPin"]);
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
        let lines = lines(&old, &new, &types);
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[0].ends_with("names = [\"new_token\"]"));
        assert!(lines[1].contains("$.components.schemas['a']['properties']['either']"));
        assert!(lines[2].ends_with("doPin2: create_card_pin"));
        assert_eq!(super::proposals(&new, &new, &types, &Families::default()), []);
    }

    #[test]
    fn the_line_of_what_was_renamed_is_proposed() {
        let old = document("createPin", json!({"hook": {"properties": {"width": {}}}}));
        let new = document("addPin", json!({"bracket": {"properties": {"width": {}}}}));
        let lines = [
            "v2-90-names.yaml: there is no schema \"hook_details\" any more, which is called \"hook\"",
            "v2-90-names.yaml: there is no operation \"postPin\" any more, which is called \"createPin\"",
            "v2-20-x.yaml: target $.x finds nothing",
        ];
        let texts: Vec<String> =
            stale(&lines.map(str::to_owned), &old, &new).into_iter().map(|p| p.text).collect();
        assert_eq!(
            texts,
            [
                "  schemas:\n    bracket: hook # instead of hook_details",
                "  operations:\n    addPin: createPin # instead of postPin",
                "# take the action out, or give it its new target",
            ]
        );
    }

    #[test]
    fn names_follow_the_call() {
        assert_eq!(suggested("/cards", "get"), "list_cards");
        assert_eq!(suggested("/cards/{id}", "get"), "get_card");
        assert_eq!(suggested("/cards/{id}/gateways/{id}", "patch"), "update_card_gateway");
    }
}
