//! Deliveries: what is sent and how it is signed, and what follows from the response.

use chrono::{DateTime, Duration};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use synctera_api::v2::types::{self, WebhookEventStatus};

use crate::domain::webhooks::event::retention;
use crate::domain::webhooks::{Event, PURGE, Webhook, current};
use crate::model::{
    ApiError, Attempt, Ctx, DeliveryOutcome, NextStep, OutboundEvent, Record, build, complete,
    timestamp,
};
use crate::store::Delivery;

/// How much of a response is stored, in characters.
pub(crate) const ANSWER_KEPT: usize = 1024;

/// What is to be done now for a delivery.
pub(crate) fn next_step(ctx: &Ctx<'_>, delivery: Delivery) -> Result<NextStep, ApiError> {
    let event = ctx.find::<Event>(&delivery.event_id)?;
    let webhook = ctx.find::<Webhook>(&delivery.webhook_id)?;
    let (Some(event), Some(webhook)) = (event, webhook) else {
        ctx.tx.end_delivery(delivery.seq)?;
        return Ok(NextStep::End);
    };
    if !webhook.is_enabled {
        if ctx.settings.webhook_events_wait_while_disabled {
            return Ok(NextStep::Wait);
        }
        finish(ctx, &delivery, event, WebhookEventStatus::Failed)?;
        return Ok(NextStep::End);
    }
    let body = message(event)?;
    let timestamp = ctx.now.timestamp().to_string();
    let digests: Vec<String> = current(ctx)?
        .iter()
        .map(|secret| digest(secret, &timestamp, &body))
        .collect::<Result<_, _>>()?;
    Ok(NextStep::Send(Box::new(OutboundEvent {
        delivery,
        url: webhook.wire.url,
        timestamp,
        signature: (!digests.is_empty()).then(|| digests.join(".")),
        body,
        sent_at: ctx.now,
    })))
}

/// An event as it is sent: its moment always has milliseconds.
fn message(event: Record<Event>) -> Result<String, ApiError> {
    let mut event = event.wire;
    event.status = None;
    event.response_history.clear();
    let event_time = event.event_time.map(timestamp);
    let message: serde_json::Value = complete(&event, json!({ "event_time": event_time }))?;
    Ok(message.to_string())
}

/// HMAC-SHA256 of the timestamp, a dot and the body, in hexadecimal digits.
pub(crate) fn digest(secret: &str, timestamp: &str, body: &str) -> Result<String, ApiError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map_err(|e| ApiError::Internal(format!("the webhook secret cannot sign: {e}")))?;
    for part in [timestamp, ".", body] {
        mac.update(part.as_bytes());
    }
    Ok(hex::encode(mac.finalize().into_bytes()))
}

/// Records an attempt: the event was delivered, is sent again later, or is given up.
pub(crate) fn sent(
    ctx: &Ctx<'_>,
    outbound: &OutboundEvent,
    attempt: &Attempt,
) -> Result<DeliveryOutcome, ApiError> {
    let Some(mut event) = ctx.find::<Event>(&outbound.delivery.event_id)? else {
        ctx.tx.end_delivery(outbound.delivery.seq)?;
        return Ok(DeliveryOutcome::Over);
    };
    event.response_history.push(build(json!({
        "response_body": attempt.answer.chars().take(ANSWER_KEPT).collect::<String>(),
        "sent_time": outbound.sent_at, "response_time": ctx.now, "code": attempt.status,
    }))?);
    let Some(mut delivery) = ctx.tx.delivery(outbound.delivery.seq)? else {
        ctx.save(&event)?;
        return Ok(DeliveryOutcome::Over);
    };
    delivery.attempts += 1;
    if attempt.is_success() {
        delivery.copies -= 1;
        if delivery.copies <= 0 {
            finish(ctx, &delivery, event, WebhookEventStatus::Success)?;
            return Ok(DeliveryOutcome::Over);
        }
        ctx.tx.put_off_delivery(&delivery)?;
        ctx.save(&event)?;
        return Ok(DeliveryOutcome::Again);
    }
    let begun_at = DateTime::from_timestamp_millis(delivery.begun_at).unwrap_or(ctx.now);
    let next = ctx.now + back_off(ctx, delivery.attempts);
    let window = Duration::hours(i64::from(ctx.settings.webhook_retry_window_hours));
    if next > begun_at + window {
        finish(ctx, &delivery, event, WebhookEventStatus::Failed)?;
        return Ok(DeliveryOutcome::GivenUp);
    }
    delivery.due_at = next.timestamp_millis();
    ctx.tx.put_off_delivery(&delivery)?;
    event.status = Some(WebhookEventStatus::Retrying);
    ctx.save(&event)?;
    Ok(DeliveryOutcome::Again)
}

/// Why the last attempt to send an event failed, if it did.
pub(crate) fn last_error(ctx: &Ctx<'_>, delivery: &Delivery) -> Result<Option<String>, ApiError> {
    let event = ctx.find::<Event>(&delivery.event_id)?;
    let last = event.and_then(|mut event| event.wire.response_history.pop());
    Ok(last.and_then(|last| match last.code {
        Some(200..=299) => None,
        Some(status) => Some(format!("it was answered with {status}")),
        None => last.response_body,
    }))
}

/// The wait after so many attempts.
pub(crate) fn back_off(ctx: &Ctx<'_>, attempts: i64) -> Duration {
    let first = i64::from(ctx.settings.webhook_first_retry_seconds);
    let factor = i64::from(ctx.settings.webhook_retry_factor);
    let power = u32::try_from(attempts - 1).unwrap_or(0);
    let window = i64::from(ctx.settings.webhook_retry_window_hours) * 3600;
    // What is longer than the window never happens.
    Duration::seconds(factor.saturating_pow(power).saturating_mul(first).min(window + 1))
}

fn finish(
    ctx: &Ctx<'_>,
    delivery: &Delivery,
    mut event: Record<Event>,
    status: WebhookEventStatus,
) -> Result<(), ApiError> {
    ctx.tx.end_delivery(delivery.seq)?;
    event.status = Some(status);
    ctx.save(&event)?;
    let purge_at = event.event_time.map(|happened| happened + retention(ctx));
    if purge_at.is_some_and(|at| at <= ctx.now) {
        // It was kept while it was on its way; what became of it can be read for a day.
        let due = (ctx.now + Duration::days(1)).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, PURGE, &delivery.event_id)?;
    }
    Ok(())
}

/// Whether an event is still to be sent. One that waits for a disabled webhook is not.
pub(crate) fn is_on_its_way(ctx: &Ctx<'_>, event: &types::WebhookEvent) -> Result<bool, ApiError> {
    if !matches!(event.status, Some(WebhookEventStatus::Running | WebhookEventStatus::Retrying)) {
        return Ok(false);
    }
    let Some(webhook) = event.webhook_id else { return Ok(false) };
    let webhook = ctx.find::<Webhook>(&webhook.to_string())?;
    Ok(webhook.is_some_and(|webhook| webhook.is_enabled))
}
