//! Which calls are tried again, and when.
//!
//! | what happened | tried again |
//! |---|---|
//! | no connection | always: nothing was sent |
//! | 429 | always: the platform did nothing, and keeps no answer |
//! | the same key is in use by an earlier try | always, after a wait: that one's answer comes |
//! | timeout, broken connection, 500, 502, 503, 504 | when repeating cannot act twice |
//! | an answer that breaks off; a success that is no JSON where JSON is promised | when repeating cannot act twice |
//! | any other answer | never |
//!
//! Repeating cannot act twice for reads, for `PUT` and `DELETE`, and for the operations of which
//! the document says that they know the `Idempotency-Key`. The guides promise it of every
//! operation, so the key is always sent; [`Retries::all_writes`] takes them at their word.
//! [`Retries::repeats`] shows the writes one by one.

use std::time::{Duration, SystemTime};

use reqwest::StatusCode;
use retry_policies::policies::ExponentialBackoff;
use retry_policies::{Jitter, RetryDecision, RetryPolicy};
use synctera_api::Problem;
use synctera_api::runtime::{Answer, AnswerKind, ErrorCode, FailureKind, Operation, retry_after};
use tower::retry::budget::{Budget as _, TpsBudget};

/// The time that a budget looks back on.
const BUDGET_WINDOW: Duration = Duration::from_secs(10);

/// When a call is tried again: three more times unless set, after waits that double from half a
/// second up to twenty, each drawn at random below that; never beyond the time of the call. A
/// longer wait that the platform asks for, in the `Retry-After` header or in the body, is kept.
///
/// | what happened | tried again |
/// |---|---|
/// | no connection; 429; the key is in use by an earlier try | always: nothing was done |
/// | timeout, broken connection, broken answer, 500, 502, 503, 504 | when repeating cannot act twice: see [`Retries::repeats`] |
/// | any other answer | never |
///
/// # The budget
///
/// Further tries come out of a budget that all clones of a client share, so that an outage is not
/// made worse: within any ten seconds as many as 20 % of the calls that got through, and 50 beside
/// (5 a second). When it is spent, a call ends with the outcome that it has, and its error says so.
/// [`Retries::budget`] sets other numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Retries {
    tries_more: u32,
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
            tries_more: 3,
            wait_min: Duration::from_millis(500),
            wait_max: Duration::from_secs(20),
            all_writes: false,
            budget: Some(Budget { percent: 20, per_second: 5 }),
        }
    }
}

impl Retries {
    /// Every call is tried once.
    pub fn none() -> Self {
        Self::max_retries(0)
    }

    /// A call is tried this often beyond the first time.
    pub fn max_retries(tries_more: u32) -> Self {
        Self { tries_more, ..Self::default() }
    }

    /// The range within which the waits double.
    #[must_use]
    pub fn waits(mut self, min: Duration, max: Duration) -> Self {
        self.wait_min = min;
        self.wait_max = max.max(min);
        self
    }

    /// Repeats every write after any trouble, also those of which the document does not say that
    /// they know the idempotency key.
    #[must_use]
    pub fn all_writes(mut self) -> Self {
        self.all_writes = true;
        self
    }

    /// Allows, within any ten seconds, so many further tries for a hundred calls that got through,
    /// and so many a second beside: 20 and 5 unless set. At least one a second of the latter, at
    /// most 1000 of each.
    #[must_use]
    pub fn budget(mut self, percent: u16, per_second: u16) -> Self {
        let budget = Budget { percent: percent.min(1000), per_second: per_second.clamp(1, 1000) };
        self.budget = Some(budget);
        self
    }

    /// Allows each call all of its tries, whatever happens to others.
    #[must_use]
    pub fn without_budget(mut self) -> Self {
        self.budget = None;
        self
    }

    /// Whether a call of this operation is tried again when the platform may have acted on it.
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
        self.all_writes || cannot_act_twice(operation)
    }

    pub(crate) fn new_budget(&self) -> Option<TpsBudget> {
        let Budget { percent, per_second } = self.budget?;
        let share = f32::from(percent) / 100.0;
        Some(TpsBudget::new(BUDGET_WINDOW, u32::from(per_second), share))
    }

    /// What to do after so many tries.
    pub(super) fn decide(&self, operation: &Operation, verdict: &Verdict, tries: u32) -> Decision {
        let asked = match verdict {
            Verdict::Final => return Decision::Stop,
            Verdict::NothingDone { after } => *after,
            Verdict::MayHaveActed { after } if self.repeats(operation) => *after,
            Verdict::MayHaveActed { .. } => return Decision::MightActTwice,
        };
        let policy = ExponentialBackoff::builder()
            .retry_bounds(self.wait_min, self.wait_max)
            .jitter(Jitter::Full)
            .build_with_max_retries(self.tries_more);
        let now = SystemTime::now();
        match policy.should_retry(now, tries.saturating_sub(1)) {
            RetryDecision::Retry { execute_after } => {
                let own = execute_after.duration_since(now).unwrap_or_default();
                Decision::Wait(asked.map_or(own, |asked| asked.max(own)))
            }
            RetryDecision::DoNotRetry => Decision::Stop,
        }
    }
}

