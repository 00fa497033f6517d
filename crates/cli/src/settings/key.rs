//! The API key: from a variable, a file or a command, and never from an argument, which other users of the
//! machine could see.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use synctera::Sensitive;

use crate::exit::Failure;

/// The key of a sandbox on this machine that was started without another one.
const SANDBOX_KEY: &str = "sandbox-key";

/// Where the key is.
#[derive(Debug)]
pub(super) enum KeySource {
    Variable(Sensitive<String>),
    File(PathBuf),
    Command(String),
    /// The key of the sandbox on this machine.
    Sandbox,
    Nowhere,
}

impl KeySource {
    /// The first of them that there is.
    pub(super) fn of(
        variable: Option<String>,
        file: Option<PathBuf>,
        command: Option<String>,
        is_local: bool,
    ) -> Self {
        match (variable, file, command) {
            (Some(key), ..) => Self::Variable(Sensitive::new(key)),
            (_, Some(file), _) => Self::File(file),
            (.., Some(command)) => Self::Command(command),
            _ if is_local => Self::Sandbox,
            _ => Self::Nowhere,
        }
    }

    /// Reads the key.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn read(&self, profile: &str) -> Result<Sensitive<String>, Failure> {
        let key = match self {
            Self::Variable(key) => return Ok(key.clone()),
            Self::Sandbox => SANDBOX_KEY.to_owned(),
            Self::File(path) => of_file(path)?,
            Self::Command(command) => of_command(command, profile)?,
            Self::Nowhere => {
                return Err(Failure::configuration(format!(
                    "profile {profile} has no API key; next: set SYNCTERA_API_KEY, or api_key_file or \
                     api_key_command in the file of profiles"
                )));
            }
        };
        Ok(Sensitive::new(key.trim().to_owned()))
    }
}

fn of_file(path: &Path) -> Result<String, Failure> {
    let key = fs::read_to_string(path).map_err(|error| {
        Failure::configuration(format!(
            "the API key cannot be read from {}: {error}; next: correct api_key_file",
            path.display()
        ))
    })?;
    if key.trim().is_empty() {
        return Err(Failure::configuration(format!(
            "{} has no API key; next: write the key into it",
            path.display()
        )));
    }
    Ok(key)
}

/// What a command prints. It is run without a shell, and may ask its user on the terminal.
fn of_command(command: &str, profile: &str) -> Result<String, Failure> {
    let failed = |why: &str| {
        Failure::configuration(format!(
            "api_key_command of profile {profile} {why}; next: run it by itself and correct it"
        ))
    };
    let words = shlex::split(command).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| failed("is no command"))?;
    let output = Command::new(&words[0])
        .args(&words[1..])
        .stderr(Stdio::inherit())
        .stdin(Stdio::inherit())
        .output()
        .map_err(|error| failed(&format!("cannot be run: {error}")))?;
    if !output.status.success() {
        return Err(failed(&format!("failed: {}", output.status)));
    }
    let key = String::from_utf8(output.stdout).map_err(|_| failed("prints no text"))?;
    if key.trim().is_empty() {
        return Err(failed("prints nothing"));
    }
    Ok(key)
}
