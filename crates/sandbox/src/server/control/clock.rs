//! The clock and the bank's calendar.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::RawQuery;
use axum::http::{Response, StatusCode};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::domain::statements;
use crate::engine::Advance;
use crate::model::timestamp;
use crate::server::control::request_log::pairs;
use crate::server::control::response::{ControlResponse, Refused, Shared, object, read};
use crate::server::response::as_json;
use crate::server::{AppState, BankingDays};
use crate::spec::integer;

/// The clock, as it is shown.
pub(super) fn json(now: DateTime<Utc>, is_held: bool) -> Value {
    json!({ "now": timestamp(now), "run": if is_held { "held" } else { "real" } })
}

pub(super) async fn get(Extension(app): Shared) -> Response<Body> {
    let turned = app.engine.clock();
    as_json(&json(turned.now, turned.is_held))
}

/// Jobs that are listed, unless another number is asked for.
const JOBS: usize = 100;
const JOBS_MAX: usize = 1000;

/// What was done by the clock, the last first.
pub(super) async fn jobs(Extension(app): Shared, RawQuery(query): RawQuery) -> ControlResponse {
    let mut limit = JOBS;
    for (name, value) in pairs(query.as_deref().unwrap_or_default())? {
        if name != "limit" {
            return Err(Refused::bad("the query takes limit"));
        }
        let given = integer(&value).and_then(|limit| usize::try_from(limit).ok());
        limit = given.filter(|limit| (1..=JOBS_MAX).contains(limit)).ok_or_else(|| {
            Refused::bad(format!("limit must be a whole number from 1 to {JOBS_MAX}"))
        })?;
    }
    let jobs = app.engine.done_jobs(limit).into_iter().map(|done| {
        json!({
            "number": done.number, "at": timestamp(done.at), "job": done.job,
            "workspace": done.workspace, "subject": done.subject,
            "transaction_ids": done.transaction_ids, "events": done.events,
            "failure": done.failure,
        })
    });
    Ok(as_json(&json!({ "jobs": jobs.collect::<Vec<_>>() })))
}

/// How the clock is to be turned: one of these.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    #[serde(default, deserialize_with = "object")]
    advance: Option<Span>,
    set: Option<DateTime<Utc>>,
    run: Option<Run>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Span {
    days: u32,
    hours: u32,
    minutes: u32,
    seconds: u32,
    banking_days: u32,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Run {
    Real,
    Held,
}

pub(super) async fn turn(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let turn: Turn = read(&body, "one of advance, set and run")?;
    match turn {
        Turn { advance: Some(span), set: None, run: None } => {
            let by = Duration::days(span.days.into())
                + Duration::hours(span.hours.into())
                + Duration::minutes(span.minutes.into())
                + Duration::seconds(span.seconds.into());
            let advance = match (by.is_zero(), span.banking_days) {
                (_, 0) => Advance::By(by),
                (true, days) => Advance::BankingDays(days),
                (false, _) => return Err(Refused::bad("banking_days goes with nothing else")),
            };
            turned(&app, advance).await?;
        }
        Turn { advance: None, set: Some(then), run: None } => {
            turned(&app, Advance::To(then)).await?;
        }
        Turn { advance: None, set: None, run: Some(run) } => {
            app.blocking(move |engine| engine.hold_clock(run == Run::Held)).await?;
        }
        _ => return Err(Refused::bad("give one of advance, set and run")),
    }
    Ok(get(Extension(app)).await)
}

/// Turns the clock; a job that fails on the way is a failure of the sandbox.
async fn turned(app: &Arc<AppState>, advance: Advance) -> Result<(), Refused> {
    match app.blocking(move |engine| engine.advance(advance)).await? {
        None => Ok(()),
        Some(failure) => Err(Refused::new(StatusCode::INTERNAL_SERVER_ERROR, failure)),
    }
}

/// A date of the bank's calendar, today unless the query says another; with `add`, also so many
/// banking days after it.
pub(super) async fn banking_days(
    Extension(app): Shared,
    RawQuery(query): RawQuery,
) -> ControlResponse {
    let (mut date, mut add) = (None, None);
    for pair in query.as_deref().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("date", value)) => {
                let read = value.parse::<NaiveDate>();
                date = Some(read.map_err(|_| Refused::bad("date is a date, like 2026-11-24"))?);
            }
            Some(("add", value)) => {
                let days = integer(value).and_then(|days| u32::try_from(days).ok());
                add = Some(days.ok_or_else(|| Refused::bad("add must be a whole number"))?);
            }
            _ => return Err(Refused::bad("the query takes date and add")),
        }
    }
    let shared = app.clone();
    let rendered = app.blocking(move |_| {
        let calendar = BankingDays::of(&shared.engine);
        let date = date.unwrap_or_else(|| calendar.today());
        let mut rendered = json!({
            "today": calendar.today(), "date": date, "is_banking_day": calendar.is_banking_day(date),
            "previous": calendar.previous(date), "next": calendar.next(date),
            "on_or_after": calendar.on_or_after(date),
            "next_ach_file": calendar.next_ach_file().map(timestamp),
            "next_same_day_ach_file": calendar.next_same_day_ach_file().map(timestamp),
            "next_statements": shared.engine.first_due(statements::MAKE)?.map(timestamp),
        });
        if let Some(days) = add {
            rendered["added"] = json!(calendar.add(date, days));
        }
        Ok(rendered)
    });
    Ok(as_json(&rendered.await?))
}
