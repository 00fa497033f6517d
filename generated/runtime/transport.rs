//! The seam between a generated call and the network.
//!
//! A generated method knows what to ask; how it gets there (keys, retries, timeouts, tracing) is
//! the business of a [`Transport`]. The one here sends a request once; the facade brings its own.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::address::Base;
use super::device::DeviceInfo;
use super::key::IdempotencyKey;
use super::operation::Operation;

/// The header that holds the key of a write.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Why a call was not tried again whose operation may act twice; see [`CallTrace::gave_up`].
pub const MIGHT_ACT_TWICE: &str = "the platform may have acted, and might act twice";

/// A future that a trait can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Carries a call to the platform and brings back the answer, whatever its status.
pub trait Transport: Send + Sync + 'static {
    /// Sends the request, once or as often as its policy says.
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>>;
}

/// A request on its way out.
#[non_exhaustive]
pub struct Call<'a> {
    /// The client's HTTP client.
    pub http: &'a reqwest::Client,
    /// The request as the generated method built it.
    pub request: reqwest::Request,
    /// What is known of the operation.
    pub operation: &'static Operation,
    /// What the caller wants of this call.
    pub options: &'a CallOptions,
    /// The idempotency key that the caller chose for a write.
    pub idempotency_key: Option<&'a IdempotencyKey>,
}

impl<'a> Call<'a> {
    /// A request of an operation.
    pub fn new(
        http: &'a reqwest::Client,
        request: reqwest::Request,
        operation: &'static Operation,
        options: &'a CallOptions,
    ) -> Self {
        Self { http, request, operation, options, idempotency_key: None }
    }
}

/// An answer, and how it came about.
#[non_exhaustive]
pub struct Answer {
    /// The last response.
    pub response: reqwest::Response,
    /// The body, if the transport has read it from the response already.
    pub body: Option<Bytes>,
    /// How it came about.
    pub trace: CallTrace,
}

impl Answer {
    /// An answer as it came, its body not yet read.
    pub fn new(response: reqwest::Response) -> Self {
        Self { response, body: None, trace: CallTrace { attempts: 1, ..CallTrace::default() } }
    }

    /// An answer that another HTTP client brought, or that was kept.
    pub fn whole(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        let mut response = http::Response::new(reqwest::Body::default());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Self { body: Some(body.into()), ..Self::new(response.into()) }
    }

    /// The same answer, with how it came about.
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

/// A call that got no answer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// What sort of failure.
    pub kind: FailureKind,
    /// For people; no address with a query, no header, no body.
    pub message: String,
    /// What lies behind it.
    pub source: Option<Arc<dyn std::error::Error + Send + Sync>>,
    /// The status, when the answer broke off after it.
    pub status: Option<StatusCode>,
    /// How far it got.
    pub trace: CallTrace,
}

/// What sort of failure kept an answer away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The transport cannot send this at all.
    Configuration,
    /// A rule of the transport forbids it.
    Refused,
    /// No connection: nothing was sent.
    Connect,
    /// No answer in time.
    Timeout,
    /// The connection broke after something was sent.
    Interrupted,
}

/// How a call came about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallTrace {
    /// How often the request was sent.
    pub attempts: u32,
    /// The idempotency key under which it was sent.
    pub idempotency_key: Option<String>,
    /// The id that the platform gave the request.
    pub request_id: Option<String>,
    /// Why there was no further try, where there would have been one.
    pub gave_up: Option<&'static str>,
    /// Whether the platform may have acted on one of the tries, whatever came of the last one.
    pub may_have_acted: bool,
}

/// What a caller wants of calls beside what they send.
///
/// There is no idempotency key among it: a key is for one write, and is set on that
/// [`Request`](super::Request).
#[derive(Clone, Default)]
pub struct CallOptions {
    timeout: Option<Duration>,
    headers: HeaderMap,
}

