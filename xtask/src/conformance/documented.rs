//! `xtask/conformance/documented.toml`: what the guides document and the documents do not, and which
//! checks are not run.

use toml::Value;

use crate::workspace::{self, Error};

/// The file, read.
pub(super) struct Documented {
    pub(super) statuses: Vec<Status>,
    /// Names of checks.
    pub(super) left_out: Vec<String>,
    /// Operations that say 501 to a part of what the document has, and what they say.
    pub(super) partly: Vec<(String, String)>,
}

/// A status that operations may answer.
pub(super) struct Status {
    pub(super) status: i64,
    pub(super) of: Of,
}

/// Which operations.
#[derive(Clone, Copy)]
pub(super) enum Of {
    All,
    Bearing,
    Named,
    Writing,
}

impl Documented {
    pub(super) fn read() -> Result<Self, Error> {
        let path = workspace::root().join("xtask/conformance/documented.toml");
        let file: toml::Table = workspace::read(&path)?.parse()?;
        let entries = |name: &str| -> Result<Vec<Value>, Error> {
            let entries = file.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
            if entries.iter().all(|entry| entry.get("reason").is_some_and(Value::is_str)) {
                return Ok(entries);
            }
            Err(format!("{}: a {name} has no reason", path.display()).into())
        };
        let malformed = |entry: &Value| format!("{}: not understood: {entry}", path.display());
        let mut statuses = Vec::new();
        for entry in entries("status")? {
            let status = entry.get("status").and_then(Value::as_integer);
            let of = match entry.get("of").and_then(Value::as_str) {
                Some("all") => Some(Of::All),
                Some("bearing") => Some(Of::Bearing),
                Some("named") => Some(Of::Named),
                Some("writing") => Some(Of::Writing),
                _ => None,
            };
            let (status, of) = status.zip(of).ok_or_else(|| malformed(&entry))?;
            statuses.push(Status { status, of });
        }
        let mut left_out = Vec::new();
        for entry in entries("check")? {
            let name =
                entry.get("name").and_then(Value::as_str).ok_or_else(|| malformed(&entry))?;
            left_out.push(name.to_owned());
        }
        let mut partly = Vec::new();
        for entry in entries("partly")? {
            let text = |name: &str| entry.get(name).and_then(Value::as_str).map(str::to_owned);
            partly.push(text("operation").zip(text("says")).ok_or_else(|| malformed(&entry))?);
        }
        Ok(Self { statuses, left_out, partly })
    }
}
