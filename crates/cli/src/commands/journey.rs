//! `synctera journey`: journeys from YAML files, checked together and run in order.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use serde_json::{Map, Value, json};
use synctera_journey_files::{CompletedEntry, JourneyFiles, journey_forms};

use crate::call::guard;
use crate::call::send::starts_writing;
use crate::exit::{Exit, Failure};
use crate::options;
use crate::output::{Format, note};

/// A file is as long as this at most.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

pub(super) fn command() -> Command {
    let files = Arg::new("file")
        .value_name("FILE")
        .required(true)
        .num_args(1..)
        .value_parser(value_parser!(PathBuf))
        .help("Files of journeys, in their order, or one folder of them");
    let yes = Arg::new("yes")
        .long("yes")
        .short('y')
        .action(ArgAction::SetTrue)
        .help("Do it without asking, in production too");
    Command::new("journey")
        .about("Runs journeys from YAML files: people, accounts, cards and money")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands([
            Command::new("run")
                .about("Runs the journeys of files, in order")
                .long_about(
                    "Runs the journeys of files, in order. All files are checked first, and nothing is \
                     sent when something is wrong. The name of an entry is its idempotency key: running \
                     the same files again does nothing twice, and goes on where it stopped.",
                )
                .after_help(EXAMPLE)
                .args([files.clone(), yes]),
            Command::new("check").about("Checks files and sends nothing").arg(files),
            Command::new("schema")
                .about("Prints the JSON Schema of a file, for editors")
                .after_help(SCHEMA),
        ])
}

const EXAMPLE: &str = "\
A file such as:
  ada:
    onboard_customer:
      first_name: Ada
      last_name: Byron
      dob: 1985-12-10
      email: ada@example.com
      phone_number: \"+14155550123\"
      ssn: 456-78-9012
      legal_address:
        address_line_1: 1 Market St
        city: San Francisco
        state: CA
        postal_code: \"94105\"
        country_code: US
      customer_consent: true
  ada-checking:
    open_account:
      template: {account_type: CHECKING}
      primary_account_holder: {person_id: $ada}";

const SCHEMA: &str = "\
For an editor with the YAML language server:
  synctera journey schema >journeys.schema.json
and as the first line of a file:
  # yaml-language-server: $schema=journeys.schema.json";

pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let Some((name, matches)) = matches.subcommand() else {
        return Err(Failure::usage("a command is missing; next: see --help"));
    };
    if name == "schema" {
        return options::printer(matches, Some(Format::Json))?.print(&schema(), None);
    }
    let paths: Vec<&PathBuf> = matches.get_many("file").into_iter().flatten().collect();
    let files = read(&paths)?;
    let settings = options::settings(matches)?;
    let printer = options::printer(matches, settings.output)?;
    if name == "check" {
        let names: Vec<Value> = files.names().map(|name| json!({ "name": name })).collect();
        return printer.print(&names.into(), None);
    }
    if settings.is_production() {
        guard::confirm("journey run", &settings.base_url, matches.get_flag("yes"))?;
    }
    let client = settings.client()?;
    starts_writing();
    let mut place = 0;
    let total = files.len();
    let completed = files.run_watched(&client, |entry| {
        place += 1;
        note(&format!("{place}/{total} {}", line(entry)));
    });
    let completed = completed.await.map_err(|errors| {
        Failure::new(
            Exit::Refused,
            format!(
                "{errors}\nnext: correct the entries and run the files again: nothing is done twice"
            ),
        )
    })?;
    let rows = completed
        .iter()
        .map(|entry| json!({ "name": entry.name, "journey": entry.journey, "id": entry.id() }));
    printer.print(&rows.collect(), None)
}

/// The form of a file: names of entries, of journeys and of the members of their requests. What a member
/// holds is checked by `journey check`.
fn schema() -> Value {
    let entries = journey_forms().into_iter().map(|form| {
        let members = form.members.iter().map(|member| ((*member).to_owned(), json!({})));
        let mut request = json!({ "type": "object" });
        if !form.members.is_empty() {
            request["properties"] = members.collect::<Map<_, _>>().into();
            request["additionalProperties"] = json!(false);
        }
        (form.name.to_owned(), request)
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Journeys of the synctera crate",
        "type": "object",
        "propertyNames": { "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,63}$" },
        "additionalProperties": {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": false,
            "properties": entries.collect::<Map<_, _>>(),
        },
    })
}

fn line(entry: &CompletedEntry) -> String {
    let id = entry.id().map(|id| format!(" {id}")).unwrap_or_default();
    format!("{}: {}{id}", entry.name, entry.journey)
}

/// Reads and checks files, or a folder.
fn read(paths: &[&PathBuf]) -> Result<JourneyFiles, Failure> {
    let wrong = |errors: &dyn std::fmt::Display| {
        Failure::input(format!("{errors}\nnext: nothing was sent; correct the files"))
    };
    if let [folder] = paths
        && folder.is_dir()
    {
        return JourneyFiles::read(folder).map_err(|errors| wrong(&errors));
    }
    let mut texts = Vec::new();
    for path in paths {
        texts.push((path.display().to_string(), text(path)?));
    }
    let texts = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    JourneyFiles::parse(texts).map_err(|errors| wrong(&errors))
}

fn text(path: &Path) -> Result<String, Failure> {
    let shown = synctera_runtime::quoted(&path.to_string_lossy(), 300).to_string();
    let failed = |why: &dyn std::fmt::Display| {
        Failure::input(format!("{shown} cannot be read: {why}; next: correct its name"))
    };
    let mut text = String::new();
    let file = File::open(path).map_err(|error| failed(&error))?;
    let read =
        file.take(BYTES_MAX + 1).read_to_string(&mut text).map_err(|error| failed(&error))?;
    if read as u64 > BYTES_MAX {
        return Err(failed(&"it has more than 64 MiB"));
    }
    Ok(text)
}
