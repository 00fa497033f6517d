//! A verified event: its envelope, and its resource, which is decoded on request.

use std::fmt;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use synctera_api::Sensitive;
use synctera_api::runtime::{WebhookEventId, WebhookId};
use uuid::Uuid;

use super::EventResource;
use super::event_error::{EventError, RESOURCE, read};
use crate::types::{EventType, WebhookEvent};

/// Something that happened on the platform. Only a [`VerifiedBody`](super::VerifiedBody) returns one.
#[derive(Clone)]
#[non_exhaustive]
pub struct Event {
    /// The id of the event: the same in every delivery of it.
    pub id: WebhookEventId,
    /// The webhook that it was sent to.
    pub webhook_id: WebhookId,
    /// The type of the event. A wildcard subscription also delivers types that this version does not
    /// know.
    pub event_type: EventType,
    /// The time of the event. Events may arrive in another order.
    pub event_time: DateTime<Utc>,
    /// The URL to which the platform sent it.
    pub url: Option<String>,
    /// The metadata of the webhook, as you set it.
    pub metadata: Option<String>,
    /// The id of the resource that it is about, when the platform sends one.
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

    /// The resource that the event is about, as its own type, in the state that it had then.
    ///
    /// # Errors
    /// When the event has no resource, or one that does not fit its type.
    pub fn resource(&self) -> Result<EventResource, EventError> {
        EventResource::read(&self.event_type, self.resource_json()?)
    }

    /// The resource that the event is about, as a type of your choice.
    ///
    /// # Errors
    /// As [`Event::resource`].
    pub fn resource_as<T: DeserializeOwned>(&self) -> Result<T, EventError> {
        read(RESOURCE, self.resource_json()?.as_bytes())
    }

    /// The resource that the event is about, as it was received: JSON.
    ///
    /// # Errors
    /// When the event has no resource.
    pub fn resource_json(&self) -> Result<&str, EventError> {
        match &self.resource {
            Some(text) => Ok(text.expose()),
            None => Err(EventError::new(RESOURCE, ".", "it is missing")),
        }
    }

    /// The fields that changed, with their previous values; empty for a new resource.
    ///
    /// # Errors
    /// When it is not a JSON object.
    pub fn changed_fields(&self) -> Result<Map<String, Value>, EventError> {
        match &self.changed_fields {
            Some(text) if !text.expose().is_empty() => {
                read("event_resource_changed_fields", text.expose().as_bytes())
            }
            _ => Ok(Map::new()),
        }
    }

    /// The body as it was received, at most [`body_limit`](super::Verifier::body_limit) bytes.
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }
}

impl fmt::Debug for Event {
    /// Shows everything except the resource, which may be personal data.
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
