//! Polls a resource of the platform until it is in a final state.

use std::fmt;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures_core::Stream;
use synctera_api::Error;
use synctera_api::runtime::{BoxFuture, Clock};
use uuid::Uuid;

use crate::Synctera;

/// How often a resource is polled, and for how long.
///
/// Each wait is twice as long as the one before, up to a maximum; the last one ends at the deadline.
/// Waits use the clock of the client.
///
/// ```
/// use std::time::Duration;
/// use synctera::Polling;
///
/// let patient = Polling::default().deadline(Duration::from_secs(7 * 24 * 3600));
/// let hasty = Polling::every(Duration::from_secs(1)).deadline(Duration::from_secs(30));
/// # let _ = (patient, hasty);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Polling {
    first: Duration,
    longest: Duration,
    deadline: Duration,
}

/// The shortest wait, so that no server is polled in a tight loop.
const WAIT_MIN: Duration = Duration::from_millis(1);

impl Default for Polling {
    /// Waits of 5 seconds at first, up to 10 minutes, for one day.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            longest: Duration::from_secs(600),
            deadline: Duration::from_secs(24 * 3600),
        }
    }
}

impl Polling {
    pub(crate) const fn new(first: Duration, longest: Duration, deadline: Duration) -> Self {
        Self { first, longest, deadline }
    }

    /// Polls at fixed intervals, for one day.
    pub fn every(interval: Duration) -> Self {
        Self { first: interval, longest: interval, ..Self::default() }
    }

    /// The first wait, and the longest wait.
    #[must_use]
    pub fn waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest.max(first);
        self
    }

    /// Stops after this time. With a time of zero it polls once.
    #[must_use]
    pub fn deadline(mut self, after: Duration) -> Self {
        self.deadline = after;
        self
    }
}

/// Wakes a poller before the end of a wait.
type Wake<'a> = Pin<Box<dyn Stream<Item = ()> + Send + 'a>>;

/// The waits between polls.
pub(crate) struct Poller<'a> {
    polling: Polling,
    clock: &'a dyn Clock,
    wake: Option<Wake<'a>>,
    next: Duration,
    waited: Duration,
}

impl<'a> Poller<'a> {
    pub(crate) fn new(polling: Polling, clock: &'a dyn Clock) -> Self {
        Self {
            polling,
            clock,
            wake: None,
            next: polling.first.max(WAIT_MIN),
            waited: Duration::ZERO,
        }
    }

    /// Whether there is time for another wait.
    pub(crate) fn is_over(&self) -> bool {
        self.waited >= self.polling.deadline
    }

    /// Waits. A wake-up ends the wait early, and does not shorten the remaining time.
    pub(crate) async fn wait(&mut self) {
        let left = self.polling.deadline.saturating_sub(self.waited);
        let time = self.next.min(left);
        if self.sleep_or_wake(time).await {
            self.waited = self.waited.saturating_add(time);
            self.next = self.next.saturating_mul(2).min(self.polling.longest.max(WAIT_MIN));
        }
    }

    /// Whether the deadline has passed.
    async fn sleep_or_wake(&mut self, time: Duration) -> bool {
        let mut sleep = self.clock.sleep(time);
        let wake = &mut self.wake;
        poll_fn(|context| {
            if let Some(stream) = wake {
                match stream.as_mut().poll_next(context) {
                    Poll::Ready(Some(())) => return Poll::Ready(false),
                    Poll::Ready(None) => *wake = None,
                    Poll::Pending => {}
                }
            }
            sleep.as_mut().poll(context).map(|()| true)
        })
        .await
    }
}

/// A resource whose final state can be awaited; see [`Await`].
pub trait Awaited: Clone + Send + Sync + sealed::Sealed + 'static {
    /// The result of waiting.
    type Outcome: Send;

    /// The name of the wait, such as `await_verification`.
    const NAME: &'static str;

    #[doc(hidden)]
    const POLLING: Polling;

    /// The id of the resource that is awaited, as its webhooks have it.
    fn resource_id(&self) -> Uuid;

    /// Reads the state once; `None` when it is not final yet and `is_last` is not set.
    #[doc(hidden)]
    fn poll_once<'a>(
        &'a self,
        client: &'a Synctera,
        is_last: bool,
    ) -> impl Future<Output = Result<Option<Self::Outcome>, Error>> + Send + 'a;
}

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// A wait that is ready to start: `.await` starts it. It polls immediately, and then at intervals until
/// there is a result or the deadline passes. Retryable errors, such as during an outage, do not end it.
#[must_use = "nothing is waited for until it is awaited"]
pub struct Await<'a, W: Awaited> {
    client: Synctera,
    what: W,
    polling: Polling,
    wake: Option<Wake<'a>>,
}

