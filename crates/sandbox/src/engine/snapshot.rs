//! A snapshot, as the server has it.

use crate::model::ApiError;
use crate::store;

/// Everything that a sandbox holds, at a moment. Copies share it.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot(pub(crate) store::Snapshot);

impl Snapshot {
    /// The bytes of its file.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, ApiError> {
        Ok(self.0.bytes()?)
    }

    /// How many bytes it has.
    pub(crate) fn size(&self) -> Result<u64, ApiError> {
        Ok(self.0.size()?)
    }
}
