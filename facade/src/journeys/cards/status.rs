//! Suspending, resuming and terminating cards.

use synctera_api::Error;
use synctera_api::runtime::{CardId, Patch};

use super::issue::{IssuedCard, issued};
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{CardPatch, CardStatusReasonCode, CardStatusRequest};
use crate::{IntoOption, Synctera};

/// The maximum length of the memo, in characters.
const MEMO_MAX: usize = 255;

/// A change of a card's status: the request, the new status, the default reason, and the method.
macro_rules! change {
    ($(#[$on_type:meta])* $type:ident, $name:literal, $to:ident, $reason:ident,
     $(#[$on_method:meta])* $method:ident) => {
        $(#[$on_type])*
        #[derive(Clone, Debug)]
        pub struct $type(Change);

        impl $type {
            /// The change for this card.
            pub fn new(card: CardId) -> Self {
                Self(Change { card, reason: CardStatusReasonCode::$reason, memo: None })
            }

            /// The platform's code for the reason: `REQ`, on request, by default.
            #[must_use]
            pub fn reason(mut self, reason: impl IntoOption<CardStatusReasonCode>) -> Self {
                self.0.reason = reason.into_option().unwrap_or(CardStatusReasonCode::$reason);
                self
            }

            /// An explanation, of at most 255 characters.
            #[must_use]
            pub fn memo(mut self, memo: impl IntoOption<String>) -> Self {
                self.0.memo = memo.into_option();
                self
            }
        }

        impl Sealed for $type {}

        impl Journey for $type {
            type Outcome = IssuedCard;

            const NAME: &'static str = $name;

            const AVAILABILITY: Availability = Availability::Everywhere;

            async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<IssuedCard, Error> {
                self.0.execute(Self::NAME, CardStatusRequest::$to, steps).await
            }
        }

        impl Synctera {
            $(#[$on_method])*
            pub fn $method(&self, request: &$type) -> Run<'static, $type> {
                Run::new(self, request)
            }
        }
    };
}

change! {
    /// A request to suspend a card; see [`Synctera::suspend_card`].
    SuspendCard, "suspend_card", Suspended, Req,
    /// Suspends a card: its transactions are declined until it is resumed. Transactions that were
    /// authorized before can still be cleared.
    ///
    /// ```
    #[doc = include_str!("../example.txt")]
    /// # let card = client.issue_card(&synctera::IssueCard::virtual_debit(checking, customer)).await?.id;
    /// use synctera::{ResumeCard, SuspendCard, TerminateCard};
    /// use synctera::types::CardStatusReasonCode;
    ///
    /// let mislaid = SuspendCard::new(card).reason(CardStatusReasonCode::Tmp).memo("mislaid");
    /// client.suspend_card(&mislaid).await?;
    /// client.resume_card(&ResumeCard::new(card)).await?;
    /// client.terminate_card(&TerminateCard::new(card)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a memo that is too long; otherwise the
    /// platform's errors: `INVALID_STATUS` for a terminated card.
    suspend_card
}

change! {
    /// A request to resume a suspended card; see [`Synctera::resume_card`].
    ResumeCard, "resume_card", Active, Req,
    /// Resumes a suspended card. A physical card must have been activated before.
    ///
    /// See [`suspend_card`](Synctera::suspend_card) for an example.
    ///
    /// # Errors
    /// As [`suspend_card`](Synctera::suspend_card): `INVALID_STATUS` for a card that is not
    /// suspended, or was never activated.
    resume_card
}

change! {
    /// A request to terminate a card; see [`Synctera::terminate_card`].
    TerminateCard, "terminate_card", Terminated, Req,
    /// Terminates a card and its tokens in digital wallets. This cannot be undone. To replace a
    /// lost or stolen card see [`replace_card`](Synctera::replace_card).
    ///
    /// See [`suspend_card`](Synctera::suspend_card) for an example.
    ///
    /// # Errors
    /// As [`suspend_card`](Synctera::suspend_card).
    terminate_card
}

#[derive(Clone, Debug)]
struct Change {
    card: CardId,
    reason: CardStatusReasonCode,
    memo: Option<String>,
}

impl Change {
    async fn execute(
        &self,
        journey: &'static str,
        to: CardStatusRequest,
        steps: &mut Steps<'_>,
    ) -> Result<IssuedCard, Error> {
        let mut checks = Checks::of(journey);
        let is_short = |memo: &String| memo.chars().count() <= MEMO_MAX;
        checks.ensure(
            self.memo.as_ref().is_none_or(is_short),
            "memo",
            "must have at most 255 characters",
        );
        checks.finish()?;
        let body = CardPatch {
            card_status: Patch::Set(to),
            reason: Patch::Set(self.reason.clone()),
            memo: self.memo.clone().into(),
            ..CardPatch::default()
        };
        let card = self.card;
        let card =
            steps.write("", |api| api.update_card(card, &body), super::issue::id_text).await?;
        issued("update_card", card)
    }
}
