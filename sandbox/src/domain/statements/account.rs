//! What statements read of an account.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use synctera_api::Sensitive;
use synctera_api::runtime::AccountId;
use synctera_api::v2::types::{AccountStatus, AccountType, BillingPeriod, MinimumPayment};

use crate::model::{ApiError, build};

/// An account as statements see it.
// border: accounts are documents.
#[derive(Clone, Deserialize)]
pub(crate) struct BilledAccount {
    pub(crate) id: AccountId,
    pub(crate) account_number: Sensitive<String>,
    pub(crate) account_type: AccountType,
    pub(crate) status: AccountStatus,
    pub(crate) open_date: Option<NaiveDate>,
    pub(crate) close_date: Option<NaiveDate>,
    pub(crate) billing_period: Option<BillingPeriod>,
    /// In minor units.
    pub(crate) credit_limit: Option<i64>,
    /// Days from the end of a period until it is to be paid.
    pub(crate) grace_period: Option<u64>,
    pub(crate) minimum_payment: Option<MinimumPayment>,
    pub(crate) security: Option<Security>,
    /// The interest that it was paid or charged, in minor units by month (`2026-11`).
    interest_paid: Option<BTreeMap<String, i64>>,
    /// The account itself.
    #[serde(skip)]
    pub(crate) document: Value,
}

/// The account that secures a credit account.
#[derive(Clone, Deserialize)]
pub(crate) struct Security {
    pub(crate) linked_account_id: Option<AccountId>,
}

impl BilledAccount {
    pub(crate) fn of(document: Value) -> Result<Self, ApiError> {
        let account: Self = build(document.clone())?;
        Ok(Self { document, ..account })
    }

    /// The interest of the months that begin like this, in minor units.
    pub(crate) fn interest(&self, months: &str) -> i64 {
        let noted = self.interest_paid.iter().flatten();
        noted.filter(|(month, _)| month.starts_with(months)).map(|(_, amount)| amount).sum()
    }
}
