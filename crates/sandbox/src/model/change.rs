//! What a request records of what it does, so that events can follow from it.

use serde_json::Value;

use crate::model::Kind;

/// A resource that this request changed, and how it was before.
pub(crate) struct Change {
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    /// `None` when it is new.
    pub(crate) before: Option<Value>,
}

/// An event that does not follow from a change of its resource.
pub(crate) struct Raised {
    pub(crate) event: &'static str,
    pub(crate) kind: &'static Kind,
    pub(crate) id: String,
}

/// Which changes are recorded.
pub(crate) struct Recording {
    /// Whether changes of a kind are recorded in any case.
    pub(crate) is_always_recorded: fn(&Kind) -> bool,
    /// Whether changes of a kind raise events; they are recorded while there are listeners.
    pub(crate) raises_events: fn(&Kind) -> bool,
    /// The kind of the listeners.
    pub(crate) listeners: &'static Kind,
}
