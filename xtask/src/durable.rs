//! `cargo xtask durable`: runs on many machines, with kills, crashes and a million queued runs.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// Only what has this in its name: signups, overhead, throughput, million, ledger
    #[arg(default_value = "")]
    which: String,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    // One at a time: they measure.
    let status = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--package", "synctera-durable", "--test", "durable"])
        .args(["--", "--ignored", "--nocapture", "--test-threads", "1", &options.which])
        .current_dir(workspace::root())
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
