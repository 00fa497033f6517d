//! Webhooks and their events, as they are stored.

use chrono::Duration;
use serde_json::{Value, json};

use crate::model::{ApiError, Ctx, Kind, text, texts};
use crate::store::Delivery;

/// The job that deletes an event.
pub(crate) const PURGE: &str = "webhook_event.purge";

pub(crate) const WEBHOOK: Kind =
    Kind { name: "webhook", id: "id", keys: &[("is_enabled", "/is_enabled")] };
/// An event, stored for the webhook that it goes to.
pub(crate) const EVENT: Kind = Kind {
    name: "webhook event",
    id: "id",
    keys: &[("webhook", "/webhook_id"), ("resource", "/resource_id")],
};

/// The webhooks for which events are stored.
pub(crate) fn listening(ctx: &Ctx<'_>) -> Result<Vec<Value>, ApiError> {
    let mut all = ctx.tx.scan(ctx.tenant, WEBHOOK.name, &[], 0, i64::MAX)?;
    all.retain(|stored| {
        stored.body["is_enabled"] == true || ctx.settings.webhook_events_wait_while_disabled
    });
    Ok(all.into_iter().map(|stored| stored.body).collect())
}

/// Whether a webhook asks for events of this type, by its name or by a wildcard.
pub(crate) fn wants(webhook: &Value, event: &str) -> bool {
    texts(&webhook["enabled_events"]).into_iter().any(|wanted| covers(wanted, event))
}

/// `CARD.*` covers every type that begins with `CARD.`, however deep.
pub(crate) fn covers(pattern: &str, event: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(group) => event.starts_with(group),
        None => pattern == event,
    }
}

/// An event to be stored for webhooks.
pub(crate) struct NewEvent<'a> {
    pub(crate) event: &'a str,
    pub(crate) resource_id: Option<&'a str>,
    /// As its own GET returns it.
    pub(crate) resource: Option<&'a Value>,
    /// The previous values of what changed.
    pub(crate) previous: Option<&'a Value>,
}

impl NewEvent<'_> {
    /// Stores the event for a webhook and queues it; returns its id.
    pub(crate) fn store_for(&self, ctx: &Ctx<'_>, webhook: &Value) -> Result<String, ApiError> {
        let id = ctx.new_id()?.to_string();
        let mut event = json!({
            "id": id, "webhook_id": webhook["id"], "type": self.event,
            "event_time": ctx.now_text(), "url": webhook["url"],
            "metadata": text(webhook, "metadata"), "status": "RUNNING", "response_history": [],
        });
        if let Some(resource_id) = self.resource_id {
            event["resource_id"] = json!(resource_id);
        }
        if let Some(resource) = self.resource {
            event["event_resource"] = json!(resource.to_string());
        }
        if let Some(previous) = self.previous {
            event["event_resource_changed_fields"] = json!(previous.to_string());
        }
        ctx.insert(&EVENT, &event)?;
        let kept = Duration::days(i64::from(ctx.settings.webhook_event_retention_days));
        ctx.tx.schedule(ctx.tenant, (ctx.now + kept).timestamp_millis(), PURGE, &id)?;
        let delay = Duration::seconds(i64::from(ctx.settings.webhook_delay_seconds));
        put_on_its_way(ctx, &event, delay)?;
        Ok(id)
    }
}

pub(crate) fn put_on_its_way(
    ctx: &Ctx<'_>,
    event: &Value,
    delay: Duration,
) -> Result<(), ApiError> {
    let due_at = (ctx.now + delay).timestamp_millis();
    let id = text(event, "id").to_owned();
    let resource = text(event, "resource_id");
    ctx.send(&Delivery {
        seq: 0,
        tenant: ctx.tenant.to_owned(),
        webhook_id: text(event, "webhook_id").to_owned(),
        subject: if resource.is_empty() { id.clone() } else { resource.to_owned() },
        event_id: id,
        due_at,
        begun_at: due_at,
        attempts: 0,
        copies: i64::from(ctx.settings.webhook_copies.max(1)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_reach_deep_and_stop_at_the_dot() {
        assert!(covers("CARD.*", "CARD.CREATED"));
        assert!(covers("CARD.*", "CARD.IMAGE.UPDATED"));
        assert!(!covers("CARD.*", "EXTERNAL_CARD.CREATED"));
        assert!(!covers("EXTERNAL_CARD.*", "EXTERNAL_CARD_TRANSFER.CREATED"));
        assert!(covers("CARD.CREATED", "CARD.CREATED"));
        assert!(!covers("CARD.CREATED", "CARD.UPDATED"));
    }
}
