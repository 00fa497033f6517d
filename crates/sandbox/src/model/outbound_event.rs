//! Events on their way to webhooks.

use chrono::{DateTime, Utc};

use crate::store::Delivery;

/// An event, ready to be sent.
pub(crate) struct OutboundEvent {
    pub(crate) delivery: Delivery,
    pub(crate) url: String,
    /// Unix seconds, as the header says them.
    pub(crate) timestamp: String,
    /// `None` when the workspace has no secret.
    pub(crate) signature: Option<String>,
    pub(crate) body: String,
    pub(crate) sent_at: DateTime<Utc>,
}

/// What is to be done now for a delivery.
pub(crate) enum NextStep {
    /// The event is sent.
    Send(Box<OutboundEvent>),
    /// Its webhook is disabled, and its events wait.
    Wait,
    /// Nothing is left to do.
    End,
}

/// The outcome of an attempt to send one.
#[derive(Debug)]
pub(crate) struct Attempt {
    /// `None` without a response.
    pub(crate) status: Option<u16>,
    /// The body of the response, or why there was none.
    pub(crate) answer: String,
}

impl Attempt {
    pub(crate) fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeliveryOutcome {
    /// It was delivered, or its webhook is gone.
    Over,
    /// It is sent again later.
    Again,
    /// It was not delivered, and is not sent again.
    GivenUp,
}
