//! How often a call is repeated, and after which waits.
//!
//! What an outcome says about repeating the call is in the table of [`RetryClass`]. Repeating cannot
//! act twice for reads, for `PUT` and `DELETE`, and for the operations of which the document says that
//! they know the `Idempotency-Key` ([`Operation::is_repeatable`]). The guides promise it of every operation, so the key is always
//! sent; [`Retries::all_writes`] takes them at their word. [`Retries::repeats`] shows the writes one by
//! one.

use std::time::{Duration, SystemTime};

use retry_policies::policies::ExponentialBackoff;
use retry_policies::{Jitter, RetryDecision, RetryPolicy};
use synctera_api::runtime::{Operation, RetryClass};
use tower::retry::budget::{Budget as _, TpsBudget};

/// Stands for a time limit that no clock can reach.
pub(super) const FOREVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// The time that a budget looks back on.
const BUDGET_WINDOW: Duration = Duration::from_secs(10);

/// When a call is retried: three more times unless set, after waits that double from half a second up
/// to twenty, each drawn at random below that; never beyond the time of the call. A longer wait that
/// the platform asks for, in the `Retry-After` header or in the body, is kept.
///
/// | outcome | retried |
/// |---|---|
/// | no connection; 429; the key is in use by an earlier attempt | always: nothing was done |
/// | timeout, broken connection, broken answer, 408, 425, 499, any 5xx but 501 and 511 | when repeating cannot act twice: see [`Retries::repeats`] |
/// | any other answer | never |
///
/// # The budget
///
/// Retries come out of a budget that all clones of a client share, so that an outage is not made
/// worse: within any ten seconds as many as 20 % of the calls that got through, and 50 beside (5 a
/// second). When it is spent, a call ends with the outcome that it has, and its error says so.
/// [`Retries::budget`] sets other numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Retries {
    retries_max: u32,
    wait_min: Duration,
    wait_max: Duration,
    all_writes: bool,
    budget: Option<Budget>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Budget {
    percent: u16,
    per_second: u16,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            retries_max: 3,
            wait_min: Duration::from_millis(500),
            wait_max: Duration::from_secs(20),
            all_writes: false,
            budget: Some(Budget { percent: 20, per_second: 5 }),
        }
    }
}

impl Retries {
    /// Every call is attempted once.
    pub fn none() -> Self {
        Self::max_retries(0)
    }

    /// A call is attempted this often beyond the first time.
    pub fn max_retries(retries: u32) -> Self {
        Self { retries_max: retries, ..Self::default() }
    }

    /// The range within which the waits double. A wait longer than the time that a call has left ends
    /// the call.
    #[must_use]
    pub fn waits(mut self, min: Duration, max: Duration) -> Self {
        self.wait_min = min;
        self.wait_max = max.max(min);
        self
    }

    /// Repeats every write whose outcome is unclear, also those of which the document does not say that
    /// they know the idempotency key.
    #[must_use]
    pub fn all_writes(mut self) -> Self {
        self.all_writes = true;
        self
    }

    /// Allows, within any ten seconds, so many retries for a hundred calls that got through, and so
    /// many a second beside: 20 and 5 unless set. At least one a second of the latter, at
    /// most 1000 of each.
    #[must_use]
    pub fn budget(mut self, percent: u16, per_second: u16) -> Self {
        let budget = Budget { percent: percent.min(1000), per_second: per_second.clamp(1, 1000) };
        self.budget = Some(budget);
        self
    }

    /// Allows each call all of its attempts, whatever happens to others.
    #[must_use]
    pub fn without_budget(mut self) -> Self {
        self.budget = None;
        self
    }

    /// Whether a call of this operation is retried when the platform may have acted on it.
    ///
    /// ```
    /// use synctera::{Retries, v2};
    ///
    /// let repeats = |id: &str, retries: &Retries| {
    ///     v2::OPERATIONS.iter().any(|known| known.id == id && retries.repeats(known))
    /// };
    /// assert!(repeats("create_internal_transfer", &Retries::default()));
    /// assert!(!repeats("create_monitoring_subscription", &Retries::default()));
    /// assert!(repeats("create_monitoring_subscription", &Retries::default().all_writes()));
    /// ```
    ///
    #[doc = include_str!("repeated_writes.md")]
    pub fn repeats(&self, operation: &Operation) -> bool {
        self.all_writes || operation.is_repeatable()
    }

    pub(crate) fn new_budget(&self) -> Option<TpsBudget> {
        let Budget { percent, per_second } = self.budget?;
        let share = f32::from(percent) / 100.0;
        Some(TpsBudget::new(BUDGET_WINDOW, u32::from(per_second), share))
    }

    /// What to do after so many attempts; `asked` is how long the platform asks to wait.
    pub(super) fn next_step(
        &self,
        operation: &Operation,
        class: RetryClass,
        asked: Option<Duration>,
        attempts: u32,
    ) -> NextStep {
        if class == RetryClass::Final {
            return NextStep::Stop;
        }
        if !class.allows_retry(self.repeats(operation)) {
            return NextStep::StopUnclear;
        }
        // Longer waits than any call has, and short enough for the policy's arithmetic.
        let policy = ExponentialBackoff::builder()
            .retry_bounds(self.wait_min.min(FOREVER), self.wait_max.min(FOREVER))
            .jitter(Jitter::Full)
            .build_with_max_retries(self.retries_max);
        let now = SystemTime::now();
        match policy.should_retry(now, attempts.saturating_sub(1)) {
            RetryDecision::Retry { execute_after } => {
                let own = execute_after.duration_since(now).unwrap_or_default();
                NextStep::RetryAfter(asked.map_or(own, |asked| asked.max(own)))
            }
            RetryDecision::DoNotRetry => NextStep::Stop,
        }
    }
}

/// What comes after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextStep {
    /// The call ends with this outcome.
    Stop,
    /// The call ends: the platform may have acted, and a retry might act twice.
    StopUnclear,
    /// Another attempt, after this time.
    RetryAfter(Duration),
}

/// Counts a call that got through.
pub(super) fn deposit(budget: Option<&TpsBudget>) {
    if let Some(budget) = budget {
        budget.deposit();
    }
}

/// Takes a retry out of the budget, if there is one left.
pub(super) fn withdraw(budget: Option<&TpsBudget>) -> bool {
    budget.is_none_or(|budget| budget.withdraw())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends_and_what_gets_through_earns_more() {
        let budget = Retries::default().budget(50, 1).new_budget();
        let budget = budget.as_ref();
        let spent = (0..100).filter(|_| withdraw(budget)).count();
        assert_eq!(spent, 10, "one a second for ten seconds");
        (0..8).for_each(|_| deposit(budget));
        assert_eq!((0..100).filter(|_| withdraw(budget)).count(), 4);
        assert!(withdraw(Retries::default().without_budget().new_budget().as_ref()));
    }

    #[test]
    fn odd_numbers_make_a_budget_too() {
        for (percent, per_second) in [(0, 0), (u16::MAX, u16::MAX), (100, 1), (150, 1)] {
            assert!(withdraw(Retries::default().budget(percent, per_second).new_budget().as_ref()));
        }
    }
}
