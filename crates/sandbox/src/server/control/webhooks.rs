//! Webhooks: an event about one resource, and whether a delivery is signed by a secret of a workspace.

use axum::Extension;
use axum::body::Bytes;
use serde::Deserialize;
use serde_json::json;
use synctera_api::v2::types::EventType;

use crate::domain::webhooks;
use crate::registry;
use crate::server::control::response::{ControlResponse, Shared, created, read};
use crate::server::response::as_json;
use crate::spec::stored_id;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Delivery {
    workspace: String,
    timestamp: String,
    signature: String,
    body: String,
}

/// Checks the signature of a delivery, as its receiver has it.
pub(super) async fn check_signature(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let Delivery { workspace, timestamp, signature, body } =
        read(&body, "workspace, timestamp, signature and body")?;
    let check = app.blocking(move |engine| {
        // Large bodies take time, during which nobody else waits.
        let secrets = engine.read_in(&workspace, webhooks::current)?;
        webhooks::check_signature(&secrets, engine.now(), &timestamp, &signature, &body)
    });
    let check = check.await?;
    Ok(as_json(&json!({ "is_valid": check.is_valid, "reason": check.reason })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedEvent {
    #[serde(rename = "type")]
    event_type: EventType,
    resource_id: String,
}

/// Raises an event about one resource, which stays as it is.
pub(super) async fn raise_event(Extension(app): Shared, body: Bytes) -> ControlResponse {
    let WantedEvent { event_type, resource_id } = read(&body, "type and resource_id")?;
    let id = stored_id(resource_id);
    let raised = app.blocking(move |engine| {
        engine.act(|ctx| registry::raise_event(ctx, event_type.as_str(), &id))
    });
    Ok(created(&json!({ "event_ids": raised.await? })))
}
