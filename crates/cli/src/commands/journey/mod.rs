//! `synctera journey`: journeys from YAML files, checked together and run in order.

mod bulk;
mod content;
mod place;
mod rows;

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Command, value_parser};
use serde_json::{Map, Value, json};
use synctera::{OnboardCustomer, Run};
use synctera_journey_files::{CompletedEntry, FileError, FileErrors, JourneyFiles, journey_forms};

use content::{BYTES_MAX, content};

use crate::call::guard;
use crate::call::writing::{UnderWay, after};
use crate::exit::{Exit, Failure, exit_of};
use crate::options;
use crate::output::{Format, note};

/// How often a run can be continued after a correction.
const ATTEMPTS_MAX: i64 = Run::<OnboardCustomer>::ATTEMPTS_MAX as i64;

pub(super) fn command() -> Command {
    let files = Arg::new("file")
        .value_name("FILE")
        .required(true)
        .num_args(1..)
        .value_parser(value_parser!(PathBuf))
        .help("Files of journeys, in their order, or one folder of them");
    let attempt = Arg::new("attempt")
        .long("attempt")
        .value_name("NUMBER")
        .value_parser(value_parser!(u32).range(1..=ATTEMPTS_MAX))
        .default_value("1")
        .help("2 after what the platform refused was corrected, then 3, and so on");
    Command::new("journey")
        .about("Runs journeys from YAML files: people, accounts, cards and money")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands([
            Command::new("run")
                .about("Runs the journeys of files, in order, or one journey for each row of a file")
                .long_about(
                    "Runs the journeys of files, in order. All files are checked first, and nothing is \
                     sent when something is wrong. The name of an entry is its idempotency key: running \
                     the same files again does nothing twice, and goes on where it stopped. The platform \
                     repeats a refusal as well: after a correction, --attempt 2 sends again what was \
                     refused.\n\
                     With --journey, each row of a CSV or JSON Lines file is a run of that journey. Its \
                     column key names the row from run to run, the others are members of the request, such \
                     as legal_address.city.",
                )
                .after_help(EXAMPLE)
                .args([files.clone(), attempt, options::yes()])
                .args(bulk::args()),
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
      primary_account_holder: {person_id: $ada}

One journey for each row of a file:
  synctera journey run people.csv --journey onboard_customer --checkpoint people.checkpoint";

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
    let of_rows = matches.try_get_one::<String>("journey").ok().flatten();
    let checkpoint = matches.try_get_one::<PathBuf>("checkpoint").ok().flatten();
    if let (Some(journey), Some(checkpoint)) = (of_rows, checkpoint) {
        return bulk::run(journey, checkpoint, &paths, matches).await;
    }
    if paths.iter().any(|path| rows::are_in(path)) {
        return Err(Failure::usage(
            "a file of rows is run with --journey and --checkpoint, see --help; next: give both, or files \
             of journeys",
        ));
    }
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
    let attempt = matches.get_one::<u32>("attempt").copied().unwrap_or(1);
    let files = files.attempt(attempt);
    let _under_way = UnderWay::journeys();
    let mut place = 0;
    let total = files.len();
    let completed = files.run_watched(&client, |entry| {
        place += 1;
        note(&format!("{place}/{total} {}", line(entry)));
    });
    let completed = completed.await.map_err(|errors| failure(&errors, attempt))?;
    let rows = completed
        .iter()
        .map(|entry| json!({ "name": entry.name, "journey": entry.journey, "id": entry.id() }));
    printer.print(&rows.collect(), None).map_err(after(RAN, AGAIN))
}

/// What is said of an output that fails.
const RAN: &str = "the journeys were run";
const AGAIN: &str = "run the same command again: what is done is not done again";

/// The failure of a run: its exit code is that of the first entry that failed.
fn failure(errors: &FileErrors, attempt: u32) -> Failure {
    let exit = errors.iter().next().map_or(Exit::Failed, exit_of_entry);
    let next = if errors.iter().any(is_repeated) {
        let attempt = attempt.saturating_add(1);
        format!("correct the entries and run the same files again with --attempt {attempt}")
    } else if errors.iter().all(|error| exit_of_entry(error) == Exit::Input) {
        "correct the entries and run the same files again".to_owned()
    } else {
        "run the same files again once the cause is removed".to_owned()
    };
    Failure::new(exit, format!("{errors}\nnext: {next}: what is done is not done again"))
}

fn exit_of_entry(error: &FileError) -> Exit {
    error.kind.map_or(Exit::Input, |kind| exit_of(kind, error.status))
}

/// Whether the platform would repeat a refusal under the same key.
fn is_repeated(error: &FileError) -> bool {
    // A key without a permission is refused by the operation, an unknown one before it.
    matches!(exit_of_entry(error), Exit::Refused | Exit::NotFound) || error.status == Some(403)
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
        Failure::input(format!("{errors}\nnothing was sent; next: correct the files"))
    };
    if let [folder] = paths
        && folder.is_dir()
    {
        return JourneyFiles::read(folder).map_err(|errors| wrong(&errors));
    }
    let mut left = BYTES_MAX;
    let mut contents = Vec::new();
    for path in paths {
        let read = content(path, left)?;
        left = left.saturating_sub(read.len() as u64);
        contents.push((path.display().to_string(), read));
    }
    let contents = contents.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    JourneyFiles::parse(contents).map_err(|errors| wrong(&errors))
}
