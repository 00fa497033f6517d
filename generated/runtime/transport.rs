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
use super::api_key;
use super::body;
use super::device::DeviceInfo;
pub(super) use super::failure::{Failure, FailureKind};
use super::key::IdempotencyKey;
use super::limits::Limits;
use super::operation::Operation;

/// Headers under which gateways hand out a request's id.
static REQUEST_ID_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("x-request-id"), HeaderName::from_static("request-id")];
/// The header that holds the key of a write.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

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
    /// How long the platform asks to wait, if the transport has a clock that says until when that is.
    pub retry_after: Option<Duration>,
    pub(super) limits: Limits,
}

impl Answer {
    /// An answer as it came, its body not yet read.
    pub fn new(response: reqwest::Response) -> Self {
        let trace = CallTrace { attempts: 1, ..CallTrace::default() };
        Self { response, body: None, trace, retry_after: None, limits: Limits::new() }
    }

    /// An answer that another HTTP client brought, or that was kept.
    pub fn whole(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        let mut response = http::Response::new(reqwest::Body::default());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Self { body: Some(body.into()), ..Self::new(response.into()) }
    }

    /// The same answer, of which no more is read and quoted than this.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads the body into [`Answer::body`], unless it is there already, within the answer's
    /// [`Limits`]: the body of an error is cut off at its limit.
    ///
    /// # Errors
    /// [`Interrupted`](FailureKind::Interrupted) or [`Timeout`](FailureKind::Timeout) when the
    /// connection breaks before the end; [`ResponseTooLarge`](FailureKind::ResponseTooLarge) for a
    /// success that is longer than its limit. They have no trace.
    pub async fn read_body(&mut self) -> Result<(), Failure> {
        body::read(self).await
    }

    /// The id that the platform gave the request.
    pub fn request_id(&self) -> Option<&str> {
        let of_headers = || REQUEST_ID_HEADERS.iter().find_map(|name| self.header(name));
        self.trace.request_id.as_deref().or_else(of_headers)
    }

    fn header(&self, name: &HeaderName) -> Option<&str> {
        self.response.headers().get(name)?.to_str().ok()
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

/// How a call came about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallTrace {
    /// How often the request was sent.
    pub attempts: u32,
    /// The idempotency key under which it was sent.
    pub idempotency_key: Option<String>,
    /// The id that the platform gave the request.
    pub request_id: Option<String>,
    /// Whether the platform may have acted on one of the attempts, whatever the last one led to;
    /// `None` from a transport that does not know.
    pub may_have_acted: Option<bool>,
    /// Why there was no further attempt, where there would have been one.
    pub gave_up: Option<&'static str>,
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

/// Sends each request once, with a bearer key. No retries, no idempotency keys of its own.
pub struct Direct {
    authorization: Result<HeaderValue, &'static str>,
}

impl Direct {
    /// Sends with this API key. With a key that is empty, has blanks in it or other characters than
    /// visible ASCII, or begins with `Bearer`, each call fails with a
    /// [`Configuration`](FailureKind::Configuration) that says so; a line break at its end is dropped.
    pub fn new(api_key: &str) -> Self {
        Self { authorization: api_key::authorization(api_key) }
    }
}

impl Transport for Direct {
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let Call { http, mut request, options, idempotency_key, .. } = call;
            let mut trace = CallTrace::default();
            let authorization = self
                .authorization
                .clone()
                .map_err(|why| Failure::new(FailureKind::Configuration, why))?;
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
