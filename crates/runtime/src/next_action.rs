//! What a person or a program should do about an error.

/// What a person or a program should do about an [`Error`](crate::Error).
///
/// The error's text says it with the key and the attempt that the case has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NextAction {
    /// Nothing was changed. Correct the input and call again; a journey that has completed steps runs
    /// again with the same key and the next attempt.
    CorrectInput,
    /// Change how the client is configured: its key, environment, rules or limits.
    ChangeConfiguration,
    /// The answer is not from the platform's API, but from a proxy, a gateway or another host, and for
    /// a write it may be unknown whether the platform acted. Check the base URL, the proxy and the
    /// network, and call again, unchanged.
    CheckNetwork,
    /// Nothing was changed in this step. Call again when the reason that the error names is gone.
    RemoveReason,
    /// Call again, unchanged; a write with the same idempotency key. [`Error::is_retryable`](crate::Error::is_retryable) is `true`.
    Retry,
    /// Wait, for [`Error::retry_after`](crate::Error::retry_after) where it is known, and call again, unchanged; a write with
    /// the same idempotency key. [`Error::is_retryable`](crate::Error::is_retryable) is `true`.
    WaitAndRetry,
    /// The key was generated for this call or run, and the platform may have acted under it. Wait for
    /// [`Error::retry_after`](crate::Error::retry_after) where it is known, and call again with that key: it is in
    /// [`Error::idempotency_key`](crate::Error::idempotency_key), for a journey in [`Progress::key`](crate::Progress::key). The same call without it may
    /// act a second time.
    RetryWithKey,
    /// The platform may have acted, and may act again: check whether it did before calling again.
    CheckBeforeRetry,
    /// The API key is not accepted, or lacks a permission.
    CheckApiKey,
    /// The platform refused and did nothing. Correct the cause; a single write is sent again with a
    /// new idempotency key, a journey runs again with the same key and the next attempt.
    CorrectAndContinue,
    /// The idempotency key was used for another request. Use a new one; a journey whose input was
    /// corrected runs again with the same key and the next attempt.
    UseNewKey,
    /// The platform acted, or may have acted, but its answer cannot be read. Read the resource; do
    /// not send a write again with a new key.
    ReadResource,
    /// A verification is not decided yet, or a person has to decide it: wait for the decision, or
    /// send an identity document.
    AwaitDecision,
    /// Doing it again leads to the same result.
    DoNotRepeat,
    /// This library cannot tell what was done. A person must check.
    CheckByHand,
    /// Something on this machine must be repaired first.
    RepairLocally,
}
