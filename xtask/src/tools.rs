//! Programs from a registry that a command needs: taken from the search path, or installed below the
//! target folder.

use std::path::PathBuf;
use std::process::Command;

use crate::workspace::{self, Error};

/// A program, by its name, and the version that is installed where none is found.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// What it does not need here.
    pub(crate) without_default_features: bool,
}

/// Finds a program, or builds it: without optimization, which would take longer than what it does.
pub(crate) fn find(tool: &Tool) -> Result<PathBuf, Error> {
    let root = workspace::target().join("tools");
    let installed =
        root.join("bin").join(tool.name).with_extension(std::env::consts::EXE_EXTENSION);
    if installed.is_file() {
        return Ok(installed);
    }
    if let Some(program) = on_path(tool.name) {
        return Ok(program);
    }
    println!("installing {} {}", tool.name, tool.version);
    let made = Command::new(env!("CARGO"))
        .args(["install", "--quiet", "--locked", "--debug", tool.name, "--version", tool.version])
        .args(tool.without_default_features.then_some("--no-default-features"))
        .arg("--root")
        .arg(&root)
        // What it is built from goes away with the temporary folder that cargo takes then.
        .env_remove("CARGO_TARGET_DIR")
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .status()?;
    if made.success() {
        Ok(installed)
    } else {
        Err(format!("{} {} cannot be installed", tool.name, tool.version).into())
    }
}

/// A program of the search path, if it is there.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let asked = Command::new(name).arg("--version").output();
    asked.is_ok_and(|output| output.status.success()).then(|| PathBuf::from(name))
}
