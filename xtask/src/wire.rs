//! `cargo xtask wire`: every operation, called on a server that is not ours.

use std::process::{Command, ExitCode};

use clap::Args;

use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// Where the server has the interface, such as a mock of the published document
    #[arg(long, value_name = "URL")]
    against: String,
    /// Send what must be sent and no more
    #[arg(long)]
    minimal: bool,
    /// Only operations whose name holds this
    #[arg(long, default_value = "")]
    only: String,
}

/// Asked of another program, since this one must build while the generated client does not.
pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(["run", "--quiet", "--package", "synctera-tests", "--bin", "wire", "--"])
        .args(["--against", &options.against, "--only", &options.only])
        .current_dir(workspace::root());
    if options.minimal {
        command.arg("--minimal");
    }
    let passed = command.status()?.success();
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
