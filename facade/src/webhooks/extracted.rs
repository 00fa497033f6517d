//! What the extractors of all frameworks have in common.

use std::fmt;

use http::StatusCode;

use super::{Event, EventError, VerifyError};

/// An event that was verified before anything of it was read; as an argument of a handler, it lets
/// the handler run for such events alone.
#[derive(Clone, Debug)]
pub struct VerifiedEvent(pub Event);

/// Why a request did not come to its handler.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// It is not the platform's.
    Unverified(VerifyError),
    /// The body could not be read: it is too large, or broke off.
    Body(StatusCode),
    /// It is the platform's, and no event.
    Unreadable(EventError),
    /// The server was set up without a [`Verifier`](super::Verifier).
    NoVerifier,
}

impl Rejection {
    /// The status that is answered.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Unverified(VerifyError::MissingHeader(_) | VerifyError::MalformedHeader(_)) => {
                StatusCode::BAD_REQUEST
            }
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
            Self::Body(_) => f.write_str("the body cannot be read"),
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
