//! The command of the command line for a call, for programs that show how a call is repeated.

use serde_json::Value;

#[cfg(feature = "server")]
use crate::spec::is_hidden;
use crate::{Operation, v0, v2};

/// Options that commands have of their own: a parameter or a member of such a name has another flag.
#[doc(hidden)]
pub const OPTIONS: [&str; 16] = [
    "all", "body", "color", "columns", "config", "debug", "example", "file", "help", "out",
    "output", "profile", "query", "raw", "variant", "yes",
];

/// The command of the program `synctera` (package `synctera-cli`) that makes a call, quoted for a POSIX
/// shell. The target begins with the version, such as `/v2/persons?limit=10`.
///
/// An operation of the documents is named by its family and its name, with the ids of the path as
/// arguments and the query as flags. Anything else is `synctera api`. With the feature `server`, a value that
/// is never shown is a file, such as `--account-number @account-number.txt`.
///
/// ```
/// # #[cfg(all(feature = "accounts", feature = "persons"))] {
/// use serde_json::json;
/// use synctera_api::command_line::command;
///
/// let body = json!({ "account_type": "CHECKING" });
/// assert_eq!(
///     command("POST", "/v2/accounts", Some(&body)),
///     r#"synctera accounts create-account --body '{"account_type":"CHECKING"}'"#
/// );
/// assert_eq!(
///     command("GET", "/v2/persons?limit=10", None),
///     "synctera persons list-persons --limit 10"
/// );
/// assert_eq!(command("GET", "/v2/no/such", None), "synctera api GET /v2/no/such");
/// # }
/// ```
pub fn command(method: &str, target: &str, body: Option<&Value>) -> String {
    let mut words = vec!["synctera".to_owned()];
    words.extend(
        named(method, target)
            .unwrap_or_else(|| ["api", method, target].into_iter().map(str::to_owned).collect()),
    );
    if let Some(body) = body {
        words.extend(["--body".to_owned(), body.to_string()]);
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// The operation of a target, and the values of the path's parameters as the target has them.
pub fn operation<'t>(method: &str, target: &'t str) -> Option<(&'static Operation, Vec<&'t str>)> {
    let path = target.split_once('?').map_or(target, |(path, _)| path);
    let (operations, path): (&[Operation], &str) = match path.strip_prefix("/v2") {
        Some(path) => (&v2::OPERATIONS, path),
        None => (&v0::OPERATIONS, path.strip_prefix("/v0")?),
    };
    let of_method = operations.iter().filter(|operation| operation.method == method);
    let fits = of_method.filter_map(|operation| Some((operation, arguments(operation, path)?)));
    // A path of words is meant before one with a parameter.
    fits.min_by_key(|(_, arguments)| arguments.len())
}

/// What a path has in the places of an operation's parameters.
fn arguments<'t>(operation: &Operation, path: &'t str) -> Option<Vec<&'t str>> {
    let (mut template, mut given) = (operation.path.split('/'), path.split('/'));
    let mut arguments = Vec::new();
    loop {
        match (template.next(), given.next()) {
            (None, None) => return Some(arguments),
            (Some(named), Some(value)) if named.starts_with('{') => arguments.push(value),
            (Some(segment), Some(value)) if segment == value => {}
            _ => return None,
        }
    }
}

/// The words of an operation's command; none where a value would have to be decoded, or has the form
/// of a flag.
fn named(method: &str, target: &str) -> Option<Vec<String>> {
    let is_plain = |value: &&str| !value.contains(['%', '+']) && !value.starts_with('-');
    let (operation, arguments) = operation(method, target)?;
    let mut words = vec![kebab(operation.family), kebab(operation.id)];
    for argument in arguments {
        words.push(Some(argument).filter(is_plain)?.to_owned());
    }
    let query = target.split_once('?').map_or("", |(_, query)| query);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        // A name in camel case has a flag in kebab case, which is not derived here.
        let is_snake = name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        let name = Some(kebab(name)).filter(|name| is_snake && !OPTIONS.contains(&&**name))?;
        words.push(format!("--{name}"));
        // A value that is never shown is not an argument: its flag takes a file.
        words.push(match is_hidden(&name.replace('-', "_")) {
            true => format!("@{name}.txt"),
            false => Some(value).filter(is_plain)?.to_owned(),
        });
    }
    Some(words)
}

/// Which names are hidden is known with the feature `server` only.
#[cfg(not(feature = "server"))]
fn is_hidden(_name: &str) -> bool {
    false
}

/// A name as a command or a flag.
fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

/// A word for a POSIX shell.
fn quoted(word: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_safe) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(all(test, feature = "accounts", feature = "persons"))]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_is_named_with_its_ids_and_its_query() {
        for (method, target, text) in [
            ("GET", "/v2/persons/p-1", "persons get-person p-1"),
            (
                "GET",
                "/v2/persons?status=ACTIVE&limit=5",
                "persons list-persons --status ACTIVE --limit 5",
            ),
            ("GET", "/v2/accounts/templates", "accounts list-account-templates"),
            ("DELETE", "/v2/accounts/templates/t-1", "accounts delete-account-template t-1"),
        ] {
            assert_eq!(command(method, target, None), format!("synctera {text}"));
        }
    }

    #[test]
    fn what_is_no_plain_value_is_called_by_its_path() {
        for (method, target, text) in [
            ("GET", "/v2/persons?first_name=Ada%20B", "'/v2/persons?first_name=Ada%20B'"),
            ("GET", "/v2/persons?all=1", "'/v2/persons?all=1'"),
            ("GET", "/v2/persons/-x", "/v2/persons/-x"),
            ("PUT", "/sandbox/no_such", "/sandbox/no_such"),
        ] {
            assert_eq!(command(method, target, None), format!("synctera api {method} {text}"));
        }
    }

    #[cfg(feature = "server")]
    #[test]
    fn a_value_that_is_never_shown_is_a_file() {
        let text = command("GET", "/v2/accounts?account_number=12%2B3&limit=5", None);
        assert_eq!(
            text,
            "synctera accounts list-accounts --account-number @account-number.txt --limit 5"
        );
    }

    #[test]
    fn a_shell_reads_the_words_as_they_are() {
        let body = json!({ "name": "O'Neil $HOME `x` \"y\"" });
        assert_eq!(
            command("POST", "/v2/persons", Some(&body)),
            r#"synctera persons create-person --body '{"name":"O'\''Neil $HOME `x` \"y\""}'"#
        );
        assert_eq!(quoted(""), "''");
    }
}
