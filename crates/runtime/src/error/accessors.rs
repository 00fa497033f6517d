//! What an error tells a program.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::StatusCode;

use super::error::Error;
use super::kind::ErrorKind;
use crate::problem::{ErrorCode, Problem};
use crate::progress::Progress;
use crate::retry_class::RetryClass;

impl Error {
    /// What sort of failure it was.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation or journey step that failed.
    pub fn operation(&self) -> &str {
        &self.0.what
    }

    /// The HTTP status, when there was an answer.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// What the platform said, or would have said: code, detail, fields.
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }

    /// The platform's title for it (older interface only).
    pub fn title(&self) -> Option<&str> {
        self.0.problem.title.as_deref()
    }

    /// The platform's explanation, for developers; its words may change, and may quote what was
    /// sent. The error's own text masks numbers in it.
    pub fn detail(&self) -> Option<&str> {
        self.0.problem.detail.as_deref()
    }

    /// Fields that are required and were not sent.
    pub fn missing(&self) -> &[String] {
        &self.0.problem.missing
    }

    /// Fields whose value was refused, by the platform or before it was sent, and why.
    pub fn invalid(&self) -> &BTreeMap<String, String> {
        &self.0.problem.invalid
    }

    /// Fields that cannot be changed.
    pub fn immutable(&self) -> &[String] {
        &self.0.problem.immutable
    }

    /// The platform's code, if it gave one.
    pub fn code(&self) -> Option<&ErrorCode> {
        self.0.problem.code.as_ref()
    }

    /// For a [`ErrorKind::Decode`], where in the answer the trouble is, such as
    /// `persons[3].status`.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The id to quote to the platform's support, when it gave one.
    pub fn request_id(&self) -> Option<&str> {
        self.0.trace.request_id.as_deref()
    }

    /// The key under which the call can be repeated without acting twice.
    pub fn idempotency_key(&self) -> Option<&str> {
        self.0.trace.idempotency_key.as_deref()
    }

    /// How far the journey got in which this failed: what exists already, and the key to go on
    /// with. `None` for a single call.
    pub fn progress(&self) -> Option<&Progress> {
        self.0.progress.as_ref()
    }

    /// How often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.0.trace.attempts
    }

    /// How long the platform asks to wait before the next attempt.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the platform may have acted, did nothing, or has given its final answer.
    pub fn retry_class(&self) -> RetryClass {
        self.0.retry_class
    }
}
