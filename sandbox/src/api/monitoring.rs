//! Monitoring: who is watched, and what was found.
//!
//! The platform documents no way to bring an alert about, so these are ours: a party that is
//! watched and whose last name (or entity name) is `Alert` has one the next banking day, in the
//! morning; and [`Sandbox::raise_alert`](crate::Sandbox::raise_alert) raises one at once.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::listing::{By, List, as_stored};
use crate::domain::parties;
use crate::domain::parties::Party;
use crate::model::{
    Ctx, Kind, Outcome, Refusal, Reply, Served, calendar, exactly_one, patch, text,
};
use crate::spec::Faults;

/// The job that searches the lists for a party.
pub(crate) const SCREEN: &str = "monitoring.screen";
/// The hour at which the lists are searched.
const SCREENED_AT: u32 = 6;

const SUBSCRIPTION: Kind = Kind {
    name: "monitoring subscription",
    id: "id",
    keys: &[("person", "/person_id"), ("business", "/business_id")],
};

pub(crate) const ALERT: Kind = Kind {
    name: "monitoring alert",
    id: "id",
    keys: &[("person", "/person_id"), ("business", "/business_id")],
};

const ON_SUBSCRIPTION: &[(&str, &Kind)] = &[("subscription_id", &SUBSCRIPTION)];

const ON_ALERT: &[(&str, &Kind)] = &[("alert_id", &ALERT)];

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_monitoring_subscriptions", list),
    Served::new("create_monitoring_subscription", create),
    Served::on("get_monitoring_subscription", ON_SUBSCRIPTION, get),
    Served::on("delete_monitoring_subscription", ON_SUBSCRIPTION, delete),
    Served::new("list_monitoring_alerts", list_alerts),
    Served::on("get_monitoring_alert", ON_ALERT, get_alert),
    Served::on("update_monitoring_alert", ON_ALERT, update_alert),
];

const FILTERS: &[(&str, By)] = &[
    ("id", By::Key("id")),
    ("person_id", By::Key("person")),
    ("business_id", By::Key("business")),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let items = "subscriptions";
    List { kind: &SUBSCRIPTION, items, filters: FILTERS, always: Vec::new(), view: &as_stored }
        .reply::<types::MonitoringSubscriptionList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut subscription = ctx.body.clone();
    exactly_one(&subscription, &["person_id", "business_id"])?;
    let Some((party, body)) = parties::named(ctx, &subscription)? else {
        return Err(Refusal::Broken("a party that is there and not there".to_owned()));
    };
    if is_subscribed(ctx, party, text(&body, "id"))? {
        return Err(Refusal::rule(ErrorCode::DuplicateResource, "this party is monitored already"));
    }
    subscription["id"] = json!(ctx.new_id()?);
    subscription["creation_time"] = json!(ctx.now_text());
    subscription["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&SUBSCRIPTION, &subscription)?;
    watch(ctx, party, &body)?;
    Reply::created::<types::MonitoringSubscription>(subscription)
}

/// Subscribes a party that is not subscribed yet.
pub(crate) fn enrol(ctx: &Ctx<'_>, party: Party, body: &Value) -> Result<(), Refusal> {
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

fn is_subscribed(ctx: &Ctx<'_>, party: Party, id: &str) -> Result<bool, Refusal> {
    let key = party.property().trim_end_matches("_id");
    Ok(!ctx.all_with(&SUBSCRIPTION, key, id)?.is_empty())
}

/// Has the lists searched for a party that they know.
pub(crate) fn watch(ctx: &Ctx<'_>, party: Party, body: &Value) -> Result<(), Refusal> {
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

/// Searches the lists for a party, if it is still watched.
pub(crate) fn screen(ctx: &Ctx<'_>, id: &str) -> Result<(), Refusal> {
    match raise(ctx, id, "WATCHLIST") {
        Err(Refusal::Problem(_)) => Ok(()),
        outcome => outcome.map(drop),
    }
}

/// Raises an alert about a party that is watched.
pub(crate) fn raise(ctx: &Ctx<'_>, id: &str, alert_type: &str) -> Result<String, Refusal> {
    let (party, _) = parties::customer(ctx, id, "customer_id")?;
    let legacy = crate::api::watchlists::subscription_of(ctx, id)?;
    if !is_subscribed(ctx, party, id)? && legacy.is_none() {
        let detail = format!("the {} is not monitored", party.kind().name);
        return Err(Refusal::rule(ErrorCode::BadRequest, detail));
    }
    let alert_id = ctx.new_id()?.to_string();
    let mut alert = json!({
        "id": alert_id, "type": alert_type, "status": "ACTIVE",
        "title": "A list names somebody like this customer",
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

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::MonitoringSubscription>(ctx.url_resource(&SUBSCRIPTION, "subscription_id")?)
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("subscription_id");
    Reply::ok::<types::DeleteResponse>(ctx.delete(&SUBSCRIPTION, id, "MONITORING_SUBSCRIPTION")?)
}

fn list_alerts(ctx: &Ctx<'_>) -> Outcome {
    let items = "alerts";
    List { kind: &ALERT, items, filters: FILTERS, always: Vec::new(), view: &as_stored }
        .reply::<types::MonitoringAlertList>(ctx)
}

fn get_alert(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::MonitoringAlert>(ctx.url_resource(&ALERT, "alert_id")?)
}

/// An alert that was looked into is suppressed, and can be active again.
fn update_alert(ctx: &Ctx<'_>) -> Outcome {
    let mut alert = ctx.url_resource(&ALERT, "alert_id")?;
    for field in ["person_id", "business_id", "type"] {
        if ctx.body.get(field).is_some_and(|wanted| alert.get(field) != Some(wanted)) {
            return Err(Faults::immutable(field).into());
        }
    }
    patch(&mut alert, &ctx.body);
    alert["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&ALERT, &alert)?;
    Reply::empty(200)
}
