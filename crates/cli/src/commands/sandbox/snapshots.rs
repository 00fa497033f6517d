//! `synctera sandbox snapshot` and `restore`: everything that the sandbox holds, at a moment.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use serde_json::{Map, json};

use super::setup::control;
use crate::control::segment;
use crate::download;
use crate::exit::Failure;

pub(super) fn commands() -> Vec<Command> {
    let name = Arg::new("name").value_name("NAME");
    vec![
        Command::new("snapshot")
            .about("Takes a snapshot of everything that it holds")
            .arg(name.clone().help("Its name [default: one is made]"))
            .arg(
                Arg::new("out")
                    .long("out")
                    .value_name("FILE")
                    .value_parser(value_parser!(PathBuf))
                    .help("Write it to a file, too, for synctera sandbox start --from"),
            ),
        Command::new("snapshots").about("Lists the snapshots that it has"),
        Command::new("restore")
            .about("Replaces everything by what a snapshot holds")
            .arg(name.required(true).help("The name of the snapshot")),
    ]
}

pub(super) async fn run(command: &str, matches: &ArgMatches) -> Result<(), Failure> {
    let (control, printer) = control(matches)?;
    if command == "snapshots" {
        return printer.print(&control.get("sandbox/snapshots").await?, Some("snapshots"));
    }
    let name = matches.get_one::<String>("name").map(String::as_str);
    if command == "restore" {
        let path = format!("sandbox/snapshots/{}/restore", segment(name.unwrap_or_default())?);
        return printer.print(&control.post(&path, &json!({})).await?, None);
    }
    // Before anything is done: `snapshots` and `restore` have no such flag.
    let out = matches.get_one::<PathBuf>("out");
    out.map_or(Ok(()), |out| download::check(out))?;
    let given = name.map(|name| ("name".to_owned(), json!(name)));
    let body: Map<_, _> = given.into_iter().collect();
    let taken = control.post("sandbox/snapshots", &body.into()).await?;
    if let Some(file) = out {
        let name = segment(taken["name"].as_str().unwrap_or_default())?;
        let response = control.file(&format!("sandbox/snapshots/{name}/file")).await?;
        download::write_response(response, file).await?;
    }
    printer.print(&taken, None)
}
