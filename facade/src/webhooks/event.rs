//! A verified event: its envelope, and what it is about, read when it is asked for.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use synctera_api::Sensitive;
use synctera_api::runtime::{WebhookEventId, WebhookId};
use uuid::Uuid;

use super::EventResource;
use crate::types::{EventType, WebhookEvent};

/// Something that happened on the platform. Only a [`VerifiedBody`](super::VerifiedBody) gives one.
#[derive(Clone)]
#[non_exhaustive]
pub struct Event {
    /// The same each time that this event is sent: what to tell repetitions by.
    pub id: WebhookEventId,
    /// The webhook that it was sent to.
    pub webhook_id: WebhookId,
    /// What happened. A wildcard brings types that this version does not know.
    pub event_type: EventType,
    /// When it happened; events may arrive in another order.
    pub event_time: DateTime<Utc>,
    /// Where the platform sent it.
    pub url: Option<String>,
    /// What you gave to the webhook.
    pub metadata: Option<String>,
    /// The resource that it is about, where that is known.
    pub resource_id: Option<Uuid>,
    resource: Option<Sensitive<String>>,
    changed_fields: Option<Sensitive<String>>,
    raw: Bytes,
}

impl Event {
    pub(super) fn read(raw: Bytes) -> Result<Self, EventError> {
        let envelope: WebhookEvent = read("the event", &raw)?;
        let missing = |path: &str| EventError::new("the event", path, "it is missing");
        Ok(Self {
            id: envelope.id.ok_or_else(|| missing("id"))?,
            webhook_id: envelope.webhook_id.ok_or_else(|| missing("webhook_id"))?,
            event_type: envelope.type_.ok_or_else(|| missing("type"))?,
            event_time: envelope.event_time.ok_or_else(|| missing("event_time"))?,
            url: envelope.url,
            metadata: envelope.metadata,
            resource_id: envelope.resource_id,
            resource: envelope.event_resource.map(Sensitive::new),
            changed_fields: envelope.event_resource_changed_fields.map(Sensitive::new),
            raw,
        })
    }

    /// What the event is about, as its own type, in the state that it had then.
    ///
    /// # Errors
    /// When the event carries no resource, or one that its type cannot hold.
    pub fn resource(&self) -> Result<EventResource, EventError> {
        EventResource::read(&self.event_type, self.resource_json()?)
    }

    /// What the event is about, as a type of your choice.
    ///
    /// # Errors
    /// As [`Event::resource`].
    pub fn resource_as<T: DeserializeOwned>(&self) -> Result<T, EventError> {
        read(RESOURCE, self.resource_json()?.as_bytes())
    }

    /// What the event is about, as it came: JSON.
    ///
    /// # Errors
    /// When the event carries no resource.
    pub fn resource_json(&self) -> Result<&str, EventError> {
        match &self.resource {
            Some(text) => Ok(text.expose()),
            None => Err(EventError::new(RESOURCE, ".", "it is missing")),
        }
    }

    /// What changed, by name, with the values from before; empty for what is new.
    ///
    /// # Errors
    /// When it is no JSON object.
    pub fn changed_fields(&self) -> Result<Map<String, Value>, EventError> {
        match &self.changed_fields {
            Some(text) if !text.expose().is_empty() => {
                read("event_resource_changed_fields", text.expose().as_bytes())
            }
            _ => Ok(Map::new()),
        }
    }

    /// The body as it came.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }
}

/// What `event_resource` is called in errors.
pub(super) const RESOURCE: &str = "event_resource";

/// Reads JSON; the error says where it does not fit, and none of its values.
pub(super) fn read<T: DeserializeOwned>(what: &'static str, json: &[u8]) -> Result<T, EventError> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let reason = match error.inner().classify() {
            serde_json::error::Category::Data => "it is not what the document says",
            _ => "it is not JSON",
        };
        EventError::new(what, &error.path().to_string(), reason)
    })?;
    reader.end().map_err(|_| EventError::new(what, ".", "something follows it"))?;
    Ok(value)
}

impl fmt::Debug for Event {
    /// Without the resource: it may be anybody's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("id", &self.id)
            .field("webhook_id", &self.webhook_id)
            .field("event_type", &self.event_type)
            .field("event_time", &self.event_time)
            .field("resource_id", &self.resource_id)
            .finish_non_exhaustive()
    }
}

/// A verified body that cannot be read as what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventError {
    what: &'static str,
    path: String,
    reason: &'static str,
}

impl EventError {
    pub(super) fn new(what: &'static str, path: &str, reason: &'static str) -> Self {
        Self { what, path: path.to_owned(), reason }
    }

    /// Where it does not fit: `legal_address.state`, or `.` for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be read at {}: {}", self.what, self.path, self.reason)
    }
}

impl std::error::Error for EventError {}
