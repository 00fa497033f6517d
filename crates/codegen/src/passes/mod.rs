//! Pinned interface → normal form: what stands between the document and the client generator.
//!
//! One pass a file; each says what it repairs and counts the places it touched. After the last
//! one the document has a shape that the generator cannot misread:
//!
//! - every operation has one success response and its path parameters in the path;
//! - every schema component is an object with plain properties, a string enum, or a union with a
//!   tag; everything else is written where it is used;
//! - a property is a reference, a scalar, a list or a map.
//!
//! What the generator has no word for (unions, enums, forms, which operations page ...) leaves
//! the document and is kept in [`Facts`] for [`crate::emit`].

mod bodies;
mod clearable;
mod directions;
mod enums;
pub(crate) mod fields;
mod flatten;
mod formats;
mod hoist;
mod idempotency;
mod inline;
mod known_values;
mod limits;
mod names;
mod nesting;
mod parameters;
mod queries;
mod recursive;
mod responses;
mod rules;
mod tags;
mod typed;
mod unions;
mod visit;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use names::plain;
pub use rules::Rules;

use crate::document::{Document, OperationKey};
use crate::error::Result;
use crate::types::TypeRules;

/// What the passes took out of the document.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Per operation, what the call needs beside its types.
    pub operations: BTreeMap<OperationKey, OperationFacts>,
    /// String enums: component name → values.
    pub enums: BTreeMap<String, Vec<String>>,
    /// Tagged unions by component name.
    pub unions: BTreeMap<String, Union>,
    /// Multipart bodies by component name.
    pub forms: BTreeMap<String, Form>,
    /// Components that are sent, whether or not answers hold them too.
    pub requests: BTreeSet<String>,
    /// Components that are the body of PATCH alone: what they do not name stays as it is.
    pub patches: BTreeSet<String>,
    /// What a PATCH can clear: component → properties.
    pub clearable: BTreeMap<String, BTreeSet<String>>,
    /// Limits on what is sent: component → property.
    pub rules: BTreeMap<String, BTreeMap<String, Rules>>,
    /// Components that stand for a Rust type of the runtime: name → type.
    pub natives: BTreeMap<String, String>,
    /// Properties that are called otherwise on the wire: component → property → name there.
    pub wire_names: BTreeMap<String, BTreeMap<String, String>>,
    /// What the client has in a simpler form than the document: place and reason.
    pub notes: BTreeSet<(String, String)>,
    /// Names of types that no component may have.
    pub(crate) reserved: BTreeSet<String>,
}

impl Facts {
    /// Notes that something is simpler in the client than in the document.
    pub(crate) fn note(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        self.notes.insert((place.into(), reason.into()));
    }

    /// What a property is called on the wire.
    pub(crate) fn wire_name<'n>(&'n self, component: &str, property: &'n str) -> &'n str {
        let names = self.wire_names.get(component);
        names.and_then(|names| names.get(property)).map_or(property, String::as_str)
    }

    /// Forgets the types of components that are gone.
    pub(crate) fn retain(&mut self, is_there: impl Fn(&str) -> bool) {
        self.enums.retain(|name, _| is_there(name));
        self.unions.retain(|name, _| is_there(name));
        self.requests.retain(|name| is_there(name));
        self.patches.retain(|name| is_there(name));
        self.clearable.retain(|name, _| is_there(name));
        self.rules.retain(|name, _| is_there(name));
        self.natives.retain(|name, _| is_there(name));
    }
}

/// What a call needs beside its types.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OperationFacts {
    /// The document lists the `Idempotency-Key` header.
    pub lists_idempotency: bool,
    /// The document demands the `Idempotency-Key` header.
    pub requires_idempotency: bool,
    /// The property of the answer that holds a page's items, when the operation pages.
    pub page_items: Option<String>,
    /// How the body travels, when it is not JSON.
    pub body: Body,
    /// What a success brings.
    pub answer: Answer,
    /// Query parameters that hold a list, sent comma-separated.
    pub comma_separated: BTreeSet<String>,
    /// Query parameters that are called otherwise on the wire.
    pub wire_queries: BTreeMap<String, String>,
    /// The limits of query parameters.
    pub query_limits: BTreeMap<String, Rules>,
    /// Statuses that the document lists as errors.
    pub error_statuses: BTreeSet<String>,
}

/// How a request body travels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// JSON, or none.
    #[default]
    Json,
    /// `multipart/form-data` described by a component in [`Facts::forms`].
    Form(String),
    /// Bytes of this media type.
    Bytes(String),
}

