//! What outgoing and incoming wires have in common.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use synctera_api::v2::types;

use crate::domain::internal_accounts;
use crate::domain::rules::Rail;
use crate::ledger::{Account, LedgerAccount};
use crate::model::{ApiError, Ctx, Kind, Record, Resource};

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

/// A wire that started here.
pub(crate) enum OutgoingWire {}

impl Resource for OutgoingWire {
    const KIND: &'static Kind = &WIRE;
    type Wire = types::Wire;
    type Facts = OutgoingWireFacts;
}

/// What clients do not read of a wire.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OutgoingWireFacts {
    /// The metadata of the request, which the posting shows.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(crate) metadata: Map<String, Value>,
}

pub(crate) const RAIL: Rail = Rail::Wire;

/// The account that a wire leaves.
pub(crate) fn account_of(ctx: &Ctx<'_>, wire: &types::Wire) -> Result<Record<Account>, ApiError> {
    ctx.find_related(wire.originating_account_id.map(|id| id.to_string()).unwrap_or_default())
}

pub(crate) fn settlement(ctx: &Ctx<'_>, currency: &str) -> Result<LedgerAccount, ApiError> {
    internal_accounts::of_bank(ctx, "WIRE_SETTLEMENT", currency)
}

/// The network's own number of a message: its day, who sent it, its place that day.
pub(crate) fn accountability(ctx: &Ctx<'_>, counter: &str) -> Result<String, ApiError> {
    let place = ctx.tx.next(counter)?;
    Ok(format!("{}SANDBOX1{:06}", ctx.today().format("%Y%m%d"), place % 1_000_000))
}
