//! A request as the log shows it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

use crate::model::timestamp;

/// A request that the sandbox was sent, and what came of it:
/// [`Sandbox::request_log`](crate::Sandbox::request_log).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// Its place: requests are numbered in the order in which they were answered.
    pub number: u64,
    /// When it came, by the sandbox's clock.
    #[serde(serialize_with = "moment")]
    pub at: DateTime<Utc>,
    /// How long it took, in microseconds of real time, from its last byte to its answer.
    pub micros: u64,
    /// The HTTP method, in capitals; HEAD is GET.
    pub method: String,
    /// The path with its query, of which the values of secret parameters are not shown.
    pub path: String,
    /// The id of the operation; none if there is no such operation.
    pub operation: Option<String>,
    /// The interface of the operation, `v2` or `v0`.
    pub interface: Option<String>,
    /// The workspace of its API key; none if it came without a key of this sandbox.
    pub workspace: Option<String>,
    /// The id of its API key, as [`ApiKeyInfo::id`](crate::ApiKeyInfo::id).
    pub key_id: Option<String>,
    /// The status of the answer; none if the client had no answer.
    pub status: Option<u16>,
    /// The id of the request, as the header `X-Request-Id` of the answer.
    pub request_id: Option<String>,
    /// Its idempotency key.
    pub idempotency_key: Option<String>,
    /// The platform's code in an answer that is an error.
    pub code: Option<String>,
    /// Whether a [fault](crate::Fault) decided what came of it.
    pub is_fault: bool,
    /// Whether the answer is the stored one of an earlier request with the same idempotency key.
    pub is_replay: bool,
    /// The size of the request's body.
    pub request_bytes: u64,
    /// The size of the answer's body.
    pub response_bytes: u64,
    /// The request's body, without secrets.
    pub request_body: LoggedBody,
    /// The answer's body, without secrets. If a fault let it break off, it is whole here.
    pub response_body: LoggedBody,
    /// The entries of the ledger that it posted.
    #[serde(default)]
    pub ledger_entries: Vec<LoggedLedgerEntry>,
    /// The events that it raised, one for each webhook.
    #[serde(default)]
    pub events: Vec<LoggedEvent>,
}

/// An entry of the ledger that a request posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LoggedLedgerEntry {
    /// The id of the transaction that it belongs to.
    pub transaction_id: String,
    /// The id of the account.
    pub account_id: String,
    /// In minor units, such as cents; credits are positive, debits negative.
    pub amount: i64,
    /// The posted balance of the account after it, in minor units.
    pub balance: i64,
}

/// An event that a request raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LoggedEvent {
    /// The id of the webhook that it is for.
    pub webhook_id: String,
    /// The id of the event.
    pub event_id: String,
}

/// What the log shows of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", content = "text", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LoggedBody {
    /// There is none.
    #[default]
    None,
    /// All of it, as JSON.
    Whole(String),
    /// Its first 64 KiB.
    Cut(String),
    /// It is a file, a form or no JSON, of which only the size is known.
    NotShown,
    /// It was forgotten to make room for later ones.
    Dropped,
}

impl LoggedBody {
    /// Its text, or the beginning of that.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Whole(text) | Self::Cut(text) => Some(text),
            _ => None,
        }
    }

    fn len(&self) -> usize {
        self.text().map_or(0, str::len)
    }

    fn forget(&mut self) {
        if self.text().is_some() {
            *self = Self::Dropped;
        }
    }
}

impl LoggedRequest {
    /// Whether it failed: by its status, or as it was not answered.
    pub fn is_error(&self) -> bool {
        self.status.is_none_or(|status| status >= 400)
    }

    pub(super) fn body_bytes(&self) -> usize {
        self.request_body.len() + self.response_body.len()
    }

    pub(super) fn drop_bodies(&mut self) {
        self.request_body.forget();
        self.response_body.forget();
    }
}

fn moment<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&timestamp(*at))
}
