//! Monitoring of parties, and its alerts.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::domain::parties::Party;
use crate::domain::{parties, watchlists};
use crate::model::{ApiError, Ctx, Kind, calendar, text};

/// The job that searches the lists for a party.
pub(crate) const SCREEN: &str = "monitoring.screen";

/// The hour at which the lists are searched.
pub(crate) const SCREENED_AT: u32 = 6;

pub(crate) const SUBSCRIPTION: Kind = Kind {
    name: "monitoring subscription",
    id: "id",
    keys: &[("person", "/person_id"), ("business", "/business_id")],
};

pub(crate) const ALERT: Kind = Kind {
    name: "monitoring alert",
    id: "id",
    keys: &[("person", "/person_id"), ("business", "/business_id")],
};

/// Subscribes a party that is not subscribed yet.
pub(crate) fn enroll(ctx: &Ctx<'_>, party: Party, body: &Value) -> Result<(), ApiError> {
    let id = text(body, "id");
    if is_subscribed(ctx, party, id)? {
        return Ok(());
    }
    let mut subscription = json!({
        "id": ctx.new_id()?, "creation_time": ctx.now_text(), "last_updated_time": ctx.now_text(),
    });
    subscription[party.property()] = json!(id);
    ctx.insert(&SUBSCRIPTION, &subscription)?;
    watch(ctx, party, body)
}

pub(crate) fn is_subscribed(ctx: &Ctx<'_>, party: Party, id: &str) -> Result<bool, ApiError> {
    let key = party.property().trim_end_matches("_id");
    Ok(!ctx.all_with(&SUBSCRIPTION, key, id)?.is_empty())
}

/// Has the lists searched for a party that they know.
pub(crate) fn watch(ctx: &Ctx<'_>, party: Party, body: &Value) -> Result<(), ApiError> {
    let name = match party {
        Party::Person => text(body, "last_name"),
        Party::Business => text(body, "entity_name"),
    };
    if name.eq_ignore_ascii_case("Alert") {
        let day = calendar::banking_day_from(ctx.today() + Duration::days(1));
        let due = calendar::bank_time(day, SCREENED_AT, 0).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, SCREEN, text(body, "id"))?;
    }
    Ok(())
}

/// Raises an alert about a party that is watched.
pub(crate) fn raise(ctx: &Ctx<'_>, id: &str, alert_type: &str) -> Result<String, ApiError> {
    let (party, _) = parties::customer(ctx, id, "customer_id")?;
    let legacy = watchlists::subscription_of(ctx, id)?;
    if !is_subscribed(ctx, party, id)? && legacy.is_none() {
        let detail = format!("the {} is not monitored", party.kind().name);
        return Err(ApiError::rule(ErrorCode::BadRequest, detail));
    }
    let alert_id = ctx.new_id()?.to_string();
    let mut alert = json!({
        "id": alert_id, "type": alert_type, "status": "ACTIVE",
        "title": "A list names a person like this customer",
        "urls": ["https://lists.example.com/entries/1"],
        "creation_time": ctx.now_text(), "last_updated_time": ctx.now_text(),
        // What the older interface shows of it.
        "created": ctx.now_text(), "provider_subject_id": alert_id,
        "provider_watchlist_name": "US_OFAC",
    });
    if let Some(subscription) = legacy {
        alert["provider_subscription_id"] = subscription["provider_subscription_id"].clone();
    }
    alert[party.property()] = json!(id);
    ctx.insert(&ALERT, &alert)?;
    Ok(alert_id)
}
