//! The control API: the sandbox itself, under `/sandbox`, for whoever sits at this machine.
//!
//! Bodies are JSON. It asks for no key, and so it listens to nobody but this machine, and not to
//! web pages that are open on it either. What it refuses it says as `{"status", "detail"}`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{Response, StatusCode, header};
use axum::middleware::{self, Next};
use axum::routing::{delete, get, post};
use axum::{Extension, Router};
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{Desk, as_json, problem};
use crate::engine::{Advance, Engine, Refusal, timestamp};
use crate::families;
use crate::faults::Fault;
use crate::spec::Interface;

type Shared = State<Arc<Desk>>;
type Answer = Result<Response<Body>, Refused>;

pub(super) fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/sandbox", get(state))
        .route("/sandbox/health", get(health))
        .route("/sandbox/operations", get(operations))
        .route("/sandbox/clock", get(clock).post(turn_clock))
        .route("/sandbox/settings", get(settings).patch(change_settings))
        .route("/sandbox/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/sandbox/faults/{number}", delete(remove_fault))
        .route("/sandbox/keys", get(keys).post(add_key))
        .route("/sandbox/keys/{id}", delete(remove_key))
        .route("/sandbox/check", get(check))
        .route("/sandbox/reset", post(reset))
        .route("/sandbox/deliveries", get(deliveries))
        .route("/sandbox/deliveries/settle", post(deliver_webhooks))
        .route("/sandbox/alerts", post(raise_alert))
        .route("/sandbox/stop_payments", post(stop_payment))
        .fallback(async || problem(StatusCode::NOT_FOUND, "the control API has no such path"))
        .layer(middleware::from_fn(from_here))
        .with_state(desk)
}

/// Why something is not done.
#[derive(Debug)]
struct Refused(StatusCode, String);

impl Refused {
    fn bad(why: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, why.into())
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let problem = refusal.into_problem();
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self(status, problem.detail)
    }
}

impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> axum::response::Response {
        problem(self.0, &self.1)
    }
}

/// Lets nobody in but this machine, and no web page.
async fn from_here(
    Extension(peer): Extension<SocketAddr>,
    request: Request,
    next: Next,
) -> Response<Body> {
    if !peer.ip().to_canonical().is_loopback() {
        return problem(StatusCode::FORBIDDEN, "the control API is for this machine alone");
    }
    if request.headers().contains_key(header::ORIGIN) {
        return problem(StatusCode::FORBIDDEN, "the control API is not for web pages");
    }
    next.run(request).await
}

/// A body of JSON; none is an empty object.
fn read<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Refused> {
    let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
    serde_json::from_slice(bytes).map_err(|e| Refused::bad(format!("the body: {e}")))
}

/// The store blocks; the threads that serve connections must not.
async fn blocking<T: Send + 'static>(
    desk: &Arc<Desk>,
    work: impl FnOnce(&Engine) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refused> {
    let engine = desk.engine.clone();
    let outcome = tokio::task::spawn_blocking(move || work(&engine)).await;
    let broken = |why: tokio::task::JoinError| Refusal::Broken(why.to_string());
    outcome.map_err(broken).and_then(|outcome| outcome).map_err(Refused::from)
}

async fn health() -> Response<Body> {
    as_json(&json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// What there is: resources by kind, workspaces, what failed.
async fn state(State(desk): Shared) -> Answer {
    let (counts, failed) =
        blocking(&desk, |engine| Ok((engine.counts()?, engine.failed_jobs()?))).await?;
    let served = |interface: Interface| {
        let (served, unserved) = families::coverage(interface);
        json!({ "served": served.len(), "unserved": unserved.len() })
    };
    Ok(as_json(&json!({
        "version": env!("CARGO_PKG_VERSION"), "clock": clock_of(&desk),
        "kept": if desk.is_durable { "in a file" } else { "in memory" },
        "workspaces": desk.engine.tenants(), "resources": counts, "failed_jobs": failed,
        "operations": { "v2": served(Interface::V2), "v0": served(Interface::V0) },
    })))
}

/// The operations that are served, and those that answer 501.
async fn operations() -> Response<Body> {
    let of = |interface| {
        let (served, unserved) = families::coverage(interface);
        json!({ "served": served, "unserved": unserved })
    };
    as_json(&json!({ "v2": of(Interface::V2), "v0": of(Interface::V0) }))
}

fn clock_of(desk: &Desk) -> Value {
    let turned = desk.engine.clock();
    json!({ "now": timestamp(turned.now), "run": if turned.is_held { "held" } else { "real" } })
}

async fn clock(State(desk): Shared) -> Response<Body> {
    as_json(&clock_of(&desk))
}

/// How the clock is to be turned: one of these.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
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

async fn turn_clock(State(desk): Shared, body: Bytes) -> Answer {
    let turn: Turn = read(&body)?;
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
            turned(&desk, advance).await?;
        }
        Turn { advance: None, set: Some(then), run: None } => {
            turned(&desk, Advance::To(then)).await?;
        }
        Turn { advance: None, set: None, run: Some(run) } => {
            desk.engine.hold_clock(run == Run::Held);
        }
        _ => return Err(Refused::bad("give one of advance, set and run")),
    }
    Ok(as_json(&clock_of(&desk)))
}

