//! The texts of the request log.

/// Columns of the list; the time that it took is the last one.
pub(crate) const HEADINGS: &[&str] = &["Number", "Time", "Call", "Status", "Code", "Decided by"];
pub(crate) const TOOK: &str = "Took";

pub(crate) const METHOD: &str = "Method";
pub(crate) const RESOURCE: &str = "Id of a resource";
pub(crate) const NO_ANSWER: &str = "no response";

// Who decided.
pub(crate) const DECIDED_BY: &str = "Decided by";
pub(crate) const BY_FAULT: &str = "a fault";
pub(crate) const BY_STORED_ANSWER: &str = "a stored response";
pub(crate) const BY_RULE: &str = "a rule";
pub(crate) const BY_OPERATION: &str = "the operation";

// The page of one request.
pub(crate) const REQUEST: &str = "Request";
pub(crate) const API_KEY: &str = "API key";
pub(crate) const OF_WORKSPACE: &str = "Of this workspace";
pub(crate) const OF_NO_WORKSPACE: &str = "None, or a wrong one";
pub(crate) const NO_OPERATION: &str = "no operation";
pub(crate) const IDEMPOTENCY_KEY: &str = "Idempotency key";
pub(crate) const REQUEST_ID: &str = "Request id";
pub(crate) const WHY: &str = "Why";
pub(crate) const REQUEST_BODY: &str = "Request body";
pub(crate) const ANSWER_BODY: &str = "Response body";
pub(crate) const BODY_CUT: &str = "It is longer than the log shows.";
pub(crate) const BODY_DROPPED: &str = "It was removed to make room for later requests.";
pub(crate) const BODY_HIDDEN: &str = "The log does not show it.";
pub(crate) const TRANSACTION: &str = "Transaction";
pub(crate) const REPLAY: &str = "Send it again, without its idempotency key";
pub(crate) const REPLAYED: &str = "The request was sent again. It is the first of the list.";
pub(crate) const NOT_KEPT: &str = "the request cannot be sent again: it has a file, is very long, or was sent before the sandbox was started";
/// In the audit log.
pub(crate) const REPLAY_ACTION: &str = "Send a request again";
