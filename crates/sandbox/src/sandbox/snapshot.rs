//! A snapshot, as a value and as a file.

use std::path::Path;

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
