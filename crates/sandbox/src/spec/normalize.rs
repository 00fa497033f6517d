//! What a request body becomes before it is validated: exactly what the document describes, so that
//! no handler sees anything else.
//!
//! - A whole number under an integer schema is an integer, however it is written: `100`, `100.0`,
//!   `1e2`.
//! - An id is in lower case, as ids are stored.
//! - Members that the schema does not know are dropped: a record's own facts cannot come from a body.
//!   They are returned beside it: of a resource that has them, they may not change.
//! - Members that only the platform sets are taken out, and returned beside the body.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use foldhash::fast::RandomState;
use serde_json::{Map, Value};

use super::ids::{self, canonical_id};
use super::literals::{Literal, Literals};
use super::pointer::token;
use super::schema::{REFERENCES_MAX, is_marked_read_only, member_names, pointer};
use super::validate::{FieldErrors, WHOLE, dotted};

/// What a record says of itself. The document has some of these where a body is described; they are
/// nonetheless never the caller's, unless the operation requires them.
const OWN_FACTS: [&str; 6] = ["created", "created_at", "id", "tenant", "updated", "updated_at"];

/// The members of a body that only the platform sets, by JSON pointer. What was `null` is left out.
type ReadOnlyMembers = BTreeMap<String, Value>;

/// A body as the document describes it.
#[derive(Debug, Default)]
pub(crate) struct Normalized {
    pub(crate) read_only: ReadOnlyMembers,
    /// What the record says of itself, although the document lets a body have it.
    pub(crate) own_facts: ReadOnlyMembers,
    /// Members that were dropped, since the schema does not know them; items of lists are left out.
    pub(crate) unknown: BTreeMap<String, Value>,
    /// What is wrong with its numbers as they are written.
    pub(crate) numbers: FieldErrors,
    /// Whether the body holds what only a record that was read has.
    pub(crate) is_record: bool,
    /// Members that were dropped, although another variant of the same union has them: they were
    /// meant for something. By JSON pointer.
    pub(crate) of_other_variants: Vec<String>,
    /// The members that the document requires of the body.
    pub(crate) required: BTreeSet<String>,
    /// Whether a value was rewritten; dropped members do not count.
    pub(crate) is_rewritten: bool,
}

/// A document, and its components by what refers to them: a body follows dozens of references, and a
/// document has a thousand schemas.
pub(super) struct Components {
    root: &'static Value,
    by_reference: HashMap<String, &'static Value, RandomState>,
}

impl Components {
    pub(super) fn of(root: &'static Value) -> Self {
        let schemas = root["components"]["schemas"].as_object().into_iter().flatten();
        let by_reference = schemas
            .map(|(name, schema)| (format!("#/components/schemas/{}", token(name)), schema))
            .collect();
        Self { root, by_reference }
    }

