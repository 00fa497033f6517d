//! Webhooks: subscriptions, the secret that signs, and the events that are stored for them.
//!
//! How events are raised and delivered is in [`events`](crate::domain::events) and
//! [`webhooks`](crate::domain::webhooks).

mod kept;
mod secrets;

use serde_json::{Value, json};
use synctera_api::v2::types;

use crate::domain::listing::{By, List, view_of};
use crate::domain::webhooks::{EVENT, Event, WEBHOOK, Webhook};
use crate::model::outgoing_client::check_url;
use crate::model::{ApiError, Ctx, Kind, Outcome, Record, Reply, Served, complete, text};
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
        view: &view_of::<Webhook, _>(|_, webhook| {
            Ok((webhook.is_enabled || !only_enabled).then_some(webhook.wire))
        }),
    }
    .reply::<types::WebhookList>(ctx)
}

fn create(ctx: &Ctx<'_>) -> Outcome {
    let webhook = asked(ctx, &ctx.new_id()?.to_string())?;
    ctx.add(&webhook)?;
    Reply::json(201, &webhook.wire)
}

fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &ctx.find_in_url::<Webhook>("webhook_id")?.wire)
}

/// What is left out is not kept.
fn replace(ctx: &Ctx<'_>) -> Outcome {
    let webhook = asked(ctx, ctx.parameter("webhook_id"))?;
    ctx.save(&webhook)?;
    Reply::json(200, &webhook.wire)
}

fn delete(ctx: &Ctx<'_>) -> Outcome {
    let id = ctx.parameter("webhook_id");
    ctx.tx.end_deliveries_to(ctx.tenant, id)?;
    for event in ctx.find_all::<Event>("webhook", id)? {
        if let Some(id) = event.id {
            ctx.forget(&EVENT, &id.to_string())?;
        }
    }
    Reply::json(200, &ctx.delete(&WEBHOOK, id, "webhook")?)
}

/// What is wrong with the body of a webhook.
fn errors_of(webhook: &Value) -> FieldErrors {
    check_url("url", text(webhook, "url"))
}

/// The body as a webhook of this id.
fn asked(ctx: &Ctx<'_>, id: &str) -> Result<Record<Webhook>, ApiError> {
    let body: types::WebhookInput = ctx.body()?;
    let rest = json!({ "id": id, "tenant": ctx.tenant, "last_updated": ctx.now });
    Ok(Record::new(complete(&body, rest)?, ()))
}
