//! `synctera sandbox clock`: the time of the sandbox.

use clap::{Arg, ArgMatches, Command, value_parser};
use serde_json::{Map, json};

use super::setup::{control, group};
use crate::exit::Failure;

/// The units of time, and their help.
const UNITS: [(&str, &str); 5] = [
    ("seconds", "Seconds"),
    ("minutes", "Minutes"),
    ("hours", "Hours"),
    ("days", "Days"),
    ("banking-days", "Banking days, up to the morning of the last one"),
];

pub(super) fn command() -> Command {
    let units = UNITS.map(|(unit, help)| {
        Arg::new(unit).long(unit).value_name("NUMBER").value_parser(value_parser!(u32)).help(help)
    });
    group("clock", "Shows and moves the clock of the sandbox").subcommands([
        Command::new("show").about("Shows the moment, and whether the clock is held"),
        Command::new("advance")
            .about("Moves the clock on; what falls due on the way is done")
            .args(units)
            .arg_required_else_help(true),
        Command::new("set").about("Moves the clock to a moment").arg(
            Arg::new("moment")
                .value_name("MOMENT")
                .required(true)
                .help("Such as 2026-12-01T00:00:00Z"),
        ),
        Command::new("hold").about("Holds the clock until it is moved"),
        Command::new("run").about("Lets the clock run"),
    ])
}

pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let (control, printer) = control(matches)?;
    let body = match matches.subcommand() {
        Some(("advance", matches)) => {
            let given = UNITS.iter().filter_map(|(unit, _)| {
                let number = matches.get_one::<u32>(unit)?;
                Some((unit.replace('-', "_"), json!(number)))
            });
            json!({ "advance": given.collect::<Map<_, _>>() })
        }
        Some(("set", matches)) => json!({ "set": matches.get_one::<String>("moment") }),
        Some(("hold", _)) => json!({ "run": "held" }),
        Some(("run", _)) => json!({ "run": "real" }),
        _ => return printer.print(&control.get("sandbox/clock").await?, None),
    };
    printer.print(&control.post("sandbox/clock", &body).await?, None)
}
