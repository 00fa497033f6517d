//! The lines of a checkpoint: one JSON object each, ended by a line feed.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use synctera_api::runtime::RetryClass;
use synctera_api::{Error, ErrorKind};

/// The layout of the file; a file of another layout is refused.
const VERSION: u64 = 1;

/// A line of a checkpoint.
///
/// It has keys, ids, statuses and times, and no other data about persons.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// The item of this key was started; some of its resources may exist from then on.
    Started {
        /// The item's key.
        key: String,
        /// When it was first started.
        at: DateTime<Utc>,
    },
    /// The item of this key is done.
    Done {
        /// The item's key.
        key: String,
        /// Its steps: the operation, and the id of the resource or the resulting status.
        steps: Vec<(String, String)>,
    },
    /// The item of this key failed.
    Failed {
        /// The item's key.
        key: String,
        /// The kind of the error, such as `Api`.
        kind: String,
        /// The platform's code, if there was one.
        code: Option<String>,
        /// Whether the platform refused the item, instead of being unavailable: it repeats that
        /// refusal for the same idempotency key for seven days.
        is_refusal: bool,
    },
}

impl Record {
    /// The key of the item.
    pub fn key(&self) -> &str {
        match self {
            Self::Started { key, .. } | Self::Done { key, .. } | Self::Failed { key, .. } => key,
        }
    }

    pub(super) fn failed(key: &str, error: &Error) -> Self {
        Self::Failed {
            key: key.to_owned(),
            kind: format!("{:?}", error.kind()),
            code: error.code().map(|code| code.as_str().to_owned()),
            is_refusal: is_refusal(error),
        }
    }

    pub(super) fn line(&self) -> String {
        // The names in the file are those of the first release, so that all releases can read it.
        let object = match self {
            Self::Started { key, at } => {
                json!({ "begun": key, "at": at.to_rfc3339_opts(SecondsFormat::Millis, true) })
            }
            Self::Done { key, steps } => json!({ "done": key, "steps": steps }),
            Self::Failed { key, kind, code, is_refusal } => {
                json!({ "failed": key, "kind": kind, "code": code, "refused": is_refusal })
            }
        };
        format!("{object}\n")
    }

    /// Reads a line; `None` when it is not a record.
    pub(super) fn read(line: &[u8]) -> Option<Self> {
        let object: Value = serde_json::from_slice(line).ok()?;
        let text = |name: &str| object.get(name)?.as_str().map(str::to_owned);
        if let Some(key) = text("begun") {
            return Some(Self::Started { key, at: text("at")?.parse().ok()? });
        }
        if let Some(key) = text("done") {
            let pair = |step: &Value| match step.as_array()?.as_slice() {
                [Value::String(step), Value::String(made)] => Some((step.clone(), made.clone())),
                _ => None,
            };
            let steps = object.get("steps")?.as_array()?.iter().map(pair).collect::<Option<_>>()?;
            return Some(Self::Done { key, steps });
        }
        Some(Self::Failed {
            key: text("failed")?,
            kind: text("kind")?,
            code: text("code"),
            // Older lines do not have it. A failure that was not a refusal must not change the key of
            // a retry, which could then act twice.
            is_refusal: object.get("refused").and_then(Value::as_bool).unwrap_or(false),
        })
    }
}

/// Whether the platform refused the request because of its contents, and repeats that response.
fn is_refusal(error: &Error) -> bool {
    let concerns_the_item =
        |status: u16| matches!(status, 400..=499) && !matches!(status, 401 | 403);
    error.kind() == ErrorKind::Api
        && error.retry_class() == RetryClass::Final
        && error.status().is_some_and(|status| concerns_the_item(status.as_u16()))
}

/// Whether a line is the first line of a checkpoint.
pub(super) fn is_header(line: &[u8]) -> bool {
    line.starts_with(format!(r#"{{"synctera_checkpoint":{VERSION},"#).as_bytes())
}

/// The first line of a journey's checkpoint.
pub(super) fn header(journey: &str) -> String {
    format!("{{\"synctera_checkpoint\":{VERSION},\"journey\":\"{journey}\"}}\n")
}
