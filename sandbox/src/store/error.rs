//! Failures of the storage.

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
}

pub(crate) type Result<T> = std::result::Result<T, Error>;
