//! `cargo xtask deny`: the rules of deny.toml for what comes in with dependencies.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::tools::{self, Tool};
use crate::workspace::{self, Error};

const TOOL: Tool = Tool { name: "cargo-deny", version: "0.20.2", without_default_features: false };

#[derive(Args)]
pub(crate) struct Options {
    /// Look up advisories, too: their database is downloaded
    #[arg(long)]
    advisories: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let checked = Command::new(tools::find(&TOOL)?)
        .args(["--workspace", "--all-features", "--locked", "check", "bans", "licenses", "sources"])
        .args(options.advisories.then_some("advisories"))
        .current_dir(workspace::root())
        .status()?;
    Ok(if checked.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
