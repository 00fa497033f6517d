//! How commands are run and figures put together.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::workspace::{self, Error};

/// Where the benchmarks keep what they make.
pub(super) fn folder() -> Result<PathBuf, Error> {
    let folder = workspace::root().join("target/bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

pub(super) fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()).into())
}

/// Runs a command to its end, which must be a good one, and says how long it took.
pub(super) fn timed(command: &mut Command) -> Result<Duration, Error> {
    let start = Instant::now();
    let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).output();
    let output = output.map_err(|e| format!("{}: {e}", command.get_program().display()))?;
    let took = start.elapsed();
    if output.status.success() {
        return Ok(took);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {}\n{said}", command.get_program().display(), output.status).into())
}

pub(super) fn median<T: Ord + Copy>(values: &mut [T]) -> Option<T> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}
