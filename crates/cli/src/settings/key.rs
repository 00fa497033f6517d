//! The API key: from a variable, a file, a command or the keyring of the system, and never from an argument, which other users of the
//! machine could see.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{io, thread};

use synctera::Sensitive;

use crate::exit::Failure;
use crate::{files, text};

/// The key of a sandbox on this machine that was started without another one.
const SANDBOX_KEY: &str = "sandbox-key";
/// A file with a key, or what a command prints, has at most as many bytes.
const BYTES_MAX: u64 = 64 * files::KIB;
/// How long a command may take. It may ask its user for a password.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is checked whether the command has ended, after it has closed its output.
const PAUSE: Duration = Duration::from_millis(5);

/// Where the key is.
#[derive(Debug)]
pub(super) enum KeySource {
    Variable(Sensitive<String>),
    File(PathBuf),
    Command(String),
    /// The keyring of the system.
    Keyring,
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
        in_keyring: bool,
        is_local: bool,
    ) -> Self {
        match (variable, file, command) {
            (Some(key), ..) => Self::Variable(Sensitive::new(key)),
            (_, Some(file), _) => Self::File(file),
            (.., Some(command)) => Self::Command(command),
            _ if in_keyring => Self::Keyring,
            _ if is_local => Self::Sandbox,
            _ => Self::Nowhere,
        }
    }

    /// Reads the key.
    ///
    /// # Errors
    /// If the profile has no key.
    pub(super) fn read(&self, profile: &str) -> Result<Sensitive<String>, Failure> {
        let key = match self {
            Self::Variable(key) => return Ok(key.clone()),
            Self::Keyring => return super::keyring::read(profile),
            Self::Sandbox => SANDBOX_KEY.to_owned(),
            Self::File(path) => of_file(path)?,
            Self::Command(command) => of_command(command, profile, PATIENCE)?,
            Self::Nowhere => {
                return Err(Failure::configuration(format!(
                    "profile {} has no API key; next: set SYNCTERA_API_KEY, or api_key_file or \
                     api_key_command in the file of profiles",
                    text::name(profile)
                )));
            }
        };
        Ok(Sensitive::new(key.trim().to_owned()))
    }
}

fn of_file(path: &Path) -> Result<String, Failure> {
    let shown = text::path(path);
    let key = files::read(path, BYTES_MAX).map_err(|error| {
        Failure::configuration(format!(
            "the API key cannot be read from {shown}: {error}; next: correct api_key_file or \
             SYNCTERA_API_KEY_FILE"
        ))
    })?;
    if key.trim().is_empty() {
        return Err(Failure::configuration(format!(
            "{shown} has no API key; next: write the key into it"
        )));
    }
    Ok(key)
}

/// What a command prints. It is run without a shell, and may ask its user on the terminal.
fn of_command(command: &str, profile: &str, patience: Duration) -> Result<String, Failure> {
    let failed = |why: &str| {
        Failure::configuration(format!(
            "api_key_command of profile {} {why}; next: run the command in a shell, and correct it",
            text::name(profile)
        ))
    };
    let words = shlex::split(command).filter(|words| !words.is_empty());
    let words = words.ok_or_else(|| failed("is not a command"))?;
    let mut child = Command::new(&words[0])
        .args(&words[1..])
        .stderr(Stdio::inherit())
        .stdin(Stdio::inherit())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&format!("cannot be run: {error}")))?;
    let ended = output(&mut child, patience);
    // It has ended, or it is not waited for any longer.
    let _ = child.kill();
    let _ = child.wait();
    let (status, printed) = ended.map_err(|error| failed(&error.to_string()))?;
    if !status.success() {
        return Err(failed(&format!("failed: {status}")));
    }
    let key = printed.map_err(|error| failed(&format!("prints no key: {error}")))?;
    if key.trim().is_empty() {
        return Err(failed("prints nothing"));
    }
    Ok(key)
}

/// What a program prints, and how it ends, within a time.
fn output(child: &mut Child, patience: Duration) -> io::Result<(ExitStatus, io::Result<String>)> {
    let end = Instant::now() + patience;
    let late = || {
        let message = format!("has not ended after {} s", patience.as_secs());
        io::Error::new(io::ErrorKind::TimedOut, message)
    };
    let out = child.stdout.take().ok_or_else(|| io::Error::other("has no output"))?;
    let (sender, receiver) = mpsc::channel();
    // A thread of its own: a read of a pipe has no time limit.
    thread::Builder::new().spawn(move || sender.send(files::text(out, BYTES_MAX)))?;
    let printed = receiver.recv_timeout(patience).map_err(|_| late())?;
    if printed.is_err() {
        // It may never end, as its output is not read any longer.
        child.kill()?;
    }
    loop {
        match child.try_wait()? {
            Some(_) if printed.is_err() => return Ok((ExitStatus::default(), printed)),
            Some(status) => return Ok((status, printed)),
            None if Instant::now() >= end => return Err(late()),
            None => thread::sleep(PAUSE),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_command_has_a_time_and_a_size() {
        let brief = Duration::from_millis(50);
        assert_eq!(of_command("printf key-1", "x", PATIENCE).unwrap(), "key-1");
        // The last one closes its output and goes on.
        for (command, why) in [
            ("sleep 600", "has not ended after 0 s"),
            ("sh -c 'exec >&-; exec sleep 600'", "has not ended after 0 s"),
            ("yes", "it has more than 64 KiB"),
            ("sh -c 'echo key-2; exit 3'", "failed: exit status: 3"),
            ("printf '\\377'", "it is not UTF-8 text"),
            ("true", "prints nothing"),
            ("/no/such/program", "cannot be run"),
            ("'", "is not a command"),
        ] {
            let patience = if command.contains("sleep") { brief } else { PATIENCE };
            let message = of_command(command, "x", patience).unwrap_err().message;
            assert!(message.contains(why) && !message.contains("key-2"), "{command}: {message}");
        }
    }

    #[test]
    fn a_file_that_is_too_long_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, vec![b'k'; 70_000]).unwrap();
        assert!(of_file(&file).unwrap_err().message.contains("it has more than 64 KiB"));
    }
}
