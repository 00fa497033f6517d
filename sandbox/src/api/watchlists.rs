//! Watchlists: a customer is watched for a period, and alerts are looked into. The alerts are those
//! of monitoring.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v0::types;

use crate::domain::customers::{ON_CUSTOMER, of_customer, theirs};
use crate::domain::listing::List;
use crate::domain::monitoring;
use crate::domain::monitoring::ALERT;
use crate::domain::parties::{PERSON, Party};
use crate::domain::watchlists::{SUBSCRIPTION, subscription_of};
use crate::model::{ApiError, Ctx, Kind, Outcome, Reply, Served, calendar, text};
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
        view: &crate::domain::listing::as_stored,
    }
    .reply::<types::WatchlistSubscriptionList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let person = ctx.url_resource(&PERSON, "customer_id")?;
    if subscription_of(ctx, text(&person, "id"))?.is_some() {
        let detail = "the customer has an active subscription already";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let mut subscription = checked(ctx, ctx.request.body.clone());
    subscription["id"] = json!(ctx.new_id()?);
    subscription["customer_id"] = person["id"].clone();
    subscription["created"] = json!(ctx.now_text());
    subscription["provider_subscription_id"] = json!(format!("sub-{}", ctx.new_id()?));
    ctx.insert(&SUBSCRIPTION, &subscription)?;
    schedule(ctx, &subscription)?;
    if subscription["status"] == "ACTIVE" {
        monitoring::watch(ctx, Party::Person, &person)?;
    }
    Reply::created::<types::WatchlistSubscription>(subscription)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::WatchlistSubscription>(theirs(
        ctx,
        &SUBSCRIPTION,
        "subscription_id",
        "customer_id",
    )?)
}

fn replace(ctx: &Ctx<'_>) -> Outcome {
    let known = theirs(ctx, &SUBSCRIPTION, "subscription_id", "customer_id")?;
    let mut subscription = checked(ctx, ctx.request.body.clone());
    for property in ["id", "customer_id", "created", "provider_subscription_id"] {
        subscription[property] = known[property].clone();
    }
    ctx.update(&SUBSCRIPTION, &subscription)?;
    schedule(ctx, &subscription)?;
    Reply::ok::<types::WatchlistSubscription>(subscription)
}

/// What is wrong with the body of a subscription.
fn of_subscription(ctx: &Ctx<'_>) -> Result<FieldErrors, ApiError> {
    let mut errors = FieldErrors::default();
    if ctx.request.body["customer_consent"] != true {
        let reason = "the customer must have agreed to be watched";
        errors.merge(FieldErrors::invalid("customer_consent", reason));
    }
    let (start, end) = period(ctx, &ctx.request.body);
    // The end that is worked out must be a day, too.
    if date(&ctx.request.body, "period_end").is_none() && calendar::is_beyond_calendar(end) {
        errors.merge(FieldErrors::invalid("period_start", calendar::BEYOND_CALENDAR));
    }
    if end < start {
        errors.merge(FieldErrors::invalid("period_end", "must not be before period_start"));
    }
    Ok(errors)
}

/// The first and the last day of a subscription.
fn period(ctx: &Ctx<'_>, subscription: &Value) -> (NaiveDate, NaiveDate) {
    let start = date(subscription, "period_start").unwrap_or_else(|| ctx.today());
    let year = || start.checked_add_signed(Duration::days(PERIOD_DAYS)).unwrap_or(start);
    (start, date(subscription, "period_end").unwrap_or_else(year))
}

/// Fills in what was left out.
fn checked(ctx: &Ctx<'_>, mut subscription: Value) -> Value {
    let (start, end) = period(ctx, &subscription);
    subscription["period_start"] = json!(start);
    subscription["period_end"] = json!(end);
    if subscription.get("status").is_none() {
        subscription["status"] = json!("ACTIVE");
    }
    if subscription.get("auto_renew").is_none() {
        subscription["auto_renew"] = json!(false);
    }
    subscription
}

fn date(subscription: &Value, property: &str) -> Option<NaiveDate> {
    text(subscription, property).parse().ok()
}

fn schedule(ctx: &Ctx<'_>, subscription: &Value) -> Result<(), ApiError> {
    if let Some(end) = date(subscription, "period_end") {
        let due = calendar::bank_time(end + Duration::days(1), 0, 0).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, RENEW, text(subscription, "id"))?;
    }
    Ok(())
}

/// Renews or ends a subscription whose period is over.
pub(crate) fn renew(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    let Some(mut subscription) = ctx.get(&SUBSCRIPTION, id)? else {
        return Ok(());
    };
    let Some(end) = date(&subscription, "period_end").filter(|end| *end < ctx.today()) else {
        return Ok(());
    };
    if subscription["status"] != "ACTIVE" {
        return Ok(());
    }
    if subscription["auto_renew"] == true {
        let start = date(&subscription, "period_start").unwrap_or(end);
        let next = end + Duration::days(1);
        subscription["period_start"] = json!(next);
        subscription["period_end"] = json!(next + (end - start));
        schedule(ctx, &subscription)?;
    } else {
        subscription["status"] = json!("INACTIVE");
    }
    ctx.update(&SUBSCRIPTION, &subscription)
}

fn list_alerts(ctx: &Ctx<'_>) -> Outcome {
    List {
        kind: &ALERT,
        items: "alerts",
        filters: &[],
        always: of_customer(ctx, "person"),
        view: &|_, alert| Ok((alert["type"] == "WATCHLIST").then_some(alert)),
    }
    .reply::<types::WatchlistAlertList>(ctx)
}

fn get_alert(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::WatchlistAlert>(theirs(ctx, &ALERT, "alert_id", "person_id")?)
}

fn replace_alert(ctx: &Ctx<'_>) -> Outcome {
    let mut alert = theirs(ctx, &ALERT, "alert_id", "person_id")?;
    alert["status"] = ctx.request.body["status"].clone();
    alert["last_updated_time"] = json!(ctx.now_text());
    ctx.update(&ALERT, &alert)?;
    Reply::empty(200)
}

/// Puts all alerts of a subject under a subscription aside, or takes that back.
fn suppress(ctx: &Ctx<'_>) -> Outcome {
    let status = if ctx.request.body["status"] == "SUPPRESS" { "SUPPRESSED" } else { "ACTIVE" };
    let mut is_known = false;
    for mut alert in ctx.all_with(&ALERT, "person", ctx.parameter("customer_id"))? {
        let fits = ["provider_subject_id", "provider_subscription_id"]
            .iter()
            .all(|property| alert.get(*property) == ctx.request.body.get(*property));
        if fits {
            is_known = true;
            alert["status"] = json!(status);
            alert["last_updated_time"] = json!(ctx.now_text());
            ctx.update(&ALERT, &alert)?;
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
