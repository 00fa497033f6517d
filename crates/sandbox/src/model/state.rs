//! What the sandbox says of itself.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::Value;
use synctera_api::v2::types::ThreeDsDecision;

use crate::model::text;
use crate::store::{Effects, Job};

/// What a sandbox is and holds at a moment: [`Sandbox::state`](crate::Sandbox::state).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SandboxState {
    /// The version of this crate.
    pub version: &'static str,
    /// The moment, by the sandbox's clock.
    pub now: DateTime<Utc>,
    /// Whether the clock moves only when it is told to.
    pub is_clock_held: bool,
    /// Whether the data is kept in a file, and not in memory.
    pub is_in_a_file: bool,
    /// The workspaces, such as `1_1`, those of the first keys first.
    pub workspaces: Vec<String>,
    /// The number of resources by kind, over all workspaces.
    pub resources: BTreeMap<String, u64>,
    /// Jobs that failed. Each is a defect of the sandbox.
    pub failed_jobs: Vec<FailedJob>,
}

/// Something that was due by the clock and failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedJob {
    /// The kind of job, such as `statement.make`.
    pub job: String,
    /// The workspace.
    pub workspace: String,
    /// The id of the resource that the job is about.
    pub subject: String,
    /// When it was due.
    pub due_at: Option<DateTime<Utc>>,
    /// Why it failed.
    pub reason: String,
}

impl FailedJob {
    /// As it is stored.
    pub(crate) fn read(body: &Value) -> Self {
        let owned = |name: &str| text(body, name).to_owned();
        Self {
            job: owned("job"),
            workspace: owned("workspace"),
            subject: owned("subject"),
            due_at: text(body, "due_at").parse().ok(),
            reason: owned("why"),
        }
    }
}

/// Transactions that are named of a job.
const TRANSACTIONS_MAX: usize = 100;

/// Something that was done by the clock: [`Sandbox::done_jobs`](crate::Sandbox::done_jobs).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DoneJob {
    /// Its place: jobs are numbered in the order in which they were done, from the last start or reset on.
    pub number: u64,
    /// When it was due, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// The kind of job, such as `statement.make`.
    pub job: String,
    /// The workspace.
    pub workspace: String,
    /// The id of the resource that the job is about.
    pub subject: String,
    /// The transactions that it posted, a hundred at most.
    pub transaction_ids: Vec<String>,
    /// The number of events that it raised.
    pub events: u64,
    /// Why it failed, if it did, which is a defect of the sandbox.
    pub failure: Option<String>,
}

impl DoneJob {
    /// A job that was done, and what it added.
    pub(crate) fn new(
        job: Job,
        at: DateTime<Utc>,
        effects: &Effects,
        failure: Option<String>,
    ) -> Self {
        let mut transaction_ids: Vec<String> = Vec::new();
        for entry in &effects.entries {
            if transaction_ids.len() == TRANSACTIONS_MAX {
                break;
            }
            if !transaction_ids.contains(&entry.transaction_id) {
                transaction_ids.push(entry.transaction_id.clone());
            }
        }
        Self {
            number: 0,
            at,
            job: job.kind,
            workspace: job.tenant,
            subject: job.subject,
            transaction_ids,
            events: effects.events.len() as u64,
            failure,
        }
    }
}

/// Events on their way to webhooks: [`Sandbox::webhook_queue`](crate::Sandbox::webhook_queue).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebhookQueue {
    /// The number of events that have not arrived yet, those that wait for another attempt
    /// included.
    pub queued: u64,
    /// The number of those that are due by the sandbox's clock, without those that wait for an earlier
    /// event to arrive.
    pub due: u64,
    /// Those of which the next attempt comes first: a hundred at most.
    pub events: Vec<QueuedEvent>,
}

/// What is said of the signature of a delivery:
/// [`Sandbox::check_webhook_signature`](crate::Sandbox::check_webhook_signature).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignatureCheck {
    /// Whether a secret of the workspace made it.
    pub is_valid: bool,
    /// Why, and if it is not valid, what is probably wrong.
    pub reason: String,
}

/// An event on its way to a webhook: [`WebhookQueue::events`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueuedEvent {
    /// The workspace of the webhook.
    pub workspace: String,
    /// The webhook.
    pub webhook_id: String,
    /// The event.
    pub event_id: String,
    /// How often it was sent so far.
    pub attempts: u64,
    /// When it is sent next, unless an earlier event of its resource is still on its way.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed, such as `it was answered with 503`; none before the first one.
    pub last_error: Option<String>,
}

/// What an entry of the files of `--fixtures` created: [`Sandbox::fixtures`](crate::Sandbox::fixtures).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fixture {
    /// The name of the entry.
    pub name: String,
    /// Its journey, such as `onboard_customer`.
    pub journey: String,
    /// The id of what it created; none if the journey creates nothing.
    pub id: Option<String>,
}

impl Fixture {
    /// An entry that was run.
    pub fn new(name: impl Into<String>, journey: impl Into<String>, id: Option<String>) -> Self {
        Self { name: name.into(), journey: journey.into(), id }
    }

    /// As it is stored.
    pub(crate) fn read(body: &Value) -> Self {
        let id = body.get("id").and_then(Value::as_str).map(str::to_owned);
        Self::new(text(body, "name"), text(body, "journey"), id)
    }
}

/// An API key, without the key itself: [`Sandbox::api_keys`](crate::Sandbox::api_keys).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiKeyInfo {
    /// The name by which [`Sandbox::remove_api_key`](crate::Sandbox::remove_api_key) knows it: the
    /// beginning of its SHA-256 digest.
    pub id: String,
    /// The workspace that it opens.
    pub workspace: String,
    /// Whether the sandbox was started with it. Such a key cannot be removed.
    pub is_given_at_start: bool,
}

/// What came of a 3-D Secure authentication of a cardholder:
/// [`Sandbox::authenticate_cardholder`](crate::Sandbox::authenticate_cardholder).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CardholderAuthentication {
    /// Its id, by which the events call it.
    pub id: String,
    /// Whether the cardholder was asked for a one-time password.
    pub decision: ThreeDsDecision,
    /// Whether the cardholder was authenticated.
    pub is_successful: bool,
}

/// A new API key: [`Sandbox::create_api_key`](crate::Sandbox::create_api_key). This is the only time
/// that the key is shown; `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewApiKey {
    /// Its name; see [`ApiKeyInfo::id`].
    pub id: String,
    /// The workspace that it opens.
    pub workspace: String,
    /// The key.
    pub api_key: String,
}

impl fmt::Debug for NewApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewApiKey")
            .field("id", &self.id)
            .field("workspace", &self.workspace)
            .finish_non_exhaustive()
    }
}
