//! `cargo xtask crash`: the sandbox, killed under load again and again.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// How often it is killed
    #[arg(long, default_value_t = 50)]
    kills: u32,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let status = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--package", "synctera-sandbox", "--test", "program"])
        .args(["crash", "--", "--nocapture"])
        .env("SYNCTERA_CRASH_KILLS", options.kills.to_string())
        .current_dir(workspace::root())
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
