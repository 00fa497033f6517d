//! The kinds of resources that the ledger reads and stores.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use synctera_api::runtime::{AccountId, CardId, CurrencyCode, PlatformAccountId, TransactionId};
use synctera_api::v2::types;
use uuid::Uuid;

use crate::model::{Kind, Record, Resource};

/// Customers' accounts.
pub(crate) const ACCOUNT: Kind = Kind {
    name: "account",
    id: "id",
    keys: &[
        ("status", "/status"),
        ("access_status", "/access_status"),
        ("type", "/account_type"),
        ("customer_type", "/customer_type"),
        ("number", "/account_number"),
        ("customer", "/customer_ids"),
        ("business", "/business_ids"),
        ("party", "/customer_ids"),
        ("party", "/business_ids"),
        ("security", "/security/linked_account_id"),
        ("product", "/interest_product_id"),
        ("spend_control", "/spend_control_ids"),
        ("ledger_type", "/general_ledger_type"),
        ("overdraft", "/balance_floor/overdraft_account_id"),
        ("overdraft", "/balance_floor/linked_account_id"),
        ("overflow", "/balance_ceiling/overflow_account_id"),
        ("overflow", "/balance_ceiling/linked_account_id"),
        ("linked", "/balance_floor/overdraft_account_id"),
        ("linked", "/balance_floor/linked_account_id"),
        ("linked", "/balance_ceiling/overflow_account_id"),
        ("linked", "/balance_ceiling/linked_account_id"),
        ("linked", "/security/linked_account_id"),
    ],
};

/// Accounts of the program and of the bank.
pub(crate) const INTERNAL_ACCOUNT: Kind =
    Kind { name: "internal account", id: "id", keys: &[("type", "/account_type")] };

/// Posted transactions, as the platform shows them.
pub(crate) const POSTED: Kind = Kind {
    name: "posted transaction",
    id: "uuid",
    keys: &[
        ("account", "/_facts/accounts"),
        ("account_no", "/_facts/account_numbers"),
        ("type", "/type"),
        ("subtype", "/subtype"),
        ("reference", "/reference_id"),
        ("idempotency", "/idemkey"),
        ("card", "/_facts/card/card_id"),
    ],
};

/// Holds, as the platform shows pending transactions.
pub(crate) const HOLD: Kind = Kind {
    name: "pending transaction",
    id: "uuid",
    keys: &[
        ("account", "/account_id"),
        ("account_no", "/account_no"),
        ("offset", "/offset_account_id"),
        ("type", "/data/type"),
        ("subtype", "/data/subtype"),
        ("status", "/data/status"),
        ("reference", "/reference_id"),
        ("idempotency", "/idemkey"),
        ("transaction", "/data/transaction_id"),
        ("card", "/_facts/card/card_id"),
    ],
};

/// A customer's account.
pub(crate) enum Account {}

impl Resource for Account {
    const KIND: &'static Kind = &ACCOUNT;
    type Wire = types::Account;
    type Facts = AccountFacts;
}

impl Record<Account> {
    /// Its id; the nil id before it is stored.
    pub(crate) fn own_id(&self) -> AccountId {
        self.id.unwrap_or_else(|| Uuid::nil().into())
    }

    /// The currency's code; empty before it is stored.
    pub(crate) fn currency_code(&self) -> &str {
        self.currency.as_ref().map_or("", CurrencyCode::as_str)
    }
}

