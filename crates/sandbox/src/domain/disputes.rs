//! Disputes of transactions.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use synctera_api::runtime::{AccountId, CurrencyCode, CustomerId, DisputeId, TransactionId};
use synctera_api::v2::types::{
    CardDisputeManagedBy, DisputeActionBy, DisputeActionResponse, DisputeDecision, DisputeNetwork,
    DisputeRegulation, DisputeStatus, PaymentRail, PostedTransaction, TransactionDispute,
    TransactionDisputeStatus,
};

use crate::ledger::Posted;
use crate::model::{ApiError, Ctx, Kind, Record, Resource, build};

pub(crate) const DISPUTE: Kind = Kind {
    name: "dispute",
    id: "id",
    keys: &[
        ("account", "/account_id"),
        ("transaction", "/transaction_id"),
        ("related", "/_facts/related"),
        ("status", "/status"),
        ("decision", "/decision"),
        ("rail", "/payment_rail"),
    ],
};

/// A dispute, on any rail.
pub(crate) enum Dispute {}

impl Resource for Dispute {
    const KIND: &'static Kind = &DISPUTE;
    type Wire = DisputeRecord;
    type Facts = DisputeFacts;
}

/// What the disputes of all rails have, and what some of them have. The document has a type for
/// each rail, which differ in few members.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct DisputeRecord {
    pub(crate) id: DisputeId,
    pub(crate) tenant: String,
    pub(crate) payment_rail: PaymentRail,
    pub(crate) account_id: AccountId,
    pub(crate) customer_id: CustomerId,
    pub(crate) transaction_id: TransactionId,
    pub(crate) currency: CurrencyCode,
    pub(crate) disputed_amount: i64,
    pub(crate) memo: String,
    /// Each rail has its own codes; nothing follows from them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) external_reference_id: Option<String>,
    pub(crate) network: DisputeNetwork,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) managed_by: Option<CardDisputeManagedBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) network_eligibility: Option<NetworkEligibility>,
    pub(crate) applicable_regulation: DisputeRegulation,
    pub(crate) status: DisputeStatus,
    pub(crate) decision: DisputeDecision,
    pub(crate) lifecycle_state: LifecycleState,
    pub(crate) last_action_by: DisputeActionBy,
    pub(crate) action_history: Vec<DisputeActionResponse>,
    pub(crate) date_customer_reported: DateTime<Utc>,
    pub(crate) timestamp_investigation_due: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timestamp_provisional_credit_due: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timestamp_final_decision: Option<DateTime<Utc>>,
    pub(crate) creation_time: DateTime<Utc>,
    pub(crate) last_updated_time: DateTime<Utc>,
}

/// What the network wants to know of a card's transaction.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct NetworkEligibility {
    pub(crate) is_digital_wallet_token: bool,
    pub(crate) is_three_ds: bool,
    /// Only cards of ours can be overridden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_network_eligibility_overridden: Option<bool>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct DisputeFacts {
    /// How far the customer's money has moved: the credit status, or the debit status where the
    /// customer was paid.
    pub(crate) moved: Moved,
    /// How much has moved, in minor units.
    pub(crate) provided: i64,
    /// What the last chargeback asks for, in minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) claimed: Option<i64>,
    /// Until when the next answer is awaited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) deadline: Option<DateTime<Utc>>,
    /// The transactions that the dispute has posted, for the filter of the list.
    pub(crate) related: Vec<TransactionId>,
}

/// How far the customer's money has moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Moved {
    #[default]
    None,
    Provisional,
    Final,
}

/// Where a dispute is. The document has such an enum for each rail; here are the values of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum LifecycleState {
    PendingAction,
    Denied,
    WriteOff,
    Chargeback,
    NetworkRejectedChargeback,
    NetworkRejectedChargebackReversal,
    Representment,
    PreArbitration,
    PreArbitrationResponse,
    Arbitration,
    ArbitrationResponse,
    PreCompliance,
    PreComplianceResponse,
    Compliance,
    ComplianceResponse,
    AchAwaitingApproval,
    AchMoreInfoRequired,
    AchFiledWithNetwork,
    AchRejected,
}

