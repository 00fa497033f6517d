//! API keys and the control token: arguments, which other users of the machine can see, variables of
//! the environment, and files.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use synctera_sandbox::{DEFAULT_API_KEY, SandboxBuilder};

use super::Failure;

/// The workspace of a key that names none.
const WORKSPACE: &str = "1_1";
const KEYS_VARIABLE: &str = "SYNCTERA_SANDBOX_API_KEY";
const TOKEN_VARIABLE: &str = "SYNCTERA_SANDBOX_CONTROL_TOKEN";
/// The largest file of secrets, in bytes.
const FILE_MAX: u64 = 1024 * 1024;

/// Accepts all keys that are given, or the default one; whether it is that.
pub(super) fn with_keys(
    mut builder: SandboxBuilder,
    mut keys: Vec<String>,
    file: Option<&Path>,
) -> Result<(SandboxBuilder, bool), Failure> {
    let mut is_given = !keys.is_empty();
    if let Some(text) = variable(KEYS_VARIABLE)? {
        keys.extend(some_words(&text).ok_or_else(|| format!("{KEYS_VARIABLE} has no API key"))?);
        is_given = true;
    }
    if let Some(path) = file {
        let text = read(path)?;
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if lines.is_empty() {
            return Err(format!("{}: there is no API key in it", path.display()).into());
        }
        if lines.iter().any(|line| line.contains(char::is_whitespace)) {
            let why = "a line has one API key, which has no blanks";
            return Err(format!("{}: {why}", path.display()).into());
        }
        keys.extend(lines.into_iter().map(str::to_owned));
        is_given = true;
    }
    if !is_given {
        keys.push(DEFAULT_API_KEY.to_owned());
    }
    for key in keys {
        let (key, workspace) = key.rsplit_once('=').unwrap_or((&key, WORKSPACE));
        builder = builder.api_key(key, workspace);
    }
    Ok((builder, !is_given))
}

/// The control token, if one is given: that of an argument before that of the environment.
pub(super) fn control_token(
    given: Option<String>,
    file: Option<&Path>,
) -> Result<Option<String>, Failure> {
    if given.is_some() {
        return Ok(given);
    }
    let (source, text) = match file {
        Some(path) => (path.display().to_string(), read(path)?),
        None => match variable(TOKEN_VARIABLE)? {
            Some(text) => (TOKEN_VARIABLE.to_owned(), text),
            None => return Ok(None),
        },
    };
    // An empty one is likely a variable that was to be filled, and would leave a container without
    // its control API.
    let token = text.trim();
    if token.is_empty() {
        return Err(format!("{source}: there is no control token in it").into());
    }
    Ok(Some(token.to_owned()))
}

/// The API key in a file, which has nothing else.
pub(super) fn one_key(path: &Path) -> Result<String, Failure> {
    let text = read(path)?;
    let mut words = text.split_whitespace();
    match (words.next(), words.next()) {
        (Some(key), None) => Ok(key.to_owned()),
        (None, _) => Err(format!("{}: there is no API key in it", path.display()).into()),
        _ => Err(format!("{}: there is more than an API key in it", path.display()).into()),
    }
}

pub(super) fn variable(name: &str) -> Result<Option<String>, Failure> {
    let Some(text) = std::env::var_os(name) else {
        return Ok(None);
    };
    Ok(Some(text.into_string().map_err(|_| format!("{name} is not text"))?))
}

/// The words of a text, with blanks or lines between them.
fn some_words(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    (!words.is_empty()).then_some(words)
}

fn read(path: &Path) -> Result<String, Failure> {
    let read = || -> io::Result<String> {
        let mut text = String::new();
        File::open(path)?.take(FILE_MAX).read_to_string(&mut text)?;
        Ok(text)
    };
    Ok(read().map_err(|why| format!("{}: {why}", path.display()))?)
}
