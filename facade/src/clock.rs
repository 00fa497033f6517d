//! The clock of the operating system.

#[cfg(feature = "testing")]
mod manual;

use std::time::Duration;

use chrono::{DateTime, Utc};
use synctera_api::runtime::{BoxFuture, Clock};

#[cfg(feature = "testing")]
pub use manual::ManualClock;

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
