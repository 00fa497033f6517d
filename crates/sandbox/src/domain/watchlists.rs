//! Subscriptions to watchlists.

use serde::{Deserialize, Serialize};
use synctera_api::runtime::PersonId;
use synctera_api::v0::types::{WatchlistSubscription, WatchlistSubscriptionStatus};

use crate::model::{ApiError, Ctx, Kind, Record, Resource};

pub(crate) const SUBSCRIPTION: Kind =
    Kind { name: "watchlist subscription", id: "id", keys: &[("customer", "/_facts/customer_id")] };

/// That a customer is watched for a period.
pub(crate) enum Subscription {}

impl Resource for Subscription {
    const KIND: &'static Kind = &SUBSCRIPTION;
    type Wire = WatchlistSubscription;
    type Facts = SubscriptionFacts;
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct SubscriptionFacts {
    /// Who is watched; clients have this in the URL.
    pub(crate) customer_id: Option<PersonId>,
}

/// A customer's active subscription.
pub(crate) fn subscription_of(
    ctx: &Ctx<'_>,
    customer: impl ToString,
) -> Result<Option<Record<Subscription>>, ApiError> {
    let known = ctx.find_all::<Subscription>("customer", customer)?;
    let is_active = |status: &_| *status == WatchlistSubscriptionStatus::Active;
    Ok(known.into_iter().find(|subscription| subscription.status.as_ref().is_some_and(is_active)))
}
