//! The common parts of the extractors for all frameworks.

use std::fmt;

use http::StatusCode;

use super::{Event, EventError, VerifyError};

/// An event that was verified before it was decoded. A handler that takes one as an
/// argument runs only for such events.
#[derive(Clone, Debug)]
pub struct VerifiedEvent(pub Event);

/// Why the handler of a request was not called.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// It is not a delivery of the platform.
    Unverified(VerifyError),
    /// The body could not be received: it exceeds a limit of the server, or the connection broke.
    Body(StatusCode),
    /// It is a delivery of the platform, and its body is not an event.
    Unreadable(EventError),
    /// The server was set up without a [`Verifier`](super::Verifier).
    NoVerifier,
}

impl Rejection {
    /// The status of the response: 400 for missing or malformed headers, 413 for a body that is too
    /// large, 401 for any other delivery that is not verified, 422 for a body that is not an event,
    /// 500 without a verifier.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unverified(VerifyError::MissingHeader(_) | VerifyError::MalformedHeader(_)) => {
                StatusCode::BAD_REQUEST
            }
            Self::Unverified(VerifyError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unverified(_) => StatusCode::UNAUTHORIZED,
            Self::Body(status) => *status,
            Self::Unreadable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NoVerifier => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unverified(error) => error.fmt(f),
            Self::Body(_) => f.write_str("the body could not be received"),
            Self::Unreadable(error) => error.fmt(f),
            Self::NoVerifier => f.write_str("the server has no webhook verifier"),
        }
    }
}

impl std::error::Error for Rejection {}

impl From<VerifyError> for Rejection {
    fn from(error: VerifyError) -> Self {
        Self::Unverified(error)
    }
}

impl From<EventError> for Rejection {
    fn from(error: EventError) -> Self {
        Self::Unreadable(error)
    }
}
