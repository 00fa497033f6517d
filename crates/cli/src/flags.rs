//! A parameter or a member as a flag: its value is checked before anything is sent.

use std::io;
use std::path::Path;

use chrono::{DateTime, NaiveDate};
use clap::builder::{PossibleValuesParser, TypedValueParser as _, ValueParser};
use clap::{Arg, ArgAction, ArgMatches};
use serde_json::Value;

use crate::exit::Failure;
use crate::files;
use crate::table::{Flag, Kind};

/// A file with the value of a flag has at most as many bytes.
const BYTES_MAX: u64 = 64 * files::KIB;
/// Values of a long list that a help text shows.
const VALUES_SHOWN: usize = 12;

/// The flag of a parameter or a member.
pub(crate) fn arg(flag: &Flag) -> Arg {
    let arg = Arg::new(flag.flag.clone()).long(flag.flag.clone()).help(help(flag));
    if flag.hidden {
        return arg.value_name("@FILE|-").value_parser(ValueParser::new(source));
    }
    let arg = arg
        .value_name(value_name(flag.kind))
        .value_parser(parser(flag))
        .allow_negative_numbers(matches!(flag.kind, Kind::Integer | Kind::Number))
        // The values of a long list would hide the other flags.
        .hide_possible_values(flag.values.len() > VALUES_SHOWN);
    if flag.list {
        return arg.action(ArgAction::Append).value_delimiter(',');
    }
    arg
}

/// A parameter of the path, which is an argument.
pub(crate) fn positional(flag: &Flag) -> Arg {
    Arg::new(flag.flag.clone())
        .value_name(flag.name.to_uppercase())
        .value_parser(parser(flag))
        .help(help(flag))
}

/// The values that a flag was given: a list for a flag that takes several.
///
/// # Errors
/// A value that is never shown, and that cannot be read from where it is.
pub(crate) fn given(matches: &ArgMatches, flag: &Flag) -> Result<Option<Value>, Failure> {
    if flag.hidden {
        let source = matches.try_get_one::<Value>(&flag.flag).ok().flatten();
        return source.and_then(Value::as_str).map(|source| kept(flag, source)).transpose();
    }
    let values = matches.try_get_many::<Value>(&flag.flag).ok().flatten();
    let Some(mut values) = values.map(Iterator::cloned) else { return Ok(None) };
    Ok(if flag.list { Some(values.collect()) } else { values.next_back() })
}

/// Where a value is that is never shown: other users of a machine see the arguments of a program.
fn source(text: &str) -> Result<Value, String> {
    if text == "-" || text.len() > 1 && text.starts_with('@') {
        return Ok(text.into());
    }
    Err("other users of this machine could see it in the list of processes; write it into a file and give \
         @FILE, or - for the standard input"
        .to_owned())
}

/// Reads a value that is never shown from where it is.
fn kept(flag: &Flag, source: &str) -> Result<Value, Failure> {
    let name = &flag.flag;
    let read = match source.strip_prefix('@') {
        Some(path) => files::read(Path::new(path), BYTES_MAX),
        None => files::text(io::stdin().lock(), BYTES_MAX),
    };
    let wrong = |why: &str| {
        Failure::input(format!(
            "--{name}: {why}; nothing was sent; next: correct the file or the input"
        ))
    };
    let text = read.map_err(|error| wrong(&format!("its value cannot be read: {error}")))?;
    // An empty value would be no filter at all.
    if text.split([',', '\n']).all(|part| part.trim().is_empty()) {
        return Err(wrong("it has no value"));
    }
    if !flag.list {
        return check(flag, text.trim()).map_err(|why| wrong(&why));
    }
    let values = text.split([',', '\n']).map(str::trim).filter(|text| !text.is_empty());
    values
        .map(|text| check(flag, text))
        .collect::<Result<Value, String>>()
        .map_err(|why| wrong(&why))
}

fn value_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "TEXT",
        Kind::Uuid => "ID",
        Kind::Date => "DATE",
        Kind::DateTime => "MOMENT",
        Kind::Integer | Kind::Number => "NUMBER",
        Kind::Boolean => "BOOL",
        Kind::File => "FILE",
    }
}

