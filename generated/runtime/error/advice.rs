//! What to do about a failure: one table for every way to fail.
//!
//! | failure | read | write | in a journey |
//! |---|---|---|---|
//! | the input is wrong | correct it | correct it | correct it, next attempt |
//! | the client is set up wrong, a redirect | change it | change it | change it, same key |
//! | only the sandbox has it | use a sandbox | use a sandbox | use a sandbox |
//! | a known rule forbids it | when the reason is gone | when the reason is gone | then the same key |
//! | no connection | again | again | same key |
//! | no answer, a broken answer, 408, 5xx, not JSON | again | again with the same key, or check first where a key is not documented to help | the same |
//! | 429, the key is in use | wait, again | wait, again with the same key | wait, same key |
//! | 401 | check the API key | the same | the same, same key |
//! | 403 | get the permission | the same, new key | the same, next attempt |
//! | 501 | do not repeat | do not repeat | do not repeat |
//! | any other refusal | correct it | correct it, new key | correct it, next attempt |
//! | the key was used for another request | | new key, or the request of then | next attempt |
//! | a success that is JSON of another shape | update this library | read what was made | read what was made |
//! | something on this machine | repair it | repair it | repair it, same key |
//!
//! "Next attempt" is [`Progress::attempt`] plus one, under the same key. The platform repeats a
//! refusal for seven days under the key that it was given.

use std::fmt::{self, Write as _};

use super::{Error, ErrorKind};
use crate::runtime::problem::ErrorCode;
use crate::runtime::progress::Progress;

/// What a person or a program should do about an [`Error`].
///
/// The text of an [`Error`] says it, with the key and the attempt that the case has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NextAction {
    /// Nothing was sent. Correct the input and call again; a journey that has completed steps runs
    /// again with the same key and the next attempt.
    CorrectInput,
    /// Nothing was done. Change how the client is set up: its base URL, its proxy, or the
    /// environment that it is for.
    ChangeConfiguration,
    /// A rule forbids the call, which was not sent. Call again when the reason that the error names
    /// no longer applies.
    RemoveReason,
    /// Call again, unchanged; a write with the same idempotency key.
    Retry,
    /// Wait, for [`Error::retry_after`] where it is known, and call again, unchanged; a write with
    /// the same idempotency key.
    WaitAndRetry,
    /// The platform may have acted, and may act again: check whether it did before calling again.
    CheckBeforeRetry,
    /// The API key is not accepted, or lacks a permission. Nothing was done.
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
        if let Some(action) = error.0.action {
            return action;
        }
        match error.0.kind {
            ErrorKind::InvalidInput => Self::CorrectInput,
            ErrorKind::Configuration => Self::ChangeConfiguration,
            ErrorKind::Refused if error.is_of_sandbox_only() => Self::ChangeConfiguration,
            ErrorKind::Refused => Self::RemoveReason,
            ErrorKind::KeyReused => Self::UseNewKey,
            ErrorKind::Decode if error.0.is_foreign => Self::again(error),
            ErrorKind::Decode if error.is_of_write() => Self::ReadResource,
            ErrorKind::Decode => Self::DoNotRepeat,
            ErrorKind::Local => Self::RepairLocally,
            ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Interrupted => Self::again(error),
            ErrorKind::Api => Self::of_answer(error),
        }
    }

    fn of_answer(error: &Error) -> Self {
        if error.code() == Some(&ErrorCode::IdempotencyConcurrentUse) {
            return Self::WaitAndRetry;
        }
        match status(error) {
            300..=399 | 407 => Self::ChangeConfiguration,
            401 | 403 => Self::CheckApiKey,
            429 => Self::WaitAndRetry,
            501 => Self::DoNotRepeat,
            _ if is_unclear(error) => Self::again(error),
            _ => Self::CorrectAndContinue,
        }
    }

    /// The action where the same call may succeed later.
    fn again(error: &Error) -> Self {
        match error.may_have_acted() && !error.repeats_safely() {
            true => Self::CheckBeforeRetry,
            false => Self::Retry,
        }
    }
}

impl Error {
    /// Whether it is about something that changes the platform's state.
    fn is_of_write(&self) -> bool {
        let inner = &self.0;
        inner.trace.idempotency_key.is_some()
            || inner.operation.is_some_and(|operation| operation.is_write())
    }

    fn is_of_sandbox_only(&self) -> bool {
        self.0.operation.is_some_and(|operation| operation.is_sandbox_only())
    }

    /// Whether the platform may have done what was asked.
    fn may_have_acted(&self) -> bool {
        let inner = &self.0;
        let by_last_try = match inner.kind {
            ErrorKind::Timeout | ErrorKind::Interrupted => inner.trace.attempts > 0,
            ErrorKind::Decode => true,
            ErrorKind::Api => is_unclear(self),
            _ => false,
        };
        self.is_of_write() && (by_last_try || inner.trace.may_have_acted)
    }

