//! Where a document can be changed, and which ways what stands there travels.
//!
//! It finds its way by JSON pointers and knows nothing of how documents are compared, so that the
//! two can be held against each other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use synctera_drift::Direction;
use synctera_drift::pointer::{follow, token};

/// A schema that operations reach.
#[derive(Clone, Debug, Default)]
pub(super) struct Site {
    pub(super) directions: BTreeSet<Direction>,
    /// The sets of schemas that hold together wherever this one is used.
    nodes: BTreeSet<usize>,
    /// When it is a property, whether it has to be there, as far as that is said anywhere.
    pub(super) required: BTreeSet<bool>,
    /// Several schemas describe this property.
    pub(super) contested: bool,
    /// It is a property: the object that lists it, and its name.
    pub(super) property: Option<(String, String)>,
    /// It is used as a schema of its own somewhere, not as a part of another.
    pub(super) whole: bool,
}

/// All of them by pointer.
#[derive(Debug, Default)]
pub(super) struct Sites {
    pub(super) schemas: BTreeMap<String, Site>,
    nodes: Vec<Vec<String>>,
    seen: BTreeSet<(Vec<String>, Direction)>,
}

impl Sites {
    pub(super) fn of(root: &Value) -> Self {
        let mut sites = Self::default();
        for (path, item) in members(&root["paths"]) {
            for (method, operation) in members(item) {
                if operation.get("operationId").is_some() {
                    let place = format!("/paths/{}/{method}", token(path));
                    sites.operation(root, operation, &place, Direction::Request);
                }
            }
        }
        sites
    }

    /// Whether a keyword at a place is said there alone, wherever that schema is used.
    pub(super) fn alone(&self, root: &Value, pointer: &str, keyword: &str) -> bool {
        self.schemas.get(pointer).is_some_and(|site| {
            site.nodes.iter().flat_map(|node| &self.nodes[*node]).all(|other| {
                other == pointer
                    || root.pointer(other).is_some_and(|value| value.get(keyword).is_none())
            })
        })
    }

    /// Whether another schema that holds together with this one says that a property is needed.
    pub(super) fn needed_elsewhere(&self, root: &Value, pointer: &str, name: &str) -> bool {
        let nodes = self.schemas.get(pointer).map(|site| &site.nodes);
        let parts = nodes.into_iter().flatten().flat_map(|node| &self.nodes[*node]);
        let lists = |part: &String| {
            let value = root.pointer(part).map_or(&Value::Null, |value| &value["required"]);
            items(value).any(|needed| needed == name)
        };
        parts.filter(|part| *part != pointer).any(lists)
    }

    fn operation(&mut self, root: &Value, operation: &Value, place: &str, sends: Direction) {
        let reads =
            if sends == Direction::Request { Direction::Answer } else { Direction::Request };
        for (index, listed) in items(&operation["parameters"]).enumerate() {
            let at = follow(root, &format!("{place}/parameters/{index}"));
            let name = listed.get("name").or_else(|| root.pointer(&at)?.get("name"));
            if name.and_then(Value::as_str) != Some("Idempotency-Key") {
                self.whole(root, vec![format!("{at}/schema")], Direction::Request);
            }
        }
        self.content(root, &format!("{place}/requestBody"), sends);
        for (status, _) in members(&operation["responses"]) {
            let direction = if status.starts_with('2') || reads == Direction::Request {
                reads
            } else {
                Direction::Failure
            };
            self.content(root, &format!("{place}/responses/{status}"), direction);
        }
        for (name, expressions) in members(&operation["callbacks"]) {
            for (expression, item) in members(expressions) {
                for (method, callback) in members(item) {
                    let place =
                        format!("{place}/callbacks/{}/{}/{method}", token(name), token(expression));
                    self.operation(root, callback, &place, Direction::Answer);
                }
            }
        }
    }

    fn content(&mut self, root: &Value, holder: &str, direction: Direction) {
        let holder = follow(root, holder);
        let content = root.pointer(&holder).map_or(&Value::Null, |holder| &holder["content"]);
        for (media, _) in members(content) {
            let schema = format!("{holder}/content/{}/schema", token(media));
            self.whole(root, vec![schema], direction);
        }
    }