impl<'a, W: Awaited> Await<'a, W> {
    pub(crate) fn new(client: &Synctera, what: W) -> Self {
        Self { client: client.clone(), what, polling: W::POLLING, wake: None }
    }

    /// How often to poll, and for how long.
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Also polls immediately whenever this stream yields: a webhook handler can send to a channel
    /// whose receiver is such a stream (`tokio_stream::wrappers` or
    /// `futures_util::stream::poll_fn` make one from tokio's receivers). When the stream ends, polling
    /// at intervals continues.
    pub fn wake_on<'n>(self, wake: impl Stream<Item = ()> + Send + 'n) -> Await<'n, W>
    where
        'a: 'n,
    {
        Await { wake: Some(Box::pin(wake)), ..self }
    }

    async fn run(self) -> Result<W::Outcome, Error> {
        let clock = self.client.clock();
        let mut poller = Poller { wake: self.wake, ..Poller::new(self.polling, clock) };
        loop {
            let is_last = poller.is_over();
            match self.what.poll_once(&self.client, is_last).await {
                Ok(Some(outcome)) => return Ok(outcome),
                Ok(None) => {}
                Err(error) if is_last || !error.is_retryable() => return Err(error),
                Err(_) => {}
            }
            poller.wait().await;
        }
    }
}

impl<'a, W: Awaited> IntoFuture for Await<'a, W> {
    type Output = Result<W::Outcome, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<W: Awaited + fmt::Debug> fmt::Debug for Await<'_, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Await")
            .field("what", &self.what)
            .field("polling", &self.polling)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use chrono::{DateTime, Utc};

    use super::*;

    #[derive(Default)]
    struct Noted(Mutex<Vec<u64>>);

    impl Clock for Noted {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }

        fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
            self.0.lock().unwrap().push(time.as_secs());
            Box::pin(std::future::ready(()))
        }
    }

    #[tokio::test]
    async fn waits_grow_and_end_at_the_deadline() {
        let clock = Noted::default();
        let polling = Polling::default()
            .waits(Duration::from_secs(4), Duration::from_secs(8))
            .deadline(Duration::from_secs(30));
        let mut poller = Poller::new(polling, &clock);
        while !poller.is_over() {
            poller.wait().await;
        }
        assert_eq!(*clock.0.lock().unwrap(), [4, 8, 8, 8, 2]);
    }

    #[tokio::test]
    async fn no_duration_panics_or_loops_for_ever() {
        let clock = Noted::default();
        for (first, longest) in [
            (Duration::ZERO, Duration::ZERO),
            (Duration::MAX, Duration::MAX),
            (Duration::MAX, WAIT_MIN),
        ] {
            let polling =
                Polling::every(first).waits(first, longest).deadline(Duration::from_millis(3));
            let mut poller = Poller::new(polling, &clock);
            let mut waits = 0;
            while !poller.is_over() {
                poller.wait().await;
                waits += 1;
            }
            assert!(waits <= 3, "{first:?}");
        }
        let never = Polling::every(Duration::from_secs(1)).deadline(Duration::ZERO);
        assert!(Poller::new(never, &clock).is_over());
    }

    #[tokio::test]
    async fn a_wake_up_ends_a_wait_and_costs_no_time() {
        struct Never;
        impl Clock for Never {
            fn now(&self) -> DateTime<Utc> {
                DateTime::UNIX_EPOCH
            }

            fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
                Box::pin(std::future::pending())
            }
        }
        let wake = futures_util::stream::iter([(), ()]);
        let mut poller =
            Poller { wake: Some(Box::pin(wake)), ..Poller::new(Polling::default(), &Never) };
        poller.wait().await;
        poller.wait().await;
        assert_eq!(poller.waited, Duration::ZERO);
    }
}
