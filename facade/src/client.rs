//! The client, with access to every raw operation.

use std::fmt;
use std::sync::Arc;

use synctera_api::runtime::{CallOptions, Clock, DeviceInfo};
use synctera_api::{v0, v2};

/// A client of the platform. Cheap to clone; clones share connections, the retry budget and the
/// permits of a [rate limit](crate::RateLimit).
///
/// # When a call is dropped
///
/// A future that is dropped sends no other attempt, and everything that the platform acknowledged
/// stays done. Only the response to the attempt that was under way is lost: whether the platform acted
/// on it is unknown. A call whose idempotency key the caller chose
/// ([`Request::idempotency_key`](crate::Request::idempotency_key), or [`Run::key`](crate::Run::key) for a journey) can be
/// made again: the platform repeats the response if it acted, and acts if it did not. Set the key of a
/// write that may be dropped, for example by a timeout or in a `select!`.
///
/// ```
/// # fn main() -> Result<(), synctera::Error> {
/// use synctera::{Environment, Synctera};
///
/// let client = Synctera::builder("my-api-key").environment(Environment::Sandbox).build()?;
/// assert_eq!(client.base_url(), "https://api-sandbox.synctera.com");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Synctera {
    v2: v2::Client,
    v0: v0::Client,
    base_url: Arc<str>,
    is_production: bool,
    clock: Arc<dyn Clock>,
}

impl Synctera {
    /// Every operation of the current interface.
    pub fn api(&self) -> &v2::Client {
        &self.v2
    }

    /// The operations that only the legacy interface has.
    pub fn legacy(&self) -> &v0::Client {
        &self.v0
    }

    /// The base URL of the platform, without a version prefix.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Whether the base URL may lead to real customers and money.
    pub(crate) fn is_production(&self) -> bool {
        self.is_production
    }

    /// The clock of the client.
    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn new(
        v2: v2::Client,
        v0: v0::Client,
        base_url: Arc<str>,
        is_production: bool,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { v2, v0, base_url, is_production, clock }
    }

    /// The same client, for calls on behalf of a customer: each call contains the customer's id, and
    /// data about the customer's device.
    ///
    /// ```
    #[doc = include_str!("journeys/example.txt")]
    /// # let account = checking;
    /// use synctera::DeviceInfo;
    ///
    /// let device = DeviceInfo::of_customer(customer).device_type("mobile").device_id("d-1");
    /// let account = client.on_behalf_of(&device).api().get_account(account).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on_behalf_of(&self, device: &DeviceInfo) -> Self {
        self.with_options(self.v2.options().clone().with_device_info(device))
    }

    /// The same client with options for the calls made through it. A journey applies the time limit
    /// and the headers to each of its steps, and has its own idempotency key; see
    /// [`Run::key`](crate::Run::key).
    #[must_use]
    pub fn with_options(&self, options: CallOptions) -> Self {
        Self {
            v2: self.v2.with_options(options.clone()),
            v0: self.v0.with_options(options),
            base_url: self.base_url.clone(),
            is_production: self.is_production,
            clock: self.clock.clone(),
        }
    }
}

impl fmt::Debug for Synctera {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Synctera").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}
