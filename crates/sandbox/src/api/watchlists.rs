//! Watchlists: a customer is watched for a period, and alerts are looked into. The alerts are those
//! of monitoring.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v0::types::{
    self, WatchlistSubscription, WatchlistSubscriptionStatus, WatchlistSuppressionStatus,
};
use synctera_api::v2::types::{MonitoringAlertType, MonitoringStatus};

use crate::domain::customers::{ON_CUSTOMER, find_theirs, of_customer};
use crate::domain::listing::{List, as_stored, view_of};
use crate::domain::monitoring;
use crate::domain::monitoring::{ALERT, Alert};
use crate::domain::parties::{PERSON, PartyRecord};
use crate::domain::watchlists::{SUBSCRIPTION, Subscription, SubscriptionFacts, subscription_of};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, calendar, complete, text};
use crate::spec::FieldErrors;

const ON_SUBSCRIPTION: &[(&str, &Kind)] =
    &[("customer_id", &PERSON), ("subscription_id", &SUBSCRIPTION)];

const ON_ALERT: &[(&str, &Kind)] = &[("customer_id", &PERSON), ("alert_id", &ALERT)];
pub(crate) const SERVED: &[Served] = &[
    Served::on("list_watchlist_alerts", ON_CUSTOMER, list_alerts),
    Served::on("get_watchlist_alert", ON_ALERT, get_alert),
    Served::on("replace_watchlist_alert", ON_ALERT, replace_alert),
    Served::on("list_watchlist_subscriptions", ON_CUSTOMER, list),
    Served::on("create_watchlist_subscription", ON_CUSTOMER, create).ruled(of_subscription),
    Served::on("get_watchlist_subscription", ON_SUBSCRIPTION, get),
    Served::on("replace_watchlist_subscription", ON_SUBSCRIPTION, replace).ruled(of_subscription),
    Served::on("suppress_watchlist_alert", ON_CUSTOMER, suppress),
];

/// The job that renews or ends a subscription when its period is over.
pub(crate) const RENEW: &str = "watchlist.renew";

/// A period that is not given lasts a year.
const PERIOD_DAYS: i64 = 365;

fn list(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &SUBSCRIPTION,
        items: "subscriptions",
        filters: &[],
        always: of_customer(ctx, "customer"),
        view: &as_stored,
    }
    .reply::<types::WatchlistSubscriptionList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = PartyRecord::Person(ctx.find_in_url("customer_id")?);
    if subscription_of(ctx, person.id())?.is_some() {
        let detail = "the customer has an active subscription already";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let mut subscription = asked(ctx)?;
    subscription.id = Some(ctx.new_id()?.into());
    subscription.created = Some(ctx.now);
    subscription.provider_subscription_id = Some(format!("sub-{}", ctx.new_id()?));
    let facts = SubscriptionFacts { customer_id: Some(person.id().as_uuid().into()) };
    let subscription = Record::<Subscription>::new(subscription, facts);
    ctx.add(&subscription)?;
    schedule(ctx, &subscription)?;
    if subscription.status == Some(WatchlistSubscriptionStatus::Active) {
        monitoring::watch(ctx, &person)?;
    }
    Reply::json(201, &subscription.wire)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &of_url(ctx)?.wire)
}

fn of_url(ctx: &Ctx<'_>) -> Result<Record<Subscription>, ApiError> {
    find_theirs::<Subscription>(ctx, "subscription_id", |subscription| {
        subscription.facts.customer_id.map(Into::into)
    })
}

fn replace(ctx: &Ctx<'_>) -> Outcome {
    let Record { wire: known, facts } = of_url(ctx)?;
    let wire = WatchlistSubscription {
        id: known.id,
        created: known.created,
        provider_subscription_id: known.provider_subscription_id,
        ..asked(ctx)?
    };
    let subscription = Record::<Subscription>::new(wire, facts);
    ctx.save(&subscription)?;
    schedule(ctx, &subscription)?;
    Reply::json(200, &subscription.wire)
}

/// What is wrong with the body of a subscription.
fn of_subscription(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let mut errors = FieldErrors::default();
    if ctx.request.body.get("customer_consent") != Some(&Value::Bool(true)) {
        let reason = "the customer must have agreed to be watched";
        errors.merge(FieldErrors::invalid("customer_consent", reason));
    }
    let date = |property: &str| text(&ctx.request.body, property).parse().ok();
    let (start, end) = period(ctx, date("period_start"), date("period_end"));
    // The end that is worked out must be a day, too.
    if date("period_end").is_none() && calendar::is_beyond_calendar(end) {
        errors.merge(FieldErrors::invalid("period_start", calendar::BEYOND_CALENDAR));
    }
    if end < start {
        errors.merge(FieldErrors::invalid("period_end", "must not be before period_start"));
    }
    Ok(errors)
}

