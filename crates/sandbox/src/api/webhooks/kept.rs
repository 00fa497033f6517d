//! Events as they are kept: listed, read, sent again, made up for a test; and forgotten.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;
use synctera_api::v2::types::{self, WebhookEventStatus};

use crate::domain::events;
use crate::domain::events::Source;
use crate::domain::listing::{By, List, view_of};
use crate::domain::webhooks::{
    EVENT, Event, NewEvent, bring_forward, covers, is_on_its_way, listening, put_on_its_way, wants,
};
use crate::model::{ApiError, Ctx, Outcome, Record, Reply, build};
use crate::spec::FieldErrors;
use crate::store::Filter;

pub(super) fn list(ctx: &Ctx<'_>) -> Outcome {
    let moment = |name: &str| -> Option<DateTime<Utc>> { text_of(ctx, name)?.parse().ok() };
    let day = |name: &str| -> Option<NaiveDate> { text_of(ctx, name)?.parse().ok() };
    let (from, to) = (moment("start_time"), moment("end_time"));
    let (first_day, last_day) = (day("start_date"), day("end_date"));
    let webhook = ctx.parameter("webhook_id").to_owned();
    List {
        kind: &EVENT,
        items: "event_list",
        filters: &[
            ("resource_id", By::Key("resource")),
            ("start_time", By::Elsewhere),
            ("end_time", By::Elsewhere),
            ("start_date", By::Elsewhere),
            ("end_date", By::Elsewhere),
        ],
        always: vec![Filter { name: "webhook".to_owned(), values: vec![webhook] }],
        view: &view_of::<Event, _>(|_, mut event| {
            let Some(happened) = event.event_time else {
                return Err(ApiError::Internal("an event without its time".to_owned()));
            };
            let day = happened.date_naive();
            let fits = from.is_none_or(|from| happened >= from)
                && to.is_none_or(|to| happened <= to)
                && first_day.is_none_or(|first| day >= first)
                && last_day.is_none_or(|last| day <= last);
            event.response_history.clear();
            Ok(fits.then_some(event.wire))
        }),
    }
    .reply::<types::WebhookEventList>(ctx)
}

fn text_of<'c>(ctx: &'c Ctx<'_>, name: &str) -> Option<&'c str> {
    ctx.request.query.get(name).and_then(Value::as_str)
}

pub(super) fn get(ctx: &Ctx<'_>) -> Outcome {
    Reply::json(200, &the_event(ctx)?.wire)
}

/// Sends an event once more, also one that had arrived.
pub(super) fn resend(ctx: &Ctx<'_>) -> Outcome {
    let mut event = the_event(ctx)?;
    let delay = ctx.request.query.get("delay").and_then(Value::as_i64).unwrap_or_default();
    event.status = Some(WebhookEventStatus::Running);
    ctx.save(&event)?;
    // One that is on its way would wait behind itself.
    if !bring_forward(ctx, &event, Duration::seconds(delay))? {
        put_on_its_way(ctx, &event, Duration::seconds(delay))?;
    }
    Reply::json(200, &event.wire)
}

fn the_event(ctx: &Ctx<'_>) -> Result<Record<Event>, ApiError> {
    let event = ctx.find_in_url::<Event>("event_id")?;
    if event.webhook_id.is_some_and(|id| id.to_string() == ctx.parameter("webhook_id")) {
        return Ok(event);
    }
    let detail = format!("the webhook has no event {}", ctx.parameter("event_id"));
    Err(ApiError::rule(ErrorCode::ResourceNotFound, detail))
}

/// Sends an event about the newest resource that it could be about, or about none when there is
/// none. A wildcard stands for the first type that it covers.
pub(crate) fn trigger(ctx: &Ctx<'_>, sources: &[Source]) -> Outcome {
    let asked: types::TriggerWebhookEventRequest = ctx.body()?;
    let asked = asked.event.ok_or_else(|| FieldErrors::missing("event"))?;
    let known = types::EventType::KNOWN;
    let event = known.iter().copied().find(|event| covers(&asked, event));
    let event = event.ok_or_else(|| FieldErrors::invalid("event", "covers no type of event"))?;
    let about = events::newest(ctx, sources, event)?;
    let new = NewEvent {
        event,
        resource_id: about.as_ref().map(|(id, _)| *id),
        resource: about.as_ref().map(|(_, rendered)| rendered),
        previous: None,
    };
    let mut id = None;
    for webhook in listening(ctx)?.iter().filter(|webhook| wants(webhook, event)) {
        let stored = new.store_for(ctx, webhook)?;
        id.get_or_insert(stored);
    }
    // The platform names an id in any case.
    let id = match id {
        Some(id) => id,
        None => ctx.new_id()?,
    };
    let response: types::TriggeredWebhookEvent =
        build(json!({ "id": id, "type": event, "event_time": ctx.now }))?;
    Reply::json(200, &response)
}

/// Forgets an event whose time is over. One that is on its way stays until that ends: the clock may
/// have been moved over all of its time at once.
pub(crate) fn purge(ctx: &Ctx<'_>, id: &str) -> Result<(), ApiError> {
    if let Some(event) = ctx.find::<Event>(id)?
        && !is_on_its_way(ctx, &event)?
    {
        ctx.forget(&EVENT, id)?;
    }
    Ok(())
}
