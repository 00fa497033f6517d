//! Snapshots: everything that a sandbox holds at a moment, to go back to or to start others from.

use std::path::Path;

use super::{Sandbox, SandboxBuilder};
use crate::error::Error;
use crate::store;

/// Everything that a sandbox holds at a moment, in all workspaces: resources, the ledger, keys that were
/// made, events on their way, the clock and the settings; not faults, and not the keys that the sandbox
/// was started with. What is restored goes on as the original did: the next ids are the same.
///
/// It holds personal data and secrets, card numbers among them.
///
/// ```
/// use chrono::Duration;
/// use synctera_sandbox::Sandbox;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let sandbox = Sandbox::builder().clock_held_at("2026-11-24T14:00:00Z".parse()?).start().await?;
/// let before = sandbox.snapshot().await?;
/// sandbox.advance(Duration::days(30))?;
/// sandbox.restore(&before).await?;
/// assert_eq!(sandbox.now(), "2026-11-24T14:00:00Z".parse::<chrono::DateTime<chrono::Utc>>()?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Snapshot(pub(super) store::Snapshot);

impl Snapshot {
    /// Reads a snapshot from a file that [`Snapshot::save`] wrote, or from the data file of a sandbox
    /// that does not run. The file stays as it is.
    ///
    /// # Errors
    /// [`Error::DataFile`] when it is none; [`Error::InUse`] when a sandbox uses it.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, Error> {
        let path = file.as_ref();
        match store::Snapshot::open(path) {
            Err(store::Error::InUse) => Err(Error::InUse(path.to_owned())),
            opened => Ok(Self(opened?)),
        }
    }

    /// Writes it to a new file, which only its owner can read.
    ///
    /// # Errors
    /// [`Error::DataFile`] when there is a file already, or it cannot be written.
    pub fn save(&self, file: impl AsRef<Path>) -> Result<(), Error> {
        Ok(self.0.save(file.as_ref())?)
    }

    /// Its size, in bytes.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub fn size(&self) -> Result<u64, Error> {
        Ok(self.0.size()?)
    }
}

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
        Ok(Snapshot(snapshot))
    }

    /// Replaces everything by what a snapshot holds: all of it, or nothing. Faults stay as they are.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails, or the snapshot is of a newer version.
    pub async fn restore(&self, snapshot: &Snapshot) -> Result<(), Error> {
        Ok(self.app.restore(snapshot.0.clone()).await?)
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
