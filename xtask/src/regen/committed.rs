//! The pinned files as they were last committed.
//!
//! Until a step is committed it is one step, however often `regen` runs: a decision after the first
//! run must not add a change that was never released.

use std::path::Path;
use std::process::Command;

use super::changelog;
use super::digest::digest;

/// Where a step of an interface began that is not committed yet; nothing when there is none, or when
/// the folder is in no repository of git.
pub(super) fn base(spec: &Path, interface: &str, name: &str, current: &str) -> Option<String> {
    let log = std::fs::read_to_string(spec.join("CHANGELOG.md")).ok()?;
    let committed = committed(spec, name)?;
    let is_open = committed != current
        && changelog::begins_at(&log, interface, &digest(committed.as_bytes()));
    is_open.then_some(committed)
}

fn committed(spec: &Path, name: &str) -> Option<String> {
    let mut git = Command::new("git");
    git.arg("-C").arg(spec).arg("show").arg(format!("HEAD:./{name}"));
    let output = git.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}
