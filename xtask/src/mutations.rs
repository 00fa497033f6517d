//! `cargo xtask mutations`: everything that can be sent to the sandbox, with something wrong.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// Changed bodies that are sent, about
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    requests: u32,
    /// Run it in a release build, without the assertions and checks of a debug build
    #[arg(long)]
    release: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let mut test = Command::new(env!("CARGO"));
    test.args(["test", "--quiet", "--package", "synctera-sandbox", "--test", "mutations"]);
    if options.release {
        test.arg("--release");
    }
    let status = test
        .args(["--", "--nocapture"])
        .env("SYNCTERA_MUTATIONS", options.requests.to_string())
        .current_dir(workspace::root())
        .status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
