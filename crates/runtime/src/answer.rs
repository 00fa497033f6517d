//! What a transport brings back.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderName};

use super::limits::Limits;
use super::trace::CallTrace;

/// Headers in which gateways return the id of a request.
static REQUEST_ID_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("x-request-id"), HeaderName::from_static("request-id")];
/// A response, with the trace of its call.
#[non_exhaustive]
pub struct Answer {
    /// The last response.
    pub response: reqwest::Response,
    /// The body, if it was read from the response already.
    pub body: Option<Bytes>,
    /// The trace of the call.
    pub trace: CallTrace,
    /// The wait that the platform requests, if the transport has evaluated it.
    pub retry_after: Option<Duration>,
    pub(super) limits: Limits,
}

impl Answer {
    /// A response whose body is not read yet.
    pub fn new(response: reqwest::Response) -> Self {
        let trace = CallTrace { attempts: 1, ..CallTrace::default() };
        Self { response, body: None, trace, retry_after: None, limits: Limits::new() }
    }

    /// A response from another HTTP client, or a recorded one.
    pub fn whole(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        let mut response = http::Response::new(reqwest::Body::default());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Self { body: Some(body.into()), ..Self::new(response.into()) }
    }

    /// The same response, with other limits for reading and quoting.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The platform's request id.
    pub fn request_id(&self) -> Option<&str> {
        let of_headers = || REQUEST_ID_HEADERS.iter().find_map(|name| self.header(name));
        self.trace.request_id.as_deref().or_else(of_headers)
    }

    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
    }

    /// The same response, with another trace.
    #[must_use]
    pub fn with_trace(mut self, trace: CallTrace) -> Self {
        self.trace = trace;
        self
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.response.status())
            .field("trace", &self.trace)
            .finish_non_exhaustive()
    }
}
