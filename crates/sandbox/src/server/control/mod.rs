//! The control API: what is done to the sandbox itself, over HTTP under `/sandbox`.
//!
//! Bodies are JSON. It needs no API key: `access.rs` decides whom it answers. A refusal is
//! `{"code", "status", "detail"}`.

pub(super) mod access;
mod clock;
mod counterparts;
pub(crate) mod documents;
mod forks;
mod request_log;
mod response;
mod snapshots;
mod staff;
mod webhooks;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, Response, StatusCode};
use axum::middleware::Next;
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Extension, Router, middleware};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::engine::Engine;
use crate::model::settings::SettingType;
use crate::model::state::{FailedJob, SandboxState, WebhookQueue};
use crate::model::timestamp;
use crate::registry;
use crate::server::control::response::{ControlResponse, Named, Refused, Shared, created, read};
use crate::server::faults::Fault;
use crate::server::response::{as_json, problem};
use crate::spec::Interface;

/// An operation of the control API: what is done to the sandbox itself, over HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ControlOperation {
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path; `{name}` is a parameter.
    pub path: &'static str,
}

/// The operations of the control API, under `/sandbox`. Each has a counterpart in Rust, mostly a
/// method of [`Sandbox`](crate::Sandbox); the README's table names it.
pub fn control_operations() -> Vec<ControlOperation> {
    ROUTES.iter().map(|&Route { method, path, .. }| ControlOperation { method, path }).collect()
}

struct Route {
    method: &'static str,
    path: &'static str,
    filter: MethodFilter,
    handler: fn(MethodFilter) -> MethodRouter,
}

/// The control API, an operation a line. `tests/suite/sandbox/parity.rs` holds each against its
/// counterpart in Rust.
const ROUTES: &[Route] = {
    type Handler = fn(MethodFilter) -> MethodRouter;
    const fn get(path: &'static str, handler: Handler) -> Route {
        Route { method: "GET", path, filter: MethodFilter::GET, handler }
    }
    const fn post(path: &'static str, handler: Handler) -> Route {
        Route { method: "POST", path, filter: MethodFilter::POST, handler }
    }
    const fn patch(path: &'static str, handler: Handler) -> Route {
        Route { method: "PATCH", path, filter: MethodFilter::PATCH, handler }
    }
    const fn delete(path: &'static str, handler: Handler) -> Route {
        Route { method: "DELETE", path, filter: MethodFilter::DELETE, handler }
    }
    &[
        get("/sandbox", |of| on(of, state)),
        get("/sandbox/health", |of| on(of, health)),
        get("/sandbox/operations", |of| on(of, operations)),
        get("/sandbox/control.json", |of| on(of, documents::control)),
        get("/sandbox/openapi.json", |of| on(of, documents::platform)),
        get("/sandbox/clock", |of| on(of, clock::get)),
        post("/sandbox/clock", |of| on(of, clock::turn)),
        get("/sandbox/jobs", |of| on(of, clock::jobs)),
        get("/sandbox/banking_days", |of| on(of, clock::banking_days)),
        get("/sandbox/settings", |of| on(of, settings)),
        patch("/sandbox/settings", |of| on(of, change_settings)),
        get("/sandbox/faults", |of| on(of, faults)),
        post("/sandbox/faults", |of| on(of, add_fault)),
        delete("/sandbox/faults", |of| on(of, clear_faults)),
        delete("/sandbox/faults/{number}", |of| on(of, remove_fault)),
        get("/sandbox/keys", |of| on(of, keys)),
        post("/sandbox/keys", |of| on(of, add_key)),
        delete("/sandbox/keys/{id}", |of| on(of, remove_key)),
        get("/sandbox/fixtures", |of| on(of, fixtures)),
        get("/sandbox/check", |of| on(of, check)),
        get("/sandbox/deliveries", |of| on(of, deliveries)),
        post("/sandbox/deliveries/settle", |of| on(of, deliver_webhooks)),
        post("/sandbox/events", |of| on(of, webhooks::raise_event)),
        post("/sandbox/webhook_signatures", |of| on(of, webhooks::check_signature)),
        post("/sandbox/alerts", |of| on(of, staff::raise_alert)),
        post("/sandbox/stop_payments", |of| on(of, staff::stop_payment)),
        post("/sandbox/account_statuses", |of| on(of, staff::set_account_status)),
        post("/sandbox/bans", |of| on(of, staff::ban)),
        delete("/sandbox/bans/{person_id}", |of| on(of, staff::lift_ban)),
        post("/sandbox/three_ds", |of| on(of, counterparts::authenticate_cardholder)),
        post("/sandbox/application_decisions", |of| on(of, counterparts::decide_application)),
        post("/sandbox/fdx_tokens", |of| on(of, counterparts::fdx_step)),
        get("/sandbox/snapshots", |of| on(of, snapshots::list)),
        post("/sandbox/snapshots", |of| on(of, snapshots::take)),
        get("/sandbox/snapshots/{name}/file", |of| on(of, snapshots::file)),
        post("/sandbox/snapshots/{name}/restore", |of| on(of, snapshots::restore)),
        delete("/sandbox/snapshots/{name}", |of| on(of, snapshots::remove)),
        get("/sandbox/forks", |of| on(of, forks::list)),
        post("/sandbox/forks", |of| on(of, forks::add)),
        delete("/sandbox/forks/{name}", |of| on(of, forks::remove)),
        get("/sandbox/log", |of| on(of, request_log::list)),
        delete("/sandbox/log", |of| on(of, request_log::clear)),
        get("/sandbox/log/summary", |of| on(of, request_log::summary)),
        get("/sandbox/log/{number}", |of| on(of, request_log::get)),
        post("/sandbox/reset", |of| on(of, reset)),
    ]
};

