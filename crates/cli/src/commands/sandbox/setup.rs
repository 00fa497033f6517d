//! What the commands of the sandbox have in common.

use clap::{ArgMatches, Command};

use crate::control::Control;
use crate::exit::Failure;
use crate::options;
use crate::output::Printer;

/// The sandbox of the profile, and how its responses are printed.
pub(super) fn control(matches: &ArgMatches) -> Result<(Control, Printer), Failure> {
    let settings = options::settings(matches)?;
    let printer = options::printer(matches, settings.output)?;
    Ok((Control::of(&settings)?, printer))
}

/// A command below which there are others.
pub(super) fn group(name: &'static str, about: &'static str) -> Command {
    Command::new(name)
        .about(about)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
}
