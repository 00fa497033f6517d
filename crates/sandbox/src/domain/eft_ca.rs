//! Transfers over the Canadian network, as they are stored.

use serde::{Deserialize, Serialize};
use synctera_api::v2::types::{self, CashTransferDcSign, EftCaStatus};

use crate::domain::rail_transfers;
use crate::model::{Kind, Record, Resource};

pub(crate) const TRANSFER: Kind =
    Kind { name: "EFT Canada transfer", id: "id", keys: rail_transfers::KEYS };

/// A transfer over the Canadian network.
pub(crate) enum EftCaTransfer {}

impl Resource for EftCaTransfer {
    const KIND: &'static Kind = &TRANSFER;
    type Wire = types::EftCaTransfer;
    type Facts = EftCaFacts;
}

/// What clients do not read of a transfer.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct EftCaFacts {
    /// The currency of the account, which lists are filtered by.
    pub(crate) currency: String,
    /// The key of the request, which the posting of a debit carries: it has no hold that does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) idempotency_key: Option<String>,
}

impl Record<EftCaTransfer> {
    /// Whether it takes money from the account at the other bank. The sign is seen from there.
    pub(crate) fn is_pull(&self) -> bool {
        self.dc_sign == CashTransferDcSign::Debit
    }

    /// Whether it is not posted yet, and may be.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(self.status, EftCaStatus::Initiated | EftCaStatus::Pending)
    }
}
