//! Reads JSON with errors that have the path of the wrong value.
//!
//! The path is computed from the position of an error. Tracking it while reading (as
//! `serde_path_to_error` does) allocates for every key of every response, and wraps the `Deserialize`
//! of every type once more for the compiler.

use bytes::Bytes;
use serde::de::{DeserializeOwned, Error as _};
use serde_json::Error;

use super::{quote, tag_scan};

/// Characters of a path that are kept: its names come from the server.
const PATH_MAX: usize = 300;

/// Why a body could not be decoded, and where: `cards[3].card_details`, or `.` for all of it.
pub struct DecodeError {
    pub(crate) path: String,
    pub(crate) reason: serde_json::Error,
    /// It is JSON that does not fit the type.
    pub(crate) is_json: bool,
}

impl DecodeError {
    /// A body where none is expected.
    pub(crate) fn unexpected_body() -> Self {
        let reason = serde::de::Error::custom("no body is expected");
        Self { path: ".".to_owned(), reason, is_json: false }
    }

    fn new(text: &[u8], reason: serde_json::Error) -> Self {
        let path = path_at(text, offset(text, reason.line(), reason.column()));
        let is_json = reason.is_data();
        let (path, reason) = match inner(&reason) {
            Some((inner, what)) => (join(&path, &inner), Error::custom(what)),
            None => (path, reason),
        };
        Self { path: quote::truncated(path, PATH_MAX), reason, is_json }
    }

    /// A body that is not UTF-8 after this many bytes.
    fn not_text(body: &[u8], valid: usize) -> Self {
        let path = quote::truncated(path_at(body, valid), PATH_MAX);
        Self { path, reason: Error::custom("invalid UTF-8"), is_json: false }
    }

    /// The reason without its line and column, which are redundant beside a path.
    pub fn what(&self) -> String {
        without_position(&self.reason)
    }
}

/// A decoder's message without the values that it quotes, for logs: they may be personal data.
#[cfg(feature = "server")]
pub fn without_values(message: &str) -> String {
    crate::masked::without_values(message)
}

#[cfg(feature = "server")]
impl DecodeError {
    /// Where it is wrong: `cards[3].card_details`, or `.` for all of it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The member that is missing there, if that is what is wrong.
    pub fn missing_field(&self) -> Option<String> {
        let text = self.what();
        let name = text.strip_prefix("missing field `")?.split('`').next()?;
        Some(name.to_owned())
    }
}

/// The prefix of the text of an error that has a path of its own.
const AT: &str = "at ";

/// The text of an error in the property of this name, which was read separately from its object.
pub(crate) fn within(name: &str, path: &str, what: &str) -> String {
    format!("{AT}{}: {what}", join(name, path))
}

/// The path that the text of an error contains, and the rest of the text.
fn inner(reason: &serde_json::Error) -> Option<(String, String)> {
    if !reason.is_data() {
        return None;
    }
    let text = without_position(reason);
    let (path, what) = text.strip_prefix(AT)?.split_once(": ")?;
    Some((path.to_owned(), what.to_owned()))
}

/// An error's text without its line and column.
fn without_position(reason: &serde_json::Error) -> String {
    let text = reason.to_string();
    let position = format!(" at line {} column {}", reason.line(), reason.column());
    text.strip_suffix(&position).map_or_else(|| text.clone(), str::to_owned)
}

/// A path within the value at another.
fn join(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        (path, ".") | (".", path) => path.to_owned(),
        (outer, inner) if inner.starts_with('[') => format!("{outer}{inner}"),
        (outer, inner) => format!("{outer}.{inner}"),
    }
}

/// Reads a body.
#[doc(hidden)]
pub fn body<T: DeserializeOwned>(body: &Bytes) -> Result<T, DecodeError> {
    match std::str::from_utf8(body) {
        // One check for the complete body is faster than one for each string.
        Ok(text) => tag_scan::with_body(body, || read(text)),
        Err(invalid) => Err(DecodeError::not_text(body, invalid.valid_up_to())),
    }
}

/// Reads a text.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, DecodeError> {
    serde_json::from_str(text).map_err(|reason| DecodeError::new(text.as_bytes(), reason))
}

/// How many bytes were read before the error; lines count from one, columns are bytes.
fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let mut line_starts = std::iter::once(0)
        .chain(text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1));
    let start = line.checked_sub(1).and_then(|before| line_starts.nth(before));
    start.map_or(0, |start| start + column).min(text.len())
}

/// An object or list that is open.
enum Open {
    Object(Option<String>),
    List(usize),
}

