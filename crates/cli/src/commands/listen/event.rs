//! An event, as the platform's list has it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

/// An event, as the list has it.
pub(super) struct Event {
    value: Value,
    id: String,
    time: DateTime<Utc>,
}

impl Event {
    pub(super) fn read(value: Value) -> Option<Self> {
        let id = value["id"].as_str()?.to_owned();
        let time = value["event_time"].as_str()?.parse().ok()?;
        Some(Self { value, id, time })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn time(&self) -> DateTime<Utc> {
        self.time
    }

    pub(super) fn time_text(&self) -> String {
        self.time.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// Its type, safe for a terminal.
    pub(super) fn kind(&self) -> String {
        synctera_runtime::quoted(self.value["type"].as_str().unwrap_or_default(), 100).to_string()
    }

    /// Whether filters bring it; without filters all are wanted.
    pub(super) fn is_one_of(&self, filters: &[String]) -> bool {
        let kind = self.value["type"].as_str().unwrap_or_default();
        let brings = |filter: &String| match filter.strip_suffix('*') {
            Some(group) => kind.starts_with(group),
            None => kind == filter,
        };
        filters.is_empty() || filters.iter().any(brings)
    }

    /// What a delivery of it has: what came of earlier deliveries is not part of that.
    pub(super) fn message(&self) -> String {
        let mut value = self.value.clone();
        if let Some(members) = value.as_object_mut() {
            members.remove("status");
            members.remove("response_history");
        }
        value.to_string()
    }
}
