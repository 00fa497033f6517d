//! What is sent and what is read are different types wherever the document says so.
//!
//! A schema that only requests use loses its `readOnly` properties, one that only responses use
//! its `writeOnly` ones. A schema that both use, and that has such properties (itself or in what
//! it holds), is doubled: the name stays with what is read; what is sent is called `new_<name>`
//! when it is the body of POST alone, `<name>_patch` when of PATCH alone, else `<name>_input`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::names::free;
use super::{Facts, bodies, visit};
use crate::document::Document;
use crate::error::Result;
use crate::json;
use crate::naming::type_name;
use crate::references::visit_refs;

pub(super) fn run(document: &mut Document, facts: &mut Facts) -> Result<usize> {
    let uses = Uses::of(document, facts);
    let sent_only: Vec<String> = uses.sent.difference(&uses.read).cloned().collect();
    let read_only: Vec<String> = uses.read.difference(&uses.sent).cloned().collect();
    let doubled = differing(document, &uses);

    let mut taken = facts.reserved.clone();
    taken.extend(document.components("schemas").map(|(name, _)| type_name(name)));
    let mut names = BTreeMap::new();
    for name in &doubled {
        let sent = sent_name(document, &uses, name, &taken);
        taken.insert(type_name(&sent));
        names.insert(name.clone(), sent);
    }
    let lookup = document.clone();
    for (name, sent) in &names {
        if let Some(mut schema) = lookup.schema(name).cloned() {
            retarget(&mut schema, &names);
            document.schemas_mut().insert(sent.clone(), schema);
        }
    }
    visit::operations(document, &mut |operation, _| {
        if let Some(body) = operation.get_mut("requestBody") {
            retarget(body, &names);
        }
        Ok(())
    })?;
    // Schemas that only requests use must hold the sent halves too.
    for name in &sent_only {
        if let Some(schema) = document.schemas_mut().get_mut(name) {
            retarget(schema, &names);
        }
    }
    for name in sent_only.iter().chain(names.values()) {
        drop_properties(&lookup, document, name, bodies::read_only);
    }
    facts.requests.extend(uses.sent.difference(&doubled).chain(names.values()).cloned());
    facts.patches = uses.patches(&lookup, &names);
    for name in read_only.iter().chain(&doubled) {
        drop_properties(&lookup, document, name, write_only);
    }
    for (name, form) in std::mem::take(&mut facts.forms) {
        facts.forms.insert(names.get(&name).cloned().unwrap_or(name), form);
    }
    for operation in facts.operations.values_mut() {
        if let super::Body::Form(name) = &mut operation.body
            && let Some(sent) = names.get(name)
        {
            name.clone_from(sent);
        }
    }
    Ok(names.len())
}

fn write_only(document: &Document, property: &Value) -> bool {
    property["writeOnly"] == true || document.deref(property)["writeOnly"] == true
}

/// Which components requests and responses reach, and by which methods directly.
struct Uses {
    sent: BTreeSet<String>,
    read: BTreeSet<String>,
    bodies: BTreeMap<String, BTreeSet<String>>,
}

impl Uses {
    fn of(document: &Document, facts: &Facts) -> Self {
        let mut uses =
            Self { sent: BTreeSet::new(), read: BTreeSet::new(), bodies: BTreeMap::new() };
        for key in document.operations() {
            let Some(operation) = document.operation(&key) else {
                continue;
            };
            let mut body = direct(&operation["requestBody"]);
            if let Some(super::Body::Form(form)) = facts.operations.get(&key).map(|o| &o.body) {
                body.insert(form.clone());
            }
            for name in &body {
                uses.bodies.entry(name.clone()).or_default().insert(key.method.clone());
                reach(document, name, &mut uses.sent);
            }
            for name in direct(&operation["responses"]) {
                reach(document, &name, &mut uses.read);
            }
        }
        uses
    }
}

impl Uses {
    /// What only PATCH sends, and the variants of what it sends.
    fn patches(&self, document: &Document, names: &BTreeMap<String, String>) -> BTreeSet<String> {
        let is_patch = |methods: &BTreeSet<String>| methods.iter().eq(["patch"]);
        let mut elsewhere = BTreeSet::new();
        for (name, _) in self.bodies.iter().filter(|(_, methods)| !is_patch(methods)) {
            reach(document, name, &mut elsewhere);
        }
        let mut patches = BTreeSet::new();
        for (name, _) in self.bodies.iter().filter(|(_, methods)| is_patch(methods)) {
            let variants = document.schema(name).map(|schema| direct(&schema["oneOf"]));
            patches.insert(name.clone());
            patches.extend(variants.unwrap_or_default());
        }
        patches.retain(|name| !elsewhere.contains(name));
        // What is read under the same name has a name of its own for what is sent.
        patches.retain(|name| names.contains_key(name) || !self.read.contains(name));
        patches.into_iter().map(|name| names.get(&name).cloned().unwrap_or(name)).collect()
    }
}

/// The schemas that a value refers to itself.
fn direct(value: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    visit_refs(value, &mut |reference| {
        if let Some(("schemas", name)) = json::component_of(reference) {
            names.insert(name.to_owned());
        }
    });
    names
}

