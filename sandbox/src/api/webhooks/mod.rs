//! Webhooks: subscriptions, the secret that signs, and the events that are stored for them.
//!
//! How events are raised and delivered is in [`events`](crate::domain::events) and
//! [`webhooks`](crate::domain::webhooks).

mod kept;
mod secrets;

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::listing::{By, List, as_stored};
use crate::domain::webhooks::{EVENT, WEBHOOK};
use crate::model::outgoing_client::check_url;
use crate::model::{Ctx, Kind, Outcome, Reply, Served, text};
use crate::spec::FieldErrors;

pub(crate) use kept::{purge, trigger};

const ON_ONE: &[(&str, &Kind)] = &[("webhook_id", &WEBHOOK)];
const ON_EVENT: &[(&str, &Kind)] = &[("webhook_id", &WEBHOOK), ("event_id", &EVENT)];
pub(crate) const SERVED: &[Served] = &[
    Served::new("list_webhooks", list),
    Served::new("create_webhook", create).ruled(|ctx| Ok(errors_of(&ctx.request.body))),
    Served::on("get_webhook", ON_ONE, get),
    Served::on("replace_webhook", ON_ONE, replace).ruled(|ctx| Ok(errors_of(&ctx.request.body))),
    Served::on("delete_webhook", ON_ONE, delete),
    Served::on("list_webhook_events", ON_ONE, kept::list),
    Served::on("get_webhook_event", ON_EVENT, kept::get),
    Served::on("resend_webhook_event", ON_EVENT, kept::resend),
    Served::new("create_webhook_secret", secrets::create),
    Served::new("replace_webhook_secret", secrets::replace),
    Served::new("delete_webhook_secret", secrets::delete),
];

fn list(ctx: &Ctx<'_>) -> Outcome {
    let only_enabled = ctx.request.query.get("is_enabled_only") == Some(&json!(true));
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
    let webhook = complete(ctx, &id);
    ctx.insert(&WEBHOOK, &webhook)?;
    Reply::created::<types::Webhook>(webhook)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::ok::<types::Webhook>(ctx.url_resource(&WEBHOOK, "webhook_id")?)
}

/// What is left out is not kept.
fn replace(ctx: &Ctx<'_>) -> Outcome {
    let webhook = complete(ctx, ctx.parameter("webhook_id"));
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

/// What is wrong with the body of a webhook.
fn errors_of(webhook: &Value) -> FieldErrors {
    check_url("url", text(webhook, "url"))
}

/// The body as a webhook of this id.
fn complete(ctx: &Ctx<'_>, id: &str) -> Value {
    let mut webhook = ctx.request.body.clone();
    webhook["id"] = json!(id);
    webhook["tenant"] = json!(ctx.tenant);
    webhook["last_updated"] = json!(ctx.now_text());
    webhook
}
