//! What every use of an account needs to know.

use std::borrow::Cow;

use serde_json::Value;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Record};

/// The bank of this sandbox; a made-up routing number whose check digit holds.
pub(crate) const BANK_ROUTING: &str = "112233448";

/// border: an account, or its document.
pub(crate) trait AsAccount {
    fn as_account(&self) -> Result<Cow<'_, Record<Account>>, ApiError>;
}

impl AsAccount for Record<Account> {
    fn as_account(&self) -> Result<Cow<'_, Record<Account>>, ApiError> {
        Ok(Cow::Borrowed(self))
    }
}

impl AsAccount for Value {
    fn as_account(&self) -> Result<Cow<'_, Record<Account>>, ApiError> {
        Record::of(self).map(Cow::Owned)
    }
}

/// border: the document of an account that a body refers to.
pub(crate) fn referred(ctx: &Ctx<'_>, id: &str, field: &str) -> Result<Value, ApiError> {
    named(ctx, id, field)?.document()
}

/// An account that a body refers to.
pub(crate) fn named(
    ctx: &Ctx<'_>,
    id: impl ToString,
    field: &str,
) -> Result<Record<Account>, ApiError> {
    ctx.find_named(id, ErrorCode::AccountNotFound, field)
}

/// Whether a party is related to an account in any way.
pub(crate) fn is_related_to(account: &types::Account, party: impl ToString) -> bool {
    let party = party.to_string();
    account.customer_ids.iter().any(|id| id.to_string() == party)
        || account.business_ids.iter().any(|id| id.to_string() == party)
}

/// border: the same of a document.
pub(crate) fn is_related(account: &Value, party: &str) -> bool {
    account.as_account().is_ok_and(|account| is_related_to(&account, party))
}
