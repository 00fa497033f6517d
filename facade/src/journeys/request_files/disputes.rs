//! Requests about disputes.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use synctera_api::runtime::{DisputeId, DocumentId, TransactionId};

use super::values::{Choice, UploadMembers};
use super::{MemberError, Members, read_by_members};
use crate::types::{
    AchDisputeReturnCodes, CardAction, CardActionState, CardDisputeReasonCodes, ExternalCardAction,
    ExternalCardActionState, ExternalCardDisputeReasonCode,
};
use crate::{ActOnDispute, AddEvidence, Money, OpenDispute};

read_by_members! {
    OpenDisputeMembers => OpenDispute,
    ActOnDisputeMembers => ActOnDispute,
    AddEvidenceMembers => AddEvidence,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct OpenDisputeMembers {
    payment_rail: Choice<DisputedRail>,
    transaction_id: TransactionId,
    disputed_amount: Money,
    date_customer_reported: DateTime<Utc>,
    memo: Option<String>,
    evidence: Option<Vec<UploadMembers>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", deny_unknown_fields)]
enum DisputedRail {
    Ach,
    Card { reason_code: CardDisputeReasonCodes },
    ExternalCard { reason_code: ExternalCardDisputeReasonCode, external_reference_id: String },
}

impl Members for OpenDisputeMembers {
    type Request = OpenDispute;

    fn into_request(self) -> Result<OpenDispute, MemberError> {
        let (transaction, amount) = (self.transaction_id, self.disputed_amount);
        let reported = self.date_customer_reported;
        let mut request = match self.payment_rail.0 {
            DisputedRail::Ach => OpenDispute::ach(transaction, amount, reported),
            DisputedRail::Card { reason_code: reason } => {
                OpenDispute::card(transaction, amount, reported, reason)
            }
            DisputedRail::ExternalCard { reason_code: reason, external_reference_id } => {
                let reference = external_reference_id;
                OpenDispute::external_card(transaction, amount, reported, reason, reference)
            }
        }
        .memo(self.memo);
        for file in self.evidence.into_iter().flatten() {
            request = request.evidence(file.into());
        }
        Ok(request)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct ActOnDisputeMembers {
    dispute_id: DisputeId,
    action: Choice<DisputeAction>,
    amount: Option<Money>,
    supporting_doc_id: Option<DocumentId>,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum DisputeAction {
    ProvisionalCredit,
    ReverseCredit,
    Chargeback,
    WriteOff,
    AcceptRepresentment,
    PreArbitration,
    Arbitration,
    Card { action: CardAction, state: CardActionState },
    AchReturn { return_code: AchDisputeReturnCodes },
    StopPayment,
    ProvisionalDebit,
    ReverseDebit,
    Represent,
    AcceptChargeback,
    ExternalCard { action: ExternalCardAction, state: ExternalCardActionState },
}

impl Members for ActOnDisputeMembers {
    type Request = ActOnDispute;

    fn into_request(self) -> Result<ActOnDispute, MemberError> {
        let dispute = self.dispute_id;
        Ok(match self.action.0 {
            DisputeAction::ProvisionalCredit => ActOnDispute::provisional_credit(dispute),
            DisputeAction::ReverseCredit => ActOnDispute::reverse_credit(dispute),
            DisputeAction::Chargeback => ActOnDispute::chargeback(dispute),
            DisputeAction::WriteOff => ActOnDispute::write_off(dispute),
            DisputeAction::AcceptRepresentment => ActOnDispute::accept_representment(dispute),
            DisputeAction::PreArbitration => ActOnDispute::pre_arbitration(dispute),
            DisputeAction::Arbitration => ActOnDispute::arbitration(dispute),
            DisputeAction::Card { action, state } => ActOnDispute::card(dispute, action, state),
            DisputeAction::AchReturn { return_code } => {
                ActOnDispute::ach_return(dispute, return_code)
            }
            DisputeAction::StopPayment => ActOnDispute::stop_payment(dispute),
            DisputeAction::ProvisionalDebit => ActOnDispute::provisional_debit(dispute),
            DisputeAction::ReverseDebit => ActOnDispute::reverse_debit(dispute),
            DisputeAction::Represent => {
                let why = "must be given for a representment";
                let evidence =
                    self.supporting_doc_id.ok_or(MemberError::new("supporting_doc_id", why));
                ActOnDispute::represent(dispute, evidence?)
            }
            DisputeAction::AcceptChargeback => ActOnDispute::accept_chargeback(dispute),
            DisputeAction::ExternalCard { action, state } => {
                ActOnDispute::external_card(dispute, action, state)
            }
        }
        .amount(self.amount)
        .proven_by(self.supporting_doc_id)
        .message(self.message))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct AddEvidenceMembers {
    dispute_id: DisputeId,
    file: UploadMembers,
}

impl Members for AddEvidenceMembers {
    type Request = AddEvidence;

    fn into_request(self) -> Result<AddEvidence, MemberError> {
        Ok(AddEvidence::new(self.dispute_id, self.file.into()))
    }
}
