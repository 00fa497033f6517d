//! Time limits that cost next to nothing as long as they are not reached.
//!
//! Setting a timer wakes the thread that waits for the network, so that it learns how long it may
//! wait: for a call whose limit is a minute and whose answer comes at once, that is most of what
//! this client costs beside the HTTP client. Extending a deadline wakes no thread. So timers are kept,
//! set, for later calls: by each thread for itself, since threads would wait for what they share.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use tokio::runtime::{Handle, Id};
use tokio::time::{Instant, Sleep, sleep_until};

/// Timers that a thread keeps at most; further calls at the same time set their own.
const KEPT_MAX: usize = 256;

thread_local! {
    static KEPT: RefCell<Vec<Timer>> = const { RefCell::new(Vec::new()) };
}

/// A timer, which belongs to the runtime that it was set in.
struct Timer {
    runtime: Id,
    sleep: Pin<Box<Sleep>>,
}

/// The output of the work, if it is there in time.
pub(super) async fn before<F: Future>(end: Instant, mut work: Pin<&mut F>) -> Option<F::Output> {
    let mut timer = None;
    let done = poll_fn(|cx| {
        if let Poll::Ready(done) = work.as_mut().poll(cx) {
            return Poll::Ready(Some(done));
        }
        // Not before: most of what has come at once needs no timer.
        let timer = timer.get_or_insert_with(|| set(end));
        timer.sleep.as_mut().poll(cx).map(|()| None)
    })
    .await;
    // One that has gone off is set anew, and one whose call was given up goes with it.
    if let Some(timer) = timer.filter(|_| done.is_some()) {
        keep(timer);
    }
    done
}

fn set(end: Instant) -> Timer {
    let runtime = Handle::current().id();
    loop {
        // A thread that is about to end keeps nothing any more.
        match KEPT.try_with(|kept| kept.borrow_mut().pop()).ok().flatten() {
            Some(mut timer) if timer.runtime == runtime => {
                timer.sleep.as_mut().reset(end);
                return timer;
            }
            // That of a runtime that is over never goes off.
            Some(_) => {}
            None => return Timer { runtime, sleep: Box::pin(sleep_until(end)) },
        }
    }
}

fn keep(mut timer: Timer) {
    if Handle::current().id() != timer.runtime {
        return;
    }
    // It wakes no task any more.
    let _pending = timer.sleep.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let _kept = KEPT.try_with(|kept| {
        let mut kept = kept.borrow_mut();
        if kept.len() < KEPT_MAX {
            kept.push(timer);
        }
    });
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::pin::pin;
    use std::time::Duration;

    use tokio::runtime::{Builder, Runtime};

    use super::*;

    /// A runtime on a thread that keeps nothing yet.
    fn fresh() -> Runtime {
        KEPT.take();
        runtime()
    }

    fn runtime() -> Runtime {
        Builder::new_current_thread().enable_time().build().unwrap()
    }

    /// Work that is not done when it is first looked at.
    async fn slow() -> u8 {
        tokio::task::yield_now().await;
        7
    }

    fn kept() -> usize {
        KEPT.with_borrow(Vec::len)
    }

    fn later() -> Instant {
        Instant::now() + Duration::from_secs(3600)
    }

    #[test]
    fn what_comes_late_does_not_come() {
        fresh().block_on(async {
            assert_eq!(before(Instant::now(), pin!(pending::<u8>())).await, None);
            assert_eq!(kept(), 0, "it has gone off");
            assert_eq!(before(Instant::now(), pin!(async { 7 })).await, Some(7));
            assert_eq!(kept(), 0, "what is there at once needs none");
        });
    }

    #[test]
    fn a_timer_is_kept_and_goes_off_when_it_is_next_said() {
        fresh().block_on(async {
            for _ in 0..3 {
                assert_eq!(before(later(), pin!(slow())).await, Some(7));
                assert_eq!(kept(), 1);
            }
            assert_eq!(before(Instant::now(), pin!(pending::<u8>())).await, None);
            assert_eq!(kept(), 0);
        });
    }

    #[test]
    fn work_that_is_given_up_takes_its_timer_along() {
        fresh().block_on(async {
            let mut never = pin!(pending::<u8>());
            let mut given_up = Box::pin(before(later(), never.as_mut()));
            let polled = poll_fn(|cx| Poll::Ready(given_up.as_mut().poll(cx))).await;
            assert!(polled.is_pending());
            drop(given_up);
            assert_eq!(kept(), 0);
        });
    }

    #[test]
    fn no_timer_outlives_its_runtime() {
        KEPT.take();
        for _ in 0..3 {
            let runtime = runtime();
            assert_eq!(runtime.block_on(before(later(), pin!(slow()))), Some(7));
            assert_eq!(kept(), 1);
        }
        let (first, second) = (runtime(), runtime());
        for runtime in [&first, &second, &first] {
            assert_eq!(runtime.block_on(before(later(), pin!(slow()))), Some(7));
        }
    }
}
