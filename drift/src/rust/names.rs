//! Which public item a place of the document became.
//!
//! The document and its normal form are gone through side by side, from every operation down: what
//! stands for the same value is the same item.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use synctera_codegen::Document;
use synctera_codegen::passes::Body;

use super::Normal;
use super::items::{field_name, query_name, type_name};
use crate::place::{follow, token};
use crate::walk::method_name;

/// Public items by the JSON pointers of the places that they are made from.
#[derive(Debug, Default)]
pub(crate) struct Names {
    items: BTreeMap<String, BTreeSet<String>>,
    /// The fields that hold what is made of a component.
    holders: BTreeMap<String, BTreeSet<String>>,
}

impl Names {
    /// The items of a document.
    pub(crate) fn of(document: &Document, normal: &Normal) -> Self {
        let mut reader =
            Reader { root: document.root(), normal, names: Self::default(), seen: BTreeSet::new() };
        for key in document.operations() {
            let (Some(operation), Some(after)) =
                (document.operation(&key), normal.document.operation(&key))
            else {
                continue;
            };
            reader.operation(operation, after, &key.pointer());
            if let Some(Body::Form(form)) = normal.facts.operations.get(&key).map(|of| &of.body) {
                let body = follow(reader.root, &format!("{}/requestBody", key.pointer()));
                let form = reference(form);
                reader.content(&body, &form, &method_name(operation_id(operation)));
            }
        }
        reader.names
    }

    /// The items of this very place.
    pub(crate) fn exactly_at(&self, pointer: &str) -> BTreeSet<String> {
        self.items.get(pointer).cloned().unwrap_or_default()
    }

    /// The fields that hold what is made of a component, for what makes another type of it.
    pub(crate) fn holders_of(&self, pointer: &str) -> BTreeSet<String> {
        self.holders.get(pointer).cloned().unwrap_or_default()
    }

    /// The items at a place, or at the closest one around it that is one.
    pub(crate) fn at(&self, pointer: &str) -> BTreeSet<String> {
        if let Some(items) = self.items.get(pointer) {
            return items.clone();
        }
        // An object may say that a property is needed which another part of it describes.
        if let Some((object, property)) = pointer.rsplit_once("/properties/")
            && let Some(types) = self.items.get(object)
        {
            let field = |of: &String| format!("{of}.{}", field_name(property));
            return types.iter().filter(|of| !of.contains('.')).map(field).collect();
        }
        let mut place = pointer;
        loop {
            if let Some(items) = self.items.get(place) {
                return items.clone();
            }
            match place.rsplit_once('/') {
                Some((around, _)) if !around.is_empty() => place = around,
                _ => return BTreeSet::new(),
            }
        }
    }
}

struct Reader<'a> {
    root: &'a Value,
    normal: &'a Normal,
    names: Names,
    seen: BTreeSet<(Vec<String>, String)>,
}

impl<'a> Reader<'a> {
    fn note(&mut self, pointer: &str, item: &str) {
        self.names.items.entry(pointer.to_owned()).or_default().insert(item.to_owned());
    }

    fn operation(&mut self, operation: &Value, after: &Value, pointer: &str) {
        let method = method_name(operation_id(operation));
        self.note(pointer, &method);
        for (index, _) in array(&operation["parameters"]).iter().enumerate() {
            let place = follow(self.root, &format!("{pointer}/parameters/{index}"));
            let value = self.root.pointer(&place).unwrap_or(&Value::Null);
            let name = value["name"].as_str().unwrap_or_default();
            let item = if value["in"] == "query" {
                format!("{}.{}", query_name(&method), field_name(name))
            } else {
                method.clone()
            };
            self.note(&place, &item);
            let of =
                |parameter: &&Value| parameter["name"] == name && parameter["in"] == value["in"];
            let normal = array(&after["parameters"]).iter().find(of);
            let schema = normal.map_or(Value::Null, |parameter| parameter["schema"].clone());
            self.schema(vec![format!("{place}/schema")], &schema, &item);
        }
        let body = follow(self.root, &format!("{pointer}/requestBody"));
        self.note(&body, &method);
        let schema = first_schema(&after["requestBody"]);
        self.content(&body, &schema, &method);
        for (status, _) in members(&operation["responses"]) {
            if !status.starts_with('2') {
                continue;
            }
            let answer = follow(self.root, &format!("{pointer}/responses/{status}"));
            let schema = members(&after["responses"])
                .filter(|(status, _)| status.starts_with('2'))
                .map(|(_, answer)| first_schema(answer))
                .next()
                .unwrap_or_default();
            self.content(&answer, &schema, &method);
        }
    }

