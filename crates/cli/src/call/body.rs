//! The body of a call: what `--body` holds, under what flags say.

use std::io;
use std::path::Path;

use clap::ArgMatches;
use serde_json::{Map, Value};

use crate::exit::Failure;
use crate::files::{self, MIB};
use crate::flags::given;
use crate::table::{Body, Kind, Variant};
use crate::text;

/// A body has at most as many bytes.
const BYTES_MAX: u64 = 32 * MIB;

/// The JSON body, or the parts of a form that are not files; none where nothing is to be sent.
///
/// # Errors
/// A text that is not JSON, members that are missing.
pub(crate) fn json(body: &Body, matches: &ArgMatches) -> Result<Option<Value>, Failure> {
    let from = matches.try_get_one::<String>("body").ok().flatten();
    let is_given = from.is_some();
    let start = from.map_or_else(|| Ok(Value::Object(Map::new())), |from| read(from))?;
    let whole = match with_flags(start, body, matches)? {
        Value::Object(members) => members,
        // A body that is not an object has no members.
        other => return Ok(Some(other)),
    };
    let names = missing(body, &whole);
    if !names.is_empty() {
        return Err(Failure::input(missing_text(body, &names)));
    }
    let is_sent = is_given || !whole.is_empty() || body.required;
    Ok(is_sent.then_some(Value::Object(whole)))
}

/// A body with the values of flags in the place of its own.
///
/// # Errors
/// A body that is not an object, where there are flags.
pub(crate) fn with_flags(
    start: Value,
    body: &Body,
    matches: &ArgMatches,
) -> Result<Value, Failure> {
    let mut flags = Map::new();
    for member in body.members.iter().filter(|member| member.kind != Kind::File) {
        flags.extend(given(matches, member)?.map(|value| (member.name.clone(), value)));
    }
    match start {
        Value::Object(mut members) => {
            members.extend(flags);
            Ok(members.into())
        }
        other if flags.is_empty() => Ok(other),
        _ => Err(Failure::input(
            "the body is not an object, so that flags cannot be put over it; nothing was sent; next: leave \
             the flags out, or give an object",
        )),
    }
}

/// Reads `--body`: JSON itself, `-` for the standard input, or the name of a file.
///
/// # Errors
/// A text that is not JSON; JSON on the command line with a member whose value is never shown.
pub(crate) fn read(from: &str) -> Result<Value, Failure> {
    if from.trim_start().starts_with(['{', '[', '"']) {
        let body = parsed("--body", from)?;
        return match hidden(&body) {
            None => Ok(body),
            Some(name) => Err(Failure::input(format!(
                "--body has a value for {}, which other users of this machine could see in the list of \
                 processes; nothing was sent; next: give --body a file, or - for the standard input",
                text::name(name)
            ))),
        };
    }
    let (what, read) = match from {
        "-" => ("the standard input".to_owned(), files::text(io::stdin().lock(), BYTES_MAX)),
        path => (text::path(Path::new(path)), files::read(Path::new(path), BYTES_MAX)),
    };
    let contents = read.map_err(|error| {
        Failure::input(format!(
            "--body: {what} cannot be read: {error}; nothing was sent; next: give a file, - or JSON"
        ))
    })?;
    parsed(&what, &contents)
}

fn parsed(what: &str, json: &str) -> Result<Value, Failure> {
    serde_json::from_str(json).map_err(|error| {
        // The error's own text may quote a value.
        let (line, column) = (error.line(), error.column());
        Failure::input(format!(
            "{what} is not JSON: line {line}, column {column}; nothing was sent; next: correct it, or begin \
             with --example"
        ))
    })
}

/// A member whose value is never shown, if there is one with a value.
fn hidden(value: &Value) -> Option<&str> {
    match value {
        Value::Array(items) => items.iter().find_map(hidden),
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let is_hidden = !value.is_null() && synctera_api::spec::is_hidden(name);
            is_hidden.then_some(name.as_str()).or_else(|| hidden(value))
        }),
        _ => None,
    }
}

/// The members that must be there and are not.
fn missing<'b>(body: &'b Body, whole: &Map<String, Value>) -> Vec<&'b str> {
    let is_absent = |name: &&str| !whole.contains_key(*name);
    let of = |variant: &'b Variant| variant.required.iter().map(String::as_str);
    let named = body.tag.as_ref().and_then(|tag| whole.get(tag)).and_then(Value::as_str);
    let chosen = match (&*body.variants, named) {
        ([only], _) => Some(only),
        (variants, Some(name)) => variants.iter().find(|variant| variant.name == name),
        _ => None,
    };
    if let Some(variant) = chosen {
        return files_aside(body, of(variant)).filter(is_absent).collect();
    }
    // What all variants have, as it is not known which one is meant.
    let Some((first, others)) = body.variants.split_first() else { return Vec::new() };
    let in_all = |name: &&str| others.iter().all(|variant| of(variant).any(|it| it == *name));
    files_aside(body, of(first)).filter(in_all).filter(is_absent).collect()
}

/// Names of members without those that are files.
fn files_aside<'b>(
    body: &'b Body,
    names: impl Iterator<Item = &'b str>,
) -> impl Iterator<Item = &'b str> {
    let is_file = |name: &str| {
        body.members.iter().any(|member| member.name == name && member.kind == Kind::File)
    };
    names.filter(move |name| !is_file(name))
}

fn missing_text(body: &Body, names: &[&str]) -> String {
    let flag = |name: &&str| {
        let member = body.members.iter().find(|member| member.name == **name);
        match member {
            Some(member) => format!("{name} (--{})", member.flag),
            None => (*name).to_owned(),
        }
    };
    let names: Vec<String> = names.iter().map(flag).collect();
    format!(
        "the body has no {}; nothing was sent; next: give the flag or --body, see --example",
        names.join(", ")
    )
}

/// An example of the body.
///
/// # Errors
/// A variant that does not exist.
pub(crate) fn example(body: &Body, variant: Option<&str>, is_full: bool) -> Result<Value, Failure> {
    let found = match variant {
        None => body.variants.first(),
        Some(name) => {
            let is_meant = |it: &&Variant| it.name.eq_ignore_ascii_case(name);
            let found = body.variants.iter().find(is_meant);
            if found.is_none() {
                let names: Vec<&str> = body.variants.iter().map(|variant| &*variant.name).collect();
                return Err(Failure::usage(format!(
                    "there is no variant {}; next: choose one of {}",
                    synctera_runtime::quoted(name, 60),
                    names.join(", ")
                )));
            }
            found
        }
    };
    let found = found.ok_or_else(|| {
        Failure::usage("the body is a file, which has no example; next: give --file")
    })?;
    Ok(if is_full { found.full.clone() } else { found.example.clone() })
}
