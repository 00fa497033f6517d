//! The command of an operation: its flags, and its call.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use synctera::{IdempotencyKey, Synctera, Upload, v0, v2};
use synctera_api::Operation;
use synctera_runtime::{AnswerKind, BodyKind};

use crate::call::list::List;
use crate::call::send::{Call, Sent};
use crate::call::target::Target;
use crate::call::{body, guard};
use crate::download;
use crate::exit::Failure;
use crate::flags::{arg, positional};
use crate::output::{Printer, columns, note};
use crate::table::{self, Body, Detail, Kind};
use crate::{options, output};

/// How many items are read between two lines of progress.
const ITEMS_NOTED: usize = 1_000;
/// Items of a list that is printed as a whole, which is in memory.
const ITEMS_MAX: usize = 250_000;

/// The flags of an operation, by the name of its command.
pub(super) fn command(command: Command) -> Command {
    let Some(found) = table::named(command.get_name()) else { return command };
    let (operation, detail) = (found.operation, found.detail());
    let has_example = detail.body.as_ref().is_some_and(|body| !body.variants.is_empty());
    let mut command = command
        .long_about(long_about(found, &detail))
        .args(detail.path.iter().map(|it| needed(positional(it), has_example)))
        .args(detail.query.iter().map(arg));
    if let Some(body) = &detail.body {
        command = command.args(of_body(body)).after_help(after(found, body));
    }
    if operation.is_write() {
        command = command.arg(options::idempotency_key());
    }
    if operation.is_write() || guard::is_guarded(operation) {
        command = command.arg(options::yes());
    }
    if operation.page_items.is_some() {
        command = command.arg(Arg::new("all").long("all").action(ArgAction::SetTrue).help(
            "Read all pages, not one. The response is then the list itself, and not an object that \
                 holds it: --query '.[].id'",
        ));
    }
    if operation.answer == AnswerKind::Bytes {
        let out = Arg::new("out")
            .long("out")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help("The file to write; - for the standard output, which is not a terminal");
        command = command.arg(needed(out, has_example));
    }
    command
}

/// An argument of a call; an example is printed without it.
fn needed(arg: Arg, has_example: bool) -> Arg {
    if has_example {
        arg.required(false).required_unless_present("example")
    } else {
        arg.required(true)
    }
}

/// The flags of a body.
fn of_body(body: &Body) -> Vec<Arg> {
    let is_file = |kind: Kind| kind == Kind::File;
    let mut args: Vec<Arg> =
        body.members.iter().filter(|member| !is_file(member.kind)).map(arg).collect();
    let files = body.members.iter().filter(|member| is_file(member.kind));
    let file = |flag: &str| {
        Arg::new(flag.to_owned())
            .long(flag.to_owned())
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help("The file to upload")
    };
    args.extend(files.map(|member| file(&member.flag)));
    if body.variants.is_empty() {
        args.push(file("file").required(true));
        return args;
    }
    args.push(
        Arg::new("body")
            .long("body")
            .value_name("FILE|-|JSON")
            .conflicts_with("example")
            .help("The body: a file, - for the standard input, or JSON. Flags are put over it"),
    );
    args.push(
        Arg::new("example")
            .long("example")
            .value_name("EXTENT")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("usual")
            .value_parser(["usual", "full"])
            .help(
                "Print a valid body and send nothing; --example=full has every member. Flags are put over it",
            ),
    );
    if body.variants.len() > 1 {
        let names = body.variants.iter().map(|variant| variant.name.clone());
        args.push(
            Arg::new("variant")
                .long("variant")
                .value_name("NAME")
                .requires("example")
                .value_parser(names.collect::<Vec<_>>())
                .ignore_case(true)
                .help("The form of the body that --example prints"),
        );
    }
    args
}

fn long_about(command: table::Command, detail: &Detail) -> String {
    let operation = command.operation;
    let mut about = format!("{}\n\n", detail.doc);
    about += &format!("{} /{}{}", operation.method, command.row.version, operation.path);
    if command.row.version == "v0" {
        about += "\nIt is in the older interface only.";
        if let Some(other) = &detail.replaced_by {
            about += &format!(" Use {} instead.", table::kebab(other));
        }
    }
    about
}

fn after(command: table::Command, body: &Body) -> String {
    let name = format!("synctera {} {}", table::kebab(command.operation.family), command.name());
    let mut after = String::new();
    if !body.only_in_body.is_empty() {
        after += &format!(
            "In --body only, as they hold more than a value, or must not be in the list of processes:\n  \
             {}\n\n",
            body.only_in_body.join(", ")
        );
    }
    if !body.variants.is_empty() {
        let variant = body.variants.get(1).map(|variant| format!(" --variant {}", variant.name));
        after += &format!(
            "To begin with:\n  {name} --example{} >body.json",
            variant.unwrap_or_default()
        );
    }
    after
}

