//! Transfers with cards of other banks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use synctera_api::runtime::{
    AccountId, CurrencyCode, CustomerId, ExternalCardId, ThreeDsId, TransactionId,
};
use synctera_api::v2::types;
use uuid::Uuid;

use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(crate) const TRANSFER: Kind = Kind {
    name: "external card transfer",
    id: "id",
    keys: &[
        ("account", "/account_id"),
        ("amount", "/amount"),
        ("card", "/external_card_id"),
        ("customer", "/customer_id"),
        ("original", "/original_transfer_id"),
        ("originating_customer", "/originating_customer_id"),
        ("reference", "/payment_account_reference"),
        ("status", "/status"),
        ("tenant", "/tenant"),
        ("three_ds", "/three_ds_id"),
        ("transaction", "/transaction_id"),
        ("type", "/type"),
    ],
};

/// Money between an account and a card of another bank.
pub(crate) enum ExternalCardTransfer {}

impl Resource for ExternalCardTransfer {
    const KIND: &'static Kind = &TRANSFER;
    type Wire = TransferRecord;
    type Facts = TransferFacts;
}

/// A transfer of any type; clients read the variant of its type.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct TransferRecord {
    pub(crate) id: Uuid,
    pub(crate) tenant: String,
    #[serde(rename = "type")]
    pub(crate) type_: types::ExternalCardTransferType,
    pub(crate) status: types::ExternalCardTransferStatus,
    pub(crate) account_id: AccountId,
    pub(crate) customer_id: CustomerId,
    /// In minor units.
    pub(crate) amount: i64,
    pub(crate) currency: CurrencyCode,
    pub(crate) merchant: types::ExternalCardMerchant,
    /// A card that is known; a wallet's is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) external_card_id: Option<ExternalCardId>,
    /// The card of a wallet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) card_details: Option<types::ExternalCardDetails>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) payment_account_reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) originating_customer_id: Option<CustomerId>,
    /// The pull that a reversal takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) original_transfer_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) three_ds_id: Option<ThreeDsId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_id: Option<TransactionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) network_decline_details: Option<String>,
    pub(crate) creation_time: DateTime<Utc>,
    pub(crate) last_updated_time: DateTime<Utc>,
}

/// What is kept of a transfer and not shown.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TransferFacts {
    /// How much of a pull was given back, in minor units: more than the rest cannot be.
    pub(crate) reversed: i64,
    /// How the card steers it, which decides how an open transfer ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) steering: Option<Steering>,
}

/// What a card's token makes the card do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Steering {
    Challenge,
    Declined,
    Failed,
    Fraud,
    Lost,
    Mismatch,
    Pending,
    Unenrolled,
    Unknown,
}

impl Steering {
    /// What a token begins with, up to its first hyphen.
    pub(crate) fn of(token: &str) -> Option<Self> {
        Some(match token.split('-').next()? {
            "challenge" => Self::Challenge,
            "declined" => Self::Declined,
            "failed" => Self::Failed,
            "fraud" => Self::Fraud,
            "lost" => Self::Lost,
            "mismatch" => Self::Mismatch,
            "pending" => Self::Pending,
            "unenrolled" => Self::Unenrolled,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }
}

/// The transfer that a posted transaction came of, if one did.
pub(crate) fn of_transaction(
    ctx: &Ctx<'_>,
    transaction: &str,
) -> Result<Option<Record<ExternalCardTransfer>>, ApiError> {
    Ok(ctx.find_all("transaction", transaction)?.into_iter().next())
}
