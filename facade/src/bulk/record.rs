//! The lines of a checkpoint: one JSON object each, ended by a line feed.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use synctera_api::Error;

/// The layout of the file; a file of another is refused, not guessed at.
const VERSION: u64 = 1;

/// A line of a checkpoint.
///
/// It tells keys, ids, statuses and moments; of the people behind them it tells nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record {
    /// The item of this key was begun; something of it may exist from then on.
    Begun {
        /// The item's key.
        key: String,
        /// When it was first begun.
        at: DateTime<Utc>,
    },
    /// The item of this key came to its end.
    Done {
        /// The item's key.
        key: String,
        /// Its steps: the operation, and the id of what it made or the status that it led to.
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
    },
}

impl Record {
    /// The key of the item that it is about.
    pub fn key(&self) -> &str {
        match self {
            Self::Begun { key, .. } | Self::Done { key, .. } | Self::Failed { key, .. } => key,
        }
    }

    pub(super) fn failed(key: &str, error: &Error) -> Self {
        Self::Failed {
            key: key.to_owned(),
            kind: format!("{:?}", error.kind()),
            code: error.code().map(|code| code.as_str().to_owned()),
        }
    }

    pub(super) fn line(&self) -> String {
        let object = match self {
            Self::Begun { key, at } => {
                json!({ "begun": key, "at": at.to_rfc3339_opts(SecondsFormat::Millis, true) })
            }
            Self::Done { key, steps } => json!({ "done": key, "steps": steps }),
            Self::Failed { key, kind, code } => {
                json!({ "failed": key, "kind": kind, "code": code })
            }
        };
        format!("{object}\n")
    }

    /// `None` for a line that is none.
    pub(super) fn read(line: &str) -> Option<Self> {
        let object: Value = serde_json::from_str(line).ok()?;
        let text = |name: &str| object.get(name)?.as_str().map(str::to_owned);
        if let Some(key) = text("begun") {
            return Some(Self::Begun { key, at: text("at")?.parse().ok()? });
        }
        if let Some(key) = text("done") {
            let pair = |step: &Value| match step.as_array()?.as_slice() {
                [Value::String(step), Value::String(made)] => Some((step.clone(), made.clone())),
                _ => None,
            };
            let steps = object.get("steps")?.as_array()?.iter().map(pair).collect::<Option<_>>()?;
            return Some(Self::Done { key, steps });
        }
        Some(Self::Failed { key: text("failed")?, kind: text("kind")?, code: text("code") })
    }
}

/// How the first line of every checkpoint begins.
pub(super) fn begins(line: &str) -> bool {
    line.starts_with(&format!(r#"{{"synctera_checkpoint":{VERSION},"#))
}

/// The first line of a journey's checkpoint.
pub(super) fn header(journey: &str) -> String {
    format!("{{\"synctera_checkpoint\":{VERSION},\"journey\":\"{journey}\"}}\n")
}
