//! The one error of every call.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;

use super::problem::{ErrorCode, Problem};
use super::progress::Progress;
use super::transport::{CallTrace, Failure, FailureKind};

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
    status: Option<StatusCode>,
    problem: Problem,
    path: Option<String>,
    trace: CallTrace,
    retry_after: Option<Duration>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    progress: Option<Progress>,
}

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
    /// No connection; nothing was sent.
    Connect,
    /// No answer in time. Whether the platform acted is not known: repeat only with the same
    /// idempotency key.
    Timeout,
    /// The connection broke after something was sent. Whether the platform acted is not known:
    /// repeat only with the same idempotency key.
    Interrupted,
    /// The platform answered with an error; see [`Error::problem`].
    Api,
    /// The platform answered with success, but not with what its document promises. It did act.
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
            status: None,
            problem: Problem::default(),
            path: None,
            trace: CallTrace::default(),
            retry_after: None,
            source: None,
            progress: None,
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

    /// The request could not even be built, for instance because the base URL is none.
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
        error.0.trace = failure.trace.clone();
        error.0.source.clone_from(&failure.source);
        error
    }

    /// The connection broke while an answer was read.
    pub(crate) fn interrupted(
        operation: &str,
        status: StatusCode,
        trace: CallTrace,
        source: reqwest::Error,
    ) -> Self {
        let kind = if source.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Interrupted };
        let mut error = Self::new(kind, operation, "the answer broke off");
        error.0.status = Some(status);
        error.0.trace = trace;
        error.0.source = Some(Arc::new(source.without_url()));
        error
    }

    pub(crate) fn api(
        operation: &str,
        status: StatusCode,
        problem: Problem,
        retry_after: Option<Duration>,
        trace: CallTrace,
    ) -> Self {
        let mut error = Self::new(ErrorKind::Api, operation, "");
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
        trace: CallTrace,
    ) -> Self {
        let mut error =
            Self::new(ErrorKind::Decode, operation, without_values(&reason.to_string()));
        error.0.status = Some(status);
        error.0.path = Some(path);
        error.0.trace = trace;
        error
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

/// A decoder's message without the values that it quotes: they may be anybody's data.
fn without_values(message: &str) -> String {
    let mut masked = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find('"') {
        let (before, quoted) = rest.split_at(start);
        masked.push_str(before);
        masked.push_str("\"***\"");
        let mut end = quoted.len();
        let mut escaped = false;
        for (index, c) in quoted.char_indices().skip(1) {
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => {
                    end = index + 1;
                    break;
                }
                _ => escaped = false,
            }
        }
        rest = &quoted[end..];
    }
    masked.push_str(rest);
    super::sensitive::scrub(&masked).into_owned()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        write!(f, "{}: ", inner.what)?;
        match inner.kind {
            ErrorKind::InvalidInput => f.write_str("the input is wrong")?,
            ErrorKind::Configuration => f.write_str(&inner.message)?,
            ErrorKind::Refused => write!(f, "refused: {}", inner.message)?,
            ErrorKind::Connect => write!(f, "no connection: {}", inner.message)?,
            ErrorKind::Timeout => write!(f, "no answer in time: {}", inner.message)?,
            ErrorKind::Interrupted => write!(f, "interrupted: {}", inner.message)?,
            ErrorKind::Api => {
                write!(f, "the platform answered {}", inner.status.unwrap_or_default())?;
            }
            ErrorKind::Decode => {
                let path = inner.path.as_deref().filter(|path| *path != ".").unwrap_or("the whole");
                write!(f, "the answer cannot be read at {path}: {}", inner.message)?;
            }
            ErrorKind::Local => f.write_str(&inner.message)?,
        }
        if let (ErrorKind::Local, Some(source)) = (inner.kind, &inner.source) {
            write!(f, ": {source}")?;
        }
        let problem = inner.problem.to_string();
        if !problem.is_empty() {
            write!(f, ": {}", problem.trim_start())?;
        }
        let mut trace = Vec::new();
        if let Some(id) = &inner.trace.request_id {
            trace.push(format!("request id {id}"));
        }
        if let Some(key) = &inner.trace.idempotency_key {
            trace.push(format!("idempotency key {key}"));
        }
        if inner.trace.attempts > 1 {
            trace.push(format!("{} attempts", inner.trace.attempts));
        }
        if !trace.is_empty() {
            write!(f, " [{}]", trace.join(", "))?;
        }
        if let Some(progress) = &inner.progress {
            write!(f, "; {progress}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}, {self})", self.0.kind)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
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
        };
        let error = Error::api("create_person", StatusCode::BAD_REQUEST, problem, None, trace);
        assert_eq!(
            error.to_string(),
            "create_person: the platform answered 400 Bad Request: BAD_REQUEST_BODY: no \
             (missing: dob) [request id r-1, idempotency key k-1, 2 attempts]"
        );
        assert!(!error.is_retryable());
    }

    #[test]
    fn all_wrong_fields_are_in_one_error() {
        let error = Error::invalid_input("onboard_customer", "dob", "is in the future")
            .and_invalid("ssn", "has 8 digits");
        assert_eq!(
            error.to_string(),
            "onboard_customer: the input is wrong:  (invalid: dob (is in the future), ssn (has 8 digits))"
                .replace(":  (", ": (")
        );
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }

    #[test]
    fn a_decoders_quotes_are_masked() {
        assert_eq!(
            without_values(r#"invalid type: string "Ada \" Byron", expected i64 at line 1"#),
            r#"invalid type: string "***", expected i64 at line 1"#
        );
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
        assert_eq!(api(429, br#"{"retry_after":7}"#).retry_after(), Some(Duration::from_secs(7)));
    }
}
