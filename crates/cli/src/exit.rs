//! How the program ends: the exit codes, and what goes with each.

use std::fmt;
use std::io;

use synctera::{Error, ErrorKind};

/// An exit code. The README lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// It is done.
    Done = 0,
    /// It failed for a reason that has no code of its own.
    Failed = 1,
    /// The command, a flag or a value is wrong.
    Usage = 2,
    /// The input is wrong; nothing was sent.
    Input = 3,
    /// The platform refused.
    Refused = 4,
    /// The API key is not accepted, or lacks a permission.
    Access = 5,
    /// What was asked for does not exist.
    NotFound = 6,
    /// The profile, the key or the address cannot be used.
    Configuration = 7,
    /// No response, a fault of the server, or too many requests: the same command may succeed later.
    Unavailable = 8,
    /// A write in production was not confirmed.
    Unconfirmed = 9,
    /// It was stopped by Ctrl-C.
    Interrupted = 130,
}

/// Why a command did not do what it was to do.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What failed, and what to do next; empty when nothing is to be printed.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(Exit::Input, message)
    }

    pub(crate) fn configuration(message: impl Into<String>) -> Self {
        Self::new(Exit::Configuration, message)
    }

    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut message = error.to_string();
        let is_local =
            ["127.0.0.1", "localhost", "[::1]"].iter().any(|host| message.contains(host));
        if error.kind() == ErrorKind::Connect && is_local {
            message += ", or start a sandbox with: synctera sandbox start";
        }
        Self::new(exit_of(&error), message)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // Whoever read the output has read enough.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(Exit::Done, "");
        }
        Self::failed(format!("the output cannot be written: {error}"))
    }
}

fn exit_of(error: &Error) -> Exit {
    match error.kind() {
        ErrorKind::InvalidInput | ErrorKind::Refused => Exit::Input,
        ErrorKind::Configuration => Exit::Configuration,
        ErrorKind::RateLimited
        | ErrorKind::Connect
        | ErrorKind::Timeout
        | ErrorKind::Interrupted => Exit::Unavailable,
        ErrorKind::KeyReused => Exit::Refused,
        ErrorKind::Api => of_status(error.status().map_or(0, |status| status.as_u16())),
        _ => Exit::Failed,
    }
}

/// The exit code for the status of a refusal.
pub(crate) fn of_status(status: u16) -> Exit {
    match status {
        401 | 403 => Exit::Access,
        404 => Exit::NotFound,
        408 | 425 | 429 => Exit::Unavailable,
        501 => Exit::Refused,
        500.. => Exit::Unavailable,
        400.. => Exit::Refused,
        _ => Exit::Failed,
    }
}
