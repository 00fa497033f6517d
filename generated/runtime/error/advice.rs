//! What to do about a failure: one table for every way to fail.
//!
//! | failure | read | write | in a journey |
//! |---|---|---|---|
//! | the input is wrong | correct it | correct it | correct it, same key |
//! | the client is set up wrong | change it | change it | change it |
//! | a known rule forbids it | when the reason is gone | when the reason is gone | then the same key |
//! | no connection | again | again | same key |
//! | the client's own rate limit | wait, again | wait, again | wait, same key |
//! | no answer, a broken answer, 408, 5xx | again | again with the same key, or check first where keys are not documented | same key |
//! | 429, the key is in use | wait, again | wait, again with the same key | wait, same key |
//! | 401, 403 | check the key and its permissions | the same | the same |
//! | 501 | do not repeat | do not repeat | do not repeat |
//! | any other refusal | correct it | correct it, new key | correct it, next attempt |
//! | the key was used for another request | | new key, or the request of then | next attempt |
//! | a success that cannot be read | update this library | read what was made | read what was made |
//! | a success that is too large | raise the limit | read what was made | read what was made |
//! | something on this machine | repair it | repair it | repair it, same key |

use std::fmt::{self, Write as _};

use super::{Error, ErrorKind};
use crate::runtime::problem::ErrorCode;
use crate::runtime::transport::MIGHT_ACT_TWICE;

/// What a person or a program should do about an [`Error`].
///
/// [`Error`]'s text says it with the key and the attempt that the case has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NextAction {
    /// Nothing was sent. Correct the input and call again.
    CorrectInput,
    /// Change how the client is configured: its key, environment, rules or limits.
    ChangeConfiguration,
    /// Nothing was sent in this step. Call again when the reason that the error names is gone.
    RemoveReason,
    /// Call again, unchanged; a write with the same idempotency key.
    Retry,
    /// Wait, for [`Error::retry_after`] where it is known, and call again, unchanged; a write with
    /// the same idempotency key.
    WaitAndRetry,
    /// The platform may have acted, and may act again: check whether it did before calling again.
    CheckBeforeRetry,
    /// The API key is not accepted, or lacks a permission.
    CheckApiKey,
    /// The platform refused and did nothing. Correct the cause; a single write is sent again with a
    /// new idempotency key, a journey runs again with the same key and the next attempt.
    CorrectAndContinue,
    /// The idempotency key was used for another request. Use a new one; a journey whose input was
    /// corrected runs again with the same key and the next attempt.
    UseNewKey,
    /// The platform acted, but its answer cannot be read. Read the resource; do not send a write
    /// again with a new key.
    ReadResource,
    /// A verification is not decided yet, or a person has to decide it: wait for the decision.
    AwaitDecision,
    /// Doing it again leads to the same result.
    DoNotRepeat,
    /// This library cannot tell what was done. A person must check.
    CheckByHand,
    /// Something on this machine must be repaired first.
    RepairLocally,
}

impl NextAction {
    /// The action for an error.
    pub(super) fn of(error: &Error) -> Self {
        let inner = &error.0;
        if let Some(action) = inner.action {
            return action;
        }
        let is_write = inner.trace.idempotency_key.is_some();
        match inner.kind {
            ErrorKind::InvalidInput => Self::CorrectInput,
            ErrorKind::Configuration => Self::ChangeConfiguration,
            ErrorKind::Refused => Self::RemoveReason,
            ErrorKind::Connect => Self::Retry,
            ErrorKind::KeyReused => Self::UseNewKey,
            ErrorKind::RateLimited => Self::WaitAndRetry,
            ErrorKind::Decode | ErrorKind::ResponseTooLarge if is_write => Self::ReadResource,
            ErrorKind::Decode => Self::DoNotRepeat,
            ErrorKind::ResponseTooLarge => Self::ChangeConfiguration,
            ErrorKind::Local => Self::RepairLocally,
            _ if inner.trace.gave_up == Some(MIGHT_ACT_TWICE) => Self::CheckBeforeRetry,
            ErrorKind::Timeout | ErrorKind::Interrupted => Self::Retry,
            ErrorKind::Api => Self::of_answer(error),
        }
    }

    fn of_answer(error: &Error) -> Self {
        if error.code() == Some(&ErrorCode::IdempotencyConcurrentUse) {
            return Self::WaitAndRetry;
        }
        match error.status().map_or(0, |status| status.as_u16()) {
            401 | 403 => Self::CheckApiKey,
            429 => Self::WaitAndRetry,
            501 => Self::DoNotRepeat,
            _ if error.is_retryable() => Self::Retry,
            _ => Self::CorrectAndContinue,
        }
    }
}

/// What to do, in words, with the key and the attempt of the case.
pub(super) fn text(error: &Error) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    let _infallible = write(&mut text, error);
    text
}

