//! Turning the clock: job by job, so that requests are served in between.
//!
//! The clock goes from the moment of one job to that of the next, and each job is a transaction. A
//! request that comes meanwhile finds the bank as it is at that moment, and runs none of the jobs: they
//! run in the order of their moments. Webhooks wait for the end, so that a run can be repeated.

use std::sync::atomic::Ordering;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use parking_lot::MutexGuard;

use super::control::bad;
use super::{Engine, Ran, lock, saved_clock};
use crate::model::ApiError;
use crate::model::calendar::{
    LATEST, add_banking_days, bank_date, is_in_range, next_banking_day, on_day,
};
use crate::store::Store;

/// The clock is turned by at most so many days at once.
const DAYS_MAX: i64 = 3660;

/// How far the clock is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advance {
    /// By so much.
    By(Duration),
    /// To this moment.
    To(DateTime<Utc>),
    /// To the same time of the bank's day, so many banking days later.
    BankingDays(u32),
    /// To the same time of the bank's day, on the next banking day.
    NextBankingDay,
}

/// Requests do what is due again when this is dropped.
struct Turning<'a>(&'a Engine);

impl Drop for Turning<'_> {
    fn drop(&mut self) {
        self.0.is_turning.store(false, Ordering::Release);
    }
}

impl Engine {
    /// Turns the clock forward, and does what falls due on the way. Returns the job that failed,
    /// the last one if several did.
    pub(crate) fn advance(&self, advance: Advance) -> Result<Option<String>, ApiError> {
        let _alone = lock(&self.turning);
        let by = self.time_of(advance)?;
        self.is_turning.store(true, Ordering::Release);
        let turning = Turning(self);
        let outcome = self.turn(by);
        drop(turning);
        self.turned.send_replace(());
        self.notify.notify_one();
        outcome
    }

    /// How far the clock is to be turned.
    fn time_of(&self, advance: Advance) -> Result<Duration, ApiError> {
        let now = self.now();
        let by = match advance {
            Advance::By(by) => by,
            Advance::To(then) => then - now,
            Advance::BankingDays(days) if i64::from(days) > DAYS_MAX => Duration::MAX,
            Advance::BankingDays(days) => until(now, add_banking_days(bank_date(now), days))?,
            Advance::NextBankingDay => until(now, next_banking_day(bank_date(now)))?,
        };
        if by < Duration::zero() {
            return Err(bad("the clock cannot be turned back; reset the sandbox instead"));
        }
        let by = bounded(by)?;
        if !now.checked_add_signed(by).is_some_and(is_in_range) {
            return Err(bad(&format!(
                "the clock goes to {LATEST} at most: the calendar of banking days ends with the \
                 year 2199"
            )));
        }
        Ok(by)
    }

    fn turn(&self, by: Duration) -> Result<Option<String>, ApiError> {
        let mut store = self.store.lock();
        // What was due before, if the clock runs by itself.
        let (mut left, mut failed) = (by, None);
        while let Some(step) = self.step(&store, left)? {
            let mut clock = *lock(&self.clock);
            clock.advance(step);
            match self.run_next(&mut store, clock.now(), Some(clock))? {
                Ran::Nothing => break,
                Ran::Job => {}
                Ran::Failed(failure) => failed = Some(failure),
            }
            *lock(&self.clock) = clock;
            left -= step;
            // Requests that wait come first.
            MutexGuard::bump(&mut store);
        }
        let mut clock = *lock(&self.clock);
        clock.advance(left);
        let tx = store.begin()?;
        saved_clock::write(&tx, clock);
        tx.commit()?;
        *lock(&self.clock) = clock;
        Ok(failed)
    }

    /// The time until the next job, if that is not after the end.
    fn step(&self, store: &Store, left: Duration) -> Result<Option<Duration>, ApiError> {
        let now = self.now();
        let due = DateTime::from_timestamp_millis(store.next_due()?);
        let step = due.map(|due| (due - now).max(Duration::zero()));
        Ok(step.filter(|step| *step <= left))
    }
}

/// A time by which the clock may be turned at once.
pub(crate) fn bounded(by: Duration) -> Result<Duration, ApiError> {
    if by > Duration::days(DAYS_MAX) {
        return Err(bad(&format!("the clock is turned by at most {DAYS_MAX} days at once")));
    }
    Ok(by)
}

/// The time until the same time of the bank's day on another day.
fn until(now: DateTime<Utc>, day: Option<NaiveDate>) -> Result<Duration, ApiError> {
    let day = day.ok_or_else(|| bad("the calendar of banking days ends with the year 2199"))?;
    Ok(on_day(now, day) - now)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicU32};

    use super::*;
    use crate::engine::{ApiKey, InitialState, Registry, Request};
    use crate::model::clock::Clock;
    use crate::model::{Job, Seed};
    use crate::registry::REGISTRY;

    /// Runs of the job, at most so many.
    static RUNS: AtomicU32 = AtomicU32::new(0);
    const RUNS_MAX: u32 = 1_000_000;
    static HAS_BEGUN: AtomicBool = AtomicBool::new(false);
    static IS_SERVED: AtomicBool = AtomicBool::new(false);

    /// One after the other at the same moment, until a request was served.
    const JOBS: &[(&str, Job)] = &[("again", |ctx, _| {
        HAS_BEGUN.store(true, Ordering::Release);
        let runs = RUNS.fetch_add(1, Ordering::AcqRel) + 1;
        if !IS_SERVED.load(Ordering::Acquire) && runs < RUNS_MAX {
            ctx.tx.schedule(ctx.tenant, ctx.now.timestamp_millis(), "again", "")?;
        }
        Ok(())
    })];

    #[test]
    fn requests_are_served_while_the_clock_is_turned() {
        let registry: &'static Registry = Box::leak(Box::new(Registry { jobs: JOBS, ..REGISTRY }));
        let start: DateTime<Utc> = "2026-11-24T14:00:00Z".parse().unwrap();
        let key = ApiKey { key: "key".to_owned(), tenant: "1_1".to_owned() };
        let initial = InitialState::empty(Clock::held_at(start), vec![key]);
        let store = Store::temporary().unwrap();
        let engine = Engine::new(store, initial, registry, Seed::given(0), true).unwrap();
        let due = start + Duration::hours(1);
        {
            let mut store = engine.store.lock();
            let tx = store.begin().unwrap();
            tx.schedule("1_1", due.timestamp_millis(), "again", "").unwrap();
            tx.commit().unwrap();
        }
        let request = Request {
            method: "GET".to_owned(),
            path: "/v2/persons".to_owned(),
            authorization: Some("Bearer key".to_owned()),
            ..Request::default()
        };
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !HAS_BEGUN.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
                let reply = engine.handle(&request, None);
                assert_eq!(reply.status, 200);
                assert_eq!(engine.now(), due, "it is the moment of the jobs");
                IS_SERVED.store(true, Ordering::Release);
            });
            engine.advance(Advance::By(Duration::days(1))).unwrap();
        });
        assert!(RUNS.load(Ordering::Acquire) < RUNS_MAX, "the request came last");
        assert_eq!(engine.now(), start + Duration::days(1));
        assert!(engine.failed_jobs().unwrap().is_empty());
    }
}
