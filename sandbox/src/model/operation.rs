//! Operations that the sandbox serves, and what their handlers get and return.

use super::{Ctx, Kind, Refusal, Reply};

/// What a handler returns.
pub(crate) type Outcome = Result<Reply, Refusal>;

/// A part of a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Vec<u8>,
}

/// An operation that the sandbox does.
pub(crate) struct Served {
    pub(crate) id: &'static str,
    pub(crate) handler: fn(&Ctx<'_>) -> Outcome,
    /// What the URL names: parameter and kind.
    pub(crate) resources: &'static [(&'static str, &'static Kind)],
}

impl Served {
    pub(crate) const fn new(id: &'static str, handler: fn(&Ctx<'_>) -> Outcome) -> Self {
        Self { id, handler, resources: &[] }
    }

    pub(crate) const fn on(
        id: &'static str,
        resources: &'static [(&'static str, &'static Kind)],
        handler: fn(&Ctx<'_>) -> Outcome,
    ) -> Self {
        Self { id, handler, resources }
    }
}