impl CallOptions {
    /// Nothing in particular.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives up after this time, all attempts taken together.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sends a further header.
    #[must_use]
    pub fn with_header(mut self, name: reqwest::header::HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Says for which customer, and from which device of theirs, the call is made.
    #[must_use]
    pub fn with_device_info(mut self, device: &DeviceInfo) -> Self {
        if let Some(value) = device.header() {
            self.headers.insert(DeviceInfo::HEADER, value);
        }
        self
    }

    /// The time limit the caller chose.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// The further headers the caller chose.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

/// Shows which headers there are, not what they say.
impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// What every generated client carries: a transport, and the options of its calls.
#[derive(Clone)]
pub struct Inner {
    transport: Arc<dyn Transport>,
    options: Arc<CallOptions>,
    base: Arc<Base>,
}

impl Inner {
    /// Calls without options over a transport.
    pub fn new(transport: impl Transport) -> Self {
        Self::shared(Arc::new(transport))
    }

    /// Calls without options over a transport that others use too.
    pub fn shared(transport: Arc<dyn Transport>) -> Self {
        Self { transport, options: Arc::default(), base: Arc::default() }
    }

    /// The same transport with other options.
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        let (transport, base) = (self.transport.clone(), self.base.clone());
        Self { transport, options: Arc::new(options), base }
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        &*self.transport
    }

    pub(crate) fn options(&self) -> &CallOptions {
        &self.options
    }

    pub(super) fn base(&self) -> &Base {
        &self.base
    }
}

impl fmt::Debug for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inner").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Failure {
    /// A failure that no HTTP client reported; `message` is for people.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            source: None,
            status: None,
            trace: CallTrace::default(),
        }
    }

    /// The same failure, with how far the call got.
    #[must_use]
    pub fn with_trace(mut self, trace: CallTrace) -> Self {
        self.trace = trace;
        self
    }

    /// Sorts a failure of the HTTP client. Of the address only the server is named, since the query
    /// may hold anything.
    pub fn from_http(error: reqwest::Error, trace: CallTrace) -> Self {
        let kind = if error.is_connect() {
            FailureKind::Connect
        } else if error.is_timeout() {
            FailureKind::Timeout
        } else if error.is_builder() {
            FailureKind::Configuration
        } else {
            FailureKind::Interrupted
        };
        let server = error.url().map(server).filter(|_| kind == FailureKind::Connect);
        let error = error.without_url();
        let mut message = innermost(&error);
        if let Some(server) = server {
            message = format!("{server}: {message}");
        }
        Self { source: Some(Arc::new(error)), trace, ..Self::new(kind, message) }
    }

    /// The connection broke, or time was up, while an answer of this status was read.
    pub fn from_body(error: reqwest::Error, status: StatusCode) -> Self {
        let timeout = error.is_timeout();
        let error = error.without_url();
        Self {
            kind: if timeout { FailureKind::Timeout } else { FailureKind::Interrupted },
            message: "the answer broke off".to_owned(),
            source: Some(Arc::new(error)),
            status: Some(status),
            trace: CallTrace::default(),
        }
    }
}

/// Where a request was to go, without path and query.
fn server(url: &reqwest::Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

/// The last cause says it best: `connection refused`, not `error sending request`.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// Sends each request once, with a bearer key. No retries, no idempotency keys of its own.
pub struct Direct {
    authorization: Option<HeaderValue>,
}

impl Direct {
    /// Sends with this API key.
    pub fn new(api_key: &str) -> Self {
        let authorization =
            HeaderValue::from_str(&format!("Bearer {api_key}")).ok().map(|mut value| {
                value.set_sensitive(true);
                value
            });
        Self { authorization }
    }
}

impl Transport for Direct {
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let Call { http, mut request, options, idempotency_key, .. } = call;
            let mut trace = CallTrace::default();
            let Some(authorization) = self.authorization.clone() else {
                return Err(Failure::new(
                    FailureKind::Configuration,
                    "the API key holds characters that no header can",
                ));
            };
            request.headers_mut().insert(AUTHORIZATION, authorization);
            request.headers_mut().extend(options.headers().clone());
            if let Some(key) = idempotency_key {
                request.headers_mut().extend(key.to_header().map(|value| (IDEMPOTENCY_KEY, value)));
                trace.idempotency_key = Some(key.to_string());
            }
            if let Some(timeout) = options.timeout() {
                *request.timeout_mut() = Some(timeout);
            }
            trace.attempts = 1;
            match http.execute(request).await {
                Ok(response) => Ok(Answer::new(response).with_trace(trace)),
                Err(error) => Err(Failure::from_http(error, trace)),
            }
        })
    }
}