/// Turns the clock; a job that fails on the way is a failure of the sandbox.
async fn turned(desk: &Arc<Desk>, advance: Advance) -> Result<(), Refused> {
    match blocking(desk, move |engine| engine.advance(advance)).await? {
        None => Ok(()),
        Some(failure) => Err(Refusal::Broken(failure).into()),
    }
}

async fn settings(State(desk): Shared) -> Response<Body> {
    let all = desk.engine.settings().list().into_iter().map(|setting| {
        json!({
            "name": setting.name, "value": setting.value, "default": setting.default,
            "takes": setting.takes, "reason": setting.reason,
        })
    });
    as_json(&json!({ "settings": all.collect::<Vec<_>>() }))
}

async fn change_settings(desk: Shared, body: Bytes) -> Answer {
    let changes: BTreeMap<String, Value> = read(&body)?;
    desk.engine.change_settings(&changes).map_err(|why| Refused::bad(why.to_string()))?;
    Ok(settings(desk).await)
}

async fn faults(State(desk): Shared) -> Answer {
    let mut all = Vec::new();
    for (number, fault) in desk.faults.all() {
        let mut fault = json!(fault);
        fault["number"] = json!(number);
        all.push(fault);
    }
    Ok(as_json(&json!({ "faults": all })))
}

async fn add_fault(State(desk): Shared, body: Bytes) -> Answer {
    let fault: Fault = read(&body)?;
    let number = desk.faults.add(fault).map_err(|why| Refused::bad(why.to_string()))?;
    Ok(created(&json!({ "number": number })))
}

async fn clear_faults(desk: Shared) -> Answer {
    desk.faults.clear();
    faults(desk).await
}

async fn remove_fault(desk: Shared, Path(number): Path<String>) -> Answer {
    if !number.parse().is_ok_and(|number| desk.faults.remove(number)) {
        return Err(Refused(StatusCode::NOT_FOUND, "there is no such fault".to_owned()));
    }
    faults(desk).await
}

