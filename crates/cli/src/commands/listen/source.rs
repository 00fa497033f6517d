//! The webhook whose events are read, and its events.

use chrono::SecondsFormat;
use serde_json::{Value, json};
use synctera::{Synctera, v2};

use super::event::Event;
use super::state::State;
use crate::call::list::List;
use crate::call::send::{Call, Sent};
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

/// A webhook whose events are read.
pub(super) struct Source {
    client: Synctera,
    webhook: String,
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
        if let Some(id) = state.webhook() {
            let webhook = id.to_owned();
            if call(&client, "get-webhook", &format!("/webhooks/{webhook}"), Sent::Nothing)
                .await
                .is_ok()
            {
                return Ok(Self { client, webhook });
            }
        }
        if settings.is_production() {
            return Err(Failure::usage(
                "no webhook is made in production; next: name one with --webhook, see synctera webhooks \
                 list-webhooks",
            ));
        }
        let body = json!({
            "url": NOWHERE, "description": DESCRIPTION, "is_enabled": true, "enabled_events": filters(),
        });
        let made = call(&client, "create-webhook", "/webhooks", Sent::Json(body)).await?;
        let webhook = made["id"].as_str().unwrap_or_default().to_owned();
        state.set_webhook(&webhook)?;
        Ok(Self { client, webhook })
    }

    pub(super) fn webhook(&self) -> &str {
        &self.webhook
    }

    /// The events that were not forwarded yet, in the order in which they happened.
    pub(super) async fn after(&self, state: &State) -> Result<Vec<Event>, Failure> {
        let from = state.from().to_rfc3339_opts(SecondsFormat::Millis, true);
        let path = format!("/webhooks/{}/events", crate::control::segment(&self.webhook)?);
        let query = vec![("start_time".to_owned(), json!(from)), ("limit".to_owned(), json!(PAGE))];
        let command = table::named("list-webhook-events")
            .ok_or_else(|| Failure::failed("the list of events is not known"))?;
        let mut items =
            self.client.list(List::<v2::Client>::new(command.operation, Target { path, query }));
        let mut events = Vec::new();
        while let Some(value) = items.try_next().await? {
            if let Some(event) = Event::read(value).filter(|event| !state.has_forwarded(event.id()))
            {
                events.push(event);
            }
        }
        if events.first().map(Event::time) > events.last().map(Event::time) {
            // The newest come first.
            events.reverse();
        }
        // Events of one moment stay in the order of the list.
        events.sort_by_key(Event::time);
        Ok(events)
    }
}

/// Filters that bring every event.
fn filters() -> Vec<String> {
    let detail = table::named("create-webhook").map(|command| command.detail());
    let members = detail.and_then(|detail| detail.body).map(|body| body.members);
    let member = members.into_iter().flatten().find(|member| member.name == "enabled_events");
    let values = member.map(|member| member.values).unwrap_or_default();
    let groups: Vec<&str> = values.iter().filter_map(|value| value.strip_suffix('*')).collect();
    // A wildcard brings the types of its group.
    let is_alone = |value: &&String| {
        value.ends_with('*') || !groups.iter().any(|group| value.starts_with(group))
    };
    values.iter().filter(is_alone).cloned().collect()
}

async fn call(client: &Synctera, name: &str, target: &str, sent: Sent) -> Result<Value, Failure> {
    let command =
        table::named(name).ok_or_else(|| Failure::failed("the operation is not known"))?;
    let (operation, target) = (command.operation, target.to_owned());
    let call = Call { operation, version: "/v2", target, sent, key: None };
    Ok(call.json(client).await?.into_inner())
}
