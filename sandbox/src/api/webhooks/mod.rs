//! Webhooks: who wants to hear of what, the secret that signs, and the events with their way.
//!
//! What raises events is in [`events`](super::events); here they are stored for each webhook that
//! wants them, and put on their way. The courier carries them.

mod delivery;
mod kept;
mod secrets;

use chrono::Duration;
use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::listing::{By, List, as_stored};
use crate::model::{Ctx, Kind, Outcome, Refusal, Reply, Served, text, texts};
use crate::spec::Faults;
use crate::store::Delivery;

pub(crate) use delivery::{Attempt, Fate, Letter, letter, sent};
pub(crate) use kept::{PURGE, purge};

const WEBHOOK: Kind = Kind { name: "webhook", id: "id", keys: &[("is_enabled", "/is_enabled")] };

/// An event, stored for the webhook that it goes to.
const EVENT: Kind = Kind {
    name: "webhook event",
    id: "id",
    keys: &[("webhook", "/webhook_id"), ("resource", "/resource_id")],
};

const ON_ONE: &[(&str, &Kind)] = &[("webhook_id", &WEBHOOK)];
const ON_EVENT: &[(&str, &Kind)] = &[("webhook_id", &WEBHOOK), ("event_id", &EVENT)];

pub(crate) const SERVED: &[Served] = &[
    Served::new("list_webhooks", list),
    Served::new("create_webhook", create),
    Served::on("get_webhook", ON_ONE, get),
    Served::on("replace_webhook", ON_ONE, replace),
    Served::on("delete_webhook", ON_ONE, delete),
    Served::on("list_webhook_events", ON_ONE, kept::list),
    Served::on("get_webhook_event", ON_EVENT, kept::get),
    Served::on("resend_webhook_event", ON_EVENT, kept::resend),
    Served::new("trigger_webhook_event", kept::trigger),
    Served::new("create_webhook_secret", secrets::create),
    Served::new("replace_webhook_secret", secrets::replace),
    Served::new("delete_webhook_secret", secrets::delete),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let only_enabled = ctx.query.get("is_enabled_only") == Some(&json!(true));
    List {
        kind: &WEBHOOK,
        items: "webhooks",
        filters: &[("is_enabled_only", By::Elsewhere)],
        always: Vec::new(),
        view: &|ctx, webhook| {
            if only_enabled && webhook["is_enabled"] != true {
                return Ok(None);
            }
            as_stored(ctx, webhook)
        },
    }
    .reply::<types::WebhookList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.new_id()?.to_string();
    let webhook = complete(ctx, &id)?;
    ctx.insert(&WEBHOOK, &webhook)?;
    Reply::created::<types::Webhook>(webhook)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Webhook>(ctx.url_resource(&WEBHOOK, "webhook_id")?)
}

/// What is left out is not kept.
fn replace(ctx: &Ctx<'_>) -> Outcome {
    let webhook = complete(ctx, ctx.parameter("webhook_id"))?;
    ctx.update(&WEBHOOK, &webhook)?;
    Reply::ok::<types::Webhook>(webhook)
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("webhook_id");
    ctx.tx.end_deliveries_to(ctx.tenant, id)?;
    for event in ctx.all_with(&EVENT, "webhook", id)? {
        ctx.forget(&EVENT, text(&event, "id"))?;
    }
    Reply::ok::<types::DeleteResponse>(ctx.delete(&WEBHOOK, id, "webhook")?)
}

/// The body as a webhook of this id.
fn complete(ctx: &Ctx<'_>, id: &str) -> Result<Value, Refusal> {
    let mut webhook = ctx.body.clone();
    let url = reqwest::Url::parse(text(&webhook, "url"));
    if !url.is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host()) {
        let reason = "must begin with https://, or http://, and name a host";
        return Err(Faults::invalid("url", reason).into());
    }
    webhook["id"] = json!(id);
    webhook["tenant"] = json!(ctx.tenant);
    webhook["last_updated"] = json!(ctx.now_text());
    Ok(webhook)
}

/// Whether anybody in the workspace could listen.
pub(crate) fn has_listeners(ctx: &Ctx<'_>) -> Result<bool, Refusal> {
    Ok(!ctx.tx.scan(ctx.tenant, WEBHOOK.name, &[], 0, 1)?.is_empty())
}

/// The webhooks for which events are stored.
pub(crate) fn listening(ctx: &Ctx<'_>) -> Result<Vec<Value>, Refusal> {
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
fn covers(pattern: &str, event: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(group) => event.starts_with(group),
        None => pattern == event,
    }
}

/// Something to tell.
pub(crate) struct News<'a> {
    pub(crate) event: &'a str,
    pub(crate) resource_id: Option<&'a str>,
    /// As it is shown.
    pub(crate) resource: Option<&'a Value>,
    /// What changed, with the values from before.
    pub(crate) previous: Option<&'a Value>,
}

impl News<'_> {
    /// Stores an event for a webhook, and puts it on its way; its id.
    pub(crate) fn tell(&self, ctx: &Ctx<'_>, webhook: &Value) -> Result<String, Refusal> {
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

fn put_on_its_way(ctx: &Ctx<'_>, event: &Value, delay: Duration) -> Result<(), Refusal> {
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
