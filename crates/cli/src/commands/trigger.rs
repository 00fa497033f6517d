//! `synctera trigger`: an event of a type, as the platform's trigger raises it.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use serde_json::json;
use synctera::types::EventType;

use crate::call::send::{Call, Sent};
use crate::control::Control;
use crate::exit::Failure;
use crate::table;
use crate::{options, output};

/// The operation that raises an event.
const OPERATION: &str = "trigger-webhook-event";

pub(super) fn command() -> Command {
    Command::new("trigger")
        .about("Raises an event for the webhooks that want it")
        .long_about(
            "Raises an event for the webhooks that want it, in a sandbox. It is about the newest resource \
             that it could be about, or about the one that --id names; the resource stays as it is.",
        )
        .after_help(
            "For example:\n  \
             synctera trigger CARD.UPDATED\n  \
             synctera trigger PERSON.UPDATED --id 4f364343-d16f-4562-8f0f-ff77056ac36f",
        )
        .arg(
            Arg::new("id")
                .long("id")
                .value_name("ID")
                .help("The resource that it is about; in a sandbox that runs on your side"),
        )
        .arg(
            Arg::new("event")
                .value_name("EVENT")
                .required(true)
                .hide_possible_values(true)
                .value_parser(PossibleValuesParser::new(EventType::KNOWN.iter().copied()))
                .help("The type of the event, such as CARD.UPDATED"),
        )
}

pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let settings = options::settings(matches)?;
    let printer = options::printer(matches, settings.output)?;
    if settings.is_production() {
        return Err(Failure::usage(
            "no event is raised in production; next: choose a sandbox with --profile",
        ));
    }
    let event = matches.get_one::<String>("event").map(String::as_str).unwrap_or_default();
    if let Some(id) = matches.get_one::<String>("id") {
        // The platform's own operation takes no id.
        let body = json!({ "type": event, "resource_id": id });
        let raised = Control::of(&settings)?.post("sandbox/events", &body).await?;
        return printer.print(&raised, None);
    }
    let Some(command) = table::named(OPERATION) else {
        return Err(Failure::failed(
            "the operation that raises events is not known; next: use synctera webhooks",
        ));
    };
    let (operation, target) = (command.operation, command.operation.path.to_owned());
    let sent = Sent::Json(json!({ "event": event }));
    let client = settings.client()?;
    let response =
        Call { operation, version: "/v2", target, sent, key: None }.whole(&client).await?;
    match serde_json::from_slice(response.bytes()) {
        Ok(value) => printer.print(&value, None),
        Err(_) => {
            output::note(&format!("{event} is raised"));
            Ok(())
        }
    }
}
