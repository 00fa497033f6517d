//! `synctera mcp`: a server of the Model Context Protocol over the standard input and output, so that assistants
//! find and call operations, run journeys and move the clock of the sandbox.
//!
//! In production it reads only, but for the operations and journeys that were allowed by name. Responses are
//! masked as everything that is printed for people.

mod call;
mod clock;
mod describe;
mod journey;
mod lines;
mod place;
mod search;
mod server;
mod tools;

use clap::{Arg, ArgAction, ArgMatches, Command};
use rmcp::ServiceExt as _;
use synctera_journey_files::journey_forms;

use self::lines::Lines;
use self::place::Place;
use self::server::Server;
use crate::exit::{Exit, Failure};
use crate::{options, output, table, text};

pub(super) fn command() -> Command {
    Command::new("mcp")
        .about("Serves the platform to an assistant, by the Model Context Protocol")
        .long_about(
            "Serves the platform to an assistant, by the Model Context Protocol over the standard input and \
             output: it finds and describes operations, calls them, runs journeys and moves the clock of the \
             sandbox.\n\
             In production it only reads, unless an operation or a journey is allowed by its name. Values \
             such as account numbers are masked in all responses.",
        )
        .after_help(
            "In the settings of an assistant:\n  \
             {\"mcpServers\": {\"synctera\": {\"command\": \"synctera\", \"args\": [\"mcp\"]}}}",
        )
        .arg(
            Arg::new("allow")
                .long("allow")
                .value_name("NAME")
                .action(ArgAction::Append)
                .value_delimiter(',')
                .help("An operation or a journey that may be called in production, such as create_person"),
        )
}

pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let allowed: Vec<String> = matches.get_many("allow").into_iter().flatten().cloned().collect();
    let is_known = |name: &str| {
        table::named(name).is_some() || journey_forms().iter().any(|it| it.name == name)
    };
    if let Some(name) = allowed.iter().find(|name| !is_known(name)) {
        let name = text::name(name);
        return Err(Failure::usage(format!(
            "--allow {name}: there is no such operation or journey; next: give the name of one, such as \
             create_person"
        )));
    }
    let allowed = allowed.iter().map(|name| name.replace('-', "_")).collect();
    let settings = options::settings(matches)?;
    let shown = text::url(&settings.base_url);
    let server = Server { place: Place::new(settings, allowed)? };
    output::note(&format!("serving {shown} to the program that started this one"));
    let streams = (Lines::new(tokio::io::stdin()), tokio::io::stdout());
    let failed = |why: &dyn std::fmt::Display| {
        let why = synctera_runtime::quoted(&why.to_string(), 300).to_string();
        Failure::new(
            Exit::Failed,
            format!(
                "the assistant's program cannot be served: {why}; next: start it from the settings of one"
            ),
        )
    };
    let service = server.serve(streams).await.map_err(|error| failed(&error))?;
    service.waiting().await.map_err(|error| failed(&error))?;
    Ok(())
}
