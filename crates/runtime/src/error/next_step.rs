//! What to do about a failure, in words.

use std::fmt::{self, Write as _};
use std::time::Duration;

use super::advice::next;
use super::effect::{Effect, Origin};
use super::error::Error;
use super::kind::ErrorKind;
use super::remedy;
use crate::next_action::NextAction;
use crate::problem::ErrorCode;
use crate::progress::Progress;
use crate::retry_class::RetryClass;

/// What to do, in words, with the key and the attempt of the case.
pub(super) fn text(error: &Error) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    let _infallible = Case::of(error).write(&mut text);
    text
}

/// An error, what is known of it, and the journey that it ended.
struct Case<'e> {
    error: &'e Error,
    action: NextAction,
    effect: Effect,
    progress: Option<&'e Progress>,
}

impl<'e> Case<'e> {
    fn of(error: &'e Error) -> Self {
        let action = NextAction::of(error);
        // Where this library has decided what to do, the error's message says what was done.
        let effect = match error.0.action {
            None | Some(NextAction::ChangeConfiguration | NextAction::CorrectInput) => {
                Effect::of(error)
            }
            Some(_) => Effect::None,
        };
        Self { error, action, effect, progress: error.progress() }
    }

    fn write(&self, text: &mut String) -> fmt::Result {
        self.write_origin(text)?;
        self.write_effect(text)?;
        let error = self.error;
        let (again, corrected) = (self.again(), self.corrected());
        match self.action {
            NextAction::CorrectInput => {
                let how = error.0.remedy.as_deref().unwrap_or("correct the input");
                match self.progress {
                    Some(_) => write!(text, "{how}, then {corrected}"),
                    None => write!(text, "{how} and call again"),
                }
            }
            NextAction::ChangeConfiguration => match error.kind() {
                ErrorKind::ResponseTooLarge => {
                    write!(text, "raise the limit of the client or ask for less, then {again}")
                }
                ErrorKind::Refused => {
                    text.write_str("use a client for the sandbox, or leave this out in production")
                }
                _ => match (self.progress, error.idempotency_key()) {
                    (None, None) => text.write_str("change the configuration of the client"),
                    _ => write!(text, "change the configuration of the client, then {again}"),
                },
            },
            NextAction::CheckNetwork => match error.status_code() {
                407 => write!(text, "check the credentials for the proxy, then {again}"),
                511 => write!(text, "sign in to the network, then {again}"),
                300..=399 => write!(
                    text,
                    "check the base URL and the network (redirects are not followed), then {again}"
                ),
                404 | 405 => write!(
                    text,
                    "check the id, the base URL and the network (proxy, firewall), then {again}"
                ),
                _ => write!(
                    text,
                    "check the request, the base URL and the network (proxy, firewall), then {again}"
                ),
            },
            NextAction::RemoveReason => match remedy::known(error) {
                Some(remedy) => write!(text, "{remedy}, then {again}"),
                None => write!(text, "when the reason no longer applies, {again}"),
            },
            NextAction::WaitAndRetry => self.write_wait(text, &again),
            NextAction::RetryWithKey if self.is_to_wait() => self.write_wait(text, &again),
            NextAction::Retry | NextAction::RetryWithKey => match (error.kind(), error.origin()) {
                (ErrorKind::Connect, _) => write!(text, "check the connection, then {again}"),
                (ErrorKind::Decode, Origin::Other) => write!(
                    text,
                    "check the base URL and the network (proxy, sign-in page), then {again}"
                ),
                _ if error.0.is_deadline => {
                    write!(text, "to continue, set a longer deadline and {again}")
                }
                // The limit that the caller has set ended it before it was sent.
                (ErrorKind::Timeout, _) if error.is_unsent() => {
                    write!(text, "set a longer time limit and {again}")
                }
                _ => text.write_str(&again),
            },
            NextAction::CheckBeforeRetry if error.idempotency_key().is_none() => write!(
                text,
                "the request had no idempotency key, so a repeated request may act a second time; \
                 check whether it acted before you {again}"
            ),
            NextAction::CheckBeforeRetry => write!(
                text,
                "it does not document that it recognizes a repeated key for this operation, so a \
                 repeated request may act a second time; check whether it acted before you {again}"
            ),
            NextAction::CheckApiKey if error.status_code() == 403 => {
                let then = if self.effect == Effect::MayHaveActed { again } else { corrected };
                write!(text, "have the permission added to the API key, then {then}")
            }
            NextAction::CheckApiKey if error.origin() == Origin::Other => {
                write!(text, "check the base URL, the network and the API key, then {again}")
            }
            NextAction::CheckApiKey => write!(
                text,
                "check that the API key is complete and is one of this environment, then {again}"
            ),
            NextAction::CorrectAndContinue => {
                write!(text, "{}, then {corrected}", remedy::of_refusal(error))
            }
            NextAction::UseNewKey => match self.progress {
                Some(_) => write!(
                    text,
                    "if this corrects an earlier run, {corrected}; for anything else use a new key"
                ),
                None => text.write_str("use a new key, or send the request of that time again"),
            },
            NextAction::ReadResource => {
                text.write_str("find what was created, and do not send it again with a new key")?;
                let first = match error.kind() {
                    ErrorKind::ResponseTooLarge => "raise the limit of the client",
                    _ => "update this library",
                };
                match self.progress {
                    Some(_) => write!(text, "; to continue, {first} and {again}"),
                    None => Ok(()),
                }
            }
            NextAction::AwaitDecision => text.write_str(error.0.remedy.as_deref().unwrap_or(
                "wait until the verification is decided (await_verification or a webhook)",
            )),
            NextAction::DoNotRepeat => match error.kind() {
                ErrorKind::Decode => {
                    text.write_str("update this library, or report the answer to the platform")?;
                    match self.progress {
                        Some(_) => write!(text, "; to continue, {again}"),
                        None => Ok(()),
                    }
                }
                ErrorKind::Api => text.write_str("this server does not offer the operation"),
                _ => match &error.0.remedy {
                    Some(remedy) => write!(text, "the result would be the same; {remedy}"),
                    None => text.write_str("do not repeat it; the result would be the same"),
                },
            },
            NextAction::CheckByHand => {
                if self.progress.is_some_and(|progress| next(progress).is_none()) {
                    text.write_str("this was the last attempt that a run can have; ")?;
                }
                text.write_str("check by hand what was done, and use a new key for what is missing")
            }
            NextAction::RepairLocally => {
                write!(text, "remove the cause on this machine, then {again}")
            }
        }
    }

