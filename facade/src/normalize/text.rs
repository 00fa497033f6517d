//! Names, and other texts of one line.

use unicode_normalization::UnicodeNormalization;

use super::InvalidValue;

/// Characters that show nothing and come along with what is copied: a zero-width space, a word
/// joiner, a byte order marker, a soft hyphen. (Joiners that change how a name is written stay.)
const INVISIBLE: [char; 4] = ['\u{200B}', '\u{2060}', '\u{FEFF}', '\u{AD}'];

/// A name, a city, a line of an address: no blanks around it, one between its words, and each
/// letter in its composed form (Unicode's NFC).
///
/// # Errors
/// When nothing is left, or it has control characters.
///
/// ```
/// assert_eq!(synctera::normalize::text("  Ada\u{a0}  Byron ").as_deref(), Ok("Ada Byron"));
/// ```
pub fn text(text: &str) -> Result<String, InvalidValue> {
    let visible: String = text.chars().filter(|c| !INVISIBLE.contains(c)).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err(InvalidValue("must not be empty"));
    }
    if line.chars().any(char::is_control) {
        return Err(InvalidValue("must not have control characters"));
    }
    Ok(line.nfc().collect())
}
