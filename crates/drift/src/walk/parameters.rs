//! Parameters: by where they travel and what they are called; those of the path by position.

use std::collections::BTreeMap;

use serde_json::Value;
use synctera_codegen::Document;

use super::operation::{IDEMPOTENCY_KEY, Operation, below};
use super::{Cx, Found, Walk, zip};
use crate::place::Place;
use crate::rules::parameters as rules;
use crate::shape::{At, Node, Shape, array};

/// Headers that are no parameters, whatever a document says.
const IGNORED: [&str; 3] = ["Accept", "Authorization", "Content-Type"];

/// A parameter of one operation.
#[derive(Clone, Debug)]
pub(super) struct Parameter<'a> {
    travels: &'a str,
    name: &'a str,
    pub(super) required: bool,
    value: &'a Value,
    place: Place<'a>,
    node: Node<'a>,
}

impl Parameter<'_> {
    pub(super) fn is_idempotency_key(&self) -> bool {
        self.travels == "header" && self.name.eq_ignore_ascii_case(IDEMPOTENCY_KEY)
    }

    /// As people call it; a component's name may be another.
    fn reported(&self) -> String {
        format!("{} {}", self.travels, self.name)
    }

    /// How lists and objects are written, by the defaults of the specification.
    fn serialization(&self) -> (String, bool, bool) {
        let usual = if matches!(self.travels, "query" | "cookie") { "form" } else { "simple" };
        let style = self.value["style"].as_str().unwrap_or(usual);
        let explode = self.value["explode"].as_bool().unwrap_or(style == "form");
        (style.to_owned(), explode, self.value["allowReserved"] == true)
    }
}

impl<'a> Walk<'a> {
    pub(super) fn parameters(&mut self, cx: Cx, old: &Operation<'a>, new: &Operation<'a>) {
        let (before, after) = (listed(self.old, old), listed(self.new, new));
        self.path_parameters(cx, (&before, old), (&after, new));
        let had_query = before.iter().any(|p| p.travels == "query");
        let (mut before, mut after) = (by_name(before), by_name(after));
        let moved: Vec<_> = before
            .keys()
            .filter(|key| !after.contains_key(*key))
            .filter_map(|from| {
                let mut to = after.keys().filter(|to| !before.contains_key(*to));
                Some((*from, *to.find(|to| to.1.eq_ignore_ascii_case(from.1))?))
            })
            .collect();
        for (from, to) in moved {
            if let (Some(before), Some(after)) = (before.remove(&from), after.remove(&to)) {
                let found = Found::added(&rules::MOVED, &after.place);
                self.note(cx, found.from(before.travels).to(after.travels));
            }
        }
        for (_, before, after) in zip(&before, &after) {
            match (before, after) {
                (Some(before), None) => {
                    let found = Found::removed(&rules::REMOVED, &before.place);
                    self.note(cx, found.from(before.reported()));
                }
                (None, Some(after)) => self.parameter_added(cx, after, had_query),
                (Some(before), Some(after)) => self.parameter(cx, before, after),
                (None, None) => {}
            }
        }
    }

    fn parameter_added(&mut self, cx: Cx, parameter: &Parameter<'a>, had_query: bool) {
        if parameter.required {
            let found = Found::added(&rules::REQUIRED_ADDED, &parameter.place);
            self.note(cx, found.to(parameter.reported()));
            return;
        }
        // Filters are fields of one struct, which is an argument once there is one; a header is an
        // argument of its own.
        let found = Found::added(&rules::OPTIONAL_ADDED, &parameter.place);
        let new_argument = parameter.travels == "header" || !had_query;
        self.note(cx, found.to(parameter.reported()).rust(new_argument));
    }

