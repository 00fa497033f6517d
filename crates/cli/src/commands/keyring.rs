//! `synctera keyring`: the key of a profile in the keyring of the system.

use std::io::{self, IsTerminal as _};

use clap::{ArgMatches, Command};
use synctera::Sensitive;

use crate::exit::Failure;
use crate::settings::keyring;
use crate::{files, options, output, text};

/// A key has at most as many bytes.
const BYTES_MAX: u64 = 64 * files::KIB;

pub(super) fn command() -> Command {
    Command::new("keyring")
        .about("Keeps the API key of a profile in the keyring of the system")
        .long_about(
            "Keeps the API key of a profile in the keyring of the system. A profile with api_key_keyring = true \
             takes its key from there. It is there in programs that are built with the feature keyring.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands([
            Command::new("set")
                .about("Stores the key that the standard input has")
                .after_help(
                    "For example:\n  synctera keyring set --profile production <key.txt\n  \
                     op read op://Bank/Synctera/key | synctera keyring set --profile production",
                ),
            Command::new("remove").about("Removes the key"),
        ])
}

pub(super) fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let Some((name, matches)) = matches.subcommand() else {
        return Err(Failure::usage("a command is missing; next: see --help"));
    };
    let profile = options::settings(matches)?.profile;
    let shown = text::name(&profile);
    if name == "remove" {
        keyring::remove(&profile)?;
        output::note(&format!("the key of profile {shown} is removed"));
        return Ok(());
    }
    if io::stdin().is_terminal() {
        return Err(Failure::usage(
            "a terminal would show the key; next: give it from a file, or from another program",
        ));
    }
    let key = files::text(io::stdin().lock(), BYTES_MAX).map_err(|error| {
        Failure::input(format!("the key cannot be read: {error}; next: correct the input"))
    })?;
    let key = Sensitive::new(key.trim().to_owned());
    if key.expose().is_empty() {
        return Err(Failure::input("the standard input has no key; next: correct the input"));
    }
    keyring::set(&profile, &key)?;
    output::note(&format!(
        "the key of profile {shown} is stored; it is used where the profile has api_key_keyring = true"
    ));
    Ok(())
}