/// Makes the call.
pub(super) async fn run(name: &str, matches: &ArgMatches) -> Result<(), Failure> {
    let Some(found) = table::named(name) else {
        return Err(Failure::usage("there is no such command; next: see --help"));
    };
    let (operation, detail) = (found.operation, found.detail());
    if let Some(body) = &detail.body
        && let Ok(Some(extent)) = matches.try_get_one::<String>("example")
    {
        let variant = matches.try_get_one::<String>("variant").ok().flatten();
        let example = body::example(body, variant.map(String::as_str), extent == "full")?;
        let example = body::with_flags(example, body, matches)?;
        let printer = options::printer(matches, Some(output::Format::Json))?;
        return printer.print(&example, None);
    }
    let out = matches.try_get_one::<PathBuf>("out").ok().flatten();
    out.map_or(Ok(()), |out| download::check(out))?;
    let target = Target::of(operation, &detail, matches)?;
    let sent = sent(operation, detail.body.as_ref(), matches).await?;
    let settings = options::settings(matches)?;
    let printer = options::printer(matches, settings.output)?.with_columns(columns(operation.id));
    if settings.is_production() && guard::is_guarded(operation) {
        guard::confirm(name, &settings.base_url, matches.get_flag("yes"))?;
    }
    let client = settings.client()?;
    if operation.page_items.is_some() && matches.get_flag("all") {
        return match found.row.version {
            "v0" => all::<v0::Client>(&client, operation, target, &printer).await,
            _ => all::<v2::Client>(&client, operation, target, &printer).await,
        };
    }
    let version = if found.row.version == "v0" { "/v0" } else { "/v2" };
    let call = Call { operation, version, target: target.text(), sent, key: key(matches)? };
    match operation.answer {
        AnswerKind::Bytes => {
            let response = call.stream(&client).await?;
            download::write(response.into_inner(), out.map_or(Path::new("-"), PathBuf::as_path))
                .await
        }
        AnswerKind::Nothing => {
            let response = call.whole(&client).await?;
            match serde_json::from_slice(response.bytes()) {
                Ok(value) => printer.print(&value, None),
                Err(_) => Ok(()),
            }
        }
        _ => {
            let response = call.json(&client).await?;
            let items = operation.page_items;
            printer.print(&response, items)?;
            let more = response.get("next_page_token").and_then(|token| token.as_str());
            if items.is_some() && more.is_some_and(|token| !token.is_empty()) {
                note("there are more pages; next: --all, or --page-token with next_page_token");
            }
            Ok(())
        }
    }
}

/// Reads all pages of a list, and prints them as one list.
async fn all<C>(
    client: &Synctera,
    operation: &'static Operation,
    target: Target,
    printer: &Printer,
) -> Result<(), Failure>
where
    C: synctera::Interface + progenitor_client::ClientInfo<synctera_runtime::Inner>,
{
    let mut items = client.list(List::<C>::new(operation, target));
    let mut found = Vec::new();
    let mut count = 0_usize;
    let failed = |error| Failure::of_call(error, client.base_url());
    while let Some(item) = items.try_next().await.map_err(failed)? {
        count += 1;
        if count.is_multiple_of(ITEMS_NOTED) {
            output::progress(&format!("{count} items"));
        }
        if printer.is_streamed() {
            printer.print(&item, None)?;
        } else if found.len() < ITEMS_MAX {
            found.push(item);
        } else {
            return Err(Failure::failed(format!(
                "the list has more than {ITEMS_MAX} items; next: add --output jsonl without --query, which \
                 prints each item as it comes"
            )));
        }
    }
    if printer.is_streamed() {
        return Ok(());
    }
    printer.print(&found.into(), None)
}

/// What is sent in addition to path and query.
async fn sent(
    operation: &Operation,
    body: Option<&Body>,
    matches: &ArgMatches,
) -> Result<Sent, Failure> {
    let Some(body) = body else { return Ok(Sent::Nothing) };
    if operation.body == BodyKind::Bytes {
        let path = matches.get_one::<PathBuf>("file");
        let path =
            path.ok_or_else(|| Failure::usage("--file is missing; next: give the file to upload"))?;
        let file = Upload::from_path_as(path, body.media_type.clone()).await?;
        return Ok(Sent::Bytes(file, body.media_type.clone()));
    }
    let json = body::json(body, matches)?;
    if operation.body != BodyKind::Form {
        return Ok(json.map_or(Sent::Nothing, Sent::Json));
    }
    let mut files = Vec::new();
    for member in body.members.iter().filter(|member| member.kind == Kind::File) {
        if let Some(path) = matches.get_one::<PathBuf>(&member.flag) {
            files.push((member.name.clone(), Upload::from_path(path).await?));
        } else if member.required {
            return Err(Failure::input(format!(
                "the file to upload is missing; nothing was sent; next: give --{}",
                member.flag
            )));
        }
    }
    Ok(Sent::Form(json.unwrap_or_default(), files))
}

/// The idempotency key that was given.
pub(super) fn key(matches: &ArgMatches) -> Result<Option<IdempotencyKey>, Failure> {
    let given = matches.try_get_one::<String>("idempotency-key").ok().flatten();
    given
        .map(|key| {
            IdempotencyKey::new(key.as_str()).map_err(|error| {
                Failure::input(format!(
                    "--idempotency-key: {error}; nothing was sent; next: give another key"
                ))
            })
        })
        .transpose()
}
