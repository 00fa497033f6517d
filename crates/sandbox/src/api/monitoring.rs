//! Monitoring: who is watched, and what was found.
//!
//! The platform documents no way to bring an alert about, so these are ours: a party that is
//! watched and whose last name (or entity name) is `Alert` has one the next banking day, in the
//! morning; and [`Sandbox::raise_alert`](crate::Sandbox::raise_alert) raises one at once.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::cases;
use crate::domain::cases::CaseReason;
use crate::domain::listing::{By, List, as_stored};
use crate::domain::monitoring::{
    ALERT, Alert, SUBSCRIPTION, Subscription, is_subscribed, raise, watch,
};
use crate::domain::parties::PartyIds;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete, merge, one_of};
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
    let asked: types::NewMonitoringSubscription = ctx.body()?;
    let ids = PartyIds {
        person_id: asked.person_id,
        business_id: asked.business_id,
        ..PartyIds::default()
    };
    let subject = ids.find_one(ctx, "")?;
    if is_subscribed(ctx, subject.party(), subject.id())? {
        return Err(ApiError::rule(
            ErrorCode::DuplicateResource,
            "this party is monitored already",
        ));
    }
    let rest = json!({
        "id": ctx.new_id()?, "creation_time": ctx.now, "last_updated_time": ctx.now,
    });
    let subscription = Record::<Subscription>::new(complete(&asked, rest)?, ());
    ctx.add(&subscription)?;
    watch(ctx, &subject)?;
    Reply::json(201, &subscription.wire)
}

/// Searches the lists for a party, if it is still watched.
pub(crate) fn screen(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    match raise(ctx, id, &types::MonitoringAlertType::Watchlist) {
        Err(ApiError::Problem(_)) => Ok(()),
        outcome => outcome.map(drop),
    }
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Subscription>("subscription_id")?.wire)
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("subscription_id");
    Reply::json(200, &ctx.delete(&SUBSCRIPTION, id, "MONITORING_SUBSCRIPTION")?)
}

fn list_alerts(ctx: &Ctx<'_>) -> Outcome {
    let items = "alerts";
    List { kind: &ALERT, items, filters: FILTERS, always: Vec::new(), view: &as_stored }
        .reply::<types::MonitoringAlertList>(ctx)
}

fn get_alert(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Alert>("alert_id")?.wire)
}

/// An alert that was looked into is suppressed, and can be active again.
fn update_alert(ctx: &Ctx<'_>) -> Outcome {
    let mut alert = ctx.find_in_url::<Alert>("alert_id")?;
    let changes: types::MonitoringAlertPatch = ctx.body()?;
    if changes.person_id.value().is_some_and(|wanted| alert.person_id != Some(*wanted)) {
        return Err(FieldErrors::immutable("person_id").into());
    }
    if changes.business_id.value().is_some_and(|wanted| alert.business_id != Some(*wanted)) {
        return Err(FieldErrors::immutable("business_id").into());
    }
    merge(&mut alert.wire, &changes)?;
    alert.last_updated_time = Some(ctx.now);
    ctx.save(&alert)?;
    let reason = CaseReason::MonitoringAlert;
    let id = ctx.parameter("alert_id");
    match alert.status {
        Some(types::MonitoringStatus::Active) => cases::open(ctx, reason, &ALERT, id)?,
        _ => cases::resolve(ctx, reason, id)?,
    }
    Reply::empty(200)
}