/// What comes after a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Nothing.
    Stop,
    /// Nothing, although it went wrong.
    MightActTwice,
    /// Another one, after this time.
    Wait(Duration),
}

/// Counts a call that got through.
pub(super) fn earn(budget: Option<&TpsBudget>) {
    if let Some(budget) = budget {
        budget.deposit();
    }
}

/// Takes a further try out of the budget, if there is one left.
pub(super) fn spend(budget: Option<&TpsBudget>) -> bool {
    budget.is_none_or(|budget| budget.withdraw())
}

/// Whether repeating under the same key cannot act twice.
fn cannot_act_twice(operation: &Operation) -> bool {
    matches!(operation.method, "GET" | "HEAD" | "PUT" | "DELETE") || operation.lists_idempotency
}

/// What an outcome means for a further try; `after` is how long the platform asks to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It stays as it is.
    Final,
    /// The platform did nothing.
    NothingDone { after: Option<Duration> },
    /// The platform may have done it.
    MayHaveActed { after: Option<Duration> },
}

impl Verdict {
    pub(super) fn of_failure(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Connect => Self::NothingDone { after: None },
            FailureKind::Timeout | FailureKind::Interrupted => Self::MayHaveActed { after: None },
            _ => Self::Final,
        }
    }

    pub(super) fn of_answer(operation: &Operation, answer: &Answer) -> Self {
        let status = answer.response.status();
        let body = answer.body.as_deref().unwrap_or_default();
        if status.is_success() {
            let broken = operation.answer == AnswerKind::Json
                && status != StatusCode::NO_CONTENT
                && !looks_whole(body);
            return if broken { Self::MayHaveActed { after: None } } else { Self::Final };
        }
        let problem = Problem::read(body);
        let after =
            retry_after(answer.response.headers()).or(problem.retry_after.map(Duration::from_secs));
        match status {
            // Both are in the platform's documents: its error list says 422, its guide 409.
            StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY
                if problem.code == Some(ErrorCode::IdempotencyConcurrentUse) =>
            {
                Self::NothingDone { after }
            }
            StatusCode::TOO_MANY_REQUESTS => Self::NothingDone { after },
            StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Self::MayHaveActed { after },
            _ => Self::Final,
        }
    }
}

/// Whether a body can be JSON to its end, told by both ends: enough to tell a page of a gateway, or
/// half an answer, without reading everything twice.
fn looks_whole(body: &[u8]) -> bool {
    let body = body.trim_ascii();
    match (body.first(), body.last()) {
        (Some(b'{'), Some(last)) => *last == b'}',
        (Some(b'['), Some(last)) => *last == b']',
        (Some(_), _) => serde_json::from_slice::<serde_json::Value>(body).is_ok(),
        (None, _) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_no_json_is_told_by_its_ends() {
        for whole in [r#"{"id":1}"#, " [] \n", "7", "\"x\"", "null"] {
            assert!(looks_whole(whole.as_bytes()), "{whole}");
        }
        for broken in ["", " ", r#"{"id":"#, "[1, 2", "<html></html>", "gone", "\"x"] {
            assert!(!looks_whole(broken.as_bytes()), "{broken}");
        }
    }

    #[test]
    fn a_budget_ends_and_what_gets_through_earns_more() {
        let budget = Retries::default().budget(50, 1).new_budget();
        let budget = budget.as_ref();
        let spent = (0..100).filter(|_| spend(budget)).count();
        assert_eq!(spent, 10, "one a second for ten seconds");
        (0..8).for_each(|_| earn(budget));
        assert_eq!((0..100).filter(|_| spend(budget)).count(), 4);
        assert!(spend(Retries::default().without_budget().new_budget().as_ref()));
    }

    #[test]
    fn odd_numbers_make_a_budget_too() {
        for (percent, per_second) in [(0, 0), (u16::MAX, u16::MAX), (100, 1), (150, 1)] {
            assert!(spend(Retries::default().budget(percent, per_second).new_budget().as_ref()));
        }
    }
}
