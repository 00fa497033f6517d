//! Gateways: where the platform would ask an integrator whether to let an ACH transfer through.
//!
//! This sandbox keeps them, and asks none of them: what the platform sends there is not
//! documented.

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::model::outgoing_client::{check_custom_headers, check_url};
use crate::model::{Ctx, Kind, Outcome, Reply, patch};
use crate::spec::FieldErrors;

pub(crate) const GATEWAY: Kind = Kind { name: "ACH gateway", id: "id", keys: &[] };

const MAX_WAIT_MS: i64 = 32_000;

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let stored = ctx.tx.scan(ctx.tenant, GATEWAY.name, &[], 0, i64::MAX)?;
    let gateways: Vec<Value> = stored.into_iter().map(|stored| stored.body).collect();
    Reply::ok::<Vec<types::AchGateway>>(json!(gateways))
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let mut gateway = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "disabled": false, "max_wait_ms": 1500,
        "custom_headers": {}, "created": ctx.now_text(), "updated": ctx.now_text(),
    });
    patch(&mut gateway, &ctx.request.body);
    ctx.insert(&GATEWAY, &gateway)?;
    Reply::created::<types::AchGateway>(gateway)
}

/// What is wrong with the body of a gateway.
pub(super) fn errors_of(body: &Value) -> FieldErrors {
    let mut errors = check_custom_headers(body);
    if let Some(url) = body["url"].as_str() {
        errors.merge(check_url("url", url));
    }
    if body["max_wait_ms"].as_i64().is_some_and(|wait| wait > MAX_WAIT_MS) {
        errors.merge(FieldErrors::invalid("max_wait_ms", format!("must be at most {MAX_WAIT_MS}")));
    }
    errors
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::AchGateway>(ctx.url_resource(&GATEWAY, "id")?)
}

/// Custom headers are replaced as a whole; `null` clears them.
pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut gateway = ctx.url_resource(&GATEWAY, "id")?;
    patch(&mut gateway, &ctx.request.body);
    if gateway["custom_headers"].is_null() {
        gateway["custom_headers"] = json!({});
    }
    gateway["updated"] = json!(ctx.now_text());
    ctx.update(&GATEWAY, &gateway)?;
    Reply::ok::<types::AchGateway>(gateway)
}

/// The one deletion that answers without a body.
pub(super) fn delete(ctx: &Ctx<'_>) -> Outcome {
    ctx.delete(&GATEWAY, ctx.parameter("id"), "ACH_GATEWAY")?;
    Reply::empty(200)
}