async fn keys(State(desk): Shared) -> Response<Body> {
    let keys = desk.engine.keys();
    let shown = keys.iter().map(
        |key| json!({ "id": key.name(), "workspace": key.tenant, "given_at_start": key.is_given }),
    );
    as_json(&json!({ "keys": shown.collect::<Vec<_>>() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedKey {
    workspace: String,
    api_key: Option<String>,
}

/// Makes a key, and its workspace when that is new. The key is told this once.
async fn add_key(State(desk): Shared, body: Bytes) -> Answer {
    let wanted: WantedKey = read(&body)?;
    let made = blocking(&desk, move |engine| engine.add_key(&wanted.workspace, wanted.api_key));
    let made = made.await?;
    Ok(created(&json!({
        "id": made.known.name(), "workspace": made.known.tenant, "api_key": made.key.key,
    })))
}

async fn remove_key(State(desk): Shared, Path(id): Path<String>) -> Answer {
    blocking(&desk, move |engine| engine.remove_key(&id)).await?;
    Ok(keys(State(desk)).await)
}

/// Whether the books add up, recomputed from nothing.
async fn check(State(desk): Shared) -> Answer {
    let audit = blocking(&desk, Engine::audit).await?;
    let workspaces = audit
        .workspaces
        .iter()
        .map(|of| json!({ "workspace": of.workspace, "postings": of.postings, "sum": of.sum }));
    let mut response = as_json(&json!({
        "adds_up": audit.adds_up(), "postings": audit.postings, "sum": audit.sum,
        "unbalanced_transactions": audit.unbalanced_transactions, "wrong_balances": audit.wrong_balances,
        "open_holds": audit.open_holds, "wrong_holds": audit.wrong_holds,
        "workspaces": workspaces.collect::<Vec<_>>(),
    }));
    if !audit.adds_up() {
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    }
    Ok(response)
}

/// Forgets everything, faults included.
async fn reset(State(desk): Shared) -> Answer {
    desk.faults.clear();
    // Nothing is on its way while it happens: what comes back would be about things that are gone.
    let _round = desk.courier.pause().await;
    blocking(&desk, Engine::reset).await?;
    Ok(as_json(&clock_of(&desk)))
}

async fn deliveries(State(desk): Shared) -> Answer {
    let (all, due) = blocking(&desk, Engine::on_their_way).await?;
    Ok(as_json(&json!({ "on_their_way": all, "due": due })))
}

/// Waits until every event that is due has been sent, and answered or not.
async fn deliver_webhooks(State(desk): Shared) -> Answer {
    desk.courier.deliver_due().await?;
    deliveries(State(desk)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedAlert {
    party_id: String,
    #[serde(rename = "type")]
    alert_type: String,
}

/// Raises a monitoring alert, as if a list had been found to name the party.
async fn raise_alert(State(desk): Shared, body: Bytes) -> Answer {
    let wanted: WantedAlert = read(&body)?;
    let id = blocking(&desk, move |engine| {
        engine.act(|ctx| families::raise_alert(ctx, &wanted.party_id, &wanted.alert_type))
    });
    Ok(created(&json!({ "alert_id": id.await? })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedStop {
    account_id: String,
    originator_name: String,
}

/// Stops the debits of an originator on an account, as the bank's people do.
async fn stop_payment(State(desk): Shared, body: Bytes) -> Answer {
    let wanted: WantedStop = read(&body)?;
    let stop = blocking(&desk, move |engine| {
        engine.act(|ctx| families::stop_payment(ctx, &wanted.account_id, &wanted.originator_name))
    });
    Ok(created(&stop.await?))
}

fn created(body: &Value) -> Response<Body> {
    let mut response = as_json(body);
    *response.status_mut() = StatusCode::CREATED;
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration as Patience;

    use tower::ServiceExt;

    use super::*;
    use crate::courier::Courier;
    use crate::engine::Beginning;
    use crate::engine::clock::Clock;
    use crate::faults::Faults;
    use crate::settings::Settings;
    use crate::store::Store;

    async fn status_for(peer: &str, origin: Option<&str>) -> u16 {
        let beginning =
            Beginning { clock: Clock::real(), keys: Vec::new(), settings: Settings::default() };
        let engine = Engine::new(Store::temporary().unwrap(), beginning, 0, true).unwrap();
        let engine = Arc::new(engine);
        let courier = Arc::new(Courier::new(engine.clone()).unwrap());
        let faults = Arc::new(Faults::default());
        let patience = Patience::from_secs(1);
        let desk = Desk {
            engine,
            courier,
            faults,
            patience,
            is_durable: false,
            turns: Arc::new(tokio::sync::Semaphore::new(1)),
        };
        let mut request = Request::get("/sandbox/health").body(Body::empty()).unwrap();
        request.extensions_mut().insert(peer.parse::<SocketAddr>().unwrap());
        if let Some(origin) = origin {
            request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
        }
        router(Arc::new(desk)).oneshot(request).await.unwrap().status().as_u16()
    }

    #[tokio::test]
    async fn only_this_machine_is_heard() {
        for here in ["127.0.0.1:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(status_for(here, None).await, 200, "{here}");
        }
        for elsewhere in ["192.168.0.7:1", "[2001:db8::1]:1", "[::ffff:10.0.0.1]:1"] {
            assert_eq!(status_for(elsewhere, None).await, 403, "{elsewhere}");
        }
        assert_eq!(status_for("127.0.0.1:1", Some("http://127.0.0.1:3000")).await, 403);
    }
}
