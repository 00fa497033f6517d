//! Opening disputes.

use chrono::{DateTime, Utc};
use synctera_api::Error;
use synctera_api::runtime::{DisputeId, TransactionId, Upload};

use super::evidence;
use crate::checks::Checks;
use crate::journeys::journey::sealed::Sealed;
use crate::journeys::{Availability, Journey, Steps};
use crate::types::{
    CardDisputeReasonCodes, Dispute, DisputeDocument, DisputeRequestDetails,
    ExternalCardDisputeReasonCode, NewCardDispute, NewDispute, NewExternalCardDispute, PaymentRail,
};
use crate::{IntoOption, Money};

/// The maximum length of the memo, in characters.
const MEMO_MAX: usize = 1_000;
/// The memo of a dispute that is opened without one.
const MEMO: &str = "disputed by the customer";

/// A request to open a dispute; see [`Synctera::open_dispute`](crate::Synctera::open_dispute).
#[derive(Clone, Debug)]
pub struct OpenDispute {
    transaction: TransactionId,
    amount: Money,
    reported: DateTime<Utc>,
    memo: String,
    rail: Rail,
    evidence: Vec<Upload>,
}

/// The members for each payment rail.
#[derive(Clone, Debug)]
enum Rail {
    Card(CardDisputeReasonCodes),
    Ach,
    ExternalCard(ExternalCardDisputeReasonCode, String),
}

impl OpenDispute {
    /// Disputes a card transaction: the disputed amount, when the customer reported it, and the
    /// reason.
    /// The moment must be the same in each run under one key: store it.
    pub fn card(
        transaction: TransactionId,
        amount: Money,
        reported: DateTime<Utc>,
        reason: CardDisputeReasonCodes,
    ) -> Self {
        Self { rail: Rail::Card(reason), ..Self::ach(transaction, amount, reported) }
    }

    /// Disputes a pull from an external card: the disputed amount, when the cardholder reported it,
    /// the reason, and the network's reference of the dispute.
    /// The moment must be the same in each run under one key: store it.
    pub fn external_card(
        transaction: TransactionId,
        amount: Money,
        reported: DateTime<Utc>,
        reason: ExternalCardDisputeReasonCode,
        reference: impl Into<String>,
    ) -> Self {
        let rail = Rail::ExternalCard(reason, reference.into());
        Self { rail, ..Self::ach(transaction, amount, reported) }
    }

    /// Disputes an ACH debit: the disputed amount, and when the customer reported it.
    /// The moment must be the same in each run under one key: store it.
    pub fn ach(transaction: TransactionId, amount: Money, reported: DateTime<Utc>) -> Self {
        let (memo, evidence) = (MEMO.to_owned(), Vec::new());
        Self { transaction, amount, reported, memo, rail: Rail::Ach, evidence }
    }

    /// The customer's explanation, of at most 1,000 characters.
    #[must_use]
    pub fn memo(mut self, memo: impl IntoOption<String>) -> Self {
        self.memo = memo.into_option().unwrap_or_else(|| MEMO.to_owned());
        self
    }

    /// Adds evidence: a file of at most 14 MB. May be repeated.
    #[must_use]
    pub fn evidence(mut self, file: Upload) -> Self {
        self.evidence.push(file);
        self
    }

    fn check(&self) -> Result<(), Error> {
        let mut checks = Checks::of(Self::NAME);
        checks.ensure(self.amount.minor() > 0, "disputed_amount", "must be greater than 0");
        checks.text(&self.memo, "memo");
        checks.ensure(
            self.memo.chars().count() <= MEMO_MAX,
            "memo",
            "must have at most 1,000 characters",
        );
        if let Rail::ExternalCard(_, reference) = &self.rail {
            checks.text(reference, "external_reference_id");
        }
        for (index, file) in self.evidence.iter().enumerate() {
            evidence::check(&mut checks, &format!("evidence[{index}]"), file);
        }
        checks.finish()
    }

    fn to_new(&self) -> NewDispute {
        let (reported, amount) = (self.reported, self.amount.minor());
        let (memo, transaction) = (self.memo.clone(), self.transaction);
        match &self.rail {
            Rail::Card(reason) => NewDispute::Card(NewCardDispute::new(
                reported,
                amount,
                memo,
                reason.clone(),
                transaction,
            )),
            Rail::Ach => NewDispute::Ach(DisputeRequestDetails::new(
                reported,
                amount,
                memo,
                PaymentRail::Ach,
                transaction,
            )),
            Rail::ExternalCard(reason, reference) => {
                NewDispute::ExternalCard(NewExternalCardDispute::new(
                    reported,
                    amount,
                    reference.clone(),
                    memo,
                    reason.clone(),
                    transaction,
                ))
            }
        }
    }
}

/// An opened dispute.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OpenedDispute {
    /// The id of the dispute.
    pub id: DisputeId,
    /// The dispute.
    pub dispute: Dispute,
    /// The uploaded evidence, in the order of the request.
    pub evidence: Vec<DisputeDocument>,
}

impl Sealed for OpenDispute {}

impl Journey for OpenDispute {
    type Outcome = OpenedDispute;

    const NAME: &'static str = "open_dispute";

    const AVAILABILITY: Availability = Availability::Everywhere;

    async fn execute<'a>(&'a self, steps: &'a mut Steps<'_>) -> Result<OpenedDispute, Error> {
        self.check()?;
        let body = self.to_new();
        let dispute = steps
            .write(
                "",
                |api| api.create_dispute(&body),
                |dispute| id(dispute).map_or_else(String::new, |id| id.to_string()),
            )
            .await?;
        let Some(id) = id(&dispute) else {
            return Err(Error::incomplete_answer("create_dispute", "id"));
        };
        let mut added = Vec::new();
        for (index, file) in self.evidence.iter().enumerate() {
            added.push(evidence::add(steps, &index.to_string(), id, file.clone()).await?);
        }
        let dispute = steps.current(dispute, |api| api.get_dispute(id)).await?;
        Ok(OpenedDispute { id, dispute, evidence: added })
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