    /// A schema in a place where values stand.
    fn whole(&mut self, root: &Value, parts: Vec<String>, direction: Direction) {
        let mut all = Vec::new();
        for part in &parts {
            flatten(root, part, &mut all);
        }
        if let Some(first) = all.first() {
            self.schemas.entry(first.clone()).or_default().whole = true;
        }
        self.node(root, all, direction);
    }

    fn node(&mut self, root: &Value, all: Vec<String>, direction: Direction) {
        if all.is_empty() || !self.seen.insert((all.clone(), direction)) {
            return;
        }
        let node = self.nodes.len();
        self.nodes.push(all.clone());
        let mut properties: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut required = BTreeSet::new();
        for pointer in &all {
            let site = self.schemas.entry(pointer.clone()).or_default();
            site.directions.insert(direction);
            site.nodes.insert(node);
            let Some(value) = root.pointer(pointer) else {
                continue;
            };
            for (name, _) in members(&value["properties"]) {
                let place = format!("{pointer}/properties/{}", token(name));
                properties.entry(name.clone()).or_default().push(place);
            }
            required.extend(items(&value["required"]).filter_map(Value::as_str).map(str::to_owned));
        }
        for (name, parts) in properties {
            self.property(root, &name, parts, required.contains(&name), direction);
        }
        for pointer in &all {
            let Some(value) = root.pointer(pointer) else {
                continue;
            };
            if value.get("items").is_some() {
                self.whole(root, vec![format!("{pointer}/items")], direction);
            }
            if value["additionalProperties"].is_object() {
                self.whole(root, vec![format!("{pointer}/additionalProperties")], direction);
            }
            for variant in variants(value, pointer) {
                self.whole(root, vec![variant], direction);
            }
        }
    }

    fn property(
        &mut self,
        root: &Value,
        name: &str,
        parts: Vec<String>,
        required: bool,
        direction: Direction,
    ) {
        let mut all = Vec::new();
        for part in &parts {
            flatten(root, part, &mut all);
        }
        let hidden = if direction == Direction::Request { "readOnly" } else { "writeOnly" };
        let is_hidden =
            all.iter().any(|part| root.pointer(part).is_some_and(|value| value[hidden] == true));
        if is_hidden {
            return;
        }
        for part in &parts {
            let site = self.schemas.entry(part.clone()).or_default();
            site.required.insert(required);
            site.contested |= parts.len() > 1;
            if let Some((object, _)) = part.rsplit_once("/properties/") {
                site.property = Some((object.to_owned(), name.to_owned()));
            }
        }
        self.whole(root, parts, direction);
    }
}

/// The schemas that hold for what stands at a pointer.
fn flatten(root: &Value, pointer: &str, all: &mut Vec<String>) {
    if all.iter().any(|known| known == pointer) {
        return;
    }
    let Some(value) = root.pointer(pointer) else {
        return;
    };
    all.push(pointer.to_owned());
    if let Some(reference) = value["$ref"].as_str() {
        flatten(root, reference.trim_start_matches('#'), all);
    }
    for (index, _) in items(&value["allOf"]).enumerate() {
        flatten(root, &format!("{pointer}/allOf/{index}"), all);
    }
    for keyword in ["oneOf", "anyOf"] {
        if items(&value[keyword]).count() == 1 && value.get("discriminator").is_none() {
            flatten(root, &format!("{pointer}/{keyword}/0"), all);
        }
    }
}

fn variants(value: &Value, pointer: &str) -> Vec<String> {
    let mapping: Vec<String> = members(&value["discriminator"]["mapping"])
        .filter_map(|(_, target)| Some(target.as_str()?.trim_start_matches('#').to_owned()))
        .collect();
    if !mapping.is_empty() {
        return mapping;
    }
    let mut all = Vec::new();
    for keyword in ["oneOf", "anyOf"] {
        let count = items(&value[keyword]).count();
        if count > 1 {
            all.extend((0..count).map(|index| format!("{pointer}/{keyword}/{index}")));
        }
    }
    all
}

pub(super) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
