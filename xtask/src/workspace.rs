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

/// Makes the paths of a table of workspace dependencies absolute: they are given from the root, and a
/// manifest made from ours lies elsewhere.
pub(crate) fn with_absolute_paths(workspace: &mut toml::Table) {
    let dependencies = workspace.get_mut("dependencies").and_then(toml::Value::as_table_mut);
    for (_, dependency) in dependencies.into_iter().flatten() {
        if let Some(path) = dependency.get_mut("path") {
            let absolute = root().join(path.as_str().unwrap_or_default());
            *path = absolute.display().to_string().into();
        }
    }
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        // As cargo takes it.
        Some(folder) => std::path::absolute(&folder).unwrap_or_else(|_| PathBuf::from(folder)),
        None => root().join("target"),
    }
}

/// Reads a file, naming it when that fails.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()).into())
}