/// Its requests carry the sandbox that they are for.
pub(super) fn router() -> Router {
    let routed = ROUTES.iter().fold(Router::new(), |router, route| {
        router.route(route.path, (route.handler)(route.filter))
    });
    routed
        .fallback(async || problem(StatusCode::NOT_FOUND, "the control API has no such path"))
        .method_not_allowed_fallback(other_method)
        .layer(middleware::from_fn(admit))
        // Bodies were read already, and are not too large.
        .layer(DefaultBodyLimit::disable())
}

/// Lets those requests through that are admitted.
async fn admit(
    Extension(app): Shared,
    Extension(peer): Extension<SocketAddr>,
    request: Request,
    next: Next,
) -> Response<Body> {
    if let Err((status, why)) = app.common.control.check(peer, request.headers()) {
        return access::refused(status, why);
    }
    let path = request.uri().path();
    let is_of_log = request.method() == Method::GET && path.starts_with("/sandbox/log");
    let takes_query = is_of_log || WITH_QUERY.iter().any(|known| path.ends_with(known));
    if !takes_query && request.uri().query().is_some_and(|query| !query.is_empty()) {
        return problem(StatusCode::BAD_REQUEST, "the path takes no query");
    }
    next.run(request).await
}

/// The paths that take a query, beside those of the request log.
const WITH_QUERY: [&str; 3] = ["/sandbox/banking_days", "/sandbox/jobs", "/sandbox/openapi.json"];

/// The path has other methods, which the header `Allow` names.
pub(super) async fn other_method(method: Method) -> Response<Body> {
    if method == Method::OPTIONS {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        return response;
    }
    problem(StatusCode::METHOD_NOT_ALLOWED, &format!("the path has no {method}"))
}

/// Whether it answers, and what it is sent is kept.
async fn health(Extension(app): Shared) -> ControlResponse {
    app.blocking(Engine::check_file).await?;
    Ok(as_json(&json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })))
}

/// What there is: resources by kind, workspaces, what failed.
async fn state(Extension(app): Shared) -> ControlResponse {
    let shared = app.clone();
    let SandboxState {
        version,
        now,
        is_clock_held,
        is_in_a_file,
        workspaces,
        resources,
        failed_jobs,
    } = app.blocking(move |_| shared.state()).await?;
    let served = |interface: Interface| {
        let (served, unserved) = registry::coverage(interface);
        json!({ "served": served.len(), "unserved": unserved.len() })
    };
    let failed_jobs =
        failed_jobs.into_iter().map(|FailedJob { job, workspace, subject, due_at, reason }| {
            json!({
                "job": job, "workspace": workspace, "subject": subject,
                "due_at": due_at.map(timestamp), "why": reason,
            })
        });
    Ok(as_json(&json!({
        "version": version, "clock": clock::json(now, is_clock_held),
        "kept": if is_in_a_file { "in a file" } else { "in memory" },
        "workspaces": workspaces, "resources": resources,
        "failed_jobs": failed_jobs.collect::<Vec<_>>(),
        "operations": { "v2": served(Interface::V2), "v0": served(Interface::V0) },
    })))
}

/// The operations that are served, and those that answer 501.
async fn operations() -> Response<Body> {
    let of = |interface| {
        let (served, unserved) = registry::coverage(interface);
        json!({ "served": served, "unserved": unserved })
    };
    as_json(&json!({ "v2": of(Interface::V2), "v0": of(Interface::V0) }))
}

async fn settings(Extension(app): Shared) -> Response<Body> {
    let all = app.engine.settings().list().into_iter().map(|setting| {
        let (of_type, values) = match setting.accepts {
            SettingType::Boolean => ("boolean", None),
            SettingType::Integer { .. } => ("integer", None),
            SettingType::Text { .. }
            | SettingType::Url { .. }
            | SettingType::ReturnCode
            | SettingType::PublicKey => ("string", None),
            SettingType::Choice(values) => ("string", Some(values)),
        };
        let mut rendered = json!({
            "name": setting.name, "value": setting.value, "default": setting.default,
            "type": of_type, "takes": setting.accepts.to_string(), "reason": setting.reason,
        });
        if let Some(values) = values {
            rendered["values"] = json!(values);
        }
        rendered
    });
    as_json(&json!({ "settings": all.collect::<Vec<_>>() }))
}

