//! The options that every command has.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, ColorChoice, value_parser};

use crate::exit::Failure;
use crate::output::{Format, Printer, Query};
use crate::settings::{Chosen, Settings};

/// The heading of these options in help texts.
const HEADING: &str = "Options of every command";

/// The options.
pub(crate) fn args() -> Vec<Arg> {
    let arg = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .global(true)
            .value_name(value)
            .help(help)
            .help_heading(HEADING)
            .display_order(1000)
    };
    vec![
        arg("profile", "NAME", "The profile: of the file of profiles, or sandbox-local, sandbox, production [env: SYNCTERA_PROFILE]"),
        arg("config", "FILE", "Another file of profiles [env: SYNCTERA_CONFIG]").value_parser(value_parser!(PathBuf)),
        arg("output", "FORMAT", "How responses are printed: table on a terminal, json otherwise")
            .short('o')
            .value_parser(value_parser!(Format)),
        arg("query", "FILTER", "Print what a jq filter makes of the response, such as '.id'").short('q'),
        arg("raw", "RAW", "Print texts that --query finds without quotes")
            .short('r')
            .value_name(None::<&str>)
            .action(ArgAction::SetTrue),
        arg("columns", "NAMES", "The columns of a table or of CSV, with commas between them, such as id,legal_address.city")
            .value_delimiter(',')
            .action(ArgAction::Append),
        arg("color", "WHEN", "Color: auto, always or never [default: auto]").value_parser(value_parser!(ColorChoice)),
        arg("debug", "DEBUG", "Print a line for each attempt of a call on the standard error, without keys, ids and bodies")
            .value_name(None::<&str>)
            .action(ArgAction::SetTrue),
    ]
}

/// The confirmation of a call in production.
pub(crate) fn yes() -> Arg {
    Arg::new("yes")
        .long("yes")
        .short('y')
        .action(ArgAction::SetTrue)
        .help("Do not ask for a confirmation in production")
}

/// The idempotency key of a write.
pub(crate) fn idempotency_key() -> Arg {
    Arg::new("idempotency-key").long("idempotency-key").value_name("KEY").help(
        "The key under which the write is done once, also if it is sent again [default: a new one]",
    )
}

/// The settings that the options and the environment name.
pub(crate) fn settings(matches: &ArgMatches) -> Result<Settings, Failure> {
    Settings::load(&Chosen {
        file: matches.get_one::<PathBuf>("config").cloned(),
        profile: matches.get_one::<String>("profile").cloned(),
        is_debug: matches.get_flag("debug"),
    })
}

/// How responses are printed: as the options say, or the profile.
pub(crate) fn printer(
    matches: &ArgMatches,
    of_profile: Option<Format>,
) -> Result<Printer, Failure> {
    let named = matches.get_one::<Format>("output").copied();
    let query = matches.get_one::<String>("query").map(|code| Query::new(code)).transpose()?;
    let columns = matches.get_many::<String>("columns");
    let columns = columns.into_iter().flatten().cloned().collect();
    let is_colored = match matches.get_one::<ColorChoice>("color") {
        Some(ColorChoice::Always) => true,
        Some(ColorChoice::Never) => false,
        Some(ColorChoice::Auto) | None => {
            let choice = anstream::AutoStream::choice(&io::stdout());
            io::stdout().is_terminal() && choice != anstream::ColorChoice::Never
        }
    };
    Ok(Printer::new(named.or(of_profile), query, matches.get_flag("raw"), columns, is_colored))
}
