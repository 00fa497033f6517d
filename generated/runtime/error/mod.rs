//! The one error of every call.

mod advice;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;

use crate::runtime::key::IdempotencyKey;
use crate::runtime::operation::Operation;
use crate::runtime::problem::{ErrorCode, Problem};
use crate::runtime::progress::Progress;
use crate::runtime::transport::{CallTrace, Failure, FailureKind};
pub use advice::NextAction;
use text::{not_json, without_values};

/// Why a call failed: what it was, what the platform said, and what a caller can do about it.
///
/// Match on [`kind`](Self::kind) and [`code`](Self::code); the text is for people and names the
/// operation, the fields, the request id and the idempotency key, never a body or a secret.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    what: String,
    message: String,
    /// The operation, where one was called.
    operation: Option<&'static Operation>,
    status: Option<StatusCode>,
    problem: Problem,
    path: Option<String>,
    /// The answer is not JSON where JSON is promised, so it may be another server's.
    is_foreign: bool,
    trace: CallTrace,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    progress: Option<Progress>,
    /// What to do, where the kind does not say it.
    action: Option<NextAction>,
}

/// What sort of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller's input is wrong; nothing was sent.
    InvalidInput,
    /// The client is not set up to make this call; nothing was sent.
    Configuration,
    /// A rule of this client or of the platform, known beforehand, forbids the call, which was not
    /// sent; or an outcome is not the one that was asked for.
    Refused,
    /// The last try found no connection; see [`Error::next_action`] for whether an earlier one may
    /// have arrived.
    Connect,
    /// No answer in time. Whether the platform acted is not known: repeat only with the same
    /// idempotency key.
    Timeout,
    /// The connection broke after something was sent. Whether the platform acted is not known:
    /// repeat only with the same idempotency key.
    Interrupted,
    /// The platform answered with an error; see [`Error::problem`].
    Api,
    /// The idempotency key was used before, for another request. The platform did nothing this
    /// time: what is new needs a new key.
    KeyReused,
    /// The answer says success, but is not what the platform's document promises. The platform did
    /// act if the answer is its own; one that is not JSON may be another server's.
    Decode,
    /// Something on this machine failed, such as a file; see the error's source.
    Local,
}

