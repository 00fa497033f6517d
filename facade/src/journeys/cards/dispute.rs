//! Transactions that a customer does not accept.

use chrono::{DateTime, Utc};
use synctera_api::Error;
use synctera_api::runtime::{DisputeId, DocumentId, TransactionId, Upload};

use crate::checks::Checks;
use crate::journeys::run::sealed::Sealed;
use crate::journeys::{Journey, Run, Steps};
use crate::types::{
    AchAction, AchActionState, AchDisputeAction, AchDisputeReturnCodes, CardAction,
    CardActionState, CardDisputeAction, CardDisputeReasonCodes, Dispute, DisputeActionRequest,
    DisputeActionResponse, DisputeDocument, DisputeRequestDetails, NewCardDispute, NewDispute,
    NewDisputeDocument, PaymentRail,
};
use crate::{Money, Synctera};

/// The longest note on a dispute.
const MEMO_MAX: usize = 1_000;

impl Synctera {
    /// Opens a dispute of a posted transaction, and hands in the evidence. Needs the feature
    /// `disputes`.
    ///
    /// What follows is [`act_on_dispute`](Synctera::act_on_dispute): credit for the time being, a
    /// chargeback, or the return of an ACH debit. A transaction can be disputed for 60 days.
    ///
    /// ```
    /// # use synctera::{Error, Synctera, TransactionId};
    /// use synctera::{ActOnDispute, Money, OpenDispute};
    /// use synctera::types::CardDisputeReasonCodes;
    ///
    /// # async fn dispute(client: Synctera, transaction: TransactionId, told: chrono::DateTime<chrono::Utc>) -> Result<(), Error> {
    /// let reason = CardDisputeReasonCodes::GoodsOrServicesNotProvided;
    /// let request = OpenDispute::card(transaction, Money::usd(46_00), told, reason)
    ///     .memo("The parcel never came");
    /// let dispute = client.open_dispute(&request).key("case-7").await?;
    /// client.act_on_dispute(&ActOnDispute::provisional_credit(dispute.id)).await?;
    /// client.act_on_dispute(&ActOnDispute::chargeback(dispute.id)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) before anything is sent;
    /// `BAD_REQUEST_BODY` for more than was posted, `DUPLICATE_RESOURCE` for a transaction with an
    /// open dispute.
    pub fn open_dispute<'a>(&'a self, request: &'a OpenDispute) -> Run<'a, OpenDispute> {
        Run::new(self, request)
    }

    /// Takes the next step in a dispute. What can be done now is in its `available_actions`.
    ///
    /// See [`open_dispute`](Synctera::open_dispute) for an example.
    ///
    /// # Errors
    /// `INVALID_STATUS` for what cannot follow now.
    pub fn act_on_dispute<'a>(&'a self, request: &'a ActOnDispute) -> Run<'a, ActOnDispute> {
        Run::new(self, request)
    }

    /// Hands in evidence: a file of at most 14 MB.
    ///
    /// ```
    /// # use synctera::{DisputeId, Error, Synctera};
    /// use synctera::{AddEvidence, Upload};
    ///
    /// # async fn prove(client: Synctera, dispute: DisputeId, pdf: Vec<u8>) -> Result<(), Error> {
    /// let letter = Upload::new("letter.pdf", "application/pdf", pdf);
    /// client.add_evidence(&AddEvidence::new(dispute, letter)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `INVALID_STATUS` for a dispute that is closed.
    pub fn add_evidence<'a>(&'a self, request: &'a AddEvidence) -> Run<'a, AddEvidence> {
        Run::new(self, request)
    }
}

/// Asks for a dispute; see [`Synctera::open_dispute`].
#[derive(Clone, Debug)]
pub struct OpenDispute {
    transaction: TransactionId,
    amount: Money,
    reported: DateTime<Utc>,
    memo: String,
    reason: Option<CardDisputeReasonCodes>,
    evidence: Vec<Upload>,
}

impl OpenDispute {
    /// Of a card transaction: what is disputed of it, when the customer said so, and why.
    pub fn card(
        transaction: TransactionId,
        amount: Money,
        reported: DateTime<Utc>,
        reason: CardDisputeReasonCodes,
    ) -> Self {
        Self { reason: Some(reason), ..Self::ach(transaction, amount, reported) }
    }

    /// Of an ACH debit: what is disputed of it, and when the customer said so.
    pub fn ach(transaction: TransactionId, amount: Money, reported: DateTime<Utc>) -> Self {
        let memo = "disputed by the customer".to_owned();
        Self { transaction, amount, reported, memo, reason: None, evidence: Vec::new() }
    }

    /// What the customer says, in at most 1,000 characters.
    #[must_use]
    pub fn memo(mut self, memo: impl Into<String>) -> Self {
        self.memo = memo.into();
        self
    }

