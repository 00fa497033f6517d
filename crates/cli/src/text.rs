//! Text from outside, made safe for a terminal: it moves no cursor and starts no line.

use std::io;
use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};
use synctera_runtime::quoted;

/// Characters of a value in a table.
const CELL_MAX: usize = 200;
/// Characters of a text that is printed as it is.
const TEXT_MAX: usize = 1_000_000;
/// Characters of a path or a URL in a message.
const PATH_MAX: usize = 300;
/// Characters of a name in a message.
const NAME_MAX: usize = 60;

/// A value for a cell of a table.
pub(crate) fn cell(text: &str) -> String {
    quoted(text, CELL_MAX).to_string()
}

/// A path for a message.
pub(crate) fn path(path: &Path) -> String {
    quoted(&path.to_string_lossy(), PATH_MAX).to_string()
}

/// A URL for a message.
pub(crate) fn url(url: &str) -> String {
    quoted(url, PATH_MAX).to_string()
}

/// A name for a message, such as that of a profile.
pub(crate) fn name(name: &str) -> String {
    quoted(name, NAME_MAX).to_string()
}

/// A text of several lines, line by line.
pub(crate) fn lines(text: &str) -> String {
    let safe = |line: &str| {
        let tabs: Vec<String> =
            line.split('\t').map(|part| quoted(part, TEXT_MAX).to_string()).collect();
        tabs.join("\t")
    };
    text.split('\n').map(safe).collect::<Vec<_>>().join("\n")
}

/// A value as JSON, on several lines or on one. Control characters are escaped; it
/// is the same JSON.
pub(crate) fn json(value: &Value, is_pretty: bool) -> String {
    let mut text = Vec::new();
    let written = if is_pretty {
        let formatter = Safe(PrettyFormatter::with_indent(b"  "));
        value.serialize(&mut Serializer::with_formatter(&mut text, formatter))
    } else {
        let formatter = Safe(serde_json::ser::CompactFormatter);
        value.serialize(&mut Serializer::with_formatter(&mut text, formatter))
    };
    // Every key is a text, so that this cannot fail.
    written.map(|()| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default()
}

/// Escapes control characters in texts.
struct Safe<F>(F);

impl<F: Formatter> Formatter for Safe<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for c in fragment.chars() {
            let mut buffer = [0; 4];
            let text = &*c.encode_utf8(&mut buffer);
            if c.is_ascii_graphic() || c == ' ' || quoted(text, 20).to_string() == text {
                writer.write_all(text.as_bytes())?;
                continue;
            }
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
        }
        Ok(())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_the_same_and_moves_no_cursor() {
        let value = json!({ "a\u{1b}": ["\u{1b}[2J\u{9b}31m\u{202e}\u{7f}\n", "Ze\u{301} 東京 🏦 \u{e0041}"] });
        for is_pretty in [true, false] {
            let text = json(&value, is_pretty);
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
            assert!(!text.chars().any(|c| c != '\n' && c.is_control()), "{text}");
            assert!(!text.contains('\u{202e}') && text.contains("東京 🏦"), "{text}");
        }
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(lines("a\tb\n\u{1b}c\n"), "a\tb\n\\u{1b}c\n");
    }
}
