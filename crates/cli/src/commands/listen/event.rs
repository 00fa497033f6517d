//! An event of the platform's list.

use chrono::{DateTime, Datelike as _, SecondsFormat, Utc};
use serde_json::Value;
use synctera::types::{EventFilter, EventType};

use crate::text;

/// An event.
pub(super) struct Event {
    value: Value,
    id: String,
    time: DateTime<Utc>,
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// What is known of an event without an id or a time: it cannot be forwarded once and in order.
    pub(super) fn read(value: Value) -> Result<Self, String> {
        let kind = text::name(value["type"].as_str().unwrap_or("unknown"));
        let Some(id) = value["id"].as_str().filter(|id| !id.is_empty()).map(str::to_owned) else {
            let time = text::name(value["event_time"].as_str().unwrap_or("an unknown time"));
            return Err(format!("an event of type {kind} at {time} has no id"));
        };
        let time = value["event_time"].as_str().and_then(|time| time.parse().ok());
        match time.filter(is_usual) {
            Some(time) => Ok(Self { value, id, time }),
            None => Err(format!(
                "event {} of type {kind} has no time that can be read",
                text::name(&id)
            )),
        }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn time(&self) -> DateTime<Utc> {
        self.time
    }

    /// When, what and which it is, for messages.
    pub(super) fn line(&self) -> String {
        let time = self.time.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!("{time} {} {}", text::name(self.kind()), text::name(&self.id))
    }

    fn kind(&self) -> &str {
        self.value["type"].as_str().unwrap_or_default()
    }

    /// Whether filters bring it; without filters all are wanted.
    pub(super) fn is_one_of(&self, filters: &[EventFilter]) -> bool {
        let kind = EventType::from(self.kind());
        filters.is_empty() || filters.iter().any(|filter| filter.matches(&kind))
    }

    /// The text of its delivery. The outcomes of earlier deliveries are not part of it.
    pub(super) fn message(&self) -> String {
        let mut value = self.value.clone();
        if let Some(members) = value.as_object_mut() {
            members.remove("status");
            members.remove("response_history");
        }
        value.to_string()
    }
}

/// Whether a moment has a year of four digits, so that minutes can be added and taken away.
pub(super) fn is_usual(moment: &DateTime<Utc>) -> bool {
    (1970..=9999).contains(&moment.year())
}
