//! What an outcome says about repeating the call: one table, for the transport that repeats it and
//! for the error that a caller sees.
//!
//! | outcome | class |
//! |---|---|
//! | no connection; the client's own rate limit left no turn | nothing done |
//! | 429; the idempotency key is in use by an earlier attempt | nothing done |
//! | timeout; broken connection; 408, 500, 502, 503, 504 | may have acted |
//! | a success that is not JSON where JSON is promised, or breaks off | may have acted |
//! | any other answer; a call that was refused or could not be built | final |

use reqwest::StatusCode;

use super::failure::FailureKind;
use super::operation::{AnswerKind, Operation};
use super::problem::ErrorCode;

/// What an outcome says about repeating the call under the same idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// The outcome stays as it is: repeating the call gives the same.
    Final,
    /// The platform did nothing, so that a repeated call cannot act twice.
    NothingDone,
    /// The platform may have done it. Repeating is safe where it cannot act twice: reads, `PUT` and
    /// `DELETE`, and writes that know the idempotency key.
    MayHaveActed,
}

impl RetryClass {
    /// Of a call that got no answer.
    pub fn of_failure(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Connect | FailureKind::RateLimited => Self::NothingDone,
            FailureKind::Timeout | FailureKind::Interrupted => Self::MayHaveActed,
            FailureKind::Configuration | FailureKind::Refused | FailureKind::ResponseTooLarge => {
                Self::Final
            }
        }
    }

    /// Of an answer that is not a success.
    pub fn of_error(status: StatusCode, code: Option<&ErrorCode>) -> Self {
        match (code, status.as_u16()) {
            (Some(ErrorCode::IdempotencyInvalidReuse), _) => Self::Final,
            // With 422 in the platform's list of errors, with 409 in its guide.
            (Some(ErrorCode::IdempotencyConcurrentUse), _) | (_, 429) => Self::NothingDone,
            (_, 408 | 500 | 502 | 503 | 504) => Self::MayHaveActed,
            _ => Self::Final,
        }
    }

    /// Of a success.
    pub fn of_success(operation: &Operation, status: StatusCode, body: &[u8]) -> Self {
        let promises_json =
            operation.answer == AnswerKind::Json && status != StatusCode::NO_CONTENT;
        if promises_json && !looks_whole(body) { Self::MayHaveActed } else { Self::Final }
    }

    /// Whether the call may be repeated; `repeatable` says that repeating it cannot act twice.
    pub fn allows_retry(self, repeatable: bool) -> bool {
        match self {
            Self::Final => false,
            Self::NothingDone => true,
            Self::MayHaveActed => repeatable,
        }
    }
}

/// Whether a body can be JSON to its end, judged by both ends: enough to recognize a page of a
/// gateway, or half an answer, without parsing everything twice.
fn looks_whole(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    match (body.first(), body.last()) {
        (Some(b'{'), Some(last)) => *last == b'}',
        (Some(b'['), Some(last)) => *last == b']',
        (Some(_), _) => serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok(),
        (None, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_not_json_is_recognized_by_its_ends() {
        for whole in [r#"{"id":1}"#, " [] \n", "7", "\"x\"", "null"] {
            assert!(looks_whole(whole.as_bytes()), "{whole}");
        }
        for broken in ["", " ", r#"{"id":"#, "[1, 2", "<html></html>", "gone", "\"x"] {
            assert!(!looks_whole(broken.as_bytes()), "{broken}");
        }
    }

    #[test]
    fn only_what_may_have_acted_depends_on_the_operation() {
        for (class, whatever, repeatable) in [
            (RetryClass::Final, false, false),
            (RetryClass::NothingDone, true, true),
            (RetryClass::MayHaveActed, false, true),
        ] {
            assert_eq!(class.allows_retry(false), whatever, "{class:?}");
            assert_eq!(class.allows_retry(true), repeatable, "{class:?}");
        }
    }
}
