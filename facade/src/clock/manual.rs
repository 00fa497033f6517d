//! A clock that a test controls.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use synctera_api::runtime::BoxFuture;
use tokio::sync::watch;

use synctera_api::runtime::Clock;

/// A clock whose time only a test changes. Clones share the time.
///
/// ```
/// # async fn example() -> Result<(), synctera::Error> {
/// use std::time::Duration;
/// use synctera::{ManualClock, Synctera};
///
/// let clock = ManualClock::new("2026-11-24T14:00:00Z".parse().unwrap());
/// let client = Synctera::builder("my-api-key").clock(clock.clone()).build()?;
/// // In another task, the client waits before its second attempt.
/// clock.sleeping(1).await;
/// clock.advance(Duration::from_secs(30));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ManualClock {
    state: watch::Sender<State>,
    skips_waits: bool,
}

struct State {
    now: DateTime<Utc>,
    sleeping: usize,
    /// The waits that started, in order.
    waits: Vec<Duration>,
}

impl ManualClock {
    /// A clock that shows this time.
    pub fn new(now: DateTime<Utc>) -> Self {
        let state = State { now, sleeping: 0, waits: Vec::new() };
        Self { state: watch::Sender::new(state), skips_waits: false }
    }

    /// A clock that shows this time, and advances by each wait: waits complete immediately.
    pub fn skipping_waits(now: DateTime<Utc>) -> Self {
        Self { skips_waits: true, ..Self::new(now) }
    }

    /// Advances the clock, and completes the waits that end by then.
    pub fn advance(&self, by: Duration) {
        self.state.send_modify(|state| state.now = later(state.now, by));
    }

    /// Sets the time, forward or back.
    pub fn set(&self, now: DateTime<Utc>) {
        self.state.send_modify(|state| state.now = now);
    }

    /// Completes when at least this many waits are under way.
    pub async fn sleeping(&self, count: usize) {
        let mut state = self.state.subscribe();
        // This clock is the sender, so the channel does not close.
        let _is_open = state.wait_for(|state| state.sleeping >= count).await.is_ok();
    }

    /// The requested durations of the waits since the last call, in the order of their start.
    pub fn take_waits(&self) -> Vec<Duration> {
        let mut waits = Vec::new();
        self.state.send_modify(|state| waits = std::mem::take(&mut state.waits));
        waits
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        self.state.borrow().now
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let clock = self.clone();
        Box::pin(async move {
            let mut until = DateTime::<Utc>::MIN_UTC;
            clock.state.send_modify(|state| {
                until = later(state.now, duration);
                state.waits.push(duration);
                state.sleeping += 1;
                if clock.skips_waits {
                    state.now = until;
                }
            });
            let sleeper = Sleeper(&clock.state);
            let mut state = clock.state.subscribe();
            // The guard must be dropped before the sleeper, which changes the state.
            let _is_open = state.wait_for(|state| state.now >= until).await.is_ok();
            drop(sleeper);
        })
    }
}

impl fmt::Debug for ManualClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManualClock").field("now", &self.now()).finish_non_exhaustive()
    }
}

/// A wait that is under way, or was dropped.
struct Sleeper<'a>(&'a watch::Sender<State>);

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|state| state.sleeping -= 1);
    }
}

/// Saturates.
fn later(now: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    let by = TimeDelta::from_std(by).ok();
    by.and_then(|by| now.checked_add_signed(by)).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn noon() -> DateTime<Utc> {
        "2026-11-24T12:00:00Z".parse().unwrap()
    }

    /// Whether a wait is over.
    async fn is_over(wait: &mut BoxFuture<'static, ()>) -> bool {
        poll_fn(|cx| Poll::Ready(wait.as_mut().poll(cx).is_ready())).await
    }

    #[tokio::test]
    async fn a_wait_is_over_when_the_clock_was_moved_so_far() {
        let clock = ManualClock::new(noon());
        let mut wait = clock.sleep(SECOND * 3);
        assert!(!is_over(&mut wait).await);
        clock.sleeping(1).await;
        clock.clone().advance(SECOND * 2);
        assert!(!is_over(&mut wait).await);
        clock.set(noon() + SECOND * 3);
        assert!(is_over(&mut wait).await);
        assert_eq!(clock.state.borrow().sleeping, 0);
        assert_eq!(clock.take_waits(), [SECOND * 3]);
    }

    #[tokio::test]
    async fn a_wait_that_is_given_up_is_not_under_way() {
        let clock = ManualClock::new(noon());
        let mut wait = clock.sleep(Duration::MAX);
        assert!(!is_over(&mut wait).await);
        drop(wait);
        assert_eq!(clock.state.borrow().sleeping, 0);
    }

    #[tokio::test]
    async fn a_clock_that_skips_waits_moves_by_them() {
        let clock = ManualClock::skipping_waits(noon());
        clock.sleep(SECOND * 90).await;
        assert_eq!(clock.now(), noon() + SECOND * 90);
        clock.sleep(Duration::MAX).await;
        assert_eq!(clock.now(), DateTime::<Utc>::MAX_UTC);
    }
}
