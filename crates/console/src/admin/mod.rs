//! The administrator's view: the sandbox itself, by its control API.

mod audit;
mod clock;
mod command;
mod faults;
mod fixtures;
mod form;
mod keys;
mod ledger;
mod log;
mod operators;
mod performance;
mod settings;
mod snapshots;
mod webhooks;
mod workspaces;

use axum::Router;
use axum::routing::{get, post};

/// The pages, and the forms on them.
pub(crate) fn routes() -> Router {
    let admin = |path: &str| format!("/console/{{workspace}}/admin/{path}");
    Router::new()
        .route(&admin("log"), get(log::list))
        .route(&admin("log/{number}"), get(log::one))
        .route(&admin("log/{number}/replay"), post(log::replay))
        .route(&admin("errors"), get(performance::errors))
        .route(&admin("performance"), get(performance::show))
        .route(&admin("webhooks"), get(webhooks::list))
        .route(&admin("webhooks/signature"), post(webhooks::check_signature))
        .route(&admin("webhooks/{id}"), get(webhooks::one))
        .route(&admin("webhooks/{id}/events/{event}"), get(webhooks::event))
        .route(&admin("webhooks/{id}/events/{event}/resend"), post(webhooks::resend))
        .route(&admin("clock"), get(clock::show))
        .route(&admin("faults"), get(faults::show))
        .route(&admin("settings"), get(settings::show))
        .route(&admin("keys"), get(keys::show))
        .route(&admin("ledger"), get(ledger::show))
        .route(&admin("snapshots"), get(snapshots::show))
        .route(&admin("fixtures"), get(fixtures::show))
        .route(&admin("workspaces"), get(workspaces::show))
        .route(&admin("operators"), get(operators::show))
        .route(&admin("operators/invite"), post(operators::invite))
        .route(&admin("operators/remove"), post(operators::remove))
        .route(&admin("audit"), get(audit::show))
        .route(&admin("do/{command}"), post(form::run))
}
