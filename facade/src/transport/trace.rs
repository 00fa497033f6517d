//! How a call can be observed: `tracing` spans with OpenTelemetry's names, and a hook.
//!
//! Nothing here shows a body, a header's value, a query or a filled-in path: of a request only what
//! the document says beforehand and its idempotency key, of an answer only its status and request id.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use synctera_api::runtime::{Answer, CallOptions, Failure, FailureKind, Operation, quoted};
use tracing::field::{Empty, display};
use tracing::{Span, debug_span, info_span};

/// Characters of an id or a key in a span.
const ID_MAX: usize = 300;

/// An attempt that is over; see [`Builder::on_response`](crate::Builder::on_response).
#[non_exhaustive]
pub struct Exchange<'a> {
    /// What was called.
    pub operation: &'static Operation,
    /// With which options.
    pub options: &'a CallOptions,
    /// Which attempt of the call it was, from 1.
    pub attempt: u32,
    /// The answer, whatever its status, with headers and body; or why there is none.
    pub outcome: Result<&'a Answer, &'a Failure>,
    /// How long it took.
    pub took: Duration,
}

impl Exchange<'_> {
    /// The status, when there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.outcome.map_or_else(|failure| failure.status, |answer| Some(answer.response.status()))
    }
}

/// Shows no headers and no body.
impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("operation", &self.operation.id)
            .field("attempt", &self.attempt)
            .field("status", &self.status())
            .field("failure", &self.outcome.err().map(|failure| failure.kind))
            .field("took", &self.took)
            .finish_non_exhaustive()
    }
}

/// What is called after every attempt.
pub(crate) type ResponseHook = Arc<dyn Fn(&Exchange<'_>) + Send + Sync>;

/// Where the platform is, for spans and errors.
pub(crate) struct Server {
    pub(crate) address: String,
    pub(crate) port: u16,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.address, self.port)
    }
}

/// The span of a call with all of its attempts.
pub(super) fn call_span(operation: &Operation, server: &Server) -> Span {
    info_span!(
        target: "synctera",
        "synctera.call",
        otel.name = operation.id,
        otel.kind = "internal",
        synctera.operation = operation.id,
        http.request.method = operation.method,
        url.template = operation.path,
        server.address = server.address,
        server.port = server.port,
        synctera.attempts = Empty,
        synctera.idempotency_key = Empty,
        synctera.request_id = Empty,
        http.response.status_code = Empty,
        "error.type" = Empty,
    )
}

/// The span of one attempt, with what OpenTelemetry expects of an HTTP client.
pub(super) fn attempt_span(operation: &Operation, server: &Server, attempt: u32) -> Span {
    let span = debug_span!(
        target: "synctera",
        "synctera.attempt",
        otel.name = %format_args!("{} {}", operation.method, operation.path),
        otel.kind = "client",
        http.request.method = operation.method,
        url.template = operation.path,
        server.address = server.address,
        server.port = server.port,
        http.request.resend_count = Empty,
        synctera.request_id = Empty,
        http.response.status_code = Empty,
        "error.type" = Empty,
    );
    if attempt > 1 {
        span.record("http.request.resend_count", attempt - 1);
    }
    span
}

/// Does the work within a span. It stays where it is: it is large, and moving it costs more than
/// the span, which is mostly disabled.
pub(super) async fn in_span<F: Future>(span: &Span, mut work: Pin<&mut F>) -> F::Output {
    poll_fn(|cx| {
        let _inside = span.enter();
        work.as_mut().poll(cx)
    })
    .await
}

/// Writes the key of a write into the span of its call.
pub(super) fn record_idempotency_key(span: &Span, key: Option<&str>) {
    if let Some(key) = key.filter(|_| !span.is_disabled()) {
        span.record("synctera.idempotency_key", display(quoted(key, ID_MAX)));
    }
}

/// Writes the outcome into a span.
pub(super) fn record_outcome(span: &Span, outcome: &Result<Answer, Failure>) {
    if span.is_disabled() {
        return;
    }
    let (status, request_id) = match outcome {
        Ok(answer) => (Some(answer.response.status()), answer.request_id()),
        Err(failure) => (failure.status, failure.trace.request_id.as_deref()),
    };
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    if let Some(request_id) = request_id {
        span.record("synctera.request_id", display(quoted(request_id, ID_MAX)));
    }
    match outcome {
        Err(failure) => {
            span.record("error.type", error_type(failure.kind));
        }
        Ok(answer) if !answer.response.status().is_success() => {
            span.record("error.type", answer.response.status().as_str());
        }
        Ok(_) => {}
    }
}

fn error_type(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Configuration => "configuration",
        FailureKind::Refused => "refused",
        FailureKind::RateLimited => "rate_limited",
        FailureKind::Connect => "connect",
        FailureKind::Timeout => "timeout",
        FailureKind::Interrupted => "interrupted",
        FailureKind::ResponseTooLarge => "response_too_large",
        _ => "_OTHER",
    }
}
