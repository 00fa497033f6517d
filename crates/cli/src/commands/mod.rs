//! The commands, and what each does.

mod api;
mod journey;
mod keyring;
mod listen;
mod logs;
mod man;
mod mcp;
mod operation;
mod sandbox;
mod trigger;

use clap::{ArgMatches, Command};

use crate::exit::Failure;
use crate::{families, options, table};

/// The whole command line. A command that is not reached has its name and a sentence only.
pub(crate) fn root() -> Command {
    let families = families::names().map(|family| {
        Command::new(table::kebab(family)).about(families::about(family)).defer(of_family)
    });
    Command::new("synctera")
        .version(env!("CARGO_PKG_VERSION"))
        .about("The Synctera banking platform on the command line")
        .after_help(AFTER)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .args(options::args())
        .subcommand(api::command())
        .subcommand(journey::command())
        .subcommand(keyring::command())
        .subcommand(listen::command())
        .subcommand(logs::command())
        .subcommand(man::command())
        .subcommand(mcp::command())
        .subcommand(trigger::command())
        .subcommands(families)
}

/// What stands below the list of commands.
const AFTER: &str = "\
Each family has a command for each of its operations:
  synctera persons --help
  synctera persons create-person --example >person.json
  synctera persons create-person --body person.json
  synctera persons list-persons --status ACTIVE --all

Without a profile, calls go to a sandbox on this machine, with its own key.";

/// The commands of a family, by its name.
fn of_family(command: Command) -> Command {
    let family = command.get_name().to_owned();
    let is_of = |it: &table::Command| table::kebab(it.operation.family) == family;
    let operations = table::all()
        .filter(is_of)
        .map(|it| Command::new(it.name()).about(it.row.about).defer(operation::command));
    let own = if family == "sandbox" { sandbox::commands() } else { Vec::new() };
    command
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands(own)
        .subcommands(operations.collect::<Vec<_>>())
}

/// Runs a command.
pub(crate) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    match matches.subcommand() {
        Some(("api", matches)) => api::run(matches).await,
        Some(("journey", matches)) => journey::run(matches).await,
        Some(("keyring", matches)) => keyring::run(matches),
        Some(("listen", matches)) => listen::run(matches).await,
        Some(("man", matches)) => man::run(matches, root()),
        Some(("mcp", matches)) => mcp::run(matches).await,
        Some(("trigger", matches)) => trigger::run(matches).await,
        Some(("logs", matches)) => logs::run(matches).await,
        Some((family, of_family)) => match of_family.subcommand() {
            Some((name, matches)) => {
                if family == "sandbox"
                    && let Some(outcome) = sandbox::run(name, matches).await
                {
                    return outcome;
                }
                operation::run(name, matches).await
            }
            None => Err(Failure::usage("a command is missing; next: see --help")),
        },
        None => Err(Failure::usage("a command is missing; next: see --help")),
    }
}