fn write(text: &mut String, error: &Error) -> fmt::Result {
    let inner = &error.0;
    let action = NextAction::of(error);
    let key = inner.trace.idempotency_key.as_deref();
    let progress = inner.progress.as_ref();
    // How the same thing is done again.
    let again = match (progress, key) {
        (Some(progress), _) => {
            let mut again = format!("run it again with the key {}", progress.key);
            if progress.attempt > 1 {
                write!(again, " and attempt {}", progress.attempt)?;
            }
            again
        }
        (None, Some(_)) => "call again with the same idempotency key".to_owned(),
        (None, None) => "call again".to_owned(),
    };
    match action {
        NextAction::CorrectInput => match progress {
            Some(_) => write!(text, "correct the input, then {again}"),
            None => text.write_str("nothing was sent; correct the input and call again"),
        },
        NextAction::ChangeConfiguration if inner.kind == ErrorKind::ResponseTooLarge => {
            text.write_str("raise the limit of the client, or ask for less")
        }
        NextAction::ChangeConfiguration => {
            text.write_str("nothing was sent; change the configuration of the client")
        }
        NextAction::RemoveReason => {
            text.write_str("nothing was done in this step; ")?;
            match error.code() {
                Some(_) => write!(text, "{}, then {again}", cause(error)),
                None => write!(text, "when the reason no longer applies, {again}"),
            }
        }
        NextAction::Retry if inner.kind == ErrorKind::Connect => {
            write!(text, "nothing was sent; check the connection, then {again}")
        }
        NextAction::Retry if key.is_some() => {
            write!(text, "the platform may have acted; {again}")
        }
        NextAction::Retry => text.write_str(&again),
        NextAction::WaitAndRetry if inner.kind == ErrorKind::RateLimited => {
            write!(text, "nothing was sent; wait, then {again}")
        }
        NextAction::WaitAndRetry => match error.retry_after() {
            Some(wait) => write!(text, "wait {} s, then {again}", wait.as_secs()),
            None => write!(text, "wait, then {again}"),
        },
        NextAction::CheckBeforeRetry => write!(
            text,
            "the platform may have acted, and does not document that it recognizes a repeated key \
             for this operation; check whether it acted before you {again}"
        ),
        NextAction::CheckApiKey => write!(
            text,
            "nothing was done; check that the API key is of this environment and has the \
             permission, then {again}"
        ),
        NextAction::CorrectAndContinue => match (progress, key) {
            (Some(progress), _) => write!(
                text,
                "nothing was done in this step; {}, then run it again with the key {} and attempt \
                 {}",
                cause(error),
                progress.key,
                progress.attempt.saturating_add(1)
            ),
            (None, Some(_)) => write!(
                text,
                "nothing was done; {}, then call again with a new idempotency key",
                cause(error)
            ),
            (None, None) => write!(text, "{}, then call again", cause(error)),
        },
        NextAction::UseNewKey => match progress {
            Some(progress) => write!(
                text,
                "nothing was done this time; if the input was corrected, run it again with the key \
                 {} and attempt {}; for anything else use a new key",
                progress.key,
                progress.attempt.saturating_add(1)
            ),
            None => text.write_str(
                "nothing was done this time; use a new key, or send the same request as before",
            ),
        },
        NextAction::ReadResource => text.write_str(
            "the platform acted; read what it made, and do not send it again with a new key",
        ),
        NextAction::DoNotRepeat if inner.kind == ErrorKind::Decode => {
            text.write_str("update this library, or report the answer")
        }
        NextAction::AwaitDecision => text
            .write_str("wait until the verification is decided (await_verification or a webhook)"),
        NextAction::DoNotRepeat => text.write_str("do not repeat it"),
        NextAction::CheckByHand => text
            .write_str("check by hand whether it was done, and use a new key for what is missing"),
        NextAction::RepairLocally => write!(text, "repair it, then {again}"),
    }
}

/// How the cause of a refusal is corrected.
fn cause(error: &Error) -> &'static str {
    let Some(code) = error.code() else {
        return match error.status().map_or(0, |status| status.as_u16()) {
            404 => "correct the id",
            _ => "correct the request",
        };
    };
    match code {
        ErrorCode::InsufficientFunds => "add money to the account or lower the amount",
        ErrorCode::BalanceViolation => "change the amount or the account's floor or ceiling",
        ErrorCode::SpendControlViolation => "change the amount or the spend control",
        ErrorCode::CustomerNotVerified => "verify the customer",
        ErrorCode::BusinessNotVerified => "verify the business",
        ErrorCode::PartnerNotVerified => "have the partner verified",
        ErrorCode::ExternalAccountNotVerified | ErrorCode::ExternalAccountNotActive => {
            "verify the external account"
        }
        ErrorCode::PaymentRailNotEnabled | ErrorCode::FeatureNotAvailable => {
            "have it enabled for the account or the program"
        }
        ErrorCode::DuplicateResource => {
            "use the resource that exists, or change what must be unique"
        }
        code if code.as_str().ends_with("_NOT_FOUND") => "correct the id",
        code if code.as_str().contains("STATUS") => "change the status that is in the way",
        _ => "correct the request",
    }
}
