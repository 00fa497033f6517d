//! `synctera api`: a call by its method and its path.

use clap::{Arg, ArgMatches, Command};
use serde_json::Value;
use synctera_api::Operation;
use synctera_api::command_line;
use synctera_api::spec::is_hidden;
use synctera_runtime::{AnswerKind, BodyKind};

use super::operation::key;
use crate::call::send::{Call, Sent};
use crate::call::{body, guard};
use crate::exit::Failure;
use crate::{options, text};

pub(super) fn command() -> Command {
    Command::new("api")
        .about("Makes a call by its method and its path")
        .long_about(
            "Makes a call by its method and its path, which begins with the version, such as /v2/persons.\n\
             A path of an operation is called as the operation's own command calls it.",
        )
        .arg(Arg::new("method").value_name("METHOD").required(true).help("GET, HEAD, POST, PUT, PATCH or DELETE"))
        .arg(Arg::new("path").value_name("PATH").required(true).help("Such as '/v2/persons?limit=10'"))
        .arg(
            Arg::new("body")
                .long("body")
                .value_name("FILE|-|JSON")
                .help("The body: a file, - for the standard input, or JSON"),
        )
        .args([options::idempotency_key(), options::yes()])
}

pub(super) async fn run(matches: &ArgMatches) -> Result<(), Failure> {
    let given = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let (method, path) = (given("method").to_uppercase(), plain(&given("path")));
    let (version, target) = split(&path)?;
    check(target)?;
    let operation = match command_line::operation(&method, &path) {
        Some((operation, _)) => operation,
        None => unknown(&method, target)?,
    };
    // A server may run the handler of GET for HEAD.
    let of_get = command_line::operation("GET", &path).filter(|_| method == "HEAD");
    let guarded = of_get.map_or(operation, |(operation, _)| operation);
    let sent = match matches.get_one::<String>("body") {
        Some(from) => Sent::Json(body::read(from)?),
        None => Sent::Nothing,
    };
    let settings = options::settings(matches)?;
    let printer = options::printer(matches, settings.output)?;
    if settings.is_production() && guard::is_guarded(guarded) {
        let what = format!("{method} {}", text::url(&path));
        guard::confirm(&what, &settings.base_url, matches.get_flag("yes"))?;
    }
    let client = settings.client()?;
    let target = target.to_owned();
    let call = Call { operation, version, target, sent, key: key(matches)? };
    let response = call.whole(&client).await?;
    match serde_json::from_slice::<Value>(response.bytes()) {
        Ok(value) => printer.print(&value, operation.page_items),
        Err(_) => crate::output::bytes(response.bytes()),
    }
}

/// The version of a path, and what follows it.
fn split(path: &str) -> Result<(&'static str, &str), Failure> {
    for version in ["/v2", "/v1", "/v0"] {
        if let Some(rest) = path.strip_prefix(version).filter(|rest| rest.starts_with('/')) {
            return Ok((version, rest));
        }
    }
    let shown = text::url(path);
    Err(Failure::usage(format!("{shown} has no version; next: give a path such as /v2/persons")))
}

/// A path without escapes that mean nothing, such as `%6e` for `n`: under another name an operation would
/// not be found, and would be called without its confirmation.
fn plain(path: &str) -> String {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, it)| (path, Some(it)));
    let mut parts = path.split('%');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let byte = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte.map(char::from) {
            Some(c) if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~') => {
                plain.push(c);
                plain.push_str(part.get(2..).unwrap_or_default());
            }
            _ => {
                plain.push('%');
                plain.push_str(part);
            }
        }
    }
    match query {
        Some(query) => format!("{plain}?{query}"),
        None => plain,
    }
}

/// Checks that a path leads where it says, and holds nothing that must not be in the list of processes.
fn check(target: &str) -> Result<(), Failure> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    // A URL parser takes these out of a path, so that another operation would be called.
    let is_relative = |segment: &str| matches!(&*segment.replace("%2e", "."), "." | "..");
    if path.to_ascii_lowercase().split(['/', '\\']).any(is_relative) || target.contains(['#', '\\'])
    {
        return Err(Failure::usage(
            "the path has a segment . or .., a \\ or a #; nothing was sent; next: give the path as the \
             document has it",
        ));
    }
    if path.strip_prefix('/').unwrap_or(path).split('/').any(str::is_empty) {
        return Err(Failure::usage(
            "the path has an empty segment, or a / at its end; nothing was sent; next: give the path as the \
             document has it",
        ));
    }
    let names = query.split('&').filter_map(|pair| Some(pair.split_once('=')?.0));
    match names.into_iter().find(|name| is_hidden(&plain(name).to_ascii_lowercase())) {
        None => Ok(()),
        Some(name) => Err(Failure::usage(format!(
            "the path has a value for {}, which other users of this machine could see in the list of \
             processes; nothing was sent; next: call the operation by its own command, whose flag takes it \
             from a file",
            text::name(name)
        ))),
    }
}

/// An operation that no document has: a write of it is sent once.
fn unknown(method: &str, target: &str) -> Result<&'static Operation, Failure> {
    if !["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].contains(&method) {
        let shown = text::name(method);
        return Err(Failure::usage(format!("{shown} is not a method; next: give one such as GET")));
    }
    let path = target.split('?').next().unwrap_or_default();
    // They live as long as the program, which makes one call.
    let (method, path) = (method.to_owned().leak(), path.to_owned().leak());
    let (body, response) = (BodyKind::Json, AnswerKind::Json);
    let row = Operation::row("api", method, path, "other", false, None, body, response);
    Ok(Box::leak(Box::new(row)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_that_mean_nothing_are_taken_out() {
        for (given, expected) in [
            ("/v2/ca%72ds/%6E?a=%6e", "/v2/cards/n?a=%6e"),
            ("/v2/a%2Fb%20c%e9%", "/v2/a%2Fb%20c%e9%"),
            ("/v2/%2e%2E/x%+1", "/v2/../x%+1"),
            ("/v2/%256e", "/v2/%256e"),
        ] {
            assert_eq!(plain(given), expected);
        }
    }
}
