//! The parts of a request, as a handler gets them.

use std::collections::BTreeMap;

use serde_json::Value;

/// What the engine has read and validated; empty where no request caused the work.
#[derive(Clone, Default)]
pub(crate) struct RequestParts {
    /// The parameters of the path.
    pub(crate) parameters: BTreeMap<&'static str, String>,
    pub(crate) query: BTreeMap<String, Value>,
    /// Whether a list has no place for the token of a next page, and so is answered as a whole.
    pub(crate) is_whole: bool,
    /// Whether a list begins with the newest, unless the query asks for an order.
    pub(crate) is_newest_first: bool,
    /// The interface and the id of the operation.
    pub(crate) operation: String,
    /// Parameters of the query that the operation does not have, as they came.
    pub(crate) unknown_parameters: Vec<String>,
    pub(crate) body: Value,
    /// The body, where it is not JSON.
    pub(crate) upload: Vec<u8>,
    pub(crate) form: Vec<Part>,
    pub(crate) content_type: String,
    /// What the caller's URLs have after `http://`: host and port, and the path of a fork.
    pub(crate) base: String,
    pub(crate) idempotency_key: Option<String>,
}

/// A part of a form.
#[derive(Clone, Default)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Vec<u8>,
}
