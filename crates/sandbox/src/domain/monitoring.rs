//! Monitoring of parties, and its alerts.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{
    MonitoringAlert, MonitoringAlertType, MonitoringStatus, MonitoringSubscription,
};

use crate::domain::cases::CaseReason;
use crate::domain::parties::{Party, PartyRecord};
use crate::domain::{cases, parties, watchlists};
use crate::model::{ApiError, Ctx, Kind, Record, Resource, build, calendar};
use crate::spec::FieldErrors;

/// The job that searches the lists for a party.
pub(crate) const SCREEN: &str = "monitoring.screen";

/// The hour at which the lists are searched.
pub(crate) const SCREENED_AT: u32 = 6;

pub(crate) const SUBSCRIPTION: Kind = Kind {
    name: "monitoring subscription",
    id: "id",
    keys: &[("person", "/person_id"), ("business", "/business_id")],
};

/// That a party is watched.
pub(crate) enum Subscription {}

impl Resource for Subscription {
    const KIND: &'static Kind = &SUBSCRIPTION;
    type Wire = MonitoringSubscription;
    type Facts = ();
}

pub(crate) const ALERT: Kind = Kind {
    name: "monitoring alert",
    id: "id",
    keys: &[("person", "/person_id"), ("business", "/business_id")],
};

/// What was found about a party that is watched.
pub(crate) enum Alert {}

impl Resource for Alert {
    const KIND: &'static Kind = &ALERT;
    type Wire = MonitoringAlert;
    type Facts = AlertFacts;
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct AlertFacts {
    /// The vendor's id of the subscription through v0, by which v0 names alerts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) provider_subscription_id: Option<String>,
}

/// Subscribes a party that is not subscribed yet.
pub(crate) fn enroll(ctx: &Ctx<'_>, subject: &PartyRecord) -> Result<(), ApiError> {
    if is_subscribed(ctx, subject.party(), subject.id())? {
        return Ok(());
    }
    let subscription = json!({
        "id": ctx.new_id()?, "creation_time": ctx.now, "last_updated_time": ctx.now,
        (subject.party().property()): subject.id(),
    });
    ctx.add(&Record::<Subscription>::new(build(subscription)?, ()))?;
    watch(ctx, subject)
}

pub(crate) fn is_subscribed(
    ctx: &Ctx<'_>,
    party: Party,
    id: impl ToString,
) -> Result<bool, ApiError> {
    let key = match party {
        Party::Person => "person",
        Party::Business => "business",
    };
    Ok(!ctx.find_all::<Subscription>(key, id)?.is_empty())
}

/// Has the lists searched for a party that they know.
pub(crate) fn watch(ctx: &Ctx<'_>, subject: &PartyRecord) -> Result<(), ApiError> {
    if subject.last_name().eq_ignore_ascii_case("Alert") {
        let day = calendar::banking_day_from(ctx.today() + Duration::days(1));
        let due = calendar::bank_time(day, SCREENED_AT, 0).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, SCREEN, &subject.id().to_string())?;
    }
    Ok(())
}

/// Raises an alert about a party that is watched; returns its id.
pub(crate) fn raise(
    ctx: &Ctx<'_>,
    id: &str,
    alert_type: &MonitoringAlertType,
) -> Result<String, ApiError> {
    if matches!(alert_type, MonitoringAlertType::Unknown(_)) {
        return Err(FieldErrors::invalid("type", "is no type of alerts").into());
    }
    let party = parties::find(ctx, id, "customer_id")?.party();
    let legacy = watchlists::subscription_of(ctx, id)?;
    if !is_subscribed(ctx, party, id)? && legacy.is_none() {
        let detail = format!("the {} is not monitored", party.kind().name);
        return Err(ApiError::rule(ErrorCode::BadRequest, detail));
    }
    let alert_id = ctx.new_id()?;
    let alert = build(json!({
        "id": alert_id, "type": alert_type, "status": MonitoringStatus::Active,
        "title": "A list names a person like this customer",
        "urls": ["https://lists.example.com/entries/1"],
        "creation_time": ctx.now, "last_updated_time": ctx.now,
        (party.property()): id,
    }))?;
    let facts = AlertFacts {
        provider_subscription_id: legacy
            .and_then(|subscription| subscription.wire.provider_subscription_id),
    };
    ctx.add(&Record::<Alert>::new(alert, facts))?;
    cases::open(ctx, CaseReason::MonitoringAlert, &ALERT, alert_id)?;
    Ok(alert_id.to_string())
}
