//! Operations that the sandbox serves, and their handlers.

use crate::model::{ApiError, Ctx, Kind, Outcome};
use crate::spec::FieldErrors;

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
    /// What the family's rules say of the body by itself. It is asked before the handler, also of
    /// bodies that the document refuses: whatever is wrong is reported at once.
    pub(crate) rules: Option<Rules>,
    /// Whether it writes although its method is a read, such as an event about the reading.
    pub(crate) writes: bool,
}

/// What is wrong with a body, beyond what the document says. The body may hold anything.
pub(crate) type Rules = fn(&Ctx<'_>) -> Result<FieldErrors, ApiError>;

impl Served {
    pub(crate) const fn new(id: &'static str, handler: Handler) -> Self {
        Self { id, handler, resources: &[], rules: None, writes: false }
    }

    pub(crate) const fn on(
        id: &'static str,
        resources: &'static [(&'static str, &'static Kind)],
        handler: Handler,
    ) -> Self {
        Self { id, handler, resources, rules: None, writes: false }
    }

    /// The same, with rules for its body.
    pub(crate) const fn ruled(self, rules: Rules) -> Self {
        Self { rules: Some(rules), ..self }
    }

    /// The same, of a read that writes.
    pub(crate) const fn writing(self) -> Self {
        Self { writes: true, ..self }
    }
}
