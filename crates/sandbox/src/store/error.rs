//! Failures of the storage.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// A failure of the storage itself: never the caller's fault.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("storage: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("storage: {0}")]
    Json(#[from] serde_json::Error),
    #[error("storage: {0}")]
    Broken(String),
    #[error("storage: another sandbox has the file open")]
    InUse,
    /// A file that cannot be used.
    #[error("cannot use {}: {reason}", .path.display())]
    File { path: PathBuf, reason: String },
    #[error("the data file was deleted or replaced while it was in use")]
    Gone,
    /// A sum that would leave the range of amounts.
    #[error("a sum would leave the range of amounts")]
    Range,
}

impl Error {
    /// Whether there is no room left: the disk is full, or the file may not grow.
    pub(crate) fn is_full(&self) -> bool {
        let Self::Sqlite(error) = self else {
            return false;
        };
        error.sqlite_error().is_some_and(|error| {
            error.code == ErrorCode::DiskFull
                || error.extended_code == rusqlite::ffi::SQLITE_IOERR_WRITE
        })
    }
}

pub(crate) type Result<T> = std::result::Result<T, Error>;
