//! The completed steps of a journey.

use std::fmt;
use std::time::Duration;

use super::key::IdempotencyKey;

/// A completed step of a journey.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompletedStep {
    /// The journey, such as `onboard_customer`.
    pub journey: &'static str,
    /// The operation, such as `create_person`.
    pub operation: &'static str,
    /// The id of what it created or changed; for `verify`, the resulting status.
    pub resource: String,
    /// The idempotency key with which it was sent; `None` when the journey found that it was done
    /// already.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The platform's request id, if it sent one.
    pub request_id: Option<String>,
    /// How long it took.
    pub took: Duration,
}

impl CompletedStep {
    /// A step of a journey.
    pub fn new(
        journey: &'static str,
        operation: &'static str,
        resource: impl Into<String>,
    ) -> Self {
        Self {
            journey,
            operation,
            resource: resource.into(),
            idempotency_key: None,
            request_id: None,
            took: Duration::ZERO,
        }
    }
}

/// The progress of a journey before it failed.
///
/// Completed steps are not undone. The same journey, run again with the same key, gets the same
/// responses to the completed steps (for the seven days that the platform keeps them) and continues
/// with the step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// The journey, such as `onboard_customer`.
    pub journey: &'static str,
    /// The key from which the idempotency key of each step is derived.
    pub key: IdempotencyKey,
    /// Whether the key was generated, because the run was given none: the same run without this key
    /// has another one, and repeats the completed steps.
    pub key_is_generated: bool,
    /// The number of the attempt of the run, from 1; after a correction, use the next number.
    pub attempt: u32,
    /// The completed steps.
    pub done: Vec<CompletedStep>,
}

impl Progress {
    /// The most attempts of a run: each one sends a refused step once for every attempt before it.
    pub const ATTEMPTS_MAX: u32 = 32;

    /// A journey's progress.
    pub fn new(
        journey: &'static str,
        key: IdempotencyKey,
        attempt: u32,
        done: Vec<CompletedStep>,
    ) -> Self {
        Self { journey, key, key_is_generated: false, attempt, done }
    }

    /// The same progress, of a run whose key was generated.
    #[must_use]
    pub fn with_generated_key(mut self) -> Self {
        self.key_is_generated = true;
        self
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.done.is_empty() {
            return write!(f, "{} has completed no step", self.journey);
        }
        write!(f, "{} stopped after ", self.journey)?;
        for (index, step) in self.done.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { ", " })?;
            write!(f, "{} ({})", step.operation, step.resource)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_exists() {
        let key = || IdempotencyKey::new("signup-8841").unwrap();
        let step = |operation, id| CompletedStep::new("onboard_customer", operation, id);
        let done = vec![step("create_person", "7a1e"), step("create_disclosure", "0b22")];
        assert_eq!(
            Progress::new("onboard_customer", key(), 1, done).to_string(),
            "onboard_customer stopped after create_person (7a1e), create_disclosure (0b22)"
        );
        let none = Progress::new("transfer", key(), 1, vec![]);
        assert_eq!(none.to_string(), "transfer has completed no step");
    }
}
