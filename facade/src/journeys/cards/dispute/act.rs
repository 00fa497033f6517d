//! Actions in disputes.

use synctera_api::Error;
use synctera_api::runtime::{DisputeId, DocumentId};

use crate::IntoOption;
use crate::Money;
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Steps};
use crate::types::{
    AchAction, AchActionState, AchDisputeAction, AchDisputeReturnCodes, CardAction,
    CardActionState, CardDisputeAction, DisputeActionRequest, DisputeActionResponse,
    ExternalCardAction, ExternalCardActionState, ExternalCardDisputeAction,
};

/// A request to take an action in a dispute; see
/// [`Synctera::act_on_dispute`](crate::Synctera::act_on_dispute).
#[derive(Clone, Debug)]
pub struct ActOnDispute {
    dispute: DisputeId,
    action: Action,
    amount: Option<Money>,
    document: Option<DocumentId>,
    message: Option<String>,
}

#[derive(Clone, Debug)]
enum Action {
    Card(CardAction, CardActionState),
    Ach(AchAction, Option<AchDisputeReturnCodes>),
    ExternalCard(ExternalCardAction, ExternalCardActionState),
}

impl ActOnDispute {
    /// Credits the customer provisionally, during the dispute.
    pub fn provisional_credit(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::ProvisionalCredit, CardActionState::Create)
    }

    /// Reverses the provisional credit.
    pub fn reverse_credit(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::ProvisionalCredit, CardActionState::Reverse)
    }

    /// Charges the transaction back to the merchant's bank. Without an answer in time, the dispute
    /// is won.
    pub fn chargeback(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::Chargeback, CardActionState::Create)
    }

    /// Credits the customer finally, as a loss of the bank.
    pub fn write_off(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::WriteOff, CardActionState::Create)
    }

    /// Accepts the merchant's representment. Without an action in time, it is accepted too.
    pub fn accept_representment(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::Representment, CardActionState::Accept)
    }

    /// Contests the merchant's representment.
    pub fn pre_arbitration(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::PreArbitration, CardActionState::Create)
    }

    /// Requests a decision of the network.
    pub fn arbitration(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::Arbitration, CardActionState::Create)
    }

    /// Any action in the dispute of a card transaction.
    pub fn card(dispute: DisputeId, action: CardAction, state: CardActionState) -> Self {
        Self::new(dispute, Action::Card(action, state))
    }

    /// Returns an ACH debit, with the network's return code.
    pub fn ach_return(dispute: DisputeId, code: AchDisputeReturnCodes) -> Self {
        Self::new(dispute, Action::Ach(AchAction::AchReturn, Some(code)))
    }

    /// Stops future ACH debits of the same originator.
    pub fn stop_payment(dispute: DisputeId) -> Self {
        Self::new(dispute, Action::Ach(AchAction::StopPayment, None))
    }

    /// Debits the account that pulled the money provisionally, during the dispute.
    pub fn provisional_debit(dispute: DisputeId) -> Self {
        Self::external_card(
            dispute,
            ExternalCardAction::ProvisionalDebit,
            ExternalCardActionState::Create,
        )
    }

    /// Reverses the provisional debit.
    pub fn reverse_debit(dispute: DisputeId) -> Self {
        Self::external_card(
            dispute,
            ExternalCardAction::ProvisionalDebit,
            ExternalCardActionState::Reverse,
        )
    }

    /// Contests the chargeback of the external card's bank, with uploaded evidence. Without an
    /// answer in time, the dispute is won.
    pub fn represent(dispute: DisputeId, evidence: DocumentId) -> Self {
        Self::external_card(
            dispute,
            ExternalCardAction::Representment,
            ExternalCardActionState::Create,
        )
        .proven_by(evidence)
    }

    /// Accepts the chargeback of the external card's bank. Without an action in time, it is
    /// accepted too.
    pub fn accept_chargeback(dispute: DisputeId) -> Self {
        Self::external_card(
            dispute,
            ExternalCardAction::Chargeback,
            ExternalCardActionState::Accept,
        )
    }

    /// Any action in the dispute of a pull from an external card.
    pub fn external_card(
        dispute: DisputeId,
        action: ExternalCardAction,
        state: ExternalCardActionState,
    ) -> Self {
        Self::new(dispute, Action::ExternalCard(action, state))
    }

    fn new(dispute: DisputeId, action: Action) -> Self {
        Self { dispute, action, amount: None, document: None, message: None }
    }

    /// The amount, instead of the disputed amount. For chargebacks, provisional credits and
    /// write-offs only.
    #[must_use]
    pub fn amount(mut self, amount: impl IntoOption<Money>) -> Self {
        self.amount = amount.into_option();
        self
    }

    /// The uploaded evidence that supports the action.
    #[must_use]
    pub fn proven_by(mut self, document: impl IntoOption<DocumentId>) -> Self {
        self.document = document.into_option();
        self
    }

    /// A message to the other side, of at most 100 characters. Not for disputes of external cards.
    #[must_use]
    pub fn message(mut self, message: impl IntoOption<String>) -> Self {
        self.message = message.into_option();
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        let takes_amount = matches!(
            &self.action,
            Action::Card(
                CardAction::Chargeback | CardAction::ProvisionalCredit | CardAction::WriteOff,
                CardActionState::Create,
            )
        );
        if let Some(amount) = self.amount {
            checks.amount(amount);
            let why = "is for new chargebacks, credits and write-offs only";
            checks.ensure(takes_amount, "amount", why);
        }
        if let Action::ExternalCard(..) = &self.action {
            let why = "is for disputes of card transactions and ACH debits only";
            checks.ensure(self.message.is_none(), "message", why);
        }
        if let Action::ExternalCard(
            ExternalCardAction::Representment,
            ExternalCardActionState::Create,
        ) = &self.action
        {
            let why = "must be given for a representment";
            checks.ensure(self.document.is_some(), "supporting_doc_id", why);
        }
        checks.finish()
    }

    fn to_request(&self) -> DisputeActionRequest {
        match &self.action {
            Action::Card(action, state) => DisputeActionRequest::Card(CardDisputeAction {
                amount: self.amount.map(Money::minor),
                supporting_doc_id: self.document,
                message: self.message.clone(),
                ..CardDisputeAction::new(action.clone(), state.clone())
            }),
            Action::Ach(action, code) => DisputeActionRequest::Ach(AchDisputeAction {
                return_code: code.clone(),
                supporting_doc_id: self.document,
                message: self.message.clone(),
                ..AchDisputeAction::new(action.clone(), AchActionState::Create)
            }),
            Action::ExternalCard(action, state) => {
                DisputeActionRequest::ExternalCard(ExternalCardDisputeAction {
                    supporting_doc_id: self.document,
                    ..ExternalCardDisputeAction::new(action.clone(), state.clone())
                })
            }
        }
    }
}

impl Sealed for ActOnDispute {}

impl Journey for ActOnDispute {
    type Outcome = DisputeActionResponse;

    const NAME: &'static str = "act_on_dispute";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(
        &'a self,
        steps: &'a mut Steps<'_>,
    ) -> Result<DisputeActionResponse, Error> {
        self.check()?;
        let (dispute, body) = (self.dispute, self.to_request());
        steps
            .write("", |api| api.create_dispute_action(dispute, &body), |_| dispute.to_string())
            .await
    }
}
