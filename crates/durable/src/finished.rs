//! A run with its outcome.

use std::fmt;

use synctera::CompletedStep;

use crate::Task;

/// A run that has come to its outcome, for the program to store.
#[non_exhaustive]
pub struct Finished<T: Task> {
    /// The key of the run.
    pub key: String,
    /// For whom it ran.
    pub tenant: Option<String>,
    /// The attempt of the journey, from 1.
    pub attempt: u32,
    /// The outcome.
    pub outcome: T::Outcome,
    /// The steps of the journey; none of a wait.
    pub steps: Vec<CompletedStep>,
}

impl<T: Task> fmt::Debug for Finished<T> {
    /// Without the outcome, which may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finished")
            .field("journey", &T::NAME)
            .field("key", &self.key)
            .field("tenant", &self.tenant)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}
