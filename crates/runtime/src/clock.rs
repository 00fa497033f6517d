//! The clock of a client: its time and its waits.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::transport::BoxFuture;

/// The time of a client, and its waits. Tests that must not wait set another clock than the system's.
///
/// The waits between attempts, for the rate limit and between polls use it, and the dates of
/// `Retry-After` are compared with it. Time limits of calls and attempts stay on tokio's timer.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> DateTime<Utc>;

    /// Completes when this much time has passed on this clock.
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
