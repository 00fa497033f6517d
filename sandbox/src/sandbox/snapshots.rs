//! Snapshots are taken, restored, and what other sandboxes start from.

use super::snapshot::Snapshot;
use super::{Sandbox, SandboxBuilder};
use crate::engine;
use crate::error::Error;

impl SandboxBuilder {
    /// Starts with what a snapshot holds, its clock and its settings included; a setting that is given
    /// to this builder counts more. A reset goes back to it. A [data file](SandboxBuilder::data) that
    /// holds something already is continued instead.
    #[must_use]
    pub fn snapshot(mut self, snapshot: &Snapshot) -> Self {
        self.snapshot = Some(snapshot.clone());
        self
    }
}

impl Sandbox {
    /// Takes a snapshot of everything as it is now.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        let snapshot = self.app.blocking(|engine| engine.snapshot()).await?;
        Ok(Snapshot(snapshot.0))
    }

    /// Replaces everything by what a snapshot holds: all of it, or nothing. Faults stay as they are.
    ///
    /// # Errors
    /// [`Error::Refused`] when the snapshot has settings that this version does not know;
    /// [`Error::Store`] when the storage fails.
    pub async fn restore(&self, snapshot: &Snapshot) -> Result<(), Error> {
        Ok(self.app.restore(engine::Snapshot(snapshot.0.clone())).await?)
    }

    /// Starts another sandbox with everything that this one holds, which goes on by itself: on a free
    /// port of the loopback interface, in memory, with the same API keys. For a test that needs a
    /// prepared bank of its own.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails; [`Error::Listen`] when there is no free port.
    pub async fn fork(&self) -> Result<Self, Error> {
        let snapshot = self.snapshot().await?;
        let keys = self.app.engine.given_keys();
        let mut fork = Self::builder().snapshot(&snapshot).checks_answers(self.checks_answers);
        for key in keys {
            fork = fork.api_key(key.key, key.tenant);
        }
        fork.start().await
    }
}
