//! Transfers with cards of other banks.

use serde_json::Value;

use crate::model::{ApiError, Ctx, Kind};

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

/// The transfer that a posted transaction came of.
pub(crate) fn of_transaction(ctx: &Ctx<'_>, transaction: &str) -> Result<Value, ApiError> {
    let found = ctx.all_with(&TRANSFER, "transaction", transaction)?;
    Ok(found.into_iter().next().unwrap_or_default())
}
