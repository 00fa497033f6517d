//! The administrator's view: the sandbox itself, by its control API.

mod clock;
mod command;
mod faults;
mod fixtures;
mod form;
mod keys;
mod ledger;
mod log;
mod performance;
mod settings;
mod snapshots;
mod webhooks;

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
        .route(&admin("do/{command}"), post(form::run))
}
