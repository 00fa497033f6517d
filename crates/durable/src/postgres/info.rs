//! A run as it is shown.

use std::fmt;

use chrono::{DateTime, Utc};
use tokio_postgres::Row;

use crate::State;

/// The number of a run in its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub(super) i64);

impl RunId {
    /// The number, as in the table of runs.
    pub fn as_i64(self) -> i64 {
        self.0
    }
}

impl From<i64> for RunId {
    fn from(id: i64) -> Self {
        Self(id)
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A run: names, numbers and times, and no data of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunInfo {
    /// Its number.
    pub id: RunId,
    /// The name of the journey.
    pub journey: String,
    /// Its key.
    pub key: String,
    /// For whom it runs.
    pub tenant: Option<String>,
    /// Its state.
    pub state: State,
    /// The attempt of the journey: the next one after each correction.
    pub attempt: u32,
    /// Failures since it last made progress.
    pub failures: u32,
    /// The worker that has it.
    pub worker: Option<String>,
    /// When it began.
    pub begun_at: DateTime<Utc>,
    /// When it first started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it is due.
    pub due_at: Option<DateTime<Utc>>,
    /// When it was done or canceled.
    pub ended_at: Option<DateTime<Utc>>,
    /// The kind of the last failure: an [`ErrorKind`](synctera::ErrorKind); or `NoRequest`, `Request`,
    /// `Outcome` or `Panic` of the program's functions.
    pub kind: Option<String>,
    /// The platform's code of the last failure.
    pub code: Option<String>,
    /// What a person or program should do: a [`NextAction`](synctera::NextAction).
    pub next_action: Option<String>,
    /// The operation that failed.
    pub operation: Option<String>,
    /// The platform's id of the request that failed, for its support.
    pub request_id: Option<String>,
}

/// The columns of [`RunInfo`], in the order of its fields.
pub(super) const COLUMNS: &str = "id, journey, key, tenant, state, attempt, failures, worker, \
     begun_at, started_at, due_at, ended_at, kind, code, next_action, operation, request_id";

impl RunInfo {
    pub(super) fn of(row: &Row) -> Self {
        let count = |name: &str| u32::try_from(row.get::<_, i32>(name)).unwrap_or_default();
        Self {
            id: RunId(row.get("id")),
            journey: row.get("journey"),
            key: row.get("key"),
            tenant: row.get("tenant"),
            // The table has a constraint for it.
            state: State::of(row.get("state")).unwrap_or(State::Parked),
            attempt: count("attempt"),
            failures: count("failures"),
            worker: row.get("worker"),
            begun_at: row.get("begun_at"),
            started_at: row.get("started_at"),
            due_at: row.get("due_at"),
            ended_at: row.get("ended_at"),
            kind: row.get("kind"),
            code: row.get("code"),
            next_action: row.get("next_action"),
            operation: row.get("operation"),
            request_id: row.get("request_id"),
        }
    }
}
