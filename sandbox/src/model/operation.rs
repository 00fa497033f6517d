//! Operations that the sandbox serves, and their handlers.

use crate::model::{ApiError, Ctx, Kind, Outcome};

/// Answers a request.
pub(crate) type Handler = fn(&Ctx<'_>) -> Outcome;

/// Does what was scheduled, for the subject that it was scheduled for.
pub(crate) type Job = fn(&Ctx<'_>, &str) -> Result<(), ApiError>;

/// An operation that the sandbox does.
pub(crate) struct Served {
    pub(crate) id: &'static str,
    pub(crate) handler: Handler,
    /// What the URL names: parameter and kind.
    pub(crate) resources: &'static [(&'static str, &'static Kind)],
}

impl Served {
    pub(crate) const fn new(id: &'static str, handler: Handler) -> Self {
        Self { id, handler, resources: &[] }
    }

    pub(crate) const fn on(
        id: &'static str,
        resources: &'static [(&'static str, &'static Kind)],
        handler: Handler,
    ) -> Self {
        Self { id, handler, resources }
    }
}