async fn change_settings(app: Shared, body: Bytes) -> ControlResponse {
    let changes: BTreeMap<String, Value> = read(&body, "settings and their values")?;
    let wrong = app.engine.wrong_settings(&changes);
    if !wrong.is_empty() {
        let all: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        return Err(Refused::bad(all.join("; ")));
    }
    app.engine.change_settings(&changes).map_err(|why| Refused::bad(why.to_string()))?;
    Ok(settings(app).await)
}

async fn faults(Extension(app): Shared) -> ControlResponse {
    let mut all = Vec::new();
    for (number, fault) in app.faults.all() {
        let mut fault = json!(fault);
        fault["number"] = json!(number);
        all.push(fault);
    }
    Ok(as_json(&json!({ "faults": all })))
}

async fn add_fault(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let fault: Fault = read(&body, "what goes wrong, like {\"status\": 503, \"times\": 1}")?;
    let number = app.faults.add(fault).map_err(|why| Refused::bad(why.to_string()))?;
    Ok(created(&json!({ "number": number })))
}

async fn clear_faults(app: Shared) -> ControlResponse {
    app.faults.clear();
    faults(app).await
}

async fn remove_fault(app: Shared, Named(number): Named) -> ControlResponse {
    if !number.parse().is_ok_and(|number| app.faults.remove(number)) {
        return Err(Refused::new(StatusCode::NOT_FOUND, "there is no such fault"));
    }
    faults(app).await
}

async fn keys(Extension(app): Shared) -> Response<Body> {
    let keys = app.engine.keys();
    let rendered = keys.iter().map(|key| key.info()).map(|key| {
        json!({
            "id": key.id, "workspace": key.workspace, "given_at_start": key.is_given_at_start,
        })
    });
    as_json(&json!({ "keys": rendered.collect::<Vec<_>>() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedKey {
    workspace: Option<String>,
    api_key: Option<String>,
}

/// Makes a key, and its workspace if that is new. This is the only answer with the key.
async fn add_key(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let wanted: WantedKey = read(&body, "workspace, and api_key if it is to be a certain one")?;
    let made =
        app.blocking(move |engine| engine.add_key(wanted.workspace.as_deref(), wanted.api_key));
    let made = made.await?;
    Ok(created(&json!({
        "id": made.known.name(), "workspace": made.known.tenant, "api_key": made.key.key,
    })))
}

async fn remove_key(Extension(app): Shared, Named(id): Named) -> ControlResponse {
    app.blocking(move |engine| engine.remove_key(&id)).await?;
    Ok(keys(Extension(app)).await)
}

/// Whether the books add up, recomputed from the postings.
async fn check(Extension(app): Shared) -> ControlResponse {
    let audit = app.blocking(Engine::audit).await?;
    let workspaces = audit
        .workspaces
        .iter()
        .map(|of| json!({ "workspace": of.workspace, "postings": of.postings, "sum": of.sum }));
    let mut response = as_json(&json!({
        "adds_up": audit.adds_up(), "postings": audit.postings, "sum": audit.sum,
        "unbalanced_transactions": audit.unbalanced_transactions, "wrong_balances": audit.wrong_balances,
        "open_holds": audit.open_holds, "wrong_holds": audit.wrong_holds,
        "closed_with_balance": audit.closed_with_balance,
        "workspaces": workspaces.collect::<Vec<_>>(),
    }));
    if !audit.adds_up() {
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    }
    Ok(response)
}

/// What the entries of fixtures created.
async fn fixtures(Extension(app): Shared) -> ControlResponse {
    let all = app.blocking(Engine::fixtures).await?.into_iter().map(
        |fixture| json!({ "name": fixture.name, "journey": fixture.journey, "id": fixture.id }),
    );
    Ok(as_json(&json!({ "fixtures": all.collect::<Vec<_>>() })))
}

/// Forgets everything, faults included.
async fn reset(Extension(app): Shared) -> ControlResponse {
    app.reset().await?;
    Ok(clock::get(Extension(app)).await)
}

async fn deliveries(Extension(app): Shared) -> ControlResponse {
    let WebhookQueue { queued, due, events } = app.blocking(Engine::webhook_queue).await?;
    let events = events.into_iter().map(|event| {
        json!({
            "workspace": event.workspace, "webhook_id": event.webhook_id,
            "event_id": event.event_id, "attempts": event.attempts,
            "next_attempt_at": event.next_attempt_at.map(timestamp),
            "last_error": event.last_error,
        })
    });
    let events: Vec<Value> = events.collect();
    Ok(as_json(&json!({ "on_their_way": queued, "due": due, "events": events })))
}

/// Waits until every event that is due has been sent, and answered or not.
async fn deliver_webhooks(Extension(app): Shared) -> ControlResponse {
    app.dispatcher.deliver_due().await?;
    deliveries(Extension(app)).await
}
