//! What every use of an account needs to know.

use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::ledger::Account;
use crate::model::{ApiError, Ctx, Record};

/// The bank of this sandbox; a made-up routing number whose check digit holds.
pub(crate) const BANK_ROUTING: &str = "112233448";

/// An account that a body refers to.
pub(crate) fn named(
    ctx: &Ctx<'_>,
    id: impl ToString,
    field: &str,
) -> Result<Record<Account>, ApiError> {
    ctx.find_named(id, ErrorCode::AccountNotFound, field)
}

/// Whether a party is related to an account in any way.
pub(crate) fn is_related(account: &types::Account, party: impl ToString) -> bool {
    let party = party.to_string();
    account.customer_ids.iter().any(|id| id.to_string() == party)
        || account.business_ids.iter().any(|id| id.to_string() == party)
}
