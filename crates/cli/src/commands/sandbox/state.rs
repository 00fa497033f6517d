//! The state of the sandbox: what it holds, its settings, and its reset.

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::{Map, Value, json};

use super::setup::control;
use crate::exit::Failure;
use crate::output::note;

pub(super) fn commands() -> Vec<Command> {
    vec![
        Command::new("status").about("Shows whether it runs, its clock and what it holds"),
        Command::new("reset").about("Goes back to the start: what it holds is gone"),
        Command::new("check").about("Recomputes every balance from the postings"),
        Command::new("deliver").about("Delivers every event that is due to its webhook"),
        Command::new("settings").about("Lists the settings, or changes some").arg(
            Arg::new("setting")
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .help("A setting to change, such as ach_hold_days=3"),
        ),
        Command::new("open").about("Opens the console in a browser").arg(
            Arg::new("print")
                .long("print")
                .action(ArgAction::SetTrue)
                .help("Print the address and open nothing"),
        ),
    ]
}

pub(super) async fn run(name: &str, matches: &ArgMatches) -> Option<Result<(), Failure>> {
    Some(match name {
        "status" => shown(matches, "sandbox", None).await,
        "check" => shown(matches, "sandbox/check", None).await,
        "reset" => done(matches, "sandbox/reset").await,
        "deliver" => done(matches, "sandbox/deliveries/settle").await,
        "settings" => settings(matches).await,
        "open" => open(matches).await,
        _ => return None,
    })
}

async fn shown(matches: &ArgMatches, path: &str, items: Option<&str>) -> Result<(), Failure> {
    let (control, printer) = control(matches)?;
    printer.print(&control.get(path).await?, items)
}

async fn done(matches: &ArgMatches, path: &str) -> Result<(), Failure> {
    let (control, printer) = control(matches)?;
    printer.print(&control.post(path, &json!({})).await?, None)
}

async fn settings(matches: &ArgMatches) -> Result<(), Failure> {
    let (control, printer) = control(matches)?;
    let mut changes = Map::new();
    for pair in matches.get_many::<String>("setting").into_iter().flatten() {
        let Some((name, value)) = pair.split_once('=') else {
            let shown = synctera_runtime::quoted(pair, 60);
            return Err(Failure::usage(format!("{shown} has no value; next: give NAME=VALUE")));
        };
        // A number or a flag is one; anything else is a text.
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        changes.insert(name.to_owned(), value);
    }
    let response = if changes.is_empty() {
        control.get("sandbox/settings").await?
    } else {
        control.patch("sandbox/settings", &changes.into()).await?
    };
    printer.print(&response, Some("settings"))
}

async fn open(matches: &ArgMatches) -> Result<(), Failure> {
    let (control, _) = control(matches)?;
    // A sandbox that does not run has no console.
    control.get("sandbox/health").await?;
    let url = control.url("console");
    crate::output::bytes(format!("{url}\n").as_bytes())?;
    if !matches.get_flag("print")
        && let Err(error) = open::that_detached(&url)
    {
        note(&format!("no browser can be started: {error}; next: open the address in one"));
    }
    Ok(())
}
