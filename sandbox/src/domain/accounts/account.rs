//! What every use of an account needs to know.

use serde_json::Value;
use synctera_api::runtime::ErrorCode;

use crate::ledger::ACCOUNT;
use crate::model::{ApiError, Ctx, texts};

/// The bank of this sandbox; a made-up routing number whose check digit holds.
pub(crate) const BANK_ROUTING: &str = "112233448";

/// An account that a body refers to.
pub(crate) fn referred(ctx: &Ctx<'_>, id: &str, field: &str) -> Result<Value, ApiError> {
    ctx.referred(&ACCOUNT, id, ErrorCode::AccountNotFound, field)
}

/// Whether a party is related to an account in any way.
pub(crate) fn is_related(account: &Value, party: &str) -> bool {
    texts(&account["customer_ids"]).contains(&party)
        || texts(&account["business_ids"]).contains(&party)
}
