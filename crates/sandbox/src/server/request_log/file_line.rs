//! A line of the log's file: an entry without secrets.

use serde::{Deserialize, Serialize};

use super::logged::LoggedRequest;

/// The ending of the file's name, after that of the data file.
pub(super) const ENDING: &str = "-log";
/// The first line of a file.
pub(super) const HEADER: &str = "{\"synctera_sandbox_log\":1}\n";

/// A line of the file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Line {
    /// A request.
    Request(Box<LoggedRequest>),
    /// Requests that are not in the file, and the last number that was given by then.
    LeftOut { left_out: u64, through: u64 },
}
