//! Clocks that tests set.

use std::time::Duration;

use chrono::{DateTime, Utc};
use synctera::{BoxFuture, Clock};

/// A clock that a function reads, and whose waits another one notes; waiting takes no time.
#[derive(Clone)]
pub struct TestClock<N, S> {
    now: N,
    slept: S,
}

/// A clock that a function reads.
pub fn read<N>(now: N) -> TestClock<N, fn(Duration)>
where
    N: Fn() -> DateTime<Utc> + Send + Sync,
{
    TestClock { now, slept: |_| {} }
}

/// The machine's clock, whose waits a function notes instead.
pub fn noting<S>(slept: S) -> TestClock<fn() -> DateTime<Utc>, S>
where
    S: Fn(Duration) + Send + Sync,
{
    TestClock { now: Utc::now, slept }
}

impl<N, S> Clock for TestClock<N, S>
where
    N: Fn() -> DateTime<Utc> + Send + Sync,
    S: Fn(Duration) + Send + Sync,
{
    fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        (self.slept)(time);
        Box::pin(std::future::ready(()))
    }
}
