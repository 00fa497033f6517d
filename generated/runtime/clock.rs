//! What time it is for a client, and how it waits.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::transport::BoxFuture;

/// The time of a client, and its waits. Tests that must not wait set another than the system's.
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> DateTime<Utc>;

    /// Completes when so much time has passed on this clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}
