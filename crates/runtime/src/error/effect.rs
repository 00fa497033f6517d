//! What is known of what the platform did before a call failed.

use super::error::Error;
use super::kind::ErrorKind;
use crate::next_action::NextAction;
use crate::operation::Operation;
use crate::problem::ErrorCode;
use crate::retry_class::RetryClass;

/// What the platform did, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing was sent.
    NotSent,
    /// A journey has read something, and changed nothing.
    NothingChanged,
    /// The platform did nothing.
    NothingDone,
    /// It may have done what was asked, on this attempt or on an earlier one.
    MayHaveActed,
    /// It did what was asked.
    Acted,
    /// Nothing that is worth saying: it was a read, or nothing of the platform was involved.
    None,
}

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The platform's API.
    Platform,
    /// It has nothing by which the platform's errors are recognized.
    Unclear,
    /// Another server: a proxy, a gateway, the sign-in page of a network.
    Other,
}

impl Effect {
    pub(super) fn of(error: &Error) -> Self {
        let inner = &error.0;
        let earlier = inner.trace.may_have_acted;
        let last = match inner.kind {
            ErrorKind::Refused if error.is_refused_by_a_journey() => Self::NothingChanged,
            ErrorKind::InvalidInput
            | ErrorKind::Configuration
            | ErrorKind::Refused
            | ErrorKind::RateLimited
            | ErrorKind::Connect => Self::NotSent,
            ErrorKind::Timeout | ErrorKind::Interrupted if error.is_unsent() => Self::NotSent,
            ErrorKind::Timeout | ErrorKind::Interrupted => Self::MayHaveActed,
            ErrorKind::Api => Self::of_answer(error),
            ErrorKind::KeyReused => Self::NothingDone,
            ErrorKind::Decode => {
                let is_whole = inner.is_json && inner.retry_class == RetryClass::Final;
                if is_whole { Self::Acted } else { Self::MayHaveActed }
            }
            ErrorKind::ResponseTooLarge => Self::MayHaveActed,
            ErrorKind::Local => Self::None,
        };
        match last {
            Self::NotSent | Self::NothingChanged if !error.is_of_write() => last,
            _ if !error.is_of_write() => Self::None,
            Self::Acted => Self::Acted,
            // A refusal under a key says that no earlier attempt under it was carried out.
            _ if earlier == Some(true) && !error.is_final_for_key() => Self::MayHaveActed,
            last => last,
        }
    }

    fn of_answer(error: &Error) -> Self {
        if error.code() == Some(&ErrorCode::IdempotencyConcurrentUse) {
            return Self::MayHaveActed;
        }
        match error.0.retry_class {
            RetryClass::NothingDone => Self::NothingDone,
            RetryClass::MayHaveActed => Self::MayHaveActed,
            RetryClass::Final if error.origin() == Origin::Platform => Self::NothingDone,
            // Whatever server it was does not carry out what it answers like this, nor pass it on.
            RetryClass::Final if matches!(error.status_code(), 401 | 407 | 501 | 511) => {
                Self::NothingDone
            }
            // A proxy may have replaced the platform's answer.
            RetryClass::Final => Self::MayHaveActed,
        }
    }
}

impl Error {
    /// Whether no time was left to send it: there was no answer, of which the rest may be missing, and
    /// the transport knows of no attempt that may have arrived.
    pub(super) fn is_unsent(&self) -> bool {
        let inner = &self.0;
        inner.status.is_none() && inner.trace.may_have_acted == Some(false)
    }

    /// Whether it is about something that changes the platform's state.
    pub(super) fn is_of_write(&self) -> bool {
        let inner = &self.0;
        inner.trace.idempotency_key.is_some()
            || inner.operation.is_some_and(|operation| operation.is_write())
    }

    /// Whether the platform may have done what was asked, on this attempt or on an earlier one of the
    /// same call. `false` for reads.
    pub fn may_have_acted(&self) -> bool {
        matches!(Effect::of(self), Effect::MayHaveActed | Effect::Acted)
    }

    /// Whether a write that may have been done can be sent again under its key.
    pub(super) fn repeats_safely(&self) -> bool {
        let inner = &self.0;
        inner.trace.idempotency_key.is_some()
            && inner.operation.is_none_or(Operation::is_repeatable)
    }

    /// Whether a journey ended by itself, after it has read what it needed to know.
    fn is_refused_by_a_journey(&self) -> bool {
        let inner = &self.0;
        inner.operation.is_none() && inner.action != Some(NextAction::ChangeConfiguration)
    }

    /// Whether the same call or run, repeated in a program without the key of this error, has another
    /// key, under which the platform may act a second time.
    pub(super) fn needs_its_key(&self) -> bool {
        let inner = &self.0;
        let may_have_acted = Effect::of(self) == Effect::MayHaveActed;
        match &inner.progress {
            Some(run) => run.key_is_generated && (may_have_acted || !run.done.is_empty()),
            None => {
                let is_idempotent = inner.operation.is_some_and(Operation::is_idempotent);
                inner.trace.key_is_generated && may_have_acted && !is_idempotent
            }
        }
    }

    /// Whether the answer is what the platform keeps for the key: a 4xx, but none of those that come
    /// before it looks the key up.
    fn is_final_for_key(&self) -> bool {
        let is_of_key = match self.0.kind {
            ErrorKind::KeyReused => true,
            ErrorKind::Api => {
                let status = self.status_code();
                self.0.retry_class == RetryClass::Final
                    && matches!(status, 400..=499)
                    && !matches!(status, 401 | 403)
            }
            _ => false,
        };
        is_of_key && self.origin() == Origin::Platform && self.repeats_safely()
    }

    /// Whether the last answer leaves open what the platform did.
    pub(super) fn is_unclear_answer(&self) -> bool {
        self.status().is_some_and(|status| {
            RetryClass::of_error(status, self.code()) == RetryClass::MayHaveActed
        })
    }

    pub(super) fn status_code(&self) -> u16 {
        self.status().map_or(0, |status| status.as_u16())
    }

    pub(super) fn origin(&self) -> Origin {
        let inner = &self.0;
        let is_described = inner.problem.code.is_some() || inner.problem.kind.is_some();
        match (inner.kind, self.status_code()) {
            _ if inner.is_foreign => Origin::Other,
            (ErrorKind::Api, 300..=399 | 407 | 511) => Origin::Other,
            (ErrorKind::Api, _) if !is_described => Origin::Unclear,
            _ => Origin::Platform,
        }
    }
}
