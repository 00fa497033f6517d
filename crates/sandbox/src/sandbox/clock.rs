//! The clock of a running sandbox.

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use synctera_api::runtime::{BoxFuture, Clock};

use super::Sandbox;
use crate::engine::Advance;
use crate::error::Error;
use crate::model::state::DoneJob;
use crate::server::AppState;

impl Sandbox {
    /// What was done by the clock since the start, the last reset or restored snapshot, the last first: at
    /// most so many, and at most a thousand. Shows what happened when the clock was moved.
    pub fn done_jobs(&self, limit: usize) -> Vec<DoneJob> {
        self.app.engine.done_jobs(limit)
    }

    /// The moment, by the sandbox's clock, in whole milliseconds.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.engine.now()
    }

    /// The clock, for a client or a verifier of webhooks that must agree with the sandbox about the
    /// time. A client's waits pass on it, so with a held clock a wait of hours takes milliseconds.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use synctera_api::runtime::Clock;
    /// use synctera_sandbox::Sandbox;
    ///
    /// let start = "2026-11-24T14:00:00Z".parse()?;
    /// let sandbox = Sandbox::builder().clock_held_at(start).start().await?;
    /// let clock = sandbox.clock();
    /// clock.sleep(Duration::from_secs(3600)).await;
    /// assert_eq!(clock.now(), start + chrono::Duration::hours(1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn clock(&self) -> SandboxClock {
        SandboxClock { app: self.app.clone() }
    }

    /// Whether the clock is held: it moves only when it is told to.
    pub fn is_clock_held(&self) -> bool {
        self.app.engine.clock().is_held
    }

    /// Holds the clock where it is.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub fn hold_clock(&self) -> Result<(), Error> {
        Ok(self.app.engine.hold_clock(true)?)
    }

    /// Lets the clock run at the machine's pace, from where it is.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub fn run_clock(&self) -> Result<(), Error> {
        Ok(self.app.engine.hold_clock(false)?)
    }

    /// Moves the clock forward by a time. What falls due on the way is done, in order.
    ///
    /// # Errors
    /// [`Error::Refused`] when the time is negative or longer than 3,660 days; [`Error::FailedJob`]
    /// when something that falls due fails, which is a defect of the sandbox; [`Error::Store`] when
    /// the storage fails.
    pub fn advance(&self, by: Duration) -> Result<(), Error> {
        self.turn(Advance::By(by))
    }

    /// Moves the clock forward to a moment; otherwise as [`Sandbox::advance`].
    ///
    /// # Errors
    /// Those of [`Sandbox::advance`]; [`Error::Refused`] for a moment in the past.
    pub fn advance_to(&self, moment: DateTime<Utc>) -> Result<(), Error> {
        self.turn(Advance::To(moment))
    }

    /// Moves the clock over a number of banking days, to the same time of the bank's day; counts as
    /// [`BankingDays::add`](crate::BankingDays::add) does. With 0 it goes to the next banking day if
    /// today is not one, and otherwise stays.
    ///
    /// # Errors
    /// Those of [`Sandbox::advance`].
    pub fn advance_banking_days(&self, days: u32) -> Result<(), Error> {
        self.turn(Advance::BankingDays(days))
    }

    /// Moves the clock to the next banking day, to the same time of the bank's day: from a Saturday
    /// mostly to Monday.
    ///
    /// # Errors
    /// Those of [`Sandbox::advance`].
    pub fn advance_to_next_banking_day(&self) -> Result<(), Error> {
        self.turn(Advance::NextBankingDay)
    }

    /// Lets time pass by the sandbox's clock: a held clock is moved forward, as
    /// [`Sandbox::advance`] does; one that runs is waited for. For code that waits for the sandbox
    /// without knowing whether its clock is held.
    ///
    /// # Errors
    /// Those of [`Sandbox::advance`].
    pub async fn sleep(&self, time: std::time::Duration) -> Result<(), Error> {
        moved(self.app.sleep(time).await?)
    }

    fn turn(&self, advance: Advance) -> Result<(), Error> {
        moved(self.app.engine.advance(advance)?)
    }
}

/// The clock of a running sandbox; see [`Sandbox::clock`].
///
/// Several waits at once each move a held clock by their own time. A wait that fails is logged and
/// ends at once.
#[derive(Clone)]
pub struct SandboxClock {
    app: Arc<AppState>,
}

impl Clock for SandboxClock {
    fn now(&self) -> DateTime<Utc> {
        self.app.engine.now()
    }

    fn sleep(&self, time: std::time::Duration) -> BoxFuture<'static, ()> {
        let app = self.app.clone();
        Box::pin(async move {
            let slept = app.sleep(time).await.map_err(Error::from).and_then(moved);
            if let Err(why) = slept {
                tracing::warn!(%why, "a wait on the sandbox's clock failed");
            }
        })
    }
}

impl fmt::Debug for SandboxClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxClock").field("now", &self.now()).finish_non_exhaustive()
    }
}

/// What becomes of the job that failed while the clock moved, if one did.
fn moved(failed: Option<String>) -> Result<(), Error> {
    failed.map_or(Ok(()), |failure| Err(Error::FailedJob(failure)))
}
