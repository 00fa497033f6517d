//! Time limits that cost next to nothing as long as they are not reached.
//!
//! Setting a timer wakes the thread that waits for the network, so that it learns how long it may
//! wait: for a call whose limit is a minute and whose answer comes at once, that is most of what
//! this client costs beside the HTTP client. Of a timer that is moved to later nobody need be told.
//! So timers are kept, set, for the calls to come.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Handle, Id};
use tokio::time::{Instant, Sleep};

/// Timers that are kept at most; further calls at the same time set their own.
const KEPT_MAX: usize = 256;

/// The timers of a client.
#[derive(Default)]
pub(crate) struct Timers(Mutex<Kept>);

/// Timers belong to the runtime in which they were set.
#[derive(Default)]
struct Kept {
    runtime: Option<Id>,
    timers: Vec<Pin<Box<Sleep>>>,
}

impl Timers {
    /// What comes of the work, if it comes in time.
    pub(super) async fn by<F: Future>(
        &self,
        end: Instant,
        mut work: Pin<&mut F>,
    ) -> Option<F::Output> {
        let mut timer = None;
        poll_fn(|cx| {
            if let Poll::Ready(done) = work.as_mut().poll(cx) {
                return Poll::Ready(Some(done));
            }
            // Not before: most of what has come at once needs no timer.
            let timer = timer.get_or_insert_with(|| self.set(end));
            timer.poll(cx).map(|()| None)
        })
        .await
    }

    fn set(&self, end: Instant) -> Timer<'_> {
        let runtime = Handle::current().id();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.runtime != Some(runtime) {
            *kept = Kept { runtime: Some(runtime), timers: Vec::new() };
        }
        let sleep = match kept.timers.pop() {
            Some(mut sleep) => {
                sleep.as_mut().reset(end);
                sleep
            }
            None => Box::pin(tokio::time::sleep_until(end)),
        };
        Timer { timers: self, runtime, sleep: Some(sleep) }
    }
}

/// A timer in use; it goes back when the work is over, however it ended.
struct Timer<'a> {
    timers: &'a Timers,
    runtime: Id,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.sleep.as_mut().map_or(Poll::Ready(()), |sleep| sleep.as_mut().poll(cx))
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        let Some(mut sleep) = self.sleep.take().filter(|sleep| !sleep.is_elapsed()) else {
            return;
        };
        // A runtime that is shutting down takes no more of its timers.
        if Handle::try_current().ok().map(|runtime| runtime.id()) != Some(self.runtime) {
            return;
        }
        // It wakes nobody any more.
        let _pending = sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let mut kept = self.timers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.runtime == Some(self.runtime) && kept.timers.len() < KEPT_MAX {
            kept.timers.push(sleep);
        }
    }
}
