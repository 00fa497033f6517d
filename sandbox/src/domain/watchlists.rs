//! Subscriptions to watchlists.

use serde_json::Value;

use crate::model::{ApiError, Ctx, Kind};

pub(crate) const SUBSCRIPTION: Kind =
    Kind { name: "watchlist subscription", id: "id", keys: &[("customer", "/customer_id")] };

/// A customer's active subscription.
pub(crate) fn subscription_of(ctx: &Ctx<'_>, customer: &str) -> Result<Option<Value>, ApiError> {
    let known = ctx.all_with(&SUBSCRIPTION, "customer", customer)?;
    Ok(known.into_iter().find(|subscription| subscription["status"] == "ACTIVE"))
}
