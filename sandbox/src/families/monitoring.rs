//! Monitoring: who is watched. Nothing here raises alerts, so the list of them is empty.

use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use super::listing::{By, List, as_stored};
use super::{Kind, Served, exactly_one, parties};
use crate::engine::{Ctx, Outcome, Refusal, Reply, text};

const SUBSCRIPTION: Kind = Kind {
    name: "monitoring subscription",
    id: "id",
    keys: &[("id", "/id"), ("person", "/person_id"), ("business", "/business_id")],
};

const ALERT: Kind = Kind {
    name: "monitoring alert",
    id: "id",
    keys: &[("id", "/id"), ("person", "/person_id"), ("business", "/business_id")],
};

const ON_SUBSCRIPTION: &[(&str, &Kind)] = &[("subscription_id", &SUBSCRIPTION)];

pub(super) const SERVED: &[Served] = &[
    Served::new("list_monitoring_subscriptions", list),
    Served::new("create_monitoring_subscription", create),
    Served::on("get_monitoring_subscription", ON_SUBSCRIPTION, get),
    Served::on("delete_monitoring_subscription", ON_SUBSCRIPTION, delete),
    Served::new("list_monitoring_alerts", list_alerts),
    Served::on("get_monitoring_alert", &[("alert_id", &ALERT)], get_alert),
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
    let Some((_, party)) = parties::named(ctx, &subscription)? else {
        return Err(Refusal::Broken("a party that is there and not there".to_owned()));
    };
    let key = if text(&subscription, "person_id").is_empty() { "business" } else { "person" };
    if !ctx.all_with(&SUBSCRIPTION, key, text(&party, "id"))?.is_empty() {
        return Err(Refusal::rule(ErrorCode::DuplicateResource, "this party is monitored already"));
    }
    subscription["id"] = json!(ctx.new_id()?);
    subscription["creation_time"] = json!(ctx.now_text());
    subscription["last_updated_time"] = json!(ctx.now_text());
    ctx.insert(&SUBSCRIPTION, &subscription)?;
    Reply::created::<types::MonitoringSubscription>(subscription)
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