    fn content(&mut self, holder: &str, schema: &Value, method: &str) {
        let content = self.root.pointer(holder).map_or(&Value::Null, |holder| &holder["content"]);
        let media: Vec<String> = members(content).map(|(media, _)| token(media)).collect();
        for media in media {
            self.schema(vec![format!("{holder}/content/{media}/schema")], schema, method);
        }
    }

    /// A schema of the document, by the pointers of its parts, beside what became of it.
    fn schema(&mut self, parts: Vec<String>, normal: &Value, holder: &str) {
        let mut all = Vec::new();
        for part in &parts {
            flatten(self.root, part, &mut all);
        }
        let component = component_of(normal);
        for pointer in all.iter().filter(|pointer| is_component(pointer)) {
            let holders = self.names.holders.entry(pointer.clone()).or_default();
            holders.insert(holder.to_owned());
        }
        let own = component.filter(|name| !self.normal.facts.natives.contains_key(*name));
        let item = own.map_or_else(|| holder.to_owned(), type_name);
        // What a place refers to is the type's; what stands in the place is each holder's too.
        if own.is_some() {
            for pointer in parts.iter().filter(|pointer| !is_component(pointer)) {
                self.note(pointer, holder);
            }
        }
        if !self.seen.insert((all.clone(), item.clone())) {
            return;
        }
        for pointer in &all {
            self.note(pointer, &item);
        }
        let (root, document) = (self.root, &self.normal.document);
        let schema = match component {
            Some(name) => document.schema(name).unwrap_or(&Value::Null),
            None => normal,
        };
        self.variants(&all, component, normal, holder);
        let mut properties: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for pointer in &all {
            let value = root.pointer(pointer).unwrap_or(&Value::Null);
            for (name, _) in members(&value["properties"]) {
                let place = format!("{pointer}/properties/{}", token(name));
                properties.entry(name.clone()).or_default().push(place);
            }
            for inner in ["items", "additionalProperties"] {
                if value[inner].is_object() {
                    self.schema(vec![format!("{pointer}/{inner}")], &schema[inner], &item);
                }
            }
        }
        for (name, places) in properties {
            let Some(after) = schema["properties"].get(&name) else {
                continue;
            };
            let field = format!("{item}.{}", field_name(&name));
            for place in &places {
                self.note(place, &field);
            }
            self.schema(places, after, &field);
        }
    }

    /// The variants of a union: each has a type of its own where a tag tells them apart, else all
    /// of them became one.
    fn variants(&mut self, all: &[String], component: Option<&str>, normal: &Value, holder: &str) {
        let (root, facts): (&'a Value, _) = (self.root, &self.normal.facts);
        let union = component.and_then(|name| facts.unions.get(name));
        for pointer in all {
            let value = root.pointer(pointer).unwrap_or(&Value::Null);
            if let Some(union) = union {
                for (tag, target) in members(&value["discriminator"]["mapping"]) {
                    let target = target.as_str().unwrap_or_default().trim_start_matches('#');
                    if let Some(variant) = union.variants.get(tag) {
                        let variant = reference(variant);
                        self.schema(vec![target.to_owned()], &variant, holder);
                    }
                }
                continue;
            }
            for keyword in ["oneOf", "anyOf"] {
                for (index, _) in array(&value[keyword]).iter().enumerate() {
                    self.schema(vec![format!("{pointer}/{keyword}/{index}")], normal, holder);
                }
            }
        }
    }
}

fn operation_id(operation: &Value) -> &str {
    operation["operationId"].as_str().unwrap_or_default()
}

/// The schema of the first media type.
fn first_schema(holder: &Value) -> Value {
    members(&holder["content"]).next().map_or(Value::Null, |(_, media)| media["schema"].clone())
}

pub(super) fn reference(component: &str) -> Value {
    serde_json::json!({"$ref": format!("#/components/schemas/{component}")})
}

pub(super) fn component_of(schema: &Value) -> Option<&str> {
    crate::shape::schema_name(schema["$ref"].as_str()?)
}

fn is_component(pointer: &str) -> bool {
    pointer.strip_prefix("/components/schemas/").is_some_and(|name| !name.contains('/'))
}

fn flatten(root: &Value, pointer: &str, all: &mut Vec<String>) {
    let Some(value) = root.pointer(pointer).filter(|_| !all.iter().any(|known| known == pointer))
    else {
        return;
    };
    all.push(pointer.to_owned());
    if let Some(reference) = value["$ref"].as_str() {
        flatten(root, reference.trim_start_matches('#'), all);
    }
    for (index, _) in array(&value["allOf"]).iter().enumerate() {
        flatten(root, &format!("{pointer}/allOf/{index}"), all);
    }
}

pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

pub(super) fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