/// What the bank keeps of an account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AccountFacts {
    /// The first day of which the interest is not paid or charged yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) interest_from: Option<NaiveDate>,
    /// The first day that no fee of its fee products was charged for yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fees_from: Option<NaiveDate>,
    /// The interest that was paid or charged, by month (`2026-11`), in minor units.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) interest_paid: BTreeMap<String, i64>,
    /// The day until which the payment of the rest of a closed account may be returned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) returns_until: Option<NaiveDate>,
    /// Whether the payment of the rest came back, or never left, so that its destination does not
    /// serve.
    pub(crate) payout_failed: bool,
    /// What was billed, oldest first. A bill that is paid stays for as long as a payment can come back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) bills: Vec<Bill>,
    /// The last day of the period that was billed last; payments since then are for the bills.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) billed_through: Option<NaiveDate>,
    /// The day on which late payments are looked at next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_review: Option<NaiveDate>,
    /// The day since which it bears no interest, on an account that is revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revoked_on: Option<NaiveDate>,
    /// A negative balance that the program's money covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) overdrawn: Option<Overdrawn>,
    /// The negative balance that was written off last, as far as the program did not get it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) written_off: Option<WrittenOff>,
    /// Whether the platform's staff set its status, which the rules do not change then.
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) is_status_by_staff: bool,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// What must be paid on a credit account by a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bill {
    pub(crate) due: NaiveDate,
    /// In minor units.
    pub(crate) amount: i64,
    /// What was paid of it when the last period ended, in minor units.
    #[serde(default)]
    pub(crate) paid: i64,
}

impl Bill {
    /// What is not paid of it, in minor units.
    pub(crate) fn unpaid(&self) -> i64 {
        self.amount.saturating_sub(self.paid).max(0)
    }
}

/// A negative balance of a deposit account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Overdrawn {
    /// The day on which it was found.
    pub(crate) since: NaiveDate,
    /// What the program's money covers of it, in minor units.
    pub(crate) reserved: i64,
    /// The day on which it is looked at next.
    pub(crate) next: NaiveDate,
}

/// A negative balance that the program's money paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WrittenOff {
    pub(crate) on: NaiveDate,
    /// In minor units.
    pub(crate) amount: i64,
}

/// An account of the program or of the bank.
pub(crate) enum InternalAccount {}

impl Resource for InternalAccount {
    const KIND: &'static Kind = &INTERNAL_ACCOUNT;
    type Wire = types::InternalAccount;
    type Facts = InternalAccountFacts;
}

/// What the bank keeps of an internal account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct InternalAccountFacts {
    /// Whether it is the bank's own, which no API shows.
    pub(crate) is_bank_own: bool,
}

/// A hold.
pub(crate) enum Hold {}

impl Resource for Hold {
    const KIND: &'static Kind = &HOLD;
    type Wire = types::PendingTransaction;
    type Facts = HoldFacts;
}

/// What the ledger keeps of a hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct HoldFacts {
    /// Whether it is there for another hold.
    pub(crate) is_jit: bool,
    /// The hold on the linked account, for what this one lacks on its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) behind: Option<TransactionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) card: Option<CardUse>,
}

/// A posted transaction.
pub(crate) enum Posted {}

impl Resource for Posted {
    const KIND: &'static Kind = &POSTED;
    type Wire = types::PostedTransaction;
    type Facts = PostedFacts;
}

/// What the ledger keeps of a posted transaction.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PostedFacts {
    /// Whether it is a sweep.
    pub(crate) is_jit: bool,
    /// The accounts of its lines, which it is found by.
    pub(crate) accounts: Vec<PlatformAccountId>,
    /// Their numbers, which it is found by.
    pub(crate) account_numbers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) card: Option<CardUse>,
    /// What its money is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) purpose: Option<Purpose>,
    /// The day that the transaction counts for which it takes back, if it takes one back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) takes_back: Option<NaiveDate>,
}

/// What the money of a posting is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Purpose {
    /// Somebody pays with it.
    Payment,
    /// It is charged, given back or written off: fees, rewards, interest, purchases, refunds.
    Correction,
}

/// The card that a transaction was made with, and where: what spend controls count by.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CardUse {
    pub(crate) card_id: CardId,
    /// The merchant's category code.
    pub(crate) mcc: Option<String>,
    /// The merchant's country.
    pub(crate) country: Option<String>,
}
