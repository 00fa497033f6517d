//! Events on their way to webhooks.

use chrono::{DateTime, Utc};

use crate::store::Delivery;

/// An event, ready to be sent.
#[derive(Debug)]
pub(crate) struct Letter {
    pub(crate) delivery: Delivery,
    pub(crate) url: String,
    /// Unix seconds, as the header says them.
    pub(crate) timestamp: String,
    /// Nothing, when the workspace has no secret.
    pub(crate) signature: Option<String>,
    pub(crate) body: String,
    pub(crate) sent_at: DateTime<Utc>,
}

/// What came of sending one.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// Nothing, when there was no answer.
    pub(crate) status: Option<u16>,
    /// The answer's body, or why there was none.
    pub(crate) answer: String,
}

impl Attempt {
    pub(crate) fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// What becomes of an event that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrived, or nobody waits for it any more.
    Over,
    /// It is sent again.
    Again,
    /// It did not arrive, and is not sent any more.
    GivenUp,
}
