//! `synctera sandbox keys`: the API keys of the sandbox, and its workspaces.

use clap::{Arg, ArgMatches, Command};
use serde_json::{Map, json};

use super::setup::{control, group};
use crate::call::writing::after;
use crate::control::segment;
use crate::exit::Failure;

pub(super) fn command() -> Command {
    group("keys", "Lists, makes and removes API keys, each for a workspace").subcommands([
        Command::new("list").about("Lists the keys, without the keys themselves"),
        Command::new("create").about("Makes a key, which is shown this once").arg(
            Arg::new("workspace")
                .long("workspace")
                .value_name("NAME")
                .help("For this workspace, such as 2_1 [default: one that was not used yet]"),
        ),
        Command::new("remove")
            .about("Stops accepting a key")
            .arg(Arg::new("id").value_name("ID").required(true).help("The id of the key")),
    ])
}

pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let (control, printer) = control(matches)?;
    let response = match matches.subcommand() {
        Some(("create", matches)) => {
            let workspace = matches.get_one::<String>("workspace");
            let given = workspace.map(|name| ("workspace".to_owned(), json!(name)));
            let body: Map<_, _> = given.into_iter().collect();
            let made = control.post("sandbox/keys", &body.into()).await?;
            // The key is what was asked for, in a table, too.
            return printer.revealed().print(&made, None).map_err(after(
                "the key was made, and cannot be shown again",
                "remove it, see synctera sandbox keys list, and make another one",
            ));
        }
        Some(("remove", matches)) => {
            let id = matches.get_one::<String>("id").map(String::as_str).unwrap_or_default();
            control.delete(&format!("sandbox/keys/{}", segment(id)?)).await?
        }
        _ => control.get("sandbox/keys").await?,
    };
    printer.print(&response, Some("keys"))
}
