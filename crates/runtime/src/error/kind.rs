//! What sort of failure it was.

/// What sort of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller's input is wrong; nothing was sent.
    InvalidInput,
    /// The client is not set up to make this call; nothing was sent.
    Configuration,
    /// A rule of this client or of the platform, known beforehand, forbids the call; nothing was
    /// sent.
    Refused,
    /// The client's own rate limit left no turn within the call's time; nothing was sent.
    RateLimited,
    /// No connection; nothing was sent.
    Connect,
    /// No answer in time. Whether the platform acted is not known: repeat only with the same
    /// idempotency key.
    Timeout,
    /// The connection broke after something was sent. Whether the platform acted is not known:
    /// repeat only with the same idempotency key.
    Interrupted,
    /// The platform answered with an error; see [`Error::problem`](super::Error::problem).
    Api,
    /// The idempotency key was used before, for another request. The platform did nothing this
    /// time: what is new needs a new key.
    KeyReused,
    /// The answer is a success, but not what the platform's document promises. JSON of another form
    /// means that the platform acted. Anything else may come from a proxy or from the sign-in page of
    /// a network, so that whether the platform acted is not known.
    Decode,
    /// The answer is a success with a body beyond the client's [`Limits`](crate::Limits). The platform may have
    /// acted.
    ResponseTooLarge,
    /// Something on this machine failed, such as a file; see the error's source.
    Local,
}