    fn write_origin(&self, text: &mut String) -> fmt::Result {
        match (self.error.kind(), self.action, self.error.origin()) {
            (
                ErrorKind::Api,
                NextAction::CheckNetwork | NextAction::CheckBeforeRetry,
                Origin::Unclear,
            ) if self.error.0.retry_class == RetryClass::Final => {
                text.write_str("this answer may not be from the platform's API; ")
            }
            (ErrorKind::Decode, _, Origin::Other)
            | (
                ErrorKind::Api,
                NextAction::CheckNetwork | NextAction::CheckApiKey | NextAction::CheckBeforeRetry,
                Origin::Other,
            ) => text.write_str("this answer is not from the platform's API; "),
            _ => Ok(()),
        }
    }

    fn write_effect(&self, text: &mut String) -> fmt::Result {
        text.write_str(match (self.effect, self.progress) {
            _ if self.error.code() == Some(&ErrorCode::IdempotencyConcurrentUse) => {
                "an earlier request with this key is still running; "
            }
            (Effect::None, _) => "",
            (Effect::NotSent, None) => "nothing was sent; ",
            (Effect::NothingChanged, None) => "nothing was changed; ",
            (Effect::NothingChanged, Some(run)) if run.done.is_empty() => "nothing was changed; ",
            (Effect::NothingDone, _) if self.error.kind() == ErrorKind::KeyReused => {
                "nothing was done this time; "
            }
            (Effect::NothingDone, None) => "nothing was done; ",
            (Effect::NotSent | Effect::NothingChanged | Effect::NothingDone, Some(_)) => {
                "nothing was done in this step; "
            }
            (Effect::MayHaveActed, _) => "the platform may have acted; ",
            (Effect::Acted, _) => "the platform acted; ",
        })
    }

    fn write_wait(&self, text: &mut String, again: &str) -> fmt::Result {
        match self.error.retry_after().filter(|wait| *wait > Duration::ZERO) {
            Some(wait) => {
                let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
                write!(text, "wait {seconds} s, then {again}")
            }
            None => write!(text, "wait, then {again}"),
        }
    }

    /// How the same thing is done again, unchanged.
    fn again(&self) -> String {
        match self.progress {
            Some(progress) if self.error.needs_its_key() => format!(
                "{}: without it, the run may act a second time",
                run_again(progress, progress.attempt)
            ),
            Some(progress) => run_again(progress, progress.attempt),
            None if self.error.needs_its_key() => {
                "call again with this idempotency key: without it, the call may act a second time"
                    .to_owned()
            }
            None if self.error.idempotency_key().is_some() => {
                "call again with the same idempotency key".to_owned()
            }
            None => "call again".to_owned(),
        }
    }

    /// Whether the platform asks to wait, or is still busy with an earlier request.
    fn is_to_wait(&self) -> bool {
        let error = self.error;
        error.status_code() == 429
            || error.retry_after().is_some()
            || error.kind() == ErrorKind::RateLimited
            || error.code() == Some(&ErrorCode::IdempotencyConcurrentUse)
    }

    /// How it is done again after the cause of a refusal was corrected.
    fn corrected(&self) -> String {
        match self.progress {
            Some(progress) => run_again(progress, next(progress).unwrap_or(progress.attempt)),
            // The outcome of a journey is refused, which had a key, though this error does not know
            // it.
            None if self.error.idempotency_key().is_some()
                || self.error.kind() == ErrorKind::Refused =>
            {
                "call again with a new idempotency key".to_owned()
            }
            None => "call again".to_owned(),
        }
    }
}

fn run_again(progress: &Progress, attempt: u32) -> String {
    match attempt {
        0 | 1 => format!("run it again with the key {}", progress.key),
        _ => format!("run it again with the key {} and attempt {attempt}", progress.key),
    }
}
