//! The webhook whose events are read, and its events.

use chrono::SecondsFormat;
use serde_json::json;
use synctera::types::EventFilter;
use synctera::{ErrorKind, Subscribe, Synctera, WebhookId, v2};

use super::event::Event;
use super::state::State;
use crate::call::list::List;
use crate::call::target::Target;
use crate::exit::Failure;
use crate::settings::Settings;
use crate::table;

/// Where the webhook of this program delivers: nowhere, as its events are read.
const NOWHERE: &str = "https://listen.invalid/";
/// What it is described by.
const DESCRIPTION: &str = "synctera listen";
/// The largest page of a list.
const PAGE: i64 = 100;
/// Events that are read before the first one is forwarded.
const EVENTS_MAX: usize = 100_000;

/// A webhook whose events are read.
pub(super) struct Source {
    client: Synctera,
    webhook: String,
}

/// What the list has that was not forwarded yet.
#[derive(Default)]
pub(super) struct Found {
    /// In the order in which they happened.
    pub(super) events: Vec<Event>,
    /// What is known of those that cannot be forwarded.
    pub(super) unreadable: Vec<String>,
}

impl Source {
    /// The webhook that was chosen, or one that this program makes and keeps.
    pub(super) async fn open(
        settings: &Settings,
        chosen: Option<&str>,
        state: &mut State,
    ) -> Result<Self, Failure> {
        let client = settings.client()?;
        if let Some(id) = chosen {
            return Ok(Self { client, webhook: id.to_owned() });
        }
        let known = state.webhook().and_then(|id| id.parse().ok());
        if let Some(id) = known
            && exists(&client, id).await?
        {
            return Ok(Self { client, webhook: id.to_string() });
        }
        if settings.is_production() {
            return Err(Failure::usage(
                "no webhook is made in production; next: name one with --webhook, see synctera webhooks \
                 list-webhooks",
            ));
        }
        let filters = EventFilter::KNOWN.iter().filter(|name| is_alone(name));
        let request = Subscribe::to(NOWHERE)
            .events(filters.map(|name| EventFilter::from(*name)))
            .description(DESCRIPTION);
        let made = client.subscribe(&request).await;
        let made = made.map_err(|error| Failure::of_call(error, client.base_url()))?;
        let webhook = made.id.map(|id| id.to_string()).ok_or_else(|| {
            Failure::failed(
                "the platform made a webhook and did not name it; next: name one with --webhook",
            )
        })?;
        state.set_webhook(&webhook)?;
        Ok(Self { client, webhook })
    }

    pub(super) fn webhook(&self) -> &str {
        &self.webhook
    }

    /// The events that were not forwarded yet.
    pub(super) async fn after(&self, state: &State) -> Result<Found, Failure> {
        let from = state.from().to_rfc3339_opts(SecondsFormat::Millis, true);
        let path = format!("/webhooks/{}/events", crate::control::segment(&self.webhook)?);
        let query = vec![("start_time".to_owned(), json!(from)), ("limit".to_owned(), json!(PAGE))];
        let command = table::named("list-webhook-events").ok_or_else(|| {
            Failure::failed("the list of events is not known; next: use another version")
        })?;
        let mut items =
            self.client.list(List::<v2::Client>::new(command.operation, Target { path, query }));
        let failed = |error| Failure::of_call(error, self.client.base_url());
        let mut found = Found::default();
        while let Some(value) = items.try_next().await.map_err(failed)? {
            match Event::read(value) {
                Ok(event) if state.has_forwarded(event.id()) => {}
                Ok(event) => found.events.push(event),
                Err(why) => found.unreadable.push(why),
            }
            if found.events.len() + found.unreadable.len() > EVENTS_MAX {
                return Err(Failure::failed(format!(
                    "there are more than {EVENTS_MAX} events since {from}; next: begin later, with --since"
                )));
            }
        }
        let events = &mut found.events;
        if events.first().map(Event::time) > events.last().map(Event::time) {
            // The newest come first.
            events.reverse();
        }
        // Events of one moment stay in the order of the list.
        events.sort_by_key(Event::time);
        Ok(found)
    }
}

/// Whether a webhook exists. Only the platform's 404 says that it does not: after any other error a second
/// webhook would be made.
async fn exists(client: &Synctera, id: WebhookId) -> Result<bool, Failure> {
    match client.api().get_webhook(id).await {
        Ok(_) => Ok(true),
        Err(error) => {
            let status = error.status().map(|status| status.as_u16());
            match (error.kind(), status) {
                (ErrorKind::Api, Some(404)) => Ok(false),
                _ => Err(Failure::of_call(error, client.base_url())),
            }
        }
    }
}

/// Whether no wildcard brings a filter's types.
fn is_alone(name: &str) -> bool {
    let mut groups = EventFilter::KNOWN.iter().filter_map(|name| name.strip_suffix('*'));
    name.ends_with('*') || !groups.any(|group| name.starts_with(group))
}
