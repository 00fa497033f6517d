//! Where things are in this repository.

use std::path::{Path, PathBuf};

/// What a command may fail with; printed after `error: `.
pub(crate) type Error = Box<dyn std::error::Error>;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// The folder of the pinned interface.
pub(crate) fn spec() -> PathBuf {
    root().join("spec")
}

/// Reads a file, naming it when that fails.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()).into())
}
