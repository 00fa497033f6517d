//! What is known of what the platform did before a call failed.

use super::{Error, ErrorKind};
use crate::runtime::problem::ErrorCode;
use crate::runtime::retry_class::RetryClass;

/// What the platform did, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Nothing was sent.
    NotSent,
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
            Self::NotSent if !error.is_of_write() => Self::NotSent,
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
            RetryClass::Final if error.is_unclear_status() => Self::MayHaveActed,
            RetryClass::Final if error.origin() == Origin::Platform => Self::NothingDone,
            RetryClass::Final => Self::None,
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
            && inner.operation.is_none_or(|operation| {
                operation.lists_idempotency || matches!(operation.method, "PUT" | "DELETE")
            })
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
                    && !self.is_unclear_status()
            }
            _ => false,
        };
        is_of_key && self.origin() == Origin::Platform && self.repeats_safely()
    }

    /// Whether the status leaves open what the platform did, though it is not one to retry: the
    /// request was canceled, or a server in front of the platform has a status of its own.
    pub(super) fn is_unclear_status(&self) -> bool {
        matches!(self.status_code(), 408 | 425 | 499 | 500 | 502..=510 | 512..=599)
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
