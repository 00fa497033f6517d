//! Waiting for something that the platform does in its own time.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use synctera_api::runtime::BoxFuture;

/// How often to look, and for how long.
///
/// The first wait is short, each further one half as long again as the one before, up to a longest;
/// all of them together end at the deadline. A webhook tells sooner, where there is one.
///
/// ```
/// use std::time::Duration;
/// use synctera::Polling;
///
/// let patient = Polling::default().deadline(Duration::from_secs(7 * 24 * 3600));
/// let hasty = Polling::every(Duration::from_secs(1)).deadline(Duration::from_secs(30));
/// # let _ = (patient, hasty);
/// ```
#[derive(Clone)]
pub struct Polling {
    first: Duration,
    longest: Duration,
    deadline: Duration,
    sleep: Sleep,
}

type Sleep = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

impl Default for Polling {
    /// After 5 seconds first, then ever less often, up to every 10 minutes, for a day.
    fn default() -> Self {
        Self {
            first: Duration::from_secs(5),
            longest: Duration::from_secs(600),
            deadline: Duration::from_secs(24 * 3600),
            sleep: Arc::new(|time| Box::pin(tokio::time::sleep(time))),
        }
    }
}

impl Polling {
    /// Looks at even intervals, for a day.
    pub fn every(interval: Duration) -> Self {
        Self { first: interval, longest: interval, ..Self::default() }
    }

    /// The first wait, and the longest.
    #[must_use]
    pub fn waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first = first;
        self.longest = longest.max(first);
        self
    }

    /// Gives up when so much time was waited.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Waits in another way than by the machine's clock: a test moves the sandbox's clock here.
    #[must_use]
    pub fn sleep_with<F, W>(mut self, sleep: F) -> Self
    where
        F: Fn(Duration) -> W + Send + Sync + 'static,
        W: Future<Output = ()> + Send + 'static,
    {
        self.sleep = Arc::new(move |time| Box::pin(sleep(time)));
        self
    }

    /// The time after which it gives up.
    pub(crate) fn gives_up_after(&self) -> Duration {
        self.deadline
    }

    /// The waits, one after the other, until the deadline.
    pub(crate) fn begin(&self) -> Waits<'_> {
        Waits { polling: self, next: self.first, waited: Duration::ZERO }
    }
}

impl fmt::Debug for Polling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Polling")
            .field("first", &self.first)
            .field("longest", &self.longest)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// The waits of one who polls.
pub(crate) struct Waits<'a> {
    polling: &'a Polling,
    next: Duration,
    waited: Duration,
}

impl Waits<'_> {
    /// Waits; `false` when there is no time left.
    pub(crate) async fn wait(&mut self) -> bool {
        let left = self.polling.deadline.saturating_sub(self.waited);
        let time = self.next.min(left);
        if time.is_zero() {
            return false;
        }
        (self.polling.sleep)(time).await;
        self.waited = self.waited.saturating_add(time);
        self.next = self.next.saturating_mul(3).checked_div(2).unwrap_or(self.next);
        self.next = self.next.min(self.polling.longest);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[tokio::test]
    async fn waits_grow_and_end_at_the_deadline() {
        let slept = Arc::new(Mutex::new(Vec::new()));
        let noted = slept.clone();
        let polling = Polling::default()
            .waits(Duration::from_secs(4), Duration::from_secs(8))
            .deadline(Duration::from_secs(30))
            .sleep_with(move |time| {
                noted.lock().unwrap().push(time.as_secs());
                std::future::ready(())
            });
        let mut waits = polling.begin();
        while waits.wait().await {}
        assert_eq!(*slept.lock().unwrap(), [4, 6, 8, 8, 4]);
    }
}
