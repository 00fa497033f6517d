//! The command line.

mod fixtures;
mod healthcheck;
mod listings;
mod options;
mod output;
mod parity;
mod parity_options;
mod ready_file;
mod secrets;
mod serve;

use std::process::ExitCode;

pub(crate) use options::{Cli, Command};
pub(crate) use output::Failure;
use output::{print, say, warn};

/// Does what the options ask for.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode, Failure> {
    match cli.command {
        Some(Command::Healthcheck(at)) => healthcheck::run(&at).await?,
        Some(Command::Parity(options)) => return parity::run(options).await,
        None => match listings::wanted(&cli)? {
            Some(listing) => print(&listing)?,
            None => serve::run(cli).await?,
        },
    }
    Ok(ExitCode::SUCCESS)
}