    /// Whether a write that may have been done can be sent again under its key.
    fn repeats_safely(&self) -> bool {
        let has_key = self.0.trace.idempotency_key.is_some();
        has_key
            && self.0.operation.is_none_or(|operation| {
                operation.lists_idempotency || matches!(operation.method, "PUT" | "DELETE")
            })
    }
}

fn status(error: &Error) -> u16 {
    error.status().map_or(0, |status| status.as_u16())
}

/// Whether an answer of an error leaves open what the platform did, and is not kept for the key.
fn is_unclear(error: &Error) -> bool {
    matches!(status(error), 408 | 425 | 499 | 500 | 502..=599)
}

/// What to do, in words, with the key and the attempt of the case.
pub(super) fn text(error: &Error) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    let _infallible = Case { error, progress: error.progress() }.write(&mut text);
    text
}

/// An error, and the journey that it ended.
struct Case<'e> {
    error: &'e Error,
    progress: Option<&'e Progress>,
}

impl Case<'_> {
    fn write(&self, text: &mut String) -> fmt::Result {
        let error = self.error;
        let (again, corrected) = (self.again(), self.corrected());
        match NextAction::of(error) {
            NextAction::CorrectInput if self.progress.is_some() => {
                write!(text, "nothing was sent in this step; correct the input, then {corrected}")
            }
            NextAction::CorrectInput => {
                text.write_str("nothing was sent; correct the input and call again")
            }
            NextAction::ChangeConfiguration => match (error.0.kind, status(error)) {
                (ErrorKind::Refused, _) => text.write_str(
                    "nothing was sent; use a client for the sandbox, or leave this out in \
                     production",
                ),
                (ErrorKind::Api, 407) => {
                    write!(text, "nothing was done; check the proxy's credentials, then {again}")
                }
                (ErrorKind::Api, _) => write!(
                    text,
                    "check the base URL, since redirects are not followed, then {again}"
                ),
                _ => text.write_str("nothing was sent; correct the client's configuration"),
            },
            NextAction::RemoveReason => {
                if self.progress.is_some() {
                    text.write_str("nothing was done in this step; ")?;
                }
                match reason(error) {
                    Some(remedy) => write!(text, "{remedy}, then {again}"),
                    None => write!(text, "when the reason no longer applies, {again}"),
                }
            }
            NextAction::Retry => {
                if error.may_have_acted() {
                    text.write_str("the platform may have acted; ")?;
                } else if error.0.kind == ErrorKind::Connect || error.attempts() == 0 {
                    text.write_str("nothing was sent; ")?;
                }
                match error.0.kind {
                    ErrorKind::Connect => write!(text, "check the connection, then {again}"),
                    _ => text.write_str(&again),
                }
            }
            NextAction::WaitAndRetry => self.write_wait(text, &again),
            NextAction::CheckBeforeRetry => write!(
                text,
                "the platform may have acted, and a repeated request may act a second time; check \
                 whether it acted before you {again}"
            ),
            NextAction::CheckApiKey if status(error) == 403 => write!(
                text,
                "nothing was done; have the permission added to the API key, then {corrected}"
            ),
            NextAction::CheckApiKey => write!(
                text,
                "nothing was done; check that the API key is complete and is one of this \
                 environment, then {again}"
            ),
            NextAction::CorrectAndContinue => {
                match (self.progress, error.is_of_write()) {
                    (Some(_), true) => text.write_str("nothing was done in this step; ")?,
                    (None, true) => text.write_str("nothing was done; ")?,
                    (_, false) => {}
                }
                write!(text, "{}, then {corrected}", remedy(error))
            }
            NextAction::UseNewKey => match self.progress {
                Some(_) => write!(
                    text,
                    "nothing was done this time; if this corrects an earlier run, {corrected}; for \
                     anything else use a new key"
                ),
                None => text.write_str(
                    "nothing was done this time; use a new key, or send the same request as before",
                ),
            },
            NextAction::ReadResource => {
                text.write_str(
                    "the platform acted; read what it made, and do not send it again with a new key",
                )?;
                match self.progress {
                    Some(_) => write!(text, "; to continue, update this library and {again}"),
                    None => Ok(()),
                }
            }
            NextAction::AwaitDecision => text.write_str(
                "wait until the verification is decided (await_verification or a webhook)",
            ),
            NextAction::DoNotRepeat => match error.0.kind {
                ErrorKind::Decode => {
                    text.write_str("update this library, or report the answer to the platform")
                }
                ErrorKind::Api => {
                    text.write_str("nothing was done; the platform does not offer this operation")
                }
                _ => text.write_str("do not repeat it; the result would be the same"),
            },
            NextAction::CheckByHand => {
                text.write_str("check by hand what was done, and use a new key for what is missing")
            }
            NextAction::RepairLocally => {
                write!(text, "remove the cause on this machine, then {again}")
            }
        }
    }

    fn write_wait(&self, text: &mut String, again: &str) -> fmt::Result {
        if self.error.code() == Some(&ErrorCode::IdempotencyConcurrentUse) {
            text.write_str("an earlier request with this key is still running; ")?;
        }
        match self.error.retry_after() {
            Some(wait) if !wait.is_zero() => {
                let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
                write!(text, "wait {seconds} s, then {again}")
            }
            _ => write!(text, "wait, then {again}"),
        }
    }

    /// How the same thing is done again, unchanged.
    fn again(&self) -> String {
        match self.progress {
            Some(progress) => run_again(progress, progress.attempt),
            None if self.error.idempotency_key().is_some() => {
                "call again with the same idempotency key".to_owned()
            }
            None => "call again".to_owned(),
        }
    }

    /// How it is done again after the cause of a refusal was corrected.
    fn corrected(&self) -> String {
        match self.progress {
            Some(progress) => run_again(progress, progress.attempt.saturating_add(1)),
            None if self.error.idempotency_key().is_some() => {
                "call again with a new idempotency key".to_owned()
            }
            None => "call again".to_owned(),
        }
    }
}

