//! Webhooks: whether a delivery is signed by a secret of a workspace.

use axum::Extension;
use axum::body::Bytes;
use serde::Deserialize;
use serde_json::json;

use crate::domain::webhooks;
use crate::server::control::response::{ControlResponse, Shared, read};
use crate::server::response::as_json;

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
