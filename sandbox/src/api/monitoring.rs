//! Monitoring: who is watched, and what was found.
//!
//! The platform documents no way to bring an alert about, so these are ours: a party that is
//! watched and whose last name (or entity name) is `Alert` has one the next banking day, in the
//! morning; and [`Sandbox::raise_alert`](crate::Sandbox::raise_alert) raises one at once.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::listing::{By, List, as_stored};
use crate::domain::monitoring::{ALERT, SUBSCRIPTION, is_subscribed, raise, watch};
use crate::domain::parties;
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, one_of, patch, text};
use crate::spec::FieldErrors;

const ON_SUBSCRIPTION: &[(&str, &Kind)] = &[("subscription_id", &SUBSCRIPTION)];
const ON_ALERT: &[(&str, &Kind)] = &[("alert_id", &ALERT)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_monitoring_subscriptions", list),
    Served::new("create_monitoring_subscription", create)
        .ruled(|ctx| Ok(one_of(&ctx.request.body, &["person_id", "business_id"]))),
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
    let mut subscription = ctx.request.body.clone();
    let Some((party, body)) = parties::named(ctx, &subscription)? else {
        return Err(ApiError::Internal("a party that is there and not there".to_owned()));
    };
    if is_subscribed(ctx, party, text(&body, "id"))? {
        return Err(ApiError::rule(
            ErrorCode::DuplicateResource,
            "this party is monitored already",
        ));
    }
    subscription["id"] = json!(ctx.new_id()?);
    subscription["creation_time"] = json!(ctx.now_text());
    subscription["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&SUBSCRIPTION, &subscription)?;
    watch(ctx, party, &body)?;
    Reply::created::<types::MonitoringSubscription>(subscription)
}

/// Searches the lists for a party, if it is still watched.
pub(crate) fn screen(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    match raise(ctx, id, "WATCHLIST") {
        Err(ApiError::Problem(_)) => Ok(()),
        outcome => outcome.map(drop),
    }
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
        if ctx.request.body.get(field).is_some_and(|wanted| alert.get(field) != Some(wanted)) {
            return Err(FieldErrors::immutable(field).into());
        }
    }
    patch(&mut alert, &ctx.request.body);
    alert["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&ALERT, &alert)?;
    Reply::empty(200)
}
