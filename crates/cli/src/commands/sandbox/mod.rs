//! `synctera sandbox`: the sandbox on this machine.

mod clock;
mod faults;
mod keys;
mod process;
mod snapshots;
mod state;

use clap::{ArgMatches, Command};

use crate::control::Control;
use crate::exit::Failure;
use crate::options;
use crate::output::Printer;

/// The commands of the sandbox itself, beside the operations of the family of this name.
pub(super) fn commands() -> Vec<Command> {
    let mut commands = process::commands();
    commands.extend(state::commands());
    commands.extend([clock::command(), faults::command(), keys::command()]);
    commands.extend(snapshots::commands());
    commands
}

/// Does what a command says; none if it is no command of the sandbox itself.
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

/// The sandbox of the profile, and how its answers are printed.
fn control(matches: &ArgMatches) -> Result<(Control, Printer), Failure> {
    let settings = options::settings(matches)?;
    let printer = options::printer(matches, settings.output)?;
    Ok((Control::of(&settings)?, printer))
}

/// A command below which there are others.
fn group(name: &'static str, about: &'static str) -> Command {
    Command::new(name)
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
}
