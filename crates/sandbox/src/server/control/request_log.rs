//! The request log: its entries, one of them, and figures.

use axum::Extension;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::engine::is_workspace;
use crate::server::control::response::{ControlResponse, Named, Refused, Shared};
use crate::server::request_log::{LIMIT_MAX, LogFilter, LoggedRequest};
use crate::server::response::as_json;
use crate::spec::{decoded, integer};

/// The minutes of a summary, unless others are asked for.
const MINUTES: u32 = 60;
const MINUTES_MAX: u32 = 1440;
/// The workspace of requests that came without a key of this sandbox.
const NO_WORKSPACE: &str = "none";

/// The newest requests that are asked for, without their bodies.
pub(super) async fn list(Extension(app): Shared, RawQuery(query): RawQuery) -> ControlResponse {
    let log = app.log()?.clone();
    let filter = filter(query.as_deref().unwrap_or_default())?;
    let (entries, is_more) = app.blocking(move |_| Ok(log.list(&filter))).await?;
    let entries: Vec<Value> = entries.iter().map(line).collect();
    Ok(as_json(&json!({ "entries": entries, "is_more": is_more })))
}

/// One request, with its bodies.
pub(super) async fn get(
    Extension(app): Shared,
    Named(number): Named,
    RawQuery(query): RawQuery,
) -> ControlResponse {
    let log = app.log()?.clone();
    let filter = only_workspace(query.as_deref().unwrap_or_default())?;
    let none = || {
        let why = format!("the request log has no entry {number}: it is too old, or never was");
        Refused::new(StatusCode::NOT_FOUND, why)
    };
    let number: u64 = number.parse().map_err(|_| none())?;
    let find = move |_: &_| Ok(log.find(number, &filter));
    let found = app.blocking(find).await?.ok_or_else(none)?;
    Ok(as_json(&json!(found)))
}

/// The requests of the last minutes in figures.
pub(super) async fn summary(Extension(app): Shared, RawQuery(query): RawQuery) -> ControlResponse {
    let log = app.log()?.clone();
    let (mut filter, mut minutes) = (LogFilter::new(), MINUTES);
    for (name, value) in pairs(query.as_deref().unwrap_or_default())? {
        match name {
            "workspace" => filter = of_workspace(filter, value)?,
            "minutes" => {
                let given = integer(&value).and_then(|minutes| u32::try_from(minutes).ok());
                let given = given.filter(|minutes| (1..=MINUTES_MAX).contains(minutes));
                minutes = given.ok_or_else(|| {
                    Refused::bad(format!("minutes must be a whole number from 1 to {MINUTES_MAX}"))
                })?;
            }
            _ => return Err(Refused::bad("the query takes workspace and minutes")),
        }
    }
    let summary =
        app.blocking(move |engine| Ok(json!(log.summary(&filter, minutes, engine.now()))));
    Ok(as_json(&summary.await?))
}

/// Forgets all requests.
pub(super) async fn clear(Extension(app): Shared) -> ControlResponse {
    app.log()?.clear();
    Ok(as_json(&json!({ "entries": [], "is_more": false })))
}

/// A request without its bodies and what it added.
fn line(request: &LoggedRequest) -> Value {
    let mut line = json!(request);
    if let Some(members) = line.as_object_mut() {
        members.remove("request_body");
        members.remove("response_body");
        members.remove("ledger_entries");
        members.remove("events");
    }
    line
}

/// The names and values of a query; of a name that is given twice, the last one counts.
pub(super) fn pairs(query: &str) -> Result<Vec<(&str, String)>, Refused> {
    let given = query.split('&').filter(|pair| !pair.is_empty());
    let read = given.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decoded(&value.replace('+', " "));
        let value = value.filter(|value| !value.is_empty());
        let why = || Refused::bad(format!("{name} has no value that is percent-encoded UTF-8"));
        value.map(|value| (name, value)).ok_or_else(why)
    });
    read.collect()
}

fn filter(query: &str) -> Result<LogFilter, Refused> {
    let mut filter = LogFilter::new();
    for (name, value) in pairs(query)? {
        filter = match name {
            "limit" => filter.limit(limit(&value)?),
            "before" => filter.before(number(name, &value)?),
            "after" => filter.after(number(name, &value)?),
            "workspace" => of_workspace(filter, value)?,
            "status" => with_status(filter, &value)?,
            "operation" => filter.operation(value),
            "method" => filter.method(value),
            "code" => filter.code(value),
            "resource" => filter.resource(value),
            _ => {
                return Err(Refused::bad(
                    "the query takes limit, before, after, workspace, status, operation, method, \
                     code and resource",
                ));
            }
        };
    }
    Ok(filter)
}

fn limit(value: &str) -> Result<usize, Refused> {
    let given = integer(value).and_then(|limit| usize::try_from(limit).ok());
    let why = || Refused::bad(format!("limit must be a whole number from 1 to {LIMIT_MAX}"));
    given.filter(|limit| (1..=LIMIT_MAX).contains(limit)).ok_or_else(why)
}

fn number(name: &str, value: &str) -> Result<u64, Refused> {
    let given = integer(value).and_then(|number| u64::try_from(number).ok());
    given.ok_or_else(|| Refused::bad(format!("{name} must be the number of an entry")))
}

fn with_status(filter: LogFilter, value: &str) -> Result<LogFilter, Refused> {
    if let Some(class) = value.strip_suffix("xx").and_then(|class| class.parse().ok())
        && (1..=5).contains(&class)
    {
        return Ok(filter.status_class(class));
    }
    let status = value.parse().ok().filter(|status| (100..=599).contains(status));
    let why = || Refused::bad("status must be a status such as 404, or a class such as 4xx");
    status.map(|status| filter.status(status)).ok_or_else(why)
}

fn named_workspace(value: String) -> Result<String, Refused> {
    if !is_workspace(&value) {
        return Err(Refused::bad("workspace must be the name of a workspace, like 1_2"));
    }
    Ok(value)
}

/// Those of a workspace, or those without one.
fn of_workspace(filter: LogFilter, value: String) -> Result<LogFilter, Refused> {
    Ok(match &*value {
        NO_WORKSPACE => filter.without_workspace(),
        _ => filter.workspace(named_workspace(value)?),
    })
}

/// The filter of a query that takes a workspace and nothing else.
fn only_workspace(query: &str) -> Result<LogFilter, Refused> {
    let mut filter = LogFilter::new();
    for (name, value) in pairs(query)? {
        if name != "workspace" {
            return Err(Refused::bad("the query takes workspace"));
        }
        filter = of_workspace(filter, value)?;
    }
    Ok(filter)
}
