//! The secret that signs: one for the workspace, or two while it is exchanged.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types;

use crate::domain::webhooks::{ID, SECRET, old};
use crate::model::{ApiError, Ctx, Outcome, Reply, timestamp};

/// How long the old secret stays while it is exchanged.
const ROLLING_HOURS: i64 = 24;

pub(super) fn create(ctx: &Ctx<'_>) -> Outcome {
    if ctx.get(&SECRET, ID)?.is_some() {
        let detail = "there is a webhook secret: replace it, or delete it first";
        return Err(ApiError::rule(ErrorCode::DuplicateResource, detail));
    }
    let secret = new_secret(ctx)?;
    ctx.insert(&SECRET, &json!({ "id": ID, "secret": secret }))?;
    Reply::created::<types::CreateWebhookSecretResponse>(json!({ "secret": secret }))
}

pub(super) fn replace(ctx: &Ctx<'_>) -> Outcome {
    let mut stored = the_secret(ctx)?;
    let is_rolling = ctx.request.body["is_rolling_secret"] == true;
    let ends_at = if is_rolling { ctx.now + Duration::hours(ROLLING_HOURS) } else { ctx.now };
    let secret = new_secret(ctx)?;
    let old = std::mem::replace(&mut stored["secret"], json!(secret));
    stored["old_secret"] = old;
    stored["old_ends_at"] = json!(timestamp(ends_at));
    ctx.update(&SECRET, &stored)?;
    Reply::ok::<types::ReplaceWebhookSecretResponse>(
        json!({ "secret": secret, "deleted_at": timestamp(ends_at) }),
    )
}

pub(super) fn delete(ctx: &Ctx<'_>) -> Outcome {
    let mut stored = the_secret(ctx)?;
    if ctx.request.query.get("old_secret_only") == Some(&json!(true)) {
        if old(ctx, &stored).is_none() {
            let detail = "no webhook secret is being exchanged";
            return Err(ApiError::rule(ErrorCode::ResourceNotFound, detail));
        }
        crate::model::without(&mut stored, &["old_secret", "old_ends_at"]);
        ctx.update(&SECRET, &stored)?;
    } else {
        ctx.delete(&SECRET, ID, SECRET.name)?;
    }
    Reply::empty(200)
}

fn the_secret(ctx: &Ctx<'_>) -> Result<Value, ApiError> {
    ctx.get(&SECRET, ID)?.ok_or_else(|| {
        ApiError::rule(ErrorCode::ResourceNotFound, "there is no webhook secret; create one")
    })
}

/// 64 characters.
fn new_secret(ctx: &Ctx<'_>) -> Result<String, ApiError> {
    Ok(format!("{}{}", ctx.new_id()?.simple(), ctx.new_id()?.simple()))
}
