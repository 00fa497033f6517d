//! Which public item a place of the document became.
//!
//! The document and its normal form are gone through side by side, from every operation down: what
//! stands for the same value is the same item.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use synctera_codegen::Document;
use synctera_codegen::passes::Body;

use super::Normal;
use super::items::{field_name, query_name};
use crate::pointer::{follow, token};
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
        let mut reader = Reader {
            root: document.root(),
            normal,
            names: Self::default(),
            seen: BTreeSet::new(),
            open: Vec::new(),
        };
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
        while let Some((parts, normal, holder)) = reader.open.pop() {
            reader.read(parts, &normal, &holder);
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

/// A schema of the document, and its JSON pointer.
#[derive(Clone)]
struct Part<'a> {
    value: &'a Value,
    pointer: String,
}

impl<'a> Part<'a> {
    fn of(value: &'a Value, pointer: String) -> Self {
        Self { value, pointer }
    }

    fn at(root: &'a Value, pointer: String) -> Option<Self> {
        Some(Self { value: root.pointer(&pointer)?, pointer })
    }
}

struct Reader<'a> {
    root: &'a Value,
    normal: &'a Normal,
    names: Names,
    seen: BTreeSet<(Vec<String>, String)>,
    /// What is still to be read: schemas lead to schemas for longer than calls can be nested.
    open: Vec<(Vec<Part<'a>>, Value, String)>,
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
            let schema = normal.map_or(&Value::Null, |parameter| &parameter["schema"]);
            self.schema(vec![Part::of(&value["schema"], format!("{place}/schema"))], schema, &item);
        }
        let body = follow(self.root, &format!("{pointer}/requestBody"));
        self.note(&body, &method);
        self.content(&body, first_schema(&after["requestBody"]), &method);
        for (status, _) in members(&operation["responses"]) {
            if !status.starts_with('2') {
                continue;
            }
            let answer = follow(self.root, &format!("{pointer}/responses/{status}"));
            let schema = members(&after["responses"])
                .filter(|(status, _)| status.starts_with('2'))
                .map(|(_, answer)| first_schema(answer))
                .next()
                .unwrap_or(&Value::Null);
            self.content(&answer, schema, &method);
        }
    }

    fn content(&mut self, holder: &str, schema: &Value, method: &str) {
        let root: &'a Value = self.root;
        let content = root.pointer(holder).map_or(&Value::Null, |holder| &holder["content"]);
        for (media, value) in members(content) {
            let pointer = format!("{holder}/content/{}/schema", token(media));
            self.schema(vec![Part::of(&value["schema"], pointer)], schema, method);
        }
    }

    fn schema(&mut self, parts: Vec<Part<'a>>, normal: &Value, holder: &str) {
        self.open.push((parts, normal.clone(), holder.to_owned()));
    }

    /// A schema of the document, by the pointers of its parts, beside what became of it.
    fn read(&mut self, parts: Vec<Part<'a>>, normal: &Value, holder: &str) {
        let mut all = Vec::new();
        for part in &parts {
            flatten(self.root, part.clone(), &mut all);
        }
        let component = component_of(normal);
        for part in all.iter().filter(|part| is_component(&part.pointer)) {
            let holders = self.names.holders.entry(part.pointer.clone()).or_default();
            holders.insert(holder.to_owned());
        }
        let own = component.filter(|name| !self.normal.facts.natives.contains_key(*name));
        let item = own.map_or_else(|| holder.to_owned(), |name| self.normal.type_of(name));
        // What a place refers to is the type's; what stands in the place is each holder's too.
        if own.is_some() {
            for part in parts.iter().filter(|part| !is_component(&part.pointer)) {
                self.note(&part.pointer, holder);
            }
        }
        let pointers = all.iter().map(|part| part.pointer.clone()).collect();
        if !self.seen.insert((pointers, item.clone())) {
            return;
        }
        for part in &all {
            self.note(&part.pointer, &item);
        }
        let document = &self.normal.document;
        let schema = match component {
            Some(name) => document.schema(name).unwrap_or(&Value::Null),
            None => normal,
        };
        self.variants(&all, component, normal, holder);
        let mut properties: BTreeMap<&'a str, Vec<Part<'a>>> = BTreeMap::new();
        for Part { value, pointer } in &all {
            for (name, value) in members(&value["properties"]) {
                let place = format!("{pointer}/properties/{}", token(name));
                properties.entry(name).or_default().push(Part::of(value, place));
            }
            for inner in ["items", "additionalProperties"] {
                if value[inner].is_object() {
                    let part = Part::of(&value[inner], format!("{pointer}/{inner}"));
                    self.schema(vec![part], &schema[inner], &item);
                }
            }
        }
        for (name, places) in properties {
            let Some(after) = schema["properties"].get(name) else {
                continue;
            };
            let field = format!("{item}.{}", field_name(name));
            for place in &places {
                self.note(&place.pointer, &field);
            }
            self.schema(places, after, &field);
        }
    }

    /// The variants of a union: each has a type of its own where a tag distinguishes them, else all
    /// of them became one.
    fn variants(
        &mut self,
        all: &[Part<'a>],
        component: Option<&str>,
        normal: &Value,
        holder: &str,
    ) {
        let (root, facts): (&'a Value, _) = (self.root, &self.normal.facts);
        let union = component.and_then(|name| facts.unions.get(name));
        for Part { value, pointer } in all {
            if let Some(union) = union {
                for (tag, target) in members(&value["discriminator"]["mapping"]) {
                    let target = target.as_str().unwrap_or_default().trim_start_matches('#');
                    if let Some(variant) = union.variants.get(tag) {
                        let variant = reference(variant);
                        let target = Part::at(root, target.to_owned());
                        self.schema(target.into_iter().collect(), &variant, holder);
                    }
                }
                continue;
            }
            for keyword in ["oneOf", "anyOf"] {
                for (index, value) in array(&value[keyword]).iter().enumerate() {
                    let part = Part::of(value, format!("{pointer}/{keyword}/{index}"));
                    self.schema(vec![part], normal, holder);
                }
            }
        }
    }
}

fn operation_id(operation: &Value) -> &str {
    operation["operationId"].as_str().unwrap_or_default()
}

/// The schema of the first media type.
pub(super) fn first_schema(holder: &Value) -> &Value {
    members(&holder["content"]).next().map_or(&Value::Null, |(_, media)| &media["schema"])
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

fn flatten<'a>(root: &'a Value, part: Part<'a>, all: &mut Vec<Part<'a>>) {
    if part.value.is_null() || all.iter().any(|known| known.pointer == part.pointer) {
        return;
    }
    let Part { value, pointer } = part.clone();
    all.push(part);
    if let Some(reference) = value["$ref"].as_str()
        && let Some(target) = Part::at(root, reference.trim_start_matches('#').to_owned())
    {
        flatten(root, target, all);
    }
    for (index, value) in array(&value["allOf"]).iter().enumerate() {
        flatten(root, Part::of(value, format!("{pointer}/allOf/{index}")), all);
    }
}

pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

pub(super) fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
