//! `synctera sandbox`: the sandbox on this machine.

mod clock;
mod faults;
mod keys;
mod process;
mod setup;
mod snapshots;
mod started;
mod state;

use clap::{ArgMatches, Command};

use crate::exit::Failure;

/// The commands of the sandbox itself, in addition to the operations of the family of this name.
pub(super) fn commands() -> Vec<Command> {
    let mut commands = process::commands();
    commands.extend(state::commands());
    commands.extend([clock::command(), faults::command(), keys::command()]);
    commands.extend(snapshots::commands());
    commands
}

/// Runs a command; none if it is not one of the sandbox itself.
pub(super) async fn run(name: &str, matches: &ArgMatches) -> Option<Result<(), Failure>> {
    Some(match name {
        "start" => process::start(matches).await,
        "stop" => process::stop(matches).await,
        "clock" => clock::run(matches).await,
        "faults" => faults::run(matches).await,
        "keys" => keys::run(matches).await,
        "snapshot" | "snapshots" | "restore" => snapshots::run(name, matches).await,
        _ => return state::run(name, matches).await,
    })
}