fn run_again(progress: &Progress, attempt: u32) -> String {
    let mut text = format!("run it again with the key {}", progress.key);
    if attempt > 1 {
        text.push_str(&format!(" and attempt {attempt}"));
    }
    text
}

/// How the cause of a refusal by the platform is corrected.
fn remedy(error: &Error) -> &'static str {
    if let Some(remedy) = reason(error) {
        return remedy;
    }
    let problem = error.problem();
    let names_fields = !problem.missing.is_empty()
        || !problem.invalid.is_empty()
        || !problem.immutable.is_empty();
    let is_described = error.code().is_some() || problem.kind.is_some();
    match (status(error), is_described) {
        _ if names_fields => "correct the fields that are named",
        (404, true) => "correct the id",
        (404 | 405, false) => "check the id, the base URL and any proxy",
        (_, true) => "correct the request",
        (_, false) => "check the request, the base URL and any proxy",
    }
}

/// How the cause that a code names is corrected.
fn reason(error: &Error) -> Option<&'static str> {
    Some(match error.code()? {
        ErrorCode::InsufficientFunds => "add money to the account or lower the amount",
        ErrorCode::BalanceViolation => "change the amount, or the account's floor or ceiling",
        ErrorCode::SpendControlViolation => "change the amount or the spend control",
        ErrorCode::CustomerNotVerified => "verify the customer",
        ErrorCode::BusinessNotVerified => "verify the business",
        ErrorCode::PartnerNotVerified => "have Synctera complete the verification of your company",
        ErrorCode::ExternalAccountNotVerified => "verify the external account",
        ErrorCode::ExternalAccountNotActive => "use an external account that is active",
        ErrorCode::AccountClosed => "use another account",
        ErrorCode::ImproperAccountCustomerRelationship => {
            "use a customer who has the needed relationship to the account"
        }
        ErrorCode::PaymentRailNotEnabled | ErrorCode::FeatureNotAvailable => {
            "have it enabled for the account or the program"
        }
        ErrorCode::PaymentRailCountryNotSupported => "use an account in a supported country",
        ErrorCode::BadConfiguration => "have the program's configuration corrected",
        ErrorCode::InvalidTenancy => "use resources of one workspace",
        ErrorCode::WipeNotEnabled => "use a sandbox workspace",
        ErrorCode::DuplicateResource => {
            "use the resource that exists, or change what must be unique"
        }
        ErrorCode::SuspectedFraud => "have a person review the suspicion of fraud",
        ErrorCode::UnableToTransact => "find out from the platform why it cannot be done",
        ErrorCode::InvalidStatus => "bring the resource into a status that allows this",
        ErrorCode::ImproperCustomerStatus => "bring the customer into a status that allows this",
        ErrorCode::ImproperAccountStatus
        | ErrorCode::ImproperAccountAccessStatus
        | ErrorCode::ImproperAncestorAccountStatus
        | ErrorCode::ImproperAncestorAccountAccessStatus => {
            "bring the account into a status that allows this"
        }
        ErrorCode::BadQueryParameter => "correct the query",
        code if code.as_str().ends_with("_NOT_FOUND") => "correct the id",
        _ => return None,
    })
}
