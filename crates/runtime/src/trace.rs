//! What is known of how a call was sent.

/// The trace of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallTrace {
    /// The number of attempts.
    pub attempts: u32,
    /// The idempotency key with which it was sent.
    pub idempotency_key: Option<String>,
    /// Whether the transport generated the key: the same call, made again without this key, has
    /// another one.
    pub key_is_generated: bool,
    /// The platform's request id.
    pub request_id: Option<String>,
    /// Whether the platform may have acted on any of the attempts; `None` from a transport that does
    /// not know.
    pub may_have_acted: Option<bool>,
    /// Why there was no other attempt after a retryable outcome.
    pub gave_up: Option<&'static str>,
}
