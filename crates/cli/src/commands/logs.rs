//! `synctera logs tail`: the requests that the sandbox was sent.

use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::Value;

use crate::control::Control;
use crate::exit::Failure;
use crate::options;

/// How often the log is read while it is followed.
const PAUSE: Duration = Duration::from_millis(500);
/// The columns of the table, unless others are chosen.
const COLUMNS: [&str; 7] = ["number", "at", "method", "path", "status", "code", "operation"];
/// The filters of the log.
const FILTERS: [(&str, &str); 6] = [
    ("status", "Only this status, such as 404 or 4xx"),
    ("operation", "Only this operation, such as create_person"),
    ("method", "Only this method"),
    ("code", "Only this code of an error"),
    ("resource", "Only requests with this id"),
    ("workspace", "Only this workspace, such as 1_1"),
];

pub(super) fn command() -> Command {
    let filters =
        FILTERS.map(|(name, help)| Arg::new(name).long(name).value_name("TEXT").help(help));
    Command::new("logs")
        .about("Shows the requests that the sandbox was sent")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand(
            Command::new("tail")
                .about("Shows the newest requests, the newest last")
                .args(filters)
                .arg(
                    Arg::new("limit")
                        .long("limit")
                        .short('n')
                        .value_name("NUMBER")
                        .value_parser(value_parser!(u16).range(1..=500))
                        .default_value("20")
                        .help("How many"),
                )
                .arg(
                    Arg::new("follow")
                        .long("follow")
                        .short('f')
                        .action(ArgAction::SetTrue)
                        .help("Go on until Ctrl-C"),
                ),
        )
        .subcommand(Command::new("show").about("Shows a request with its bodies").arg(
            Arg::new("number").value_name("NUMBER").required(true).value_parser(value_parser!(u64)),
        ))
        .subcommand(Command::new("clear").about("Forgets them"))
}

pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let settings = options::settings(matches)?;
    // The log hides what is not to be shown; its own numbers are shown.
    let printer = options::printer(matches, settings.output)?.revealed().with_columns(&COLUMNS);
    let control = Control::of(&settings)?;
    match matches.subcommand() {
        Some(("show", matches)) => {
            let number = matches.get_one::<u64>("number").copied().unwrap_or_default();
            printer.print(&control.get(&format!("sandbox/log/{number}")).await?, None)
        }
        Some(("clear", _)) => printer.print(&control.delete("sandbox/log").await?, None),
        Some((_, matches)) => {
            let mut after = None;
            loop {
                let entries = read(&control, matches, after).await?;
                let last = entries.last().and_then(|entry| entry["number"].as_u64());
                let is_first = after.is_none();
                after = last.or(after).or(Some(0));
                if is_first || !entries.is_empty() {
                    printer.print(&entries.into(), None)?;
                }
                if !matches.get_flag("follow") {
                    return Ok(());
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        None => Err(Failure::usage("a command is missing; next: see --help")),
    }
}

/// The requests after one, in the order in which they came.
async fn read(
    control: &Control,
    matches: &ArgMatches,
    after: Option<u64>,
) -> Result<Vec<Value>, Failure> {
    let limit = matches.get_one::<u16>("limit").copied().unwrap_or(20);
    let mut query = vec![("limit", after.map_or(limit, |_| 500).to_string())];
    query.extend(after.map(|after| ("after", after.to_string())));
    for (name, _) in FILTERS {
        query.extend(matches.get_one::<String>(name).map(|text| (name, text.clone())));
    }
    let mut pairs = synctera_runtime::Pairs::new();
    for (name, value) in &query {
        pairs.one(name, value);
    }
    let mut response = control.get(&pairs.append_to("sandbox/log".to_owned())).await?;
    let Value::Array(mut entries) = response["entries"].take() else { return Ok(Vec::new()) };
    entries.reverse();
    Ok(entries)
}