    fn find(&self, reference: &str) -> Option<&'static Value> {
        self.by_reference.get(reference).copied().or_else(|| pointer(self.root, reference))
    }

    /// A schema, or what it refers to.
    fn deref(&self, schema: &'static Value) -> &'static Value {
        let mut schema = schema;
        for _ in 0..REFERENCES_MAX {
            let reference = schema.get("$ref").and_then(Value::as_str);
            match reference.and_then(|reference| self.find(reference)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }
}

/// Normalizes a body in place.
pub(super) fn normalize(
    document: &Components,
    schema: &'static Value,
    literals: &Literals,
    body: &mut Value,
) -> Normalized {
    let mut pass = Pass { document, literals, lists: 0, found: Normalized::default() };
    for pointer in literals.infinite() {
        pass.found.numbers.merge(FieldErrors::invalid(&dotted(pointer), "is out of range"));
    }
    let schemas = pass.expand(&[schema], body);
    let required = schemas.iter().flat_map(|schema| list(schema, "required"));
    pass.found.required = required.filter_map(Value::as_str).map(str::to_owned).collect();
    pass.value(&schemas, body, Location::Root);
    pass.found
}

/// Where a value is in a body. It is written as a JSON pointer, which few values need.
#[derive(Clone, Copy)]
enum Location<'a> {
    Root,
    Member(&'a Location<'a>, &'a str),
    Item(&'a Location<'a>, usize),
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Location::Root => Ok(()),
            Location::Member(parent, name) => {
                write!(f, "{parent}/{}", token(name))
            }
            Location::Item(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

struct Pass<'d> {
    document: &'d Components,
    literals: &'d Literals,
    /// The lists around the value.
    lists: usize,
    found: Normalized,
}

impl Pass<'_> {
    /// All schemas that describe a value: references followed, parts and variants included. Where a
    /// tag decides, only its variant is.
    fn expand(&self, schemas: &[&'static Value], value: &Value) -> Vec<&'static Value> {
        let mut open: Vec<&'static Value> = schemas.iter().rev().copied().collect();
        let mut expanded = Vec::new();
        while let Some(schema) = open.pop() {
            let schema = self.document.deref(schema);
            // Components may refer to themselves.
            if expanded.iter().any(|known: &&Value| std::ptr::eq(*known, schema)) {
                continue;
            }
            expanded.push(schema);
            open.extend(list(schema, "allOf"));
            match schema.get("discriminator") {
                Some(discriminator) => {
                    let tag = discriminator["propertyName"].as_str().unwrap_or_default();
                    let tag = value.get(tag).and_then(Value::as_str).unwrap_or_default();
                    let target = discriminator["mapping"].get(tag).and_then(Value::as_str);
                    let target = target.and_then(|target| self.document.find(target));
                    open.extend(target);
                }
                None => {
                    open.extend(list(schema, "oneOf"));
                    open.extend(list(schema, "anyOf"));
                }
            }
        }
        expanded
    }

    fn value(&mut self, schemas: &[&'static Value], value: &mut Value, at: Location<'_>) {
        match value {
            Value::Number(number) if number.is_f64() && has(schemas, "type", "integer") => {
                let at = at.to_string();
                match self.literals.at(&at) {
                    Some(Literal::Integer(whole)) => {
                        *value = Value::from(whole);
                        self.found.is_rewritten = true;
                    }
                    Some(Literal::Fraction) if !has(schemas, "type", "number") => {
                        self.found.numbers.merge(FieldErrors::invalid(&dotted(&at), WHOLE));
                    }
                    _ => {}
                }
            }
            Value::String(text) if has(schemas, "format", "uuid") => self.id(text),
            Value::Array(items) => {
                let of_items: Vec<&'static Value> =
                    schemas.iter().filter_map(|schema| schema.get("items")).collect();
                self.lists += 1;
                for (index, item) in items.iter_mut().enumerate() {
                    if !may_be_rewritten(item) {
                        continue;
                    }
                    let schemas = self.expand(&of_items, item);
                    self.value(&schemas, item, Location::Item(&at, index));
                }
                self.lists -= 1;
            }
            Value::Object(members) => self.object(schemas, members, at),
            _ => {}
        }
    }

    /// Puts an id into the form in which it is stored.
    fn id(&mut self, text: &mut String) {
        if let Some(id) = canonical_id(text).filter(|id| id != text) {
            *text = id;
            self.found.is_rewritten = true;
        }
    }

    fn object(
        &mut self,
        schemas: &[&'static Value],
        members: &mut Map<String, Value>,
        at: Location<'_>,
    ) {
        let is_root = matches!(at, Location::Root);
        let described: Vec<&'static Map<String, Value>> =
            schemas.iter().filter_map(|schema| schema.get("properties")?.as_object()).collect();
        let others: Vec<&'static Value> =
            schemas.iter().filter_map(|schema| schema.get("additionalProperties")).collect();
        let tag = |name: &str| {
            let tags = schemas.iter().filter_map(|schema| schema.get("discriminator"));
            tags.into_iter().any(|discriminator| discriminator["propertyName"] == name)
        };
        // Without a description anything goes; additional members that are forbidden are left for the
        // validation to report.
        let is_open = described.is_empty() || !others.is_empty();
        let names: Vec<String> = members.keys().cloned().collect();
        for name in names {
            if is_root && OWN_FACTS.contains(&name.as_str()) {
                self.found.is_record |= !self.found.required.contains(&name);
            }
            let here = Location::Member(&at, &name);
            let mut known: Vec<&'static Value> =
                described.iter().filter_map(|properties| properties.get(&name)).collect();
            if known.is_empty() {
                if is_root && OWN_FACTS.contains(&name.as_str()) {
                    if let Some(sent) = members.remove(&name).filter(|sent| !sent.is_null()) {
                        self.found.unknown.insert(here.to_string(), sent);
                    }
                    continue;
                }
                if is_open {
                    known.extend(others.iter().copied().filter(|schema| schema.is_object()));
                } else if !tag(&name) {
                    if let Some(sent) = members.remove(&name).filter(|sent| !sent.is_null()) {
                        if self.is_of_another_variant(schemas, &name) {
                            self.found.of_other_variants.push(here.to_string());
                        } else if self.lists == 0 {
                            self.found.unknown.insert(here.to_string(), sent);
                        }
                    }
                    continue;
                }
            }
            let is_read_only = known.iter().any(|schema| {
                is_marked_read_only(schema) || is_marked_read_only(self.document.deref(schema))
            });
            if is_read_only {
                if let Some(sent) = members.remove(&name).filter(|sent| !sent.is_null()) {
                    self.found.read_only.insert(here.to_string(), sent);
                    self.found.is_record = true;
                }
                continue;
            }
            if is_root && OWN_FACTS.contains(&name.as_str()) && !self.found.required.contains(&name)
            {
                if let Some(sent) = members.remove(&name).filter(|sent| !sent.is_null()) {
                    self.found.own_facts.insert(here.to_string(), sent);
                    self.found.is_rewritten = true;
                }
                continue;
            }
            // Metadata are the caller's: nothing describes its members.
            let is_described = || described.iter().any(|properties| properties.contains_key(&name));
            if let Some(value) = members.get_mut(&name) {
                if let Value::String(text) = value
                    && ids::is_member(&name)
                    && is_described()
                {
                    self.id(text);
                }
                if may_be_rewritten(value) {
                    let schemas = self.expand(&known, value);
                    self.value(&schemas, value, here);
                }
            }
        }
    }
}

impl Pass<'_> {
    fn is_of_another_variant(&self, schemas: &[&Value], name: &str) -> bool {
        let unions = schemas.iter().filter_map(|schema| schema.get("discriminator"));
        unions
            .filter_map(|discriminator| discriminator["mapping"].as_object())
            .flat_map(|mapping| mapping.values())
            .filter_map(|target| self.document.find(target.as_str()?))
            .any(|variant| member_names(self.document.root, variant).contains(name))
    }
}

/// Whether a value can become another one, whatever describes it. Most cannot, and are not looked up.
fn may_be_rewritten(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::Number(number) => number.is_f64(),
        Value::String(text) => ids::has_length(text),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn list<'d>(schema: &'d Value, keyword: &str) -> impl Iterator<Item = &'d Value> + use<'d> {
    schema.get(keyword).and_then(Value::as_array).into_iter().flatten()
}

fn has(schemas: &[&Value], keyword: &str, value: &str) -> bool {
    schemas.iter().any(|schema| schema.get(keyword).is_some_and(|given| given == value))
}
