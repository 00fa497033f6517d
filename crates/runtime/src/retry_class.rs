//! Whether a call can be retried after an outcome: one table, for the transport that retries it and
//! for the error that a caller gets.
//!
//! | outcome | class |
//! |---|---|
//! | no connection; the client's own rate limit allowed no attempt | nothing done |
//! | 429; the idempotency key is in use by an earlier attempt | nothing done |
//! | timeout; broken connection; a canceled request; 408, 425, 499, any 5xx but 501 and 511 | may have acted |
//! | a success that is not JSON although JSON is documented, or is incomplete; a web page where no body or a file is documented | may have acted |
//! | any other response; a call that was refused or could not be built | final |

use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderMap};

use super::failure::FailureKind;
use super::operation::{AnswerKind, Operation};
use super::problem::ErrorCode;

/// Whether a call can be retried with the same idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// Retrying the call has the same outcome.
    Final,
    /// The platform did nothing, so a retry cannot act twice.
    NothingDone,
    /// The platform may have acted. A retry is safe if it cannot act twice: reads, `PUT`, `DELETE`, and
    /// writes that support the idempotency key.
    MayHaveActed,
}

impl RetryClass {
    /// The class of a call without a response.
    pub fn of_failure(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Connect | FailureKind::RateLimited => Self::NothingDone,
            FailureKind::Timeout | FailureKind::Interrupted => Self::MayHaveActed,
            FailureKind::Configuration | FailureKind::Refused | FailureKind::ResponseTooLarge => {
                Self::Final
            }
        }
    }

    /// The class of an error response.
    pub fn of_error(status: StatusCode, code: Option<&ErrorCode>) -> Self {
        match (code, status.as_u16()) {
            (Some(ErrorCode::IdempotencyInvalidReuse), _) => Self::Final,
            // 422 in the platform's list of errors, 409 in its guide.
            (Some(ErrorCode::IdempotencyConcurrentUse), _) | (_, 429) => Self::NothingDone,
            // A server in front of the platform has statuses of its own, such as 520.
            (Some(ErrorCode::RequestCanceled), _)
            | (_, 408 | 425 | 499 | 500 | 502..=510 | 512..=599) => Self::MayHaveActed,
            _ => Self::Final,
        }
    }

    /// The class of a successful response.
    pub fn of_success(
        operation: &Operation,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Self {
        let is_as_promised = match operation.answer {
            AnswerKind::Json => status == StatusCode::NO_CONTENT || looks_whole(body),
            AnswerKind::Nothing => !is_web_page(headers, body),
            // It is judged before its body is read.
            AnswerKind::Bytes => !is_html(headers),
        };
        if is_as_promised { Self::Final } else { Self::MayHaveActed }
    }

    /// Whether the call may be retried; `repeatable` means that a retry cannot act twice.
    pub fn allows_retry(self, repeatable: bool) -> bool {
        match self {
            Self::Final => false,
            Self::NothingDone => true,
            Self::MayHaveActed => repeatable,
        }
    }
}

/// Whether a body is a web page: of a proxy, or the sign-in page of a network.
pub(super) fn is_web_page(headers: &HeaderMap, body: &[u8]) -> bool {
    is_html(headers) && !body.trim_ascii().is_empty()
}

/// Whether a body is a web page by its media type.
pub(super) fn is_html(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|media_type| {
        ["text/html", "application/xhtml+xml"]
            .iter()
            .any(|html| media_type.eq_ignore_ascii_case(html))
    })
}

/// The media type without its parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    Some(text.split(';').next().unwrap_or(text).trim())
}

/// Whether a body can be complete JSON, by its first and last characters: enough to recognize a page
/// of a gateway or an incomplete body, without parsing it twice.
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