/// The path of the value that ends or starts after this many bytes.
fn path_at(text: &[u8], end: usize) -> String {
    let mut open = Vec::new();
    let mut at = 0;
    while at < end {
        match text[at] {
            b'{' => open.push(Open::Object(None)),
            b'[' => open.push(Open::List(0)),
            b'}' | b']' => drop(open.pop()),
            b',' => match open.last_mut() {
                Some(Open::Object(key)) => *key = None,
                Some(Open::List(index)) => *index += 1,
                None => {}
            },
            b'"' => {
                let last = string_end(text, at);
                if let Some(Open::Object(key @ None)) = open.last_mut() {
                    *key = text.get(at..=last).and_then(|key| serde_json::from_slice(key).ok());
                }
                at = last;
            }
            _ => {}
        }
        at += 1;
    }
    let mut path = String::new();
    for container in open {
        match container {
            Open::Object(Some(key)) if path.is_empty() => path = key,
            Open::Object(Some(key)) => {
                path.push('.');
                path.push_str(&key);
            }
            Open::Object(None) => {}
            Open::List(index) => path.push_str(&format!("[{index}]")),
        }
    }
    if path.is_empty() { ".".to_owned() } else { path }
}

/// The position of the quote that closes the string which starts at `start`.
fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        match text.get(at) {
            None | Some(b'"') => return at,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "decoded, never read")]
    struct Page {
        items: Vec<Item>,
        #[serde(default)]
        names: BTreeMap<String, Option<String>>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "decoded, never read")]
    struct Item {
        id: uuid::Uuid,
        count: Option<i64>,
    }

    const ID: &str = "\"00000000-0000-0000-0000-000000000000\"";

    fn path(text: &str) -> String {
        let text = text.replace("ID", ID);
        let found = read::<Page>(&text).unwrap_err().path;
        let spread = text.replace(',', " ,\n ").replace(':', " :\n ");
        assert_eq!(read::<Page>(&spread).unwrap_err().path, found, "{spread}");
        // The error of the other reader is the same.
        let mut deserializer = serde_json::Deserializer::from_str(&text);
        let tracked = serde_path_to_error::deserialize::<_, Page>(&mut deserializer).unwrap_err();
        assert_eq!(tracked.path().to_string(), found, "{text}");
        found
    }

    #[test]
    fn a_wrong_value_is_found() {
        assert_eq!(path(r#"{"items": [{"id": ID}, {"id": ID, "count": "x"}]}"#), "items[1].count");
        assert_eq!(path(r#"{"items": [{"id": ID, "count": 1.5}]}"#), "items[0].count");
        assert_eq!(path(r#"{"items": [{"id": ID, "count": {"a": 1}}]}"#), "items[0].count");
        assert_eq!(path(r#"{"items": [{"id": ID, "count": [1]}]}"#), "items[0].count");
        assert_eq!(path(r#"{"items": [{"count": 1, "id": "x"}]}"#), "items[0].id");
        assert_eq!(path(r#"{"items": [{"id": ID}, 7]}"#), "items[1]");
        assert_eq!(path(r#"{"items": ["a"]}"#), "items[0]");
        assert_eq!(path(r#"{"items": {}}"#), "items");
        assert_eq!(path(r#"{"items": null}"#), "items");
        assert_eq!(path(r#"{"names": {"a\"}b": 1}, "items": []}"#), r#"names.a"}b"#);
    }

    #[test]
    fn what_is_missing_is_missing_from_its_object() {
        assert_eq!(path(r#"{"items": [{"id": ID}, {"count": 1}], "names": {}}"#), "items[1]");
        assert_eq!(path(r#"{"names": {}}"#), ".");
        assert_eq!(path("7"), ".");
    }

    #[test]
    fn strings_end_where_they_are_closed() {
        for length in 0..20 {
            let plain = "a".repeat(length);
            for end in ["", "b", ", \"more than eight\""] {
                let text = format!("\"{plain}\"{end}");
                assert_eq!(string_end(text.as_bytes(), 0), length + 1, "{text}");
                let text = format!("\"{plain}\\\\\\\"{plain}\"{end}");
                assert_eq!(string_end(text.as_bytes(), 0), 2 * length + 5, "{text}");
            }
            assert!(string_end(format!("\"{plain}").as_bytes(), 0) > length);
        }
    }

    #[test]
    fn a_path_is_bounded() {
        let text = format!(r#"{{"names": {{"{}": 7}}, "items": []}}"#, "n".repeat(100_000));
        let error = read::<Page>(&text).unwrap_err();
        assert!(error.path.starts_with("names.nnn"), "{}", error.path);
        assert_eq!(error.path.chars().count(), PATH_MAX + 1);
        assert!(error.is_json);
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let error = body::<serde_json::Value>(&Bytes::from_static(b"{\"a\": [\"x\", \"\xff\"]}"))
            .unwrap_err();
        assert_eq!(error.path, "a[1]");
        assert_eq!(error.what(), "invalid UTF-8");
        assert!(!error.is_json);
    }
}
