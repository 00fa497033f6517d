//! Gateways: where the platform would ask an integrator whether to let an ACH transfer through.
//!
//! This sandbox keeps them, and asks none of them: what the platform sends there is not
//! documented.

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::model::outgoing_client::{check_custom_headers, check_url};
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Resource, complete, merge};
use crate::spec::FieldErrors;

pub(crate) const GATEWAY: Kind = Kind { name: "ACH gateway", id: "id", keys: &[] };

/// A gateway for ACH transfers.
enum AchGateway {}

impl Resource for AchGateway {
    const KIND: &'static Kind = &GATEWAY;
    type Wire = types::AchGateway;
    type Facts = ();
}

const MAX_WAIT_MS: i64 = 32_000;
/// How long a gateway may take that does not say.
const USUAL_WAIT_MS: i64 = 1_500;

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let stored = ctx.tx.scan(ctx.tenant, GATEWAY.name, &[], 0, i64::MAX)?;
    let gateways: Result<Vec<types::AchGateway>, ApiError> =
        stored.iter().map(|stored| Ok(Record::<AchGateway>::of(&stored.body)?.wire)).collect();
    Reply::json(200, &gateways?)
}

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    let asked: types::NewAchGateway = ctx.body()?;
    let rest = json!({
        "id": ctx.new_id()?, "tenant": ctx.tenant, "disabled": asked.disabled.unwrap_or(false),
        "max_wait_ms": asked.max_wait_ms.unwrap_or(USUAL_WAIT_MS), "created": ctx.now,
        "updated": ctx.now,
    });
    let gateway = Record::<AchGateway>::new(complete(&asked, rest)?, ());
    ctx.add(&gateway)?;
    Reply::json(201, &gateway.wire)
}

/// What is wrong with the body of a gateway.
pub(super) fn errors_of(body: &Value) -> FieldErrors {
    let mut errors = check_custom_headers(body);
    if let Some(url) = body.get("url").and_then(Value::as_str) {
        errors.merge(check_url("url", url));
    }
    if body.get("max_wait_ms").and_then(Value::as_i64).is_some_and(|wait| wait > MAX_WAIT_MS) {
        errors.merge(FieldErrors::invalid("max_wait_ms", format!("must be at most {MAX_WAIT_MS}")));
    }
    errors
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<AchGateway>("id")?.wire)
}

/// Custom headers are replaced as a whole; `null` clears them.
pub(super) fn update(ctx: &Ctx<'_>) -> Outcome {
    let mut gateway = ctx.find_in_url::<AchGateway>("id")?;
    merge(&mut gateway.wire, &ctx.body::<types::AchGatewayPatch>()?)?;
    gateway.updated = Some(ctx.now);
    ctx.save(&gateway)?;
    Reply::json(200, &gateway.wire)
}

/// The one deletion that answers without a body.
pub(super) fn delete(ctx: &Ctx<'_>) -> Outcome {
    ctx.remove(&GATEWAY, ctx.parameter("id"))?;
    Reply::empty(200)
}
