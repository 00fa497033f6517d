//! The secret that signs: one for the workspace, or two while it is exchanged.

use chrono::Duration;
use serde_json::json;
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::webhooks::{ID, SECRET, Secret, SecretRecord};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, build};

/// How long the old secret stays while it is exchanged.
const ROLLING_HOURS: i64 = 24;

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    if ctx.find::<Secret>(ID)?.is_some() {
        let detail = "there is a webhook secret: replace it, or delete it first";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let secret = new_secret(ctx)?;
    ctx.add(&Record::<Secret>::new(SecretRecord::new(&secret), ()))?;
    let response: types::CreateWebhookSecretResponse = build(json!({ "secret": secret }))?;
    Reply::json(201, &response)
}

pub(super) fn replace(ctx: &Ctx<'_>) -> Outcome {
    let mut stored = the_secret(ctx)?;
    let asked: types::ReplaceWebhookSecretRequest = ctx.body()?;
    let is_rolling = asked.is_rolling_secret == Some(true);
    let ends_at = if is_rolling { ctx.now + Duration::hours(ROLLING_HOURS) } else { ctx.now };
    let secret = new_secret(ctx)?;
    let old = std::mem::replace(&mut stored.secret, secret.as_str().into());
    stored.old_secret = Some(old);
    stored.old_ends_at = Some(ends_at);
    ctx.save(&stored)?;
    let response: types::ReplaceWebhookSecretResponse =
        build(json!({ "secret": secret, "deleted_at": ends_at }))?;
    Reply::json(200, &response)
}

pub(super) fn delete(ctx: &Ctx<'_>) -> Outcome {
    let mut stored = the_secret(ctx)?;
    if ctx.request.query.get("old_secret_only") == Some(&json!(true)) {
        if stored.old(ctx.now).is_none() {
            let detail = "no webhook secret is being exchanged";
            return Err(ApiError::rule(ErrorCode::ResourceNotFound, detail));
        }
        stored.old_secret = None;
        stored.old_ends_at = None;
        ctx.save(&stored)?;
    } else {
        ctx.remove(&SECRET, ID)?;
    }
    Reply::empty(200)
}

fn the_secret(ctx: &Ctx<'_>) -> Result<Record<Secret>, ApiError> {
    ctx.find(ID)?.ok_or_else(|| {
        ApiError::rule(ErrorCode::ResourceNotFound, "there is no webhook secret; create one")
    })
}

/// 64 characters.
fn new_secret(ctx: &Ctx<'_>) -> Result<String, ApiError> {
    Ok(format!("{}{}", ctx.new_id()?.simple(), ctx.new_id()?.simple()))
}