    /// With this file, and others that are named so.
    #[must_use]
    pub fn evidence(mut self, file: Upload) -> Self {
        self.evidence.push(file);
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.ensure(self.amount.minor() > 0, "disputed_amount", "must be more than nothing");
        checks.text(&self.memo, "memo");
        checks.ensure(
            self.memo.chars().count() <= MEMO_MAX,
            "memo",
            "must have at most 1,000 characters",
        );
        checks.finish()
    }

    fn to_new(&self) -> NewDispute {
        let (reported, amount) = (self.reported, self.amount.minor());
        let (memo, transaction) = (self.memo.clone(), self.transaction);
        match &self.reason {
            Some(reason) => NewDispute::Card(NewCardDispute::new(
                reported,
                amount,
                memo,
                reason.clone(),
                transaction,
            )),
            None => NewDispute::Ach(DisputeRequestDetails::new(
                reported,
                amount,
                memo,
                PaymentRail::Ach,
                transaction,
            )),
        }
    }
}

/// A dispute that was opened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OpenedDispute {
    /// Its id.
    pub id: DisputeId,
    /// The dispute, as it was opened.
    pub dispute: Dispute,
    /// The evidence that was handed in, in the order of the request.
    pub evidence: Vec<DisputeDocument>,
}

impl Sealed for OpenDispute {}

impl Journey for OpenDispute {
    type Outcome = OpenedDispute;

    const NAME: &'static str = "open_dispute";

    async fn walk<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<OpenedDispute, Error> {
        self.check()?;
        let body = self.to_new();
        let dispute = steps
            .write(
                "create_dispute",
                "",
                |api| async move { api.create_dispute(&body).await },
                |dispute| id(dispute).map_or_else(String::new, |id| id.to_string()),
            )
            .await?;
        let Some(id) = id(&dispute) else {
            return Err(Error::incomplete_answer("create_dispute", "id"));
        };
        let mut evidence = Vec::new();
        for (place, file) in self.evidence.iter().enumerate() {
            evidence.push(add(steps, &place.to_string(), id, file.clone()).await?);
        }
        Ok(OpenedDispute { id, dispute, evidence })
    }
}

fn id(dispute: &Dispute) -> Option<DisputeId> {
    match dispute {
        Dispute::Ach(dispute) => Some(dispute.id),
        Dispute::Card(dispute) => Some(dispute.id),
        Dispute::ExternalCard(dispute) => Some(dispute.id),
        _ => None,
    }
}

async fn add(
    steps: &mut Steps<'_>,
    part: &str,
    dispute: DisputeId,
    file: Upload,
) -> Result<DisputeDocument, Error> {
    let body = NewDisputeDocument::new(file);
    steps
        .write(
            "add_dispute_document",
            part,
            |api| async move { api.add_dispute_document(dispute, body).await },
            |document| document.id.to_string(),
        )
        .await
}

/// Asks for evidence to be taken; see [`Synctera::add_evidence`].
#[derive(Clone, Debug)]
pub struct AddEvidence {
    dispute: DisputeId,
    file: Upload,
}

impl AddEvidence {
    /// A file for a dispute.
    pub fn new(dispute: DisputeId, file: Upload) -> Self {
        Self { dispute, file }
    }
}

impl Sealed for AddEvidence {}

impl Journey for AddEvidence {
    type Outcome = DisputeDocument;

    const NAME: &'static str = "add_evidence";

    async fn walk<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<DisputeDocument, Error> {
        add(steps, "", self.dispute, self.file.clone()).await
    }
}

/// Asks for a step in a dispute; see [`Synctera::act_on_dispute`].
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

    fn new(dispute: DisputeId, action: Action) -> Self {
        Self { dispute, action, amount: None, document: None, message: None }
    }

    /// Of this much, instead of all that is disputed: for chargebacks, credits and write-offs.
    #[must_use]
    pub fn amount(mut self, amount: Money) -> Self {
        self.amount = Some(amount);
        self
    }

    /// Proven by evidence that was handed in.
    #[must_use]
    pub fn proven_by(mut self, document: DocumentId) -> Self {
        self.document = Some(document);
        self
    }

    /// With a word to the other side, of at most 100 characters.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
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
        }
    }
}

impl Sealed for ActOnDispute {}

impl Journey for ActOnDispute {
    type Outcome = DisputeActionResponse;

    const NAME: &'static str = "act_on_dispute";

    async fn walk<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<DisputeActionResponse, Error> {
        self.check()?;
        let (dispute, body) = (self.dispute, self.to_request());
        steps
            .write(
                "create_dispute_action",
                "",
                |api| async move { api.create_dispute_action(dispute, &body).await },
                |_| dispute.to_string(),
            )
            .await
    }
}