/// What a success brings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Answer {
    /// Nothing that is promised.
    #[default]
    Nothing,
    /// JSON.
    Json,
    /// Bytes of another media type.
    Bytes,
}

/// A union whose tag says which variant a value is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Union {
    /// The property that holds the tag.
    pub tag: String,
    /// Tag value → component.
    pub variants: BTreeMap<String, String>,
    /// Variants whose own type no longer holds the tag, because the union writes it.
    pub tag_in_union: BTreeSet<String>,
    /// Variants of which nothing but the tag was left.
    pub bare: BTreeSet<String>,
}

/// A multipart form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Parts that are files.
    pub files: BTreeSet<String>,
    /// Parts that are text, in the order in which they are sent.
    pub texts: Vec<String>,
    /// Parts that must be there.
    pub required: BTreeSet<String>,
}

/// One named transformation.
struct Pass {
    name: &'static str,
    run: fn(&mut Document, &mut Facts, &TypeRules) -> Result<usize>,
}

/// How many places each pass touched, in the order of the passes.
pub type Report = Vec<(&'static str, usize)>;

/// The passes in order; a later one relies on what the earlier ones left.
const PASSES: [Pass; 24] = [
    Pass { name: "parameters", run: |d, f, _| parameters::run(d, f) },
    Pass { name: "idempotency", run: |d, f, _| idempotency::run(d, f) },
    Pass { name: "responses", run: |d, f, _| responses::run(d, f) },
    Pass { name: "names", run: |d, f, r| names::run(d, f, r) },
    Pass { name: "tags", run: |d, f, _| tags::run(d, f) },
    Pass { name: "known_values", run: |d, _, _| known_values::run(d) },
    Pass { name: "formats", run: |d, _, _| formats::run(d) },
    Pass { name: "recursive", run: |d, f, _| recursive::run(d, f) },
    Pass { name: "flatten", run: |d, f, _| flatten::run(d, f) },
    // What was only a part of something else has no say in how the rest is named.
    Pass { name: "parts", run: |d, _, _| Ok(d.drop_unreachable()) },
    Pass { name: "hoist", run: |d, f, _| hoist::run(d, f) },
    Pass { name: "bodies", run: |d, f, _| bodies::run(d, f) },
    Pass { name: "queries", run: |d, f, _| queries::run(d, f) },
    Pass { name: "directions", run: |d, f, _| directions::run(d, f) },
    Pass { name: "clearable", run: |d, f, _| Ok(clearable::run(d, f)) },
    Pass { name: "unions", run: |d, f, _| unions::run(d, f) },
    Pass { name: "rules", run: |d, f, _| rules::run(d, f) },
    Pass { name: "typed", run: |d, f, r| typed::run(d, f, r) },
    Pass { name: "inline", run: |d, f, _| inline::run(d, f) },
    Pass { name: "limits", run: |d, _, _| limits::run(d) },
    Pass { name: "enums", run: |d, f, _| enums::run(d, f) },
    Pass { name: "nesting", run: |d, _, _| nesting::run(d) },
    Pass { name: "fields", run: |d, f, _| fields::run(d, f) },
    Pass { name: "reachable", run: |d, _, _| Ok(d.drop_unreachable()) },
];

/// Runs every pass.
///
/// # Errors
/// When a pass meets something it cannot make sense of; the error names the place.
pub fn normalize(document: &mut Document, rules: &TypeRules) -> Result<(Facts, Report)> {
    let mut facts = Facts::default();
    for key in document.operations() {
        facts.operations.insert(key, OperationFacts::default());
    }
    let mut report = Vec::new();
    for pass in &PASSES {
        report.push((pass.name, (pass.run)(document, &mut facts, rules)?));
    }
    Ok((facts, report))
}

/// The passes without which the generator panics, or gives up, on the pinned v2 document.
///
/// - `responses`: it holds operations with several success and error types;
/// - `formats`: it holds formats without a type;
/// - `bodies`: it holds bodies that are images.
const FEWEST: [&str; 3] = ["responses", "formats", "bodies"];

/// Runs as few passes as the generator can do with, to compare with what all of them give.
///
/// # Errors
/// As [`normalize`].
pub(crate) fn repair(document: &mut Document) -> Result<()> {
    let (mut facts, rules) = (Facts::default(), TypeRules::default());
    for pass in PASSES.iter().filter(|pass| FEWEST.contains(&pass.name)) {
        (pass.run)(document, &mut facts, &rules)?;
    }
    Ok(())
}
