//! Check deposits, as they are stored.

use serde::{Deserialize, Serialize};
use synctera_api::runtime::TransactionId;
use synctera_api::v2::types;

use crate::model::{Kind, Resource};

pub(crate) const DEPOSIT: Kind = Kind {
    name: "check deposit",
    id: "id",
    keys: &[
        ("account", "/account_id"),
        ("person", "/person_id"),
        ("business", "/business_id"),
        ("amount", "/deposit_amount"),
        ("currency", "/deposit_currency"),
        ("check", "/ocr_check_number"),
        ("print", "/_facts/print"),
        ("tenant", "/tenant"),
    ],
};

/// A check that was deposited by its pictures.
pub(crate) enum CheckDeposit {}

impl Resource for CheckDeposit {
    const KIND: &'static Kind = &DEPOSIT;
    type Wire = types::CheckDeposit;
    type Facts = CheckDepositFacts;
}

/// What clients do not read of a deposit.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct CheckDepositFacts {
    /// The digest of its front, by which a check that is deposited again is found.
    pub(crate) print: String,
    /// How its review will end.
    pub(crate) will_be_rejected: bool,
    /// The hold on what it brought in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hold_id: Option<TransactionId>,
}
