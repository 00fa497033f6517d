//! Cards put aside for a while, taken up again, and ended.

use synctera_api::Error;
use synctera_api::runtime::{CardId, Patch};

use super::issue::{IssuedCard, issued};
use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Run, Steps};
use crate::types::{CardPatch, CardStatusReasonCode, CardStatusRequest};
use crate::{IntoOption, Synctera};

/// The longest note on a change of status.
const MEMO_MAX: usize = 255;

/// One change of a card's status: the request, what it leads to, and the method.
macro_rules! change {
    ($(#[$on_type:meta])* $type:ident, $name:literal, $to:ident, $reason:ident,
     $(#[$on_method:meta])* $method:ident) => {
        $(#[$on_type])*
        #[derive(Clone, Debug)]
        pub struct $type(Change);

        impl $type {
            /// For this card.
            pub fn new(card: CardId) -> Self {
                Self(Change { card, reason: CardStatusReasonCode::$reason, memo: None })
            }

            /// Why, in the platform's terms.
            #[must_use]
            pub fn reason(mut self, reason: impl IntoOption<CardStatusReasonCode>) -> Self {
                self.0.reason = reason.into_option().unwrap_or(CardStatusReasonCode::$reason);
                self
            }

            /// Why, in your own words: at most 255 characters.
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
    /// Asks for a card to be suspended; see [`Synctera::suspend_card`].
    SuspendCard, "suspend_card", Suspended, Req,
    /// Suspends a card: purchases are declined until it is resumed. What was authorized before is
    /// still cleared.
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
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a memo that is too long;
    /// `INVALID_STATUS` for a card that has ended.
    suspend_card
}

change! {
    /// Asks for a suspended card to be taken up again; see [`Synctera::resume_card`].
    ResumeCard, "resume_card", Active, Req,
    /// Takes a suspended card up again. A physical card must have been activated before.
    ///
    /// See [`suspend_card`](Synctera::suspend_card) for an example.
    ///
    /// # Errors
    /// `INVALID_STATUS` for a card that is not suspended, or was never activated.
    resume_card
}

change! {
    /// Asks for a card to be ended; see [`Synctera::terminate_card`].
    TerminateCard, "terminate_card", Terminated, Req,
    /// Ends a card, for ever, with its places in digital wallets. For one that is lost or stolen
    /// see [`replace_card`](Synctera::replace_card).
    ///
    /// See [`suspend_card`](Synctera::suspend_card) for an example.
    ///
    /// # Errors
    /// `INVALID_STATUS` for a card that has ended.
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
