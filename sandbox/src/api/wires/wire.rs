//! What outgoing and incoming wires have in common.

use serde_json::Value;

use crate::domain::internal_accounts;
use crate::ledger::LedgerAccount;
use crate::model::{ApiError, Ctx, Kind, text};

pub(crate) const WIRE: Kind = Kind {
    name: "wire",
    id: "id",
    keys: &[
        ("customer", "/customer_id"),
        ("from", "/originating_account_id"),
        ("to", "/receiving_account_id"),
        ("status", "/status"),
    ],
};

pub(crate) const RAIL: &str = "is_wire_enabled";

pub(crate) fn settlement(ctx: &Ctx<'_>, wire: &Value) -> Result<LedgerAccount, ApiError> {
    internal_accounts::of_bank(ctx, "WIRE_SETTLEMENT", text(wire, "currency"))
}

/// The network's own number of a message: its day, who sent it, its place that day.
pub(crate) fn accountability(ctx: &Ctx<'_>, counter: &str) -> Result<String, ApiError> {
    let place = ctx.tx.next(counter)?;
    Ok(format!("{}SANDBOX1{:06}", ctx.today().format("%Y%m%d"), place % 1_000_000))
}
