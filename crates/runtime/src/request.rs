//! A call that is ready to be sent.

use std::convert::Infallible;
use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};

use super::device::DeviceInfo;
use super::error::Error;
use super::key::IdempotencyKey;
use super::operation::Operation;
use super::response::Response;
use super::route::Route;
use super::transport::{BoxFuture, CallOptions};

/// A call that is ready to be sent: `.await` sends it.
///
/// Options that are set here are for this call only; options for all calls are set on the client.
///
/// ```no_run
/// # async fn run(client: synctera_api::v2::Client) -> Result<(), synctera_api::Error> {
/// use std::time::Duration;
/// use synctera_api::v2::types::{NewPerson, PersonStatus};
///
/// let person = NewPerson::new(true, PersonStatus::Prospect);
/// let person = client
///     .create_person(&person)
///     .idempotency_key("create-person-8841")
///     .timeout(Duration::from_secs(20))
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is not sent until it is awaited"]
pub struct Request<'c, T> {
    route: Route<'c>,
    built: Result<reqwest::Request, Error>,
    send: Sender<T>,
}

/// How the call is sent and its answer is read.
type Sender<T> =
    for<'a> fn(Route<'a>, reqwest::Request) -> BoxFuture<'a, Result<Response<T>, Error>>;

impl<'c, T> Request<'c, T> {
    /// A call that is sent when it is awaited.
    #[doc(hidden)]
    pub fn new(route: Route<'c>, built: Result<reqwest::Request, Error>, send: Sender<T>) -> Self {
        Self { route, built, send }
    }

    /// The operation that it calls.
    pub fn operation(&self) -> &'static Operation {
        self.route.operation
    }

    /// Sends a write with this idempotency key instead of a new one. An invalid key is an error when
    /// the call is awaited, and nothing is sent.
    pub fn idempotency_key<K>(mut self, key: K) -> Self
    where
        K: TryInto<IdempotencyKey>,
        K::Error: Into<Error>,
    {
        match key.try_into() {
            Ok(key) => self.route.key = Some(key),
            // The first error is reported.
            Err(error) if self.built.is_ok() => self.built = Err(error.into()),
            Err(_) => {}
        }
        self
    }

    /// The time limit of the call, including all attempts.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.with_timeout(timeout))
    }

    /// Adds a header. The API key and the idempotency key are not set this way.
    pub fn header(self, name: HeaderName, value: HeaderValue) -> Self {
        self.with(|options| options.with_header(name, value))
    }

    /// The customer for whom the call is made, and the customer's device.
    pub fn on_behalf_of(self, device: &DeviceInfo) -> Self {
        self.with(|options| options.with_device_info(device))
    }

    fn with(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        let options =
            self.route.options.take().unwrap_or_else(|| self.route.inner.options().clone());
        self.route.options = Some(change(options));
        self
    }
}

impl<'c, T: Send + 'c> Request<'c, T> {
    /// Sends the call, as `.await` does, and returns the future by its type.
    pub fn send(self) -> BoxFuture<'c, Result<Response<T>, Error>> {
        match self.built {
            Ok(request) => (self.send)(self.route, request),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

impl<'c, T: Send + 'c> IntoFuture for Request<'c, T> {
    type Output = Result<Response<T>, Error>;
    type IntoFuture = BoxFuture<'c, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.send()
    }
}

/// Shows the operation, not the contents of the request.
impl<T> fmt::Debug for Request<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.route.operation.id)
            .field("idempotency_key", &self.route.key)
            .finish_non_exhaustive()
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
