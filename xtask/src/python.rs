//! Tools in Python, in virtual environments of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::workspace::{self, Error};

/// A virtual environment in a folder with what a file of requirements names, unless it is there; the
/// folder of its programs. `None` when it cannot be had.
pub(crate) fn environment(folder: &Path, requirements: &Path) -> Result<Option<PathBuf>, Error> {
    let wanted = workspace::read(requirements)?;
    let venv = folder.join("venv");
    let programs = venv.join("bin");
    let stamp = venv.join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|had| had == wanted) {
        return Ok(Some(programs));
    }
    let made = Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv).output();
    if !made.is_ok_and(|output| output.status.success()) {
        return Ok(None);
    }
    let pip = Command::new(programs.join("pip"))
        .args(["install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(requirements)
        .status()?;
    if !pip.success() {
        return Ok(None);
    }
    std::fs::write(&stamp, wanted)?;
    Ok(Some(programs))
}