    /// The path's parameters by where they stand in it.
    fn path_parameters(
        &mut self,
        cx: Cx,
        (before, old): (&[Parameter<'a>], &Operation<'a>),
        (after, new): (&[Parameter<'a>], &Operation<'a>),
    ) {
        let names = (placeholders(&old.key.path), placeholders(&new.key.path));
        for (old_name, new_name) in names.0.into_iter().zip(names.1) {
            let find = |all: &[Parameter<'a>], name: &str| {
                all.iter().find(|p| p.travels == "path" && p.name == name).cloned()
            };
            if old_name != new_name {
                let found = Found::added(&rules::PATH_RENAMED, &new.place("", ""));
                self.note(cx, found.from(old_name.clone()).to(new_name.clone()));
            }
            if let (Some(before), Some(after)) = (find(before, &old_name), find(after, &new_name)) {
                self.parameter(cx, &before, &after);
            }
        }
    }

    fn parameter(&mut self, cx: Cx, old: &Parameter<'a>, new: &Parameter<'a>) {
        let place = &new.place;
        match (old.required, new.required) {
            (false, true) => self.note(cx, Found::added(&rules::BECAME_REQUIRED, place)),
            (true, false) => self.note(cx, Found::added(&rules::BECAME_OPTIONAL, place)),
            _ => {}
        }
        let flag = |parameter: &Parameter<'_>, key: &str| parameter.value[key] == true;
        for (key, set, unset) in [
            ("deprecated", &rules::DEPRECATED, &rules::UNDEPRECATED),
            ("allowEmptyValue", &rules::ALLOWS_EMPTY, &rules::FORBIDS_EMPTY),
        ] {
            match (flag(old, key), flag(new, key)) {
                (false, true) => self.note(cx, Found::added(set, place)),
                (true, false) => self.note(cx, Found::added(unset, place)),
                _ => {}
            }
        }
        let (was, is) = (self.old_shape(&old.node), self.new_shape(&new.node));
        let both = old.required && new.required;
        let form = |parameter: &Parameter<'_>| parameter.serialization().0 == "form";
        match (was.items.as_ref(), is.items.as_ref()) {
            (None, Some(items)) if form(new) && is_scalar(&was) => {
                self.note(cx, Found::added(&rules::BECAME_LIST, place));
                self.place(cx, &old.node, items, both);
                return;
            }
            (Some(items), None) if form(old) && is_scalar(&is) => {
                self.note(cx, Found::added(&rules::BECAME_SINGLE, place));
                self.place(cx, items, &new.node, both);
                return;
            }
            _ => {}
        }
        let (before, after) = (old.serialization(), new.serialization());
        // A single value is written the same either way.
        if before != after && !(is_scalar(&was) && is_scalar(&is) && before.2 == after.2) {
            let text = |(style, explode, reserved): (String, bool, bool)| {
                let explode = if explode { "exploded" } else { "joined" };
                let reserved = if reserved { ", reserved characters as they are" } else { "" };
                format!("{style}, {explode}{reserved}")
            };
            let found = Found::added(&rules::SERIALIZATION_CHANGED, place);
            self.note(cx, found.from(text(before)).to(text(after)));
        }
        self.place(cx, &old.node, &new.node, both);
    }
}

/// What an operation lists, with what its path lists for all methods.
pub(super) fn listed<'a>(document: &'a Document, operation: &Operation<'a>) -> Vec<Parameter<'a>> {
    let mut all: Vec<Parameter<'a>> = Vec::new();
    for (holder, of_path) in [(operation.value, false), (operation.item, true)] {
        for (index, listed) in array(holder, "parameters").iter().enumerate() {
            let value = document.deref(listed);
            let (Some(travels), Some(name)) = (value["in"].as_str(), value["name"].as_str()) else {
                continue;
            };
            // Content, and who asks, are said elsewhere: the specification ignores these.
            if travels == "header" && IGNORED.iter().any(|own| own.eq_ignore_ascii_case(name)) {
                continue;
            }
            // What the operation says goes before what the path says.
            if all.iter().any(|p| p.travels == travels && p.name == name) {
                continue;
            }
            let component = listed["$ref"]
                .as_str()
                .and_then(|reference| reference.strip_prefix("#/components/parameters/"));
            let place = match component {
                Some(component) => Place::component("parameters", component),
                None if of_path => Place::part(
                    format!("{}, {travels} {name}", operation.key.path),
                    format!("{}/{index}", below(&["paths", &operation.key.path, "parameters"])),
                ),
                None => {
                    operation.place(&format!("{travels} {name}"), &format!("/parameters/{index}"))
                }
            };
            let schema = value.get("schema").map(|schema| (schema, "/schema".to_owned()));
            let content = || {
                let (media, content) = value["content"].as_object()?.iter().next()?;
                Some((content.get("schema")?, below(&["content", media, "schema"])))
            };
            let node = schema
                .or_else(content)
                .map(|(value, pointer)| vec![At { value, place: place.below(pointer) }])
                .unwrap_or_default();
            let required = value["required"] == true;
            all.push(Parameter { travels, name, required, value, place, node });
        }
    }
    all
}

/// All but those of the path, and but the idempotency key, which the transport sends.
fn by_name<'a>(all: Vec<Parameter<'a>>) -> BTreeMap<(&'a str, &'a str), Parameter<'a>> {
    all.into_iter()
        .filter(|parameter| parameter.travels != "path" && !parameter.is_idempotency_key())
        .map(|parameter| ((parameter.travels, parameter.name), parameter))
        .collect()
}

fn is_scalar(shape: &Shape<'_>) -> bool {
    matches!(shape.type_name(), Some("string" | "integer" | "number" | "boolean"))
}

fn placeholders(path: &str) -> Vec<String> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(str::to_owned)
        .collect()
}
