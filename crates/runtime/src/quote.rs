//! Makes text from a server safe for a log line or a terminal: its length is limited, and every
//! character is escaped that could start a line, move the cursor, reorder the text or be invisible.

use std::fmt::{self, Write as _};

/// A text with unsafe characters escaped, cut off after a number of characters.
#[derive(Clone, Copy)]
pub struct Quoted<'a> {
    text: &'a str,
    chars_max: usize,
}

/// Shows at most this many characters of a text from outside, and counts the others.
///
/// The characters that `Debug` escapes in a string are escaped, except quotes and backslashes:
/// control characters, line separators, bidirectional controls and invisible characters.
pub fn quoted(text: &str, chars_max: usize) -> Quoted<'_> {
    Quoted { text, chars_max }
}

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.chars_max;
        for (index, c) in self.text.char_indices() {
            let is_unsafe = is_unsafe(c);
            let width = if is_unsafe { c.escape_debug().len() } else { 1 };
            let Some(rest) = left.checked_sub(width) else {
                let more = self.text[index..].chars().count();
                return write!(f, "... ({more} more characters)");
            };
            left = rest;
            if is_unsafe {
                write!(f, "{}", c.escape_debug())?;
            } else {
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// Whether a character is not shown as itself.
fn is_unsafe(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    // After a letter, so that combining accents are not escaped.
    let mut buffer = [b'a'; 5];
    let end = 1 + c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..end]).is_ok_and(|text| text.escape_debug().count() > 2)
}

/// At most this many characters, with a mark at the cut.
pub(crate) fn truncated(mut text: String, chars_max: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(chars_max) {
        text.truncate(end);
        text.push('\u{2026}');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_forge_a_line_or_move_the_cursor_is_escaped() {
        for (text, shown) in [
            ("plain \"text\" with \\ and 'quotes'", "plain \"text\" with \\ and 'quotes'"),
            ("\u{1b}[2J\r\nERROR forged\t\0", "\\u{1b}[2J\\r\\nERROR forged\\t\\0"),
            ("a\u{7f}\u{85}\u{9b}31m", "a\\u{7f}\\u{85}\\u{9b}31m"),
            ("a\u{2028}b\u{2029}", "a\\u{2028}b\\u{2029}"),
            (
                "\u{202e}gpj.exe\u{2066}\u{2069}\u{200f}\u{61c}",
                "\\u{202e}gpj.exe\\u{2066}\\u{2069}\\u{200f}\\u{61c}",
            ),
            ("\u{200b}\u{feff}\u{e0041}", "\\u{200b}\\u{feff}\\u{e0041}"),
            ("Ze\u{301} हिन्दी 東京 ñ €", "Ze\u{301} हिन्दी 東京 ñ €"),
        ] {
            assert_eq!(quoted(text, 1000).to_string(), shown);
        }
    }

    #[test]
    fn every_character_is_shown_safely() {
        for c in '\0'..=char::MAX {
            let shown = quoted(c.encode_utf8(&mut [0; 4]), 20).to_string();
            assert!(!shown.chars().any(char::is_control), "{c:?}");
            assert!(shown.starts_with(c) || shown.starts_with('\\'), "{c:?}");
        }
    }

    #[test]
    fn what_is_cut_off_is_counted() {
        assert_eq!(quoted("four", 4).to_string(), "four");
        assert_eq!(quoted("fünf!", 4).to_string(), "fünf... (1 more characters)");
        assert_eq!(quoted("\u{1b}\u{1b}", 7).to_string(), "\\u{1b}... (1 more characters)");
        assert_eq!(quoted("x", 0).to_string(), "... (1 more characters)");
        let long = quoted(&"\u{202e}".repeat(1_000_000), 500).to_string();
        assert!(long.len() < 550, "{}", long.len());
        assert_eq!(truncated("fünf".to_owned(), 4), "fünf");
        assert_eq!(truncated("fünf".to_owned(), 2), "fü\u{2026}");
    }
}