fn reach(document: &Document, name: &str, reached: &mut BTreeSet<String>) {
    let mut open = vec![name.to_owned()];
    while let Some(name) = open.pop() {
        if let Some(schema) = document.schema(&name)
            && reached.insert(name)
        {
            open.extend(direct(schema));
        }
    }
}

/// Schemas used both ways whose two ways differ, in themselves or in what they hold.
fn differing(document: &Document, uses: &Uses) -> BTreeSet<String> {
    let both: BTreeSet<&String> = uses.sent.intersection(&uses.read).collect();
    let mut differing: BTreeSet<String> = both
        .iter()
        .filter(|name| {
            document.schema(name).is_some_and(|schema| {
                json::properties(schema)
                    .any(|(_, p)| bodies::read_only(document, p) || write_only(document, p))
            })
        })
        .map(|name| (*name).clone())
        .collect();
    loop {
        let more: Vec<String> = both
            .iter()
            .filter(|name| !differing.contains(**name))
            .filter(|name| {
                document.schema(name).is_some_and(|schema| !direct(schema).is_disjoint(&differing))
            })
            .map(|name| (*name).clone())
            .collect();
        if more.is_empty() {
            return differing;
        }
        differing.extend(more);
    }
}

fn sent_name(document: &Document, uses: &Uses, name: &str, taken: &BTreeSet<String>) -> String {
    let methods: Vec<&str> =
        uses.bodies.get(name).into_iter().flatten().map(String::as_str).collect();
    let wanted = match methods.as_slice() {
        ["post"] => format!("new_{name}"),
        ["patch"] => format!("{name}_patch"),
        _ => format!("{name}_input"),
    };
    let is_taken = |name: &str| document.schema(name).is_some() || taken.contains(&type_name(name));
    let mut wanted = [wanted, format!("{name}_input"), format!("{name}_sent")].into_iter();
    let last = format!("{name}_sent");
    wanted.find(|name| !is_taken(name)).unwrap_or_else(|| free(&last, is_taken))
}

fn retarget(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            for child in map.values_mut() {
                if let Value::String(text) = child
                    && let Some(("schemas", name)) = json::component_of(text)
                    && let Some(sent) = names.get(name)
                {
                    *text = format!("#/components/schemas/{sent}");
                } else {
                    retarget(child, names);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| retarget(item, names)),
        _ => {}
    }
}

fn drop_properties(
    lookup: &Document,
    document: &mut Document,
    name: &str,
    drop: impl Fn(&Document, &Value) -> bool,
) {
    let Some(schema) = document.schemas_mut().get_mut(name) else {
        return;
    };
    let mut gone = BTreeSet::new();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, property| {
            let goes = drop(lookup, property);
            if goes {
                gone.insert(name.clone());
            }
            !goes
        });
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !gone.contains(name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_sent_lacks_what_only_the_server_sets() {
        let body =
            |name: &str| json!({"content": {"application/json": {"schema": json::ref_to(name)}}});
        let mut document = Document::from_value(
            "t",
            json!({
                "openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {
                    "/things": {"post": {"operationId": "a", "requestBody": body("thing"),
                        "responses": {"2XX": body("thing")}}},
                    "/pins": {"post": {"operationId": "b", "requestBody": body("pin_request"),
                        "responses": {"2XX": body("shared")}}},
                },
                "components": {"schemas": {
                    "id": {"type": "string", "readOnly": true},
                    "part": {"type": "object", "properties": {
                        "id": json::ref_to("id"), "note": {"type": "string", "writeOnly": true},
                        "shared": json::ref_to("shared")}},
                    "shared": {"type": "object", "properties": {"x": {"type": "string"}}},
                    "thing": {"type": "object", "required": ["id", "part"], "properties": {
                        "id": json::ref_to("id"), "part": json::ref_to("part")}},
                    "pin_request": {"type": "object", "properties": {
                        "id": json::ref_to("id"), "part": json::ref_to("part")}},
                }},
            }),
        )
        .unwrap();
        let mut facts = Facts::default();
        assert_eq!(run(&mut document, &mut facts).unwrap(), 2);
        let schemas = &document.root()["components"]["schemas"];
        assert_eq!(
            schemas["new_thing"],
            json!({"type": "object", "required": ["part"], "properties": {"part": json::ref_to("part_input")}})
        );
        assert_eq!(
            schemas["part_input"]["properties"],
            json!({"note": {"type": "string", "writeOnly": true}, "shared": json::ref_to("shared")})
        );
        assert_eq!(
            schemas["part"]["properties"],
            json!({"id": json::ref_to("id"), "shared": json::ref_to("shared")})
        );
        assert_eq!(
            schemas["pin_request"]["properties"],
            json!({"part": json::ref_to("part_input")})
        );
        assert_eq!(document.root()["paths"]["/things"]["post"]["requestBody"], body("new_thing"));
        assert_eq!(
            facts.requests.iter().collect::<Vec<_>>(),
            ["id", "new_thing", "part_input", "pin_request", "shared"]
        );
    }
}
