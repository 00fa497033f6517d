//! Which calls are tried again, and when.
//!
//! | what happened | tried again |
//! |---|---|
//! | no connection | always: nothing was sent |
//! | 429 | always: the platform did nothing, and keeps no answer |
//! | the same key is in use by an earlier try | always, after a wait: that one's answer comes |
//! | timeout, broken connection, 500, 502, 503, 504 | when repeating cannot act twice |
//! | any other answer | never |
//!
//! Repeating cannot act twice for reads, for `PUT` and `DELETE`, and for the operations of which
//! the document says that they know the `Idempotency-Key`. The guides promise it of every
//! operation, so the key is always sent; [`Retries::all_writes`] takes them at their word.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use retry_policies::policies::ExponentialBackoff;
use retry_policies::{Jitter, RetryDecision, RetryPolicy};
use synctera_api::Problem;
use synctera_api::runtime::{ErrorCode, FailureKind, Operation};

/// When a call is tried again: three more times unless set, after waits that double from half a
/// second up to twenty, each drawn at random below that.
#[derive(Clone, Debug, PartialEq)]
pub struct Retries {
    tries_more: u32,
    wait_min: Duration,
    wait_max: Duration,
    all_writes: bool,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            tries_more: 3,
            wait_min: Duration::from_millis(500),
            wait_max: Duration::from_secs(20),
            all_writes: false,
        }
    }
}

impl Retries {
    /// Every call is tried once.
    pub fn none() -> Self {
        Self::up_to(0)
    }

    /// A call is tried this often beyond the first time.
    pub fn up_to(tries_more: u32) -> Self {
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

    /// How long to wait before the next try after so many, if there is one.
    pub(super) fn wait(
        &self,
        operation: &Operation,
        verdict: &Verdict,
        tries: u32,
    ) -> Option<Duration> {
        let asked = match verdict {
            Verdict::NothingDone { after } => *after,
            Verdict::MayHaveActed { after } if self.all_writes || is_repeatable(operation) => {
                *after
            }
            Verdict::MayHaveActed { .. } | Verdict::Final => return None,
        };
        let policy = ExponentialBackoff::builder()
            .retry_bounds(self.wait_min, self.wait_max)
            .jitter(Jitter::Full)
            .build_with_max_retries(self.tries_more);
        let now = SystemTime::now();
        match policy.should_retry(now, tries.saturating_sub(1)) {
            RetryDecision::Retry { execute_after } => {
                let own = execute_after.duration_since(now).unwrap_or_default();
                Some(asked.map_or(own, |asked| asked.max(own)))
            }
            RetryDecision::DoNotRetry => None,
        }
    }
}

/// Whether repeating under the same key cannot act twice.
fn is_repeatable(operation: &Operation) -> bool {
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

    /// Whether an answer of this status is judged by its body as well.
    pub(super) fn needs_body(status: StatusCode) -> bool {
        matches!(
            status,
            StatusCode::CONFLICT
                | StatusCode::UNPROCESSABLE_ENTITY
                | StatusCode::TOO_MANY_REQUESTS
                | StatusCode::SERVICE_UNAVAILABLE
        )
    }

    pub(super) fn of_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let problem = Problem::read(body);
        let after = retry_after(headers).or(problem.retry_after.map(Duration::from_secs));
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

/// `Retry-After`, in seconds or as a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = DateTime::parse_from_rfc2822(text).ok()?;
    Some((moment.with_timezone(&Utc) - Utc::now()).to_std().unwrap_or_default())
}