/// The first and the last day of a subscription, where they may be left out.
fn period(
    ctx: &Ctx<'_>,
    start: Option<NaiveDate>,
    end: Option<NaiveDate>,
) -> (NaiveDate, NaiveDate) {
    let start = start.unwrap_or_else(|| ctx.today());
    let year = || start.checked_add_signed(Duration::days(PERIOD_DAYS)).unwrap_or(start);
    (start, end.unwrap_or_else(year))
}

/// The body, with what was left out.
fn asked(ctx: &Ctx<'_>) -> Result<WatchlistSubscription, ApiError> {
    let mut subscription: WatchlistSubscription = ctx.body()?;
    let (start, end) = period(ctx, subscription.period_start, subscription.period_end);
    subscription.period_start = Some(start);
    subscription.period_end = Some(end);
    subscription.status.get_or_insert(WatchlistSubscriptionStatus::Active);
    subscription.auto_renew.get_or_insert(false);
    Ok(subscription)
}

fn schedule(ctx: &Ctx<'_>, subscription: &Record<Subscription>) -> Result<(), ApiError> {
    if let (Some(end), Some(id)) = (subscription.period_end, subscription.id) {
        let due = calendar::bank_time(end + Duration::days(1), 0, 0).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, RENEW, &id.to_string())?;
    }
    Ok(())
}

/// Renews or ends a subscription whose period is over.
pub(crate) fn renew(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut subscription) = ctx.find::<Subscription>(id)? else {
        return Ok(());
    };
    let Some(end) = subscription.period_end.filter(|end| *end < ctx.today()) else {
        return Ok(());
    };
    if subscription.auto_renew == Some(true) {
        let start = subscription.period_start.unwrap_or(end);
        let next = end + Duration::days(1);
        subscription.period_start = Some(next);
        subscription.period_end = Some(next + (end - start));
        schedule(ctx, &subscription)?;
    } else {
        subscription.status = Some(WatchlistSubscriptionStatus::Inactive);
    }
    ctx.save(&subscription)
}

fn list_alerts(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &ALERT,
        items: "alerts",
        filters: &[],
        always: of_customer(ctx, "person"),
        view: &view_of::<Alert, _>(|_, alert| {
            let is_of_list = alert.type_ == Some(MonitoringAlertType::Watchlist);
            is_of_list.then(|| view(&alert)).transpose()
        }),
    }
    .reply::<types::WatchlistAlertList>(ctx)
}

/// An alert of monitoring under the older names.
fn view(alert: &Record<Alert>) -> Result<types::WatchlistAlert, ApiError> {
    let older = json!({
        "created": alert.creation_time, "provider_subject_id": alert.id,
        "provider_subscription_id": alert.facts.provider_subscription_id,
        "provider_watchlist_name": "US_OFAC",
    });
    complete(&alert.wire, older)
}

fn get_alert(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &view(&alert_of_url(ctx)?)?)
}

fn alert_of_url(ctx: &Ctx<'_>) -> Result<Record<Alert>, ApiError> {
    find_theirs::<Alert>(ctx, "alert_id", |alert| alert.person_id.map(Into::into))
}

fn replace_alert(ctx: &Ctx<'_>) -> Outcome {
    let mut alert = alert_of_url(ctx)?;
    let asked: types::WatchlistAlert = ctx.body()?;
    alert.status = Some(MonitoringStatus::from(asked.status.as_str()));
    alert.last_updated_time = Some(ctx.now);
    ctx.save(&alert)?;
    Reply::empty(200)
}

/// Puts all alerts of a subject under a subscription aside, or takes that back.
fn suppress(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::WatchlistSuppression = ctx.body()?;
    let status = match asked.status {
        WatchlistSuppressionStatus::Suppress => MonitoringStatus::Suppressed,
        _ => MonitoringStatus::Active,
    };
    let mut is_known = false;
    for mut alert in ctx.find_all::<Alert>("person", ctx.parameter("customer_id"))? {
        let subject = alert.id.map(|id| id.to_string());
        let subscription = alert.facts.provider_subscription_id.as_ref();
        if subject.as_ref() == Some(&asked.provider_subject_id)
            && subscription == Some(&asked.provider_subscription_id)
        {
            is_known = true;
            alert.status = Some(status.clone());
            alert.last_updated_time = Some(ctx.now);
            ctx.save(&alert)?;
        }
    }
    if !is_known {
        let reason = "the customer has no alert of this subject and subscription";
        let mut errors = FieldErrors::invalid("provider_subject_id", reason);
        errors.merge(FieldErrors::invalid("provider_subscription_id", reason));
        return Err(errors.into());
    }
    Reply::empty(200)
}
