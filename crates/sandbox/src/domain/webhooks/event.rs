//! Webhooks and their events, as they are stored.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::v2::types::{self, EventFilter, EventType, WebhookEventStatus};
use uuid::Uuid;

use crate::model::{ApiError, Ctx, Kind, Record, Resource, build};
use crate::store::Delivery;

/// The job that deletes an event.
pub(crate) const PURGE: &str = "webhook_event.purge";

pub(crate) const WEBHOOK: Kind =
    Kind { name: "webhook", id: "id", keys: &[("is_enabled", "/is_enabled")] };

/// Where events of some types are sent.
pub(crate) enum Webhook {}

impl Resource for Webhook {
    const KIND: &'static Kind = &WEBHOOK;
    type Wire = types::Webhook;
    type Facts = ();
}

/// An event, stored for the webhook that it goes to.
pub(crate) const EVENT: Kind = Kind {
    name: "webhook event",
    id: "id",
    keys: &[("webhook", "/webhook_id"), ("resource", "/resource_id")],
};

/// An event, stored for the webhook that it goes to.
pub(crate) enum Event {}

impl Resource for Event {
    const KIND: &'static Kind = &EVENT;
    type Wire = types::WebhookEvent;
    type Facts = ();
}

/// The webhooks for which events are stored.
pub(crate) fn listening(ctx: &Ctx<'_>) -> Result<Vec<Record<Webhook>>, ApiError> {
    let all = ctx.tx.scan(ctx.tenant, WEBHOOK.name, &[], 0, i64::MAX)?;
    let all = all.iter().map(|stored| Record::<Webhook>::of(&stored.body));
    let mut all = all.collect::<Result<Vec<_>, _>>()?;
    all.retain(|webhook| webhook.is_enabled || ctx.settings.webhook_events_wait_while_disabled);
    Ok(all)
}

/// Whether a webhook asks for events of this type, by its name or by a wildcard.
pub(crate) fn wants(webhook: &types::Webhook, event: &str) -> bool {
    webhook.enabled_events.iter().any(|wanted| covers(wanted, event))
}

/// `CARD.*` covers every type that begins with `CARD.`, however deep.
pub(crate) fn covers(filter: &EventFilter, event: &str) -> bool {
    filter.matches(&EventType::from(event))
}

/// An event to be stored for webhooks.
pub(crate) struct NewEvent<'a> {
    pub(crate) event: &'a str,
    pub(crate) resource_id: Option<Uuid>,
    /// As its own GET returns it.
    pub(crate) resource: Option<&'a Value>,
    /// The previous values of what changed.
    pub(crate) previous: Option<&'a Value>,
}

impl NewEvent<'_> {
    /// Stores the event for a webhook and queues it; returns its id.
    pub(crate) fn store_for(
        &self,
        ctx: &Ctx<'_>,
        webhook: &types::Webhook,
    ) -> Result<Uuid, ApiError> {
        let id = ctx.new_id()?;
        let event = build(json!({
            "id": id, "webhook_id": webhook.id, "type": self.event, "event_time": ctx.now,
            "url": webhook.url, "metadata": webhook.metadata.as_deref().unwrap_or_default(),
            "status": WebhookEventStatus::Running, "response_history": [],
            "resource_id": self.resource_id,
            "event_resource": self.resource.map(Value::to_string),
            "event_resource_changed_fields": self.previous.map(Value::to_string),
        }))?;
        let event = Record::<Event>::new(event, ());
        ctx.add(&event)?;
        let due = (ctx.now + retention(ctx)).timestamp_millis();
        ctx.tx.schedule(ctx.tenant, due, PURGE, &id.to_string())?;
        let delay = Duration::seconds(i64::from(ctx.settings.webhook_delay_seconds));
        put_on_its_way(ctx, &event, delay)?;
        Ok(id)
    }
}

/// How long an event is kept.
pub(super) fn retention(ctx: &Ctx<'_>) -> Duration {
    Duration::days(i64::from(ctx.settings.webhook_event_retention_days))
}

/// Has an event that is on its way sent at another time; whether it is on its way.
pub(crate) fn bring_forward(
    ctx: &Ctx<'_>,
    event: &types::WebhookEvent,
    delay: Duration,
) -> Result<bool, ApiError> {
    let Some(id) = event.id else { return Ok(false) };
    let due_at = (ctx.now + delay).timestamp_millis();
    ctx.resend(&id.to_string(), due_at)
}

pub(crate) fn put_on_its_way(
    ctx: &Ctx<'_>,
    event: &types::WebhookEvent,
    delay: Duration,
) -> Result<(), ApiError> {
    let (Some(id), Some(webhook)) = (event.id, event.webhook_id) else {
        return Err(ApiError::Internal("an event without its webhook is stored".to_owned()));
    };
    let due_at = (ctx.now + delay).timestamp_millis();
    ctx.send(&Delivery {
        seq: 0,
        tenant: ctx.tenant.to_owned(),
        webhook_id: webhook.to_string(),
        subject: event.resource_id.unwrap_or(id.as_uuid()).to_string(),
        event_id: id.to_string(),
        due_at,
        begun_at: due_at,
        attempts: 0,
        copies: i64::from(ctx.settings.webhook_copies),
    })
}
