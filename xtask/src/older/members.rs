//! The members that a schema describes, by dotted name: `legal_address.city`, `lines[].amount`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use synctera_codegen::Document;

/// How deep members are looked at; components may contain themselves.
const DEPTH_MAX: usize = 7;

#[derive(Clone, Debug, Default)]
pub(super) struct Member {
    pub(super) values: BTreeSet<String>,
    pub(super) is_required: bool,
    pub(super) is_read_only: bool,
}

pub(super) type Members = BTreeMap<String, Member>;

/// The members of the body that an operation takes.
pub(super) fn body(document: &Document, operation: &Value) -> Members {
    operation.get("requestBody").map(|body| of_content(document, body)).unwrap_or_default()
}

/// The members of what an operation answers when it succeeds.
pub(super) fn answer(document: &Document, operation: &Value) -> Members {
    let responses = operation.get("responses").and_then(Value::as_object);
    let success = responses
        .into_iter()
        .flatten()
        .find(|(status, _)| status.starts_with('2'))
        .map(|(_, response)| response);
    success.map(|response| of_content(document, response)).unwrap_or_default()
}

/// The parameters of the query, and whether each is required.
pub(super) fn query(
    (document, operation, path): (&Document, &Value, &str),
) -> BTreeMap<String, bool> {
    let of_path = document.root().get("paths").and_then(|paths| paths.get(path));
    [of_path, Some(operation)]
        .into_iter()
        .flatten()
        .filter_map(|of| of.get("parameters")?.as_array())
        .flatten()
        .map(|parameter| document.deref(parameter))
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            (name, parameter["required"] == true)
        })
        .collect()
}

fn of_content(document: &Document, of: &Value) -> Members {
    let content = document.deref(of).get("content").and_then(Value::as_object);
    let schema = content.and_then(|content| content.values().next()?.get("schema"));
    let mut members = Members::new();
    if let Some(schema) = schema {
        let mut walk = Walk { document, found: &mut members };
        walk.schema(schema, "", 0, &[], true);
    }
    members
}

struct Walk<'d, 'm> {
    document: &'d Document,
    found: &'m mut Members,
}

impl<'d> Walk<'d, '_> {
    /// Notes the members of a schema at a name. Those of a variant are not required.
    fn schema(
        &mut self,
        schema: &'d Value,
        at: &str,
        depth: usize,
        above: &[&'d str],
        is_certain: bool,
    ) {
        if depth > DEPTH_MAX {
            return;
        }
        let mut above = above.to_vec();
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            if above.contains(&reference) {
                return;
            }
            above.push(reference);
        }
        let schema = self.document.deref(schema);
        if !at.is_empty() {
            let member = self.found.entry(at.to_owned()).or_default();
            member.values.extend(list(schema, "enum").map(|value| match value.as_str() {
                Some(text) => text.to_owned(),
                None => value.to_string(),
            }));
        }
        for part in list(schema, "allOf") {
            self.schema(part, at, depth, &above, is_certain);
        }
        for variant in list(schema, "oneOf").chain(list(schema, "anyOf")) {
            self.schema(variant, at, depth, &above, false);
        }
        if let Some(items) = schema.get("items") {
            self.schema(items, &format!("{at}[]"), depth + 1, &above, is_certain);
        }
        let join =
            |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        for (name, property) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            let name = join(name);
            self.schema(property, &name, depth + 1, &above, is_certain);
            let member = self.found.entry(name).or_default();
            member.is_read_only |= self.document.deref(property)["readOnly"] == true;
        }
        for name in list(schema, "required").filter_map(Value::as_str).filter(|_| is_certain) {
            // What is required may be described by another part.
            self.found.entry(join(name)).or_default().is_required = true;
        }
    }
}

fn list<'d>(schema: &'d Value, keyword: &str) -> impl Iterator<Item = &'d Value> {
    schema.get(keyword).and_then(Value::as_array).into_iter().flatten()
}