impl Error {
    fn new(kind: ErrorKind, what: impl Into<String>, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            what: what.into(),
            message: message.into(),
            operation: None,
            status: None,
            problem: Problem::default(),
            path: None,
            is_foreign: false,
            trace: CallTrace::default(),
            retry_after: None,
            source: None,
            progress: None,
            action: None,
        }))
    }

    /// Input that is refused before anything is sent: `field` names it, `reason` says what is
    /// wrong with it.
    pub fn invalid_input(what: &str, field: &str, reason: &str) -> Self {
        let mut error = Self::new(ErrorKind::InvalidInput, what, "");
        error.0.problem.invalid.insert(field.to_owned(), reason.to_owned());
        error
    }

    /// Adds a further field to an error made by [`Error::invalid_input`].
    #[must_use]
    pub fn and_invalid(mut self, field: &str, reason: &str) -> Self {
        self.0.problem.invalid.insert(field.to_owned(), reason.to_owned());
        self
    }

    /// A client that cannot make the call as it is set up.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, "configuration", message)
    }

    /// An answer that reads well and still lacks something that the caller needs.
    pub fn incomplete_answer(operation: &str, field: &str) -> Self {
        Self::unusable_answer(operation, field, "it is missing")
    }

    /// An answer that reads well and cannot be worked with.
    pub fn unusable_answer(operation: &str, field: &str, why: &str) -> Self {
        let mut error = Self::new(ErrorKind::Decode, operation, why);
        error.0.path = Some(field.to_owned());
        error
    }

    /// Adds how far the journey got in which this failed.
    #[must_use]
    pub fn with_progress(mut self, progress: Progress) -> Self {
        self.0.progress = Some(progress);
        self
    }

    /// A call that a known rule forbids; `code` is what the platform would have answered.
    pub fn refused(what: &str, code: Option<ErrorCode>, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::Refused, what, message);
        error.0.problem.code = code;
        error
    }

    /// The same error, for which this is to be done.
    #[must_use]
    pub fn with_next_action(mut self, action: NextAction) -> Self {
        self.0.action = Some(action);
        self
    }

    /// Something on this machine that failed: `what` was done, `message` says with which of its
    /// things.
    pub fn local(
        what: &str,
        message: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        let mut error = Self::new(ErrorKind::Local, what, message);
        error.0.source = Some(Arc::from(source.into()));
        error
    }

    /// The time of a journey is over. `step` is the one that was under way, if one was.
    pub fn deadline(journey: &str, step: Option<(&'static Operation, IdempotencyKey)>) -> Self {
        let mut error = Self::new(ErrorKind::Timeout, journey, "the run's deadline has passed");
        if let Some((operation, key)) = step {
            operation.id.clone_into(&mut error.0.what);
            error.0.operation = Some(operation);
            error.0.trace.idempotency_key = Some(key.to_string());
            error.0.trace.attempts = 1;
        }
        error
    }

    /// The request could not even be built, for instance because the base URL is not a URL.
    #[doc(hidden)]
    pub fn build(operation: &str, source: reqwest::Error) -> Self {
        let mut error = Self::new(
            ErrorKind::Configuration,
            operation,
            "the request could not be built; is the base URL right?",
        );
        error.0.source = Some(Arc::new(source.without_url()));
        error
    }

    pub(crate) fn from_failure(operation: &str, failure: &Failure) -> Self {
        let kind = match failure.kind {
            FailureKind::Configuration => ErrorKind::Configuration,
            FailureKind::Refused => ErrorKind::Refused,
            FailureKind::Connect => ErrorKind::Connect,
            FailureKind::Timeout => ErrorKind::Timeout,
            FailureKind::Interrupted => ErrorKind::Interrupted,
        };
        let mut error = Self::new(kind, operation, failure.message.clone());
        error.0.status = failure.status;
        error.0.trace = failure.trace.clone();
        error.0.source.clone_from(&failure.source);
        error
    }

    pub(crate) fn api(
        operation: &str,
        status: StatusCode,
        problem: Problem,
        retry_after: Option<Duration>,
        trace: CallTrace,
    ) -> Self {
        let kind = match problem.code {
            Some(ErrorCode::IdempotencyInvalidReuse) => ErrorKind::KeyReused,
            _ => ErrorKind::Api,
        };
        let mut error = Self::new(kind, operation, "");
        error.0.status = Some(status);
        error.0.retry_after = retry_after.or(problem.retry_after.map(Duration::from_secs));
        error.0.problem = problem;
        error.0.trace = trace;
        error
    }

    pub(crate) fn decode(
        operation: &str,
        status: StatusCode,
        path: String,
        reason: &serde_json::Error,
        content_type: Option<&str>,
        trace: CallTrace,
    ) -> Self {
        let is_foreign = !reason.is_data();
        let message = match is_foreign {
            true => not_json(content_type),
            false => without_values(&reason.to_string()),
        };
        let mut error = Self::new(ErrorKind::Decode, operation, message);
        error.0.status = Some(status);
        error.0.path = Some(path).filter(|_| !is_foreign);
        error.0.is_foreign = is_foreign;
        error.0.trace = trace;
        error
    }

    /// The same error, of a call of this operation.
    pub(crate) fn of_call(mut self, operation: &'static Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// What sort of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation or journey step that failed.
    pub fn operation(&self) -> &str {
        &self.0.what
    }

    /// The HTTP status, when there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// What the platform said, or would have said: code, detail, fields.
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }

    /// The platform's title for it (older interface only).
    pub fn title(&self) -> Option<&str> {
        self.0.problem.title.as_deref()
    }

    /// The platform's explanation, for developers; its words may change, and may quote what was
    /// sent. The error's own text masks numbers in it.
    pub fn detail(&self) -> Option<&str> {
        self.0.problem.detail.as_deref()
    }

    /// Fields that are required and were not sent.
    pub fn missing(&self) -> &[String] {
        &self.0.problem.missing
    }

    /// Fields whose value was refused, by the platform or before it was sent, and why.
    pub fn invalid(&self) -> &BTreeMap<String, String> {
        &self.0.problem.invalid
    }

    /// Fields that cannot be changed.
    pub fn immutable(&self) -> &[String] {
        &self.0.problem.immutable
    }

    /// The platform's code, if it gave one.
    pub fn code(&self) -> Option<&ErrorCode> {
        self.0.problem.code.as_ref()
    }

    /// For a [`ErrorKind::Decode`], where in the answer the trouble is, such as
    /// `persons[3].status`.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The id to quote to the platform's support, when it gave one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.trace.request_id.as_deref()
    }

    /// The key under which the call can be repeated without acting twice.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.trace.idempotency_key.as_deref()
    }

    /// How far the journey got in which this failed: what exists already, and the key to go on
    /// with. `None` for a single call.
    pub fn progress(&self) -> Option<&Progress> {
        self.0.progress.as_ref()
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.0.trace.attempts
    }

    /// How long the platform asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What to do about it: the text of the error says it, too.
    pub fn next_action(&self) -> NextAction {
        NextAction::of(self)
    }

    /// Whether the same call, under the same idempotency key, may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted => true,
            ErrorKind::Api => {
                self.code() == Some(&ErrorCode::IdempotencyConcurrentUse)
                    || self.0.status.is_some_and(|status| {
                        matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
                    })
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_answers_the_readers_questions() {
        let problem =
            Problem::read(br#"{"code":"BAD_REQUEST_BODY","detail":"no","missing":["dob"]}"#);
        let trace = CallTrace {
            attempts: 2,
            idempotency_key: Some("k-1".into()),
            request_id: Some("r-1".into()),
            ..CallTrace::default()
        };
        let error = Error::api("create_person", StatusCode::BAD_REQUEST, problem, None, trace);
        assert_eq!(
            error.to_string(),
            "create_person: the platform answered 400 Bad Request: BAD_REQUEST_BODY: no \
             (missing: dob) [request id r-1, idempotency key k-1, 2 attempts]; next: nothing was \
             done; correct the fields that are named, then call again with a new idempotency key"
        );
        assert!(!error.is_retryable());
    }

    #[test]
    fn all_wrong_fields_are_in_one_error() {
        let error = Error::invalid_input("onboard_customer", "dob", "is in the future")
            .and_invalid("ssn", "has 8 digits");
        assert_eq!(
            error.to_string(),
            "onboard_customer: the input is wrong: dob is in the future; ssn has 8 digits; next: \
             nothing was sent; correct the input and call again"
        );
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }

    #[test]
    fn what_may_succeed_later_is_told_apart() {
        let api = |status: u16, body: &[u8]| {
            let status = StatusCode::from_u16(status).unwrap();
            Error::api("x", status, Problem::read(body), None, CallTrace::default())
        };
        assert!(api(429, b"").is_retryable());
        assert!(api(503, b"").is_retryable());
        assert!(api(422, br#"{"code":"IDEMPOTENCY_CONCURRENT_USE"}"#).is_retryable());
        assert!(!api(422, br#"{"code":"INSUFFICIENT_FUNDS"}"#).is_retryable());
        assert!(!api(501, b"").is_retryable());
        let reused = api(422, br#"{"code":"IDEMPOTENCY_INVALID_REUSE"}"#);
        assert_eq!(reused.kind(), ErrorKind::KeyReused);
        assert!(!reused.is_retryable() && reused.to_string().contains("use a new key"));
        assert_eq!(api(429, br#"{"retry_after":7}"#).retry_after(), Some(Duration::from_secs(7)));
    }
}
