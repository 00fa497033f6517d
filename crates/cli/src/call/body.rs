//! The body of a call: what `--body` holds, under what flags say.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use clap::ArgMatches;
use serde_json::{Map, Value};

use crate::exit::Failure;
use crate::flags::given;
use crate::table::{Body, Kind, Variant};

/// A body is as long as this at most.
const BYTES_MAX: u64 = 32 * 1024 * 1024;

/// The JSON body, or the parts of a form that are no files; none where nothing is to be sent.
///
/// # Errors
/// A text that is no JSON, members that are missing.
pub(crate) fn json(body: &Body, matches: &ArgMatches) -> Result<Option<Value>, Failure> {
    let from = matches.try_get_one::<String>("body").ok().flatten();
    let is_given = from.is_some();
    let start = from.map_or_else(|| Ok(Value::Object(Map::new())), |from| read(from))?;
    let mut flags = Map::new();
    for member in body.members.iter().filter(|member| member.kind != Kind::File) {
        if let Some(value) = given(matches, member) {
            flags.insert(member.name.clone(), value);
        }
    }
    let whole = match start {
        Value::Object(mut members) => {
            members.extend(flags);
            members
        }
        // A body that is no object has no members.
        other if flags.is_empty() => return Ok(Some(other)),
        _ => {
            return Err(Failure::input("the body is not an object, to which flags could be added"));
        }
    };
    let names = missing(body, &whole);
    if !names.is_empty() {
        return Err(Failure::input(missing_text(body, &names)));
    }
    let is_sent = is_given || !whole.is_empty() || body.required;
    Ok(is_sent.then_some(Value::Object(whole)))
}

/// Reads `--body`: JSON itself, `-` for the standard input, or the name of a file.
pub(crate) fn read(from: &str) -> Result<Value, Failure> {
    let start = from.trim_start();
    let (what, text) = if start.starts_with(['{', '[', '"']) {
        ("--body".to_owned(), from.to_owned())
    } else if from == "-" {
        ("the standard input".to_owned(), text("the standard input", io::stdin().lock())?)
    } else {
        let what = synctera_runtime::quoted(from, 200).to_string();
        let file = File::open(Path::new(from)).map_err(|error| {
            Failure::input(format!(
                "--body: {what} cannot be read: {error}; next: give a file, - or JSON"
            ))
        })?;
        (what.clone(), text(&what, file)?)
    };
    serde_json::from_str(&text).map_err(|error| {
        // The error's own text may quote a value.
        let (line, column) = (error.line(), error.column());
        Failure::input(format!(
            "{what} is not JSON: line {line}, column {column}; next: correct it, or begin with \
             --example"
        ))
    })
}

fn text(what: &str, from: impl io::Read) -> Result<String, Failure> {
    let mut text = String::new();
    let read = from.take(BYTES_MAX + 1).read_to_string(&mut text);
    match read {
        Ok(bytes) if bytes as u64 > BYTES_MAX => {
            Err(Failure::input(format!("{what} has more than 32 MiB")))
        }
        Ok(_) => Ok(text),
        Err(error) => Err(Failure::input(format!("{what} cannot be read: {error}"))),
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
        "the body has no {}; next: nothing was sent; give the flag or --body, see --example",
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
    let found = found.ok_or_else(|| Failure::usage("the body is a file, which has no example"))?;
    Ok(if is_full { found.full.clone() } else { found.example.clone() })
}
