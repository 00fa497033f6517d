//! What is done next in a dispute.

use synctera_api::Error;
use synctera_api::runtime::{DisputeId, DocumentId};

use crate::IntoOption;
use crate::Money;
use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Availability, Journey, Steps};
use crate::types::{
    AchAction, AchActionState, AchDisputeAction, AchDisputeReturnCodes, CardAction,
    CardActionState, CardDisputeAction, DisputeActionRequest, DisputeActionResponse,
    ExternalCardAction, ExternalCardActionState, ExternalCardDisputeAction,
};

/// Asks for a step in a dispute; see [`Synctera::act_on_dispute`](crate::Synctera::act_on_dispute).
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
    /// Gives the customer the money for the time being.
    pub fn provisional_credit(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::ProvisionalCredit, CardActionState::Create)
    }

    /// Takes that back.
    pub fn reverse_credit(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::ProvisionalCredit, CardActionState::Reverse)
    }

    /// Asks the merchant's bank for the money. If it does not answer in time, it is won.
    pub fn chargeback(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::Chargeback, CardActionState::Create)
    }

    /// Gives the customer the money for good, at the bank's expense.
    pub fn write_off(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::WriteOff, CardActionState::Create)
    }

    /// Gives in to what the merchant represented. Not to answer in time does the same.
    pub fn accept_representment(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::Representment, CardActionState::Accept)
    }

    /// Insists, against what the merchant represented.
    pub fn pre_arbitration(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::PreArbitration, CardActionState::Create)
    }

    /// Lets the network decide.
    pub fn arbitration(dispute: DisputeId) -> Self {
        Self::card(dispute, CardAction::Arbitration, CardActionState::Create)
    }

    /// Any step in a dispute of a card transaction.
    pub fn card(dispute: DisputeId, action: CardAction, state: CardActionState) -> Self {
        Self::new(dispute, Action::Card(action, state))
    }

    /// Sends an ACH debit back, for a reason of the network's.
    pub fn ach_return(dispute: DisputeId, code: AchDisputeReturnCodes) -> Self {
        Self::new(dispute, Action::Ach(AchAction::AchReturn, Some(code)))
    }

    /// Lets no further ACH debit of the kind pass.
    pub fn stop_payment(dispute: DisputeId) -> Self {
        Self::new(dispute, Action::Ach(AchAction::StopPayment, None))
    }

    /// Takes the money from the account that pulled it, for the time being.
    pub fn provisional_debit(dispute: DisputeId) -> Self {
        Self::external_card(
            dispute,
            ExternalCardAction::ProvisionalDebit,
            ExternalCardActionState::Create,
        )
    }

    /// Gives that back.
    pub fn reverse_debit(dispute: DisputeId) -> Self {
        Self::external_card(
            dispute,
            ExternalCardAction::ProvisionalDebit,
            ExternalCardActionState::Reverse,
        )
    }

    /// Tells the bank of the external card, which has charged the money back, that it was pulled
    /// rightly, by evidence that was handed in. If that bank does not answer in time, it is won.
    pub fn represent(dispute: DisputeId, evidence: DocumentId) -> Self {
        Self::external_card(
            dispute,
            ExternalCardAction::Representment,
            ExternalCardActionState::Create,
        )
        .proven_by(evidence)
    }

    /// Gives in to a chargeback of that bank's. Not to answer in time does the same.
    pub fn accept_chargeback(dispute: DisputeId) -> Self {
        Self::external_card(
            dispute,
            ExternalCardAction::Chargeback,
            ExternalCardActionState::Accept,
        )
    }

    /// Any step in a dispute of a pull from an external card.
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

    /// Of this much, instead of all that is disputed: for chargebacks, credits and write-offs.
    #[must_use]
    pub fn amount(mut self, amount: impl IntoOption<Money>) -> Self {
        self.amount = amount.into_option();
        self
    }

    /// Proven by evidence that was handed in.
    #[must_use]
    pub fn proven_by(mut self, document: impl IntoOption<DocumentId>) -> Self {
        self.document = document.into_option();
        self
    }

    /// With a word to the other side, of at most 100 characters.
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
            checks.ensure(takes_amount, "amount", "is for new chargebacks, credits and write-offs");
        }
        if let Action::ExternalCard(..) = &self.action {
            let why = "is for disputes of card and ACH debits";
            checks.ensure(self.message.is_none(), "message", why);
        }
        if let Action::ExternalCard(
            ExternalCardAction::Representment,
            ExternalCardActionState::Create,
        ) = &self.action
        {
            let why = "must be there: what is represented has to be proven";
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
