//! What follows from a failure: a retry, or a run that is parked.

use std::time::Duration;

use synctera::{Error, ErrorKind, NextAction, RetryClass};

/// Names that describe a failure: no text of the platform, which may quote people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cause {
    pub(crate) kind: String,
    pub(crate) code: Option<String>,
    pub(crate) next_action: Option<String>,
    pub(crate) operation: Option<String>,
    pub(crate) request_id: Option<String>,
}

impl Cause {
    /// A failure that is not the platform's.
    pub(crate) fn own(kind: &str, next_action: NextAction) -> Self {
        Self {
            kind: kind.to_owned(),
            next_action: Some(format!("{next_action:?}")),
            ..Self::default()
        }
    }

    fn of(error: &Error) -> Self {
        let short = |text: &str, most: usize| {
            // Codes and ids are the platform's: only what can be a name is stored.
            let is_name = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
            (text.len() <= most && !text.is_empty() && text.chars().all(is_name))
                .then(|| text.to_owned())
        };
        Self {
            kind: format!("{:?}", error.kind()),
            code: error.code().and_then(|code| short(code.as_str(), 128)),
            next_action: Some(format!("{:?}", error.next_action())),
            operation: short(error.operation(), 128),
            request_id: error.request_id().and_then(|id| short(id, 128)),
        }
    }
}

/// What follows from a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// The same again, no earlier than after this time.
    Retry(Option<Duration>, Cause),
    /// Nothing, until it is corrected or a person has looked.
    Park(Cause),
}

/// What follows from the failure of a run.
///
/// | failure | decision |
/// |---|---|
/// | retryable, and everything that may be over later: the network, the API key, the configuration | retry |
/// | a refusal, wrong input, an answer that cannot be read | park |
/// | whether the platform acted cannot be found out | park |
pub(crate) fn decide(error: &Error) -> Decision {
    let cause = Cause::of(error);
    let is_of_the_run = matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::Refused);
    let is_retryable = match error.next_action() {
        NextAction::Retry | NextAction::WaitAndRetry | NextAction::RetryWithKey => true,
        // Nothing is wrong with the run: parked, thousands would have to be released by hand after an
        // API key was changed.
        NextAction::CheckApiKey
        | NextAction::CheckNetwork
        | NextAction::ChangeConfiguration
        | NextAction::RepairLocally => !is_of_the_run,
        // The next run has the same keys, and looks where the platform may not know them.
        NextAction::CheckBeforeRetry => error.retry_class() != RetryClass::Final,
        _ => false,
    };
    match is_retryable {
        true => Decision::Retry(error.retry_after(), cause),
        false => Decision::Park(cause),
    }
}

/// The waits after failures: each twice as long as the one before, up to the longest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

/// The longest wait that a `Retry-After` can ask for.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);

impl Backoff {
    /// The wait after this many failures in a row, with jitter of a quarter: `chance` is from 0 to 1.
    pub(crate) fn wait(
        self,
        failures: u32,
        retry_after: Option<Duration>,
        chance: f64,
    ) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1).min(30));
        let wait = self.first.saturating_mul(doubled).min(self.longest);
        let wait = wait.mul_f64(0.75 + chance.clamp(0.0, 1.0) / 2.0);
        wait.max(retry_after.unwrap_or_default().min(RETRY_AFTER_MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_honor_retry_after() {
        let backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(600) };
        let seconds = |failures, after: Option<u64>| {
            backoff.wait(failures, after.map(Duration::from_secs), 0.5).as_secs()
        };
        assert_eq!([1, 2, 5, 10, 11].map(|n| seconds(n, None)), [1, 2, 16, 512, 600]);
        assert_eq!(seconds(u32::MAX, None), 600);
        assert_eq!(seconds(1, Some(90)), 90);
        assert_eq!(seconds(11, Some(90)), 600);
        assert_eq!(seconds(1, Some(u64::MAX)), 24 * 3600, "it is bounded");
        assert!(backoff.wait(5, None, 0.0) < backoff.wait(5, None, 1.0));
    }

    #[test]
    fn what_is_wrong_with_the_run_is_parked() {
        let parked = Error::invalid_input("transfer", "amount", "is 4111 1111 1111 1111");
        match decide(&parked) {
            Decision::Park(cause) => {
                assert_eq!(cause.kind, "InvalidInput");
                assert_eq!(cause.next_action.as_deref(), Some("CorrectInput"));
                assert!(!format!("{cause:?}").contains("4111"));
            }
            other => panic!("{other:?}"),
        }
    }
}
