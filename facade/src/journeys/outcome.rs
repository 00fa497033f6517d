//! The outcome of a verification.

use std::fmt;

use synctera_api::Error;
use synctera_api::runtime::{ErrorCode, NextAction};

use super::Party;
use crate::types::VerificationStatus;

/// The outcome of a verification, with everything that the journey created.
///
/// These are all outcomes: a `match` needs no wildcard.
#[derive(Clone, Debug)]
pub enum Outcome<T> {
    /// The party is verified, and can hold accounts.
    Accepted(T),
    /// The verification needs a review, by the platform or by the program.
    Review(T),
    /// The party must not become a customer.
    Rejected(T),
    /// There is no result yet, or a provisional one. Wait with
    /// [`Synctera::await_verification`](crate::Synctera::await_verification), or for a webhook.
    Pending(T),
}

impl<T> Outcome<T> {
    pub(super) fn of(status: &VerificationStatus, value: T) -> Self {
        match status {
            VerificationStatus::Accepted => Self::Accepted(value),
            VerificationStatus::Review => Self::Review(value),
            VerificationStatus::Rejected => Self::Rejected(value),
            // PROVISIONAL, UNVERIFIED, and statuses that this version does not know.
            _ => Self::Pending(value),
        }
    }

    /// What the journey created, for any outcome.
    pub fn get(&self) -> &T {
        match self {
            Self::Accepted(value)
            | Self::Review(value)
            | Self::Rejected(value)
            | Self::Pending(value) => value,
        }
    }

    /// As [`get`](Self::get), by value.
    pub fn into_inner(self) -> T {
        match self {
            Self::Accepted(value)
            | Self::Review(value)
            | Self::Rejected(value)
            | Self::Pending(value) => value,
        }
    }

    /// Whether the party is verified.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// The value of an accepted outcome; `subject` is the party in the error.
    pub(super) fn accepted_or_refused(
        self,
        journey: &str,
        code: ErrorCode,
        subject: impl FnOnce(&T) -> Party,
    ) -> Result<T, NotAccepted<T>> {
        let name = self.name();
        match self {
            Self::Accepted(value) => Ok(value),
            outcome => {
                let party = subject(outcome.get());
                let message = format!("the outcome of the verification of {party} is {name}");
                let error = Error::refused(journey, Some(code), message);
                let error = error.with_next_action(outcome.next_action());
                let error = match outcome.remedy(party) {
                    Some(remedy) => error.with_remedy(remedy),
                    None => error,
                };
                Err(NotAccepted(Box::new(Inner { outcome, error })))
            }
        }
    }

    /// How a decision is changed, where a caller can change it.
    fn remedy(&self, party: Party) -> Option<&'static str> {
        match (self, party) {
            (Self::Review(_), Party::Person(_)) => Some(
                "wait for the decision (await_verification or a webhook), or send an identity document \
                 (start_document_verification, then verify)",
            ),
            (Self::Rejected(_), Party::Person(_)) => {
                Some("correct the person's data (update_person), then call verify with a new key")
            }
            (Self::Rejected(_), Party::Business(_)) => Some(
                "correct the business's data (update_business), then call verify with a new key",
            ),
            _ => None,
        }
    }

    /// What to do next for a party that is not verified.
    fn next_action(&self) -> NextAction {
        match self {
            Self::Rejected(_) => NextAction::DoNotRepeat,
            _ => NextAction::AwaitDecision,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "ACCEPTED",
            Self::Review(_) => "REVIEW",
            Self::Rejected(_) => "REJECTED",
            Self::Pending(_) => "PENDING",
        }
    }
}

impl<T> fmt::Display for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error of `accepted()` for a verification with another outcome.
///
/// It contains the outcome, with everything that the journey created. `?` converts it to an
/// [`Error`] of the kind [`Refused`](crate::ErrorKind::Refused).
pub struct NotAccepted<T>(Box<Inner<T>>);

// In a box, because outcomes are large, and results are handed on from function to function.
struct Inner<T> {
    outcome: Outcome<T>,
    error: Error,
}

impl<T> NotAccepted<T> {
    /// The outcome of the verification, with everything that the journey created.
    pub fn outcome(&self) -> &Outcome<T> {
        &self.0.outcome
    }

    /// As [`outcome`](Self::outcome), by value.
    pub fn into_outcome(self) -> Outcome<T> {
        self.0.outcome
    }

    /// The error that `?` converts it to.
    pub fn error(&self) -> &Error {
        &self.0.error
    }
}

impl<T> From<NotAccepted<T>> for Error {
    fn from(not_accepted: NotAccepted<T>) -> Self {
        not_accepted.0.error
    }
}

impl<T> fmt::Display for NotAccepted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.error.fmt(f)
    }
}

impl<T> fmt::Debug for NotAccepted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NotAccepted({:?})", self.0.error)
    }
}

impl<T> std::error::Error for NotAccepted<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.error.source()
    }
}
