//! `synctera sandbox faults`: rules by which requests to the sandbox fail.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::{Map, Value, json};

use super::setup::{control, group};
use crate::exit::Failure;

/// The members of a fault that are numbers.
const NUMBERS: [(&str, &str); 5] = [
    ("status", "The response has this status"),
    ("times", "How many requests; all unless given"),
    ("retry_after", "The seconds of the response's Retry-After"),
    ("truncate", "The response breaks off after this many bytes"),
    ("delay_ms", "The response is late by this many milliseconds of the sandbox's clock"),
];
/// Those that are texts.
const TEXTS: [(&str, &str); 4] = [
    ("operation", "Only requests of this operation, such as create_person"),
    ("method", "Only requests with this method"),
    ("path", "Only requests to this path; * at its end stands for anything"),
    ("code", "The platform's code in the response"),
];
/// Those that are flags.
const SWITCHES: [(&str, &str); 2] = [
    ("drop", "The connection is closed without a response"),
    ("after", "The sandbox does what the request asks for first"),
];

pub(super) fn command() -> Command {
    let long = |name: &'static str| name.replace('_', "-");
    let numbers = NUMBERS.map(|(name, help)| {
        Arg::new(name)
            .long(long(name))
            .value_name("NUMBER")
            .value_parser(value_parser!(i64))
            .help(help)
    });
    let texts =
        TEXTS.map(|(name, help)| Arg::new(name).long(long(name)).value_name("TEXT").help(help));
    let switches = SWITCHES
        .map(|(name, help)| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help));
    group("faults", "Makes requests fail").subcommands([
        Command::new("list").about("Lists the faults that are active"),
        Command::new("add")
            .about("Adds a fault")
            .args(numbers)
            .args(texts)
            .args(switches)
            .arg_required_else_help(true)
            .after_help("For example:\n  synctera sandbox faults add --status 503 --times 1"),
        Command::new("remove").about("Removes a fault").arg(
            Arg::new("number").value_name("NUMBER").required(true).value_parser(value_parser!(u64)),
        ),
        Command::new("clear").about("Removes all faults"),
    ])
}

pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let (control, printer) = control(matches)?;
    let response = match matches.subcommand() {
        Some(("add", matches)) => control.post("sandbox/faults", &fault(matches)).await?,
        Some(("remove", matches)) => {
            let number = matches.get_one::<u64>("number").copied().unwrap_or_default();
            control.delete(&format!("sandbox/faults/{number}")).await?
        }
        Some(("clear", _)) => control.delete("sandbox/faults").await?,
        _ => control.get("sandbox/faults").await?,
    };
    printer.print(&response, Some("faults"))
}

fn fault(matches: &ArgMatches) -> Value {
    let mut fault = Map::new();
    for (name, _) in NUMBERS {
        fault.extend(matches.get_one::<i64>(name).map(|it| (name.to_owned(), json!(it))));
    }
    for (name, _) in TEXTS {
        fault.extend(matches.get_one::<String>(name).map(|it| (name.to_owned(), json!(it))));
    }
    for (name, _) in SWITCHES {
        fault.extend(matches.get_flag(name).then(|| (name.to_owned(), json!(true))));
    }
    fault.into()
}
