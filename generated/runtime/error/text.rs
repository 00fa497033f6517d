//! What an error says.

use std::fmt;

use super::{Error, ErrorKind};

/// A decoder's message without the values that it quotes: they may be anybody's data.
pub(super) fn without_values(message: &str) -> String {
    let mut masked = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find('"') {
        let (before, quoted) = rest.split_at(start);
        masked.push_str(before);
        masked.push_str("\"***\"");
        let mut end = quoted.len();
        let mut escaped = false;
        for (index, c) in quoted.char_indices().skip(1) {
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => {
                    end = index + 1;
                    break;
                }
                _ => escaped = false,
            }
        }
        rest = &quoted[end..];
    }
    masked.push_str(rest);
    crate::runtime::sensitive::scrub(&masked).into_owned()
}

/// The longest media type that is quoted.
const MEDIA_TYPE_MAX: usize = 60;

/// Says that an answer is not JSON, and what it claims to be.
pub(super) fn not_json(content_type: Option<&str>) -> String {
    let media_type = content_type.and_then(|text| text.split(';').next()).unwrap_or_default();
    let media_type = media_type.trim().to_ascii_lowercase();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/+-._".contains(c);
    match media_type.as_str() {
        "" => "the body is not JSON".to_owned(),
        "application/json" => "the body is not valid JSON".to_owned(),
        odd if odd.len() > MEDIA_TYPE_MAX || !odd.chars().all(is_plain) => {
            "the body is not JSON".to_owned()
        }
        other => format!("the body is {other}, not JSON"),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        write!(f, "{}: ", inner.what)?;
        match inner.kind {
            ErrorKind::InvalidInput => {
                f.write_str("the input is wrong")?;
                for (index, (field, reason)) in inner.problem.invalid.iter().enumerate() {
                    let before = if index == 0 { ": " } else { "; " };
                    write!(f, "{before}{field} {reason}")?;
                }
            }
            ErrorKind::Configuration => f.write_str(&inner.message)?,
            ErrorKind::Refused => write!(f, "refused: {}", inner.message)?,
            ErrorKind::Connect => write!(f, "no connection: {}", inner.message)?,
            ErrorKind::Timeout => write!(f, "no answer in time: {}", inner.message)?,
            ErrorKind::Interrupted => write!(f, "interrupted: {}", inner.message)?,
            ErrorKind::Api => {
                write!(f, "the platform answered {}", inner.status.unwrap_or_default())?;
            }
            ErrorKind::KeyReused => {
                f.write_str("the idempotency key was used before, for another request")?
            }
            ErrorKind::Decode if inner.is_foreign => {
                let status = inner.status.unwrap_or_default();
                write!(f, "the answer {status} cannot be read: {}", inner.message)?;
            }
            ErrorKind::Decode => {
                let path =
                    inner.path.as_deref().filter(|path| *path != ".").unwrap_or("the top level");
                write!(f, "the answer cannot be read at {path}: {}", inner.message)?;
            }
            ErrorKind::Local => f.write_str(&inner.message)?,
        }
        if let (ErrorKind::Local, Some(source)) = (inner.kind, &inner.source) {
            write!(f, ": {source}")?;
        }
        let problem = inner.problem.to_string();
        if !problem.is_empty() && inner.kind != ErrorKind::InvalidInput {
            write!(f, ": {}", problem.trim_start())?;
        }
        let mut trace = Vec::new();
        if let Some(id) = &inner.trace.request_id {
            trace.push(format!("request id {id}"));
        }
        if let Some(key) = &inner.trace.idempotency_key {
            trace.push(format!("idempotency key {key}"));
        }
        if inner.trace.attempts > 1 {
            trace.push(format!("{} attempts", inner.trace.attempts));
        }
        if let Some(why) = inner.trace.gave_up {
            trace.push(format!("not tried again: {why}"));
        }
        if !trace.is_empty() {
            write!(f, " [{}]", trace.join(", "))?;
        }
        if let Some(progress) = &inner.progress {
            write!(f, "; {progress}")?;
        }
        write!(f, "; next: {}", super::advice::text(self))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decoders_quotes_are_masked() {
        assert_eq!(
            without_values(r#"invalid type: string "Ada \" Byron", expected i64 at line 1"#),
            r#"invalid type: string "***", expected i64 at line 1"#
        );
    }
}