fn help(flag: &Flag) -> String {
    let mut help = flag.doc.trim_end_matches('.').to_owned();
    let mut more = Vec::new();
    if flag.required {
        more.push("required".to_owned());
    }
    if !flag.only.is_empty() {
        more.push(format!("only {}", flag.only.join(", ")));
    }
    if flag.values.len() > VALUES_SHOWN {
        let shown = flag.values[..VALUES_SHOWN].join(", ");
        more.push(format!("one of {shown} and {} more", flag.values.len() - VALUES_SHOWN));
    }
    if !flag.known.is_empty() {
        let shown = flag.known.iter().take(VALUES_SHOWN).map(String::as_str);
        more.push(format!("such as {}", shown.collect::<Vec<_>>().join(", ")));
    }
    if flag.list {
        more.push("several with commas between them".to_owned());
    }
    if !more.is_empty() {
        help += &format!("{}({})", if help.is_empty() { "" } else { " " }, more.join("; "));
    }
    help
}

fn parser(flag: &Flag) -> ValueParser {
    if !flag.values.is_empty() {
        return PossibleValuesParser::new(flag.values.clone()).map(Value::String).into();
    }
    if flag.kind == Kind::Boolean {
        return PossibleValuesParser::new(["true", "false"])
            .map(|text| Value::Bool(text == "true"))
            .into();
    }
    let flag = flag.clone();
    ValueParser::new(move |text: &str| check(&flag, text))
}

/// Checks a value of a parameter.
///
/// # Errors
/// Why it is wrong, without the value.
pub(crate) fn check(flag: &Flag, text: &str) -> Result<Value, String> {
    match flag.kind {
        Kind::Boolean => {
            text.parse().map(Value::Bool).map_err(|_| "it is not true or false".to_owned())
        }
        Kind::Integer => integer(text, flag.min.unwrap_or(i64::MIN), flag.max.unwrap_or(i64::MAX)),
        Kind::Number => number(text),
        Kind::Uuid => uuid(text),
        Kind::Date => date(text),
        Kind::DateTime => moment(text),
        Kind::Text | Kind::File => {
            text_within(text, flag.shortest.unwrap_or(0), flag.longest.unwrap_or(usize::MAX))
        }
    }
}

fn integer(text: &str, min: i64, max: i64) -> Result<Value, String> {
    let number: i64 = text.parse().map_err(|_| "it is not a whole number".to_owned())?;
    if number < min {
        return Err(format!("it is less than {min}"));
    }
    if number > max {
        return Err(format!("it is more than {max}"));
    }
    Ok(number.into())
}

fn number(text: &str) -> Result<Value, String> {
    let number: Option<f64> = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.map(Value::from).ok_or_else(|| "it is not a number".to_owned())
}

fn uuid(text: &str) -> Result<Value, String> {
    match uuid::Uuid::try_parse(text) {
        Ok(id) => Ok(id.hyphenated().to_string().into()),
        Err(_) => Err("it is not an id, such as 4f364343-d16f-4562-8f0f-ff77056ac36f".to_owned()),
    }
}

fn date(text: &str) -> Result<Value, String> {
    let date: NaiveDate =
        text.parse().map_err(|_| "it is not a date, such as 2026-12-01".to_owned())?;
    Ok(date.to_string().into())
}

fn moment(text: &str) -> Result<Value, String> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(_) => Ok(text.into()),
        Err(_) => Err("it is not a moment, such as 2026-12-01T12:00:00Z".to_owned()),
    }
}

fn text_within(text: &str, shortest: usize, longest: usize) -> Result<Value, String> {
    let length = text.chars().count();
    if length < shortest {
        return Err(format!("it has fewer than {shortest} characters"));
    }
    if length > longest {
        return Err(format!("it has more than {longest} characters"));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_checked() {
        assert!(integer("5", 1, 9).is_ok() && integer("0", 1, 9).is_err());
        assert!(integer("10", 1, 9).is_err() && integer("1.5", 1, 9).is_err());
        assert!(number("NaN").is_err() && number("1.5").is_ok());
        assert!(uuid("x").is_err() && date("2026-13-01").is_err() && moment("today").is_err());
        assert!(text_within("é", 1, 1).is_ok() && text_within("ab", 1, 1).is_err());
    }
}