impl fmt::Display for LifecycleState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

impl DisputeRecord {
    /// Whether the cardholder of an external card disputes what our customer pulled from it.
    pub(crate) fn is_external(&self) -> bool {
        self.payment_rail == PaymentRail::ExternalCard
    }

    pub(crate) fn is_open(&self) -> bool {
        self.status == DisputeStatus::Open
    }
}

/// Whether there are any disputes; asked once for a page of transactions.
pub(crate) fn are_there(ctx: &Ctx<'_>) -> Result<bool, ApiError> {
    Ok(ctx.tx.newest(ctx.tenant, DISPUTE.name)?.is_some())
}

/// The disputes of a posted transaction, as it shows them.
fn of_transaction(ctx: &Ctx<'_>, transaction: &str) -> Result<Vec<TransactionDispute>, ApiError> {
    let disputes = ctx.find_all::<Dispute>("transaction", transaction)?;
    let rendered = disputes.iter().map(|dispute| {
        build(json!({
            "id": dispute.id, "status": case_status(dispute), "created": dispute.creation_time,
            "updated": dispute.last_updated_time,
        }))
    });
    rendered.collect()
}

/// A posted transaction as clients read it. It never changes; its disputes stand beside it.
pub(crate) fn shown(
    ctx: &Ctx<'_>,
    transaction: Record<Posted>,
) -> Result<PostedTransaction, ApiError> {
    let mut shown = transaction.wire;
    shown.disputes = of_transaction(ctx, &shown.uuid.to_string())?;
    Ok(shown)
}

fn case_status(dispute: &DisputeRecord) -> TransactionDisputeStatus {
    match dispute.decision {
        DisputeDecision::Won | DisputeDecision::Resolved => {
            return TransactionDisputeStatus::CaseWon;
        }
        DisputeDecision::Lost => return TransactionDisputeStatus::CaseLost,
        _ => {}
    }
    match dispute.lifecycle_state {
        LifecycleState::Chargeback => TransactionDisputeStatus::ChargebackInitiated,
        LifecycleState::Representment => TransactionDisputeStatus::Representment,
        LifecycleState::PreArbitration | LifecycleState::PreArbitrationResponse => {
            TransactionDisputeStatus::Prearbitration
        }
        LifecycleState::Arbitration | LifecycleState::ArbitrationResponse => {
            TransactionDisputeStatus::Arbitration
        }
        LifecycleState::NetworkRejectedChargeback | LifecycleState::AchRejected => {
            TransactionDisputeStatus::NetworkRejected
        }
        LifecycleState::PendingAction
        | LifecycleState::Denied
        | LifecycleState::WriteOff
        | LifecycleState::NetworkRejectedChargebackReversal
        | LifecycleState::PreCompliance
        | LifecycleState::PreComplianceResponse
        | LifecycleState::Compliance
        | LifecycleState::ComplianceResponse
        | LifecycleState::AchAwaitingApproval
        | LifecycleState::AchMoreInfoRequired
        | LifecycleState::AchFiledWithNetwork => TransactionDisputeStatus::CaseOpen,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use synctera_api::v2::types::{
        AchLifecycleState, CardLifecycleState, DisputeCreditStatus, DisputeDebitStatus,
        ExternalCardLifecycleState,
    };

    use super::*;

    #[test]
    fn the_states_are_those_of_the_document() {
        let rails = [
            AchLifecycleState::KNOWN,
            CardLifecycleState::KNOWN,
            ExternalCardLifecycleState::KNOWN,
        ];
        for name in rails.concat() {
            let state: LifecycleState = serde_json::from_value(json!(name)).unwrap();
            assert_eq!(state.to_string(), name);
        }
        for name in [DisputeCreditStatus::KNOWN, DisputeDebitStatus::KNOWN].concat() {
            let moved: Moved = serde_json::from_value(json!(name)).unwrap();
            assert_eq!(serde_json::to_value(moved).unwrap(), Value::from(name));
        }
    }
}
