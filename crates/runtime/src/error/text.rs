//! What an error says.

use std::fmt;

use super::effect::Origin;
use super::error::Error;
use super::kind::ErrorKind;
use super::next_step;
use crate::quote::quoted;
use crate::retry_class::RetryClass;

/// Characters of a message of this crate, which may quote the server.
const MESSAGE_MAX: usize = 2000;
/// Characters of an id, a key or a path.
const NAME_MAX: usize = 300;
/// Characters of how far a journey got.
const PROGRESS_MAX: usize = 8000;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        let message = quoted(&inner.message, MESSAGE_MAX);
        write!(f, "{}: ", quoted(&inner.what, NAME_MAX))?;
        match inner.kind {
            ErrorKind::InvalidInput => {
                f.write_str("the input is wrong")?;
                inner.problem.write_reasons(f)?;
            }
            ErrorKind::Configuration => write!(f, "{message}")?,
            ErrorKind::Refused => write!(f, "refused: {message}")?,
            ErrorKind::RateLimited => write!(f, "not sent: {message}")?,
            ErrorKind::Connect => write!(f, "no connection: {message}")?,
            ErrorKind::Timeout if inner.is_deadline => write!(f, "{message}")?,
            ErrorKind::Timeout if inner.retry_class == RetryClass::NothingDone => {
                write!(f, "not sent: {message}")?;
            }
            ErrorKind::Timeout => write!(f, "no answer in time: {message}")?,
            ErrorKind::Interrupted => write!(f, "interrupted: {message}")?,
            ErrorKind::Api => {
                let who = match self.origin() {
                    Origin::Platform | Origin::Unclear => "platform",
                    Origin::Other => "server",
                };
                write!(f, "the {who} answered {}", inner.status.unwrap_or_default())?;
                if !inner.message.is_empty() {
                    write!(f, " with {message}")?;
                }
            }
            // The platform's explanation says the same.
            ErrorKind::KeyReused if inner.problem.detail.is_some() => {
                write!(f, "the platform answered {}", inner.status.unwrap_or_default())?;
            }
            ErrorKind::KeyReused => {
                f.write_str("the idempotency key was used before, for another request")?
            }
            ErrorKind::Decode => match inner.path.as_deref().filter(|path| *path != ".") {
                Some(path) => {
                    let path = quoted(path, NAME_MAX);
                    write!(f, "the answer cannot be decoded at {path}: {message}")?;
                }
                None => write!(f, "the answer cannot be decoded: {message}")?,
            },
            ErrorKind::ResponseTooLarge => write!(f, "the answer is too large: {message}")?,
            ErrorKind::Local => write!(f, "{message}")?,
        }
        if let (ErrorKind::Local, Some(source)) = (inner.kind, &inner.source) {
            write!(f, ": {}", quoted(&source.to_string(), MESSAGE_MAX))?;
        }
        let mut problem = String::new();
        if inner.kind != ErrorKind::InvalidInput {
            inner.problem.write(&mut problem, inner.limits.quoted_text)?;
        }
        if !problem.is_empty() {
            write!(f, ": {}", problem.trim_start())?;
        }
        let mut trace = Vec::new();
        if let Some(id) = &inner.trace.request_id {
            trace.push(format!("request id {}", quoted(id, NAME_MAX)));
        }
        if let Some(key) = &inner.trace.idempotency_key {
            trace.push(format!("idempotency key {}", quoted(key, NAME_MAX)));
        }
        if inner.trace.attempts > 1 {
            trace.push(format!("{} attempts", inner.trace.attempts));
        }
        if let Some(why) = inner.trace.gave_up {
            trace.push(format!("not retried: {why}"));
        }
        if !trace.is_empty() {
            write!(f, " [{}]", trace.join(", "))?;
        }
        if let Some(progress) = &inner.progress {
            write!(f, "; {}", quoted(&progress.to_string(), PROGRESS_MAX))?;
        }
        write!(f, "; next: {}", next_step::text(self))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}, {self})", self.0.kind)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
