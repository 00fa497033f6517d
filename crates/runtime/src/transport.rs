//! The interface between generated calls and the network.
//!
//! A generated method builds a request. A [`Transport`] sends it, with keys, retries, time limits and
//! tracing. The transport in this file sends a request once; the facade has another one.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::address::Base;
use super::answer::Answer;
use super::api_key;
use super::device::DeviceInfo;
pub(super) use super::failure::{Failure, FailureKind};
use super::key::IdempotencyKey;
use super::operation::Operation;
use super::trace::CallTrace;

/// The header with the key of a write.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A boxed future.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Sends calls to the platform, and returns their responses, of any status.
pub trait Transport: Send + Sync + 'static {
    /// Sends the request, once or several times.
    fn execute<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Failure>>;
}

/// A request that is to be sent.
#[non_exhaustive]
pub struct Call<'a> {
    /// The client's HTTP client.
    pub http: &'a reqwest::Client,
    /// The request as the generated method built it.
    pub request: reqwest::Request,
    /// The operation.
    pub operation: &'static Operation,
    /// The options of the call.
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

/// The options of calls: time limit and headers.
///
/// An idempotency key is not an option: it is for one write, and is set on that
/// [`Request`](super::Request).
#[derive(Clone, Default)]
pub struct CallOptions {
    timeout: Option<Duration>,
    headers: HeaderMap,
}

impl CallOptions {
    /// The default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// The time limit of a call, including all attempts.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: reqwest::header::HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The customer for whom the call is made, and the customer's device.
    #[must_use]
    pub fn with_device_info(mut self, device: &DeviceInfo) -> Self {
        if let Some(value) = device.header() {
            self.headers.insert(DeviceInfo::HEADER, value);
        }
        self
    }

    /// The time limit, if one is set.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// The additional headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}

/// Shows the names of the headers, not their values.
impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("timeout", &self.timeout)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// The contents of every generated client: a transport, and the options of its calls.
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

    /// Calls without options over a shared transport.
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

    /// The options of the calls.
    pub fn options(&self) -> &CallOptions {
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

/// A transport that sends each request once, with a bearer key. It does not retry, and makes no
/// idempotency keys.
pub struct Direct {
    authorization: Result<HeaderValue, &'static str>,
}

impl Direct {
    /// Sends with this API key. If the key is empty, contains blanks or other characters than visible
    /// ASCII, or starts with `Bearer`, each call fails with
    /// [`Configuration`](FailureKind::Configuration). A line break at the end of the key is removed.
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
