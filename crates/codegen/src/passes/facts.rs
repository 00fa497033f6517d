//! What the passes take out of a document for what comes after them.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::OperationKey;

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
    /// Headers that must be given: argument → header.
    pub headers: BTreeMap<String, Header>,
    /// The limits of query parameters.
    pub query_limits: BTreeMap<String, Rules>,
    /// Statuses that the document lists as errors.
    pub error_statuses: BTreeSet<String>,
}

/// A header, or a cookie, that is an argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its name on the wire.
    pub name: String,
    /// Whether it is one of the cookies.
    pub is_cookie: bool,
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

/// The limits of one property.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Characters at least.
    pub min_length: Option<u64>,
    /// Characters at most.
    pub max_length: Option<u64>,
    /// What a text must match.
    pub pattern: Option<String>,
    /// The smallest number.
    pub minimum: Option<f64>,
    /// The largest number.
    pub maximum: Option<f64>,
    /// Items at least.
    pub min_items: Option<u64>,
    /// Items at most.
    pub max_items: Option<u64>,
    /// The limits of a list's items.
    pub items: Option<Box<Rules>>,
}
