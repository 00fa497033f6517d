//! The exit codes of the program, and the errors that lead to them.

use std::fmt;
use std::io;

use synctera::{Error, ErrorKind};

use crate::address::is_loopback;

/// An exit code. The README lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// The command did what it was asked for.
    Success = 0,
    /// It failed for a reason that has no code of its own.
    Failed = 1,
    /// The command, a flag or a value is wrong.
    Usage = 2,
    /// The input is wrong; it was not sent.
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
    /// A call in production was not confirmed.
    Unconfirmed = 9,
    /// Ctrl-C was pressed.
    Interrupted = 130,
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What failed, and what to do next. Empty if nothing is to be printed.
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

impl Failure {
    /// The failure of a call to this address.
    pub(crate) fn of_call(error: Error, base_url: &str) -> Self {
        let kind = error.kind();
        Self::from(error).with_advice(Some(kind), base_url)
    }

    /// Adds how a sandbox is started if there is none at an address on this machine.
    pub(crate) fn with_advice(mut self, kind: Option<ErrorKind>, base_url: &str) -> Self {
        if kind == Some(ErrorKind::Connect) && is_loopback(base_url) {
            self.message += ", or start a sandbox with: synctera sandbox start";
        }
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = error.status().map(|status| status.as_u16());
        Self::new(exit_of(error.kind(), status), error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // The reader of the output closed it, such as `head`: that is not a failure.
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::new(Exit::Success, "");
        }
        Self::failed(format!(
            "the output cannot be written: {error}; next: check the disk, or the program that reads it"
        ))
    }
}

/// The exit code of an error of the client.
pub(crate) fn exit_of(kind: ErrorKind, status: Option<u16>) -> Exit {
    match kind {
        ErrorKind::InvalidInput | ErrorKind::Refused => Exit::Input,
        ErrorKind::Configuration => Exit::Configuration,
        ErrorKind::RateLimited
        | ErrorKind::Connect
        | ErrorKind::Timeout
        | ErrorKind::Interrupted => Exit::Unavailable,
        ErrorKind::KeyReused => Exit::Refused,
        ErrorKind::Api => of_status(status.unwrap_or_default()),
        _ => Exit::Failed,
    }
}

/// The exit code of a response that is an error.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_to_start_a_sandbox_depends_on_the_address_and_not_on_the_text() {
        let advised = |kind, url| {
            let failure = Failure::failed("of 127.0.0.1").with_advice(Some(kind), url);
            failure.message.contains("synctera sandbox start")
        };
        assert!(advised(ErrorKind::Connect, "http://127.0.0.1:8080"));
        assert!(!advised(ErrorKind::Connect, "https://api-sandbox.synctera.com"));
        assert!(!advised(ErrorKind::Timeout, "http://127.0.0.1:8080"));
    }
}
