//! Disputes of transactions.

use serde_json::{Value, json};

use crate::model::{ApiError, Ctx, Kind, text};

pub(crate) const DISPUTE: Kind = Kind {
    name: "dispute",
    id: "id",
    keys: &[
        ("account", "/account_id"),
        ("transaction", "/transaction_id"),
        ("related", "/related"),
        ("status", "/status"),
        ("decision", "/decision"),
        ("rail", "/payment_rail"),
    ],
};

/// Whether a dispute about an account is open.
pub(crate) fn is_any_open(ctx: &Ctx<'_>, account: &str) -> Result<bool, ApiError> {
    let disputes = ctx.all_with(&DISPUTE, "account", account)?;
    Ok(disputes.iter().any(|dispute| dispute["status"] == "OPEN"))
}

/// Whether there are any: told once for a page of transactions.
pub(crate) fn are_there(ctx: &Ctx<'_>) -> Result<bool, ApiError> {
    Ok(ctx.tx.newest(ctx.tenant, DISPUTE.name)?.is_some())
}

/// The disputes of a posted transaction, as it shows them.
pub(crate) fn of_transaction(ctx: &Ctx<'_>, transaction: &str) -> Result<Vec<Value>, ApiError> {
    let disputes = ctx.all_with(&DISPUTE, "transaction", transaction)?;
    let rendered = disputes.into_iter().map(|dispute| {
        let status = match (text(&dispute, "decision"), text(&dispute, "lifecycle_state")) {
            ("WON" | "RESOLVED", _) => "CASE_WON",
            ("LOST", _) => "CASE_LOST",
            (_, "CHARGEBACK") => "CHARGEBACK_INITIATED",
            (_, "REPRESENTMENT") => "REPRESENTMENT",
            (_, "PRE_ARBITRATION" | "PRE_ARBITRATION_RESPONSE") => "PREARBITRATION",
            (_, "ARBITRATION" | "ARBITRATION_RESPONSE") => "ARBITRATION",
            (_, "NETWORK_REJECTED_CHARGEBACK" | "ACH_REJECTED") => "NETWORK_REJECTED",
            _ => "CASE_OPEN",
        };
        json!({
            "id": dispute["id"], "status": status, "created": dispute["creation_time"],
            "updated": dispute["last_updated_time"],
        })
    });
    Ok(rendered.collect())
}
