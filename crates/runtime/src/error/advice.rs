//! What to do about a failure: one table for every way to fail.
//!
//! | failure | read | write | in a journey |
//! |---|---|---|---|
//! | the input is wrong | correct it | correct it | correct it, next attempt |
//! | the client is set up wrong | change it | change it | change it, same key |
//! | only the sandbox has it | use a sandbox | use a sandbox | use a sandbox |
//! | a known rule forbids it | when the reason is gone | when the reason is gone | then the same key |
//! | no connection | again | again | same key |
//! | the client's own rate limit | wait, again | wait, again | wait, same key |
//! | no answer, a broken answer, 408, 425, 499, 5xx, not JSON | again | again with the same key, or check first where keys are not documented | the same |
//! | 429, the key is in use | wait, again | wait, again with the same key | wait, same key |
//! | 401 | check the API key | the same, same key | the same, same key |
//! | 403 | get the permission | the same, new key | the same, next attempt |
//! | 501 | do not repeat | do not repeat | do not repeat |
//! | a redirect, 407, 511, an error that is not the platform's | check the network | the same, same key; or check first where keys are not documented | the same |
//! | any other refusal | correct it | correct it, new key | correct it, next attempt |
//! | the key was used for another request | | new key, or the original request | next attempt |
//! | a success that is JSON of another form | update this library | find what was created | find what was created |
//! | a success that is too large | raise the limit | find what was created | find what was created |
//! | something on this machine | repair it | repair it | repair it, same key |
//!
//! "Next attempt" is [`Progress::attempt`] plus one, under the same key: the platform repeats a
//! refusal for seven days under the key that it was sent with. Where an earlier attempt of the same
//! call may have acted, no row recommends a new key.
//!
//! "The same key" is one that the caller has. If it was generated, the action is
//! [`NextAction::RetryWithKey`], because the same lines of a program would send another one.

use super::effect::{Effect, Origin};
use super::error::Error;
use super::kind::ErrorKind;
use crate::next_action::NextAction;
use crate::problem::ErrorCode;
use crate::progress::Progress;
use crate::retry_class::RetryClass;

impl NextAction {
    /// The action for an error.
    pub(super) fn of(error: &Error) -> Self {
        let inner = &error.0;
        let action = inner.action.unwrap_or_else(|| match inner.kind {
            ErrorKind::InvalidInput => Self::CorrectInput,
            ErrorKind::Configuration => Self::ChangeConfiguration,
            ErrorKind::Refused => Self::RemoveReason,
            ErrorKind::RateLimited => Self::WaitAndRetry,
            ErrorKind::KeyReused => Self::UseNewKey,
            ErrorKind::Local => Self::RepairLocally,
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted => Self::again(error),
            ErrorKind::Api => Self::of_answer(error),
            ErrorKind::Decode if inner.retry_class != RetryClass::Final => Self::again(error),
            ErrorKind::Decode | ErrorKind::ResponseTooLarge if error.is_of_write() => {
                Self::ReadResource
            }
            ErrorKind::Decode if error.origin() == Origin::Other => Self::CheckNetwork,
            ErrorKind::Decode => Self::DoNotRepeat,
            ErrorKind::ResponseTooLarge => Self::ChangeConfiguration,
        });
        let is_last = inner.progress.as_ref().is_some_and(|progress| next(progress).is_none());
        match action {
            Self::CorrectInput | Self::CorrectAndContinue | Self::UseNewKey if is_last => {
                Self::CheckByHand
            }
            // A new key would do it twice.
            Self::CorrectAndContinue if Effect::of(error) == Effect::MayHaveActed => {
                Self::CheckByHand
            }
            Self::WaitAndRetry | Self::CheckApiKey | Self::CheckNetwork
                if inner.action.is_none() && is_unsafe_to_repeat(error) =>
            {
                Self::CheckBeforeRetry
            }
            Self::Retry | Self::WaitAndRetry if error.needs_its_key() => Self::RetryWithKey,
            action => action,
        }
    }

    /// Whether the same call, repeated unchanged and under the same key if it was given one, may
    /// succeed and cannot act twice.
    pub(super) fn is_retry(self) -> bool {
        matches!(self, Self::Retry | Self::WaitAndRetry)
    }

    fn of_answer(error: &Error) -> Self {
        if error.code() == Some(&ErrorCode::IdempotencyConcurrentUse) {
            return Self::WaitAndRetry;
        }
        match (error.status_code(), error.origin()) {
            (429, _) => Self::WaitAndRetry,
            (401, _) => Self::CheckApiKey,
            (511, _) => Self::CheckNetwork,
            _ if error.is_unclear_answer() => Self::again(error),
            (501, Origin::Platform) => Self::DoNotRepeat,
            (_, Origin::Other | Origin::Unclear) => Self::CheckNetwork,
            (403, Origin::Platform) => Self::CheckApiKey,
            (_, Origin::Platform) => Self::CorrectAndContinue,
        }
    }

    /// The action where the same call may succeed later.
    fn again(error: &Error) -> Self {
        if is_unsafe_to_repeat(error) { Self::CheckBeforeRetry } else { Self::Retry }
    }
}

/// Whether the same request may act a second time.
fn is_unsafe_to_repeat(error: &Error) -> bool {
    let is_running = error.code() == Some(&ErrorCode::IdempotencyConcurrentUse);
    Effect::of(error) == Effect::MayHaveActed && !error.repeats_safely() && !is_running
}

impl Error {
    /// What to do about it: the text of the error says it, too.
    pub fn next_action(&self) -> NextAction {
        NextAction::of(self)
    }

    /// Whether the same call or run, repeated unchanged, may succeed and cannot act twice: the same
    /// lines of a program, with the key if they set one. It is `true` if
    /// [`next_action`](Self::next_action) is [`Retry`](NextAction::Retry) or
    /// [`WaitAndRetry`](NextAction::WaitAndRetry).
    ///
    /// It is `false` for a write that may have acted if its key was generated
    /// ([`RetryWithKey`](NextAction::RetryWithKey)), or if the platform does not document that it
    /// recognizes the key ([`CheckBeforeRetry`](NextAction::CheckBeforeRetry)).
    pub fn is_retryable(&self) -> bool {
        self.next_action().is_retry()
    }
}

/// The attempt after the one that failed, if the run can have it.
pub(super) fn next(progress: &Progress) -> Option<u32> {
    Some(progress.attempt.saturating_add(1)).filter(|attempt| *attempt <= Progress::ATTEMPTS_MAX)
}
