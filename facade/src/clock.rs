//! What time it is for a client, and how it waits.

#[cfg(feature = "testing")]
mod manual;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use synctera_api::runtime::BoxFuture;

#[cfg(feature = "testing")]
pub use manual::ManualClock;

/// The time of a client, and its waits: set with [`Builder::clock`](crate::Builder::clock) by tests
/// that must not wait.
///
/// The waits between attempts and for the rate limit use it, and the dates of `Retry-After` are
/// compared with it. Time limits of calls and attempts stay on tokio's timer.
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> DateTime<Utc>;

    /// Completes when so much time has passed on this clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

impl<T: Clock + ?Sized> Clock for Arc<T> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        (**self).sleep(duration)
    }
}

/// The clock of the operating system, and tokio's timer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}
