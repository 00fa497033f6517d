//! Names, and other texts of one line.

use unicode_normalization::UnicodeNormalization;

use super::characters::{is_space, visible};
use super::invalid::{InvalidValue, bounded};
use crate::FieldErrorCode;

/// The maximum length of a text, in characters.
const TEXT_MAX: usize = 1000;
const TOO_LONG: &str = "must have at most 1,000 characters";

/// A name, a city, a line of an address: no blanks around it, one between its words, no invisible
/// characters, and each letter in its composed form (Unicode's NFC).
///
/// Joiners that are part of the spelling of a word (in Arabic script, and the scripts of India) are
/// kept. The result may have 1,000 characters; the platform has lower limits for some fields.
///
/// # Errors
/// When it has no visible character, is too long, or has control characters.
///
/// ```
/// assert_eq!(synctera::normalize::text("  Ada\u{a0}  Byron ").as_deref(), Ok("Ada Byron"));
/// assert_eq!(synctera::normalize::text("\u{feff}Ada\u{200b}").as_deref(), Ok("Ada"));
/// assert!(synctera::normalize::text("\u{3164}").is_err());
/// ```
pub fn text(text: &str) -> Result<String, InvalidValue> {
    let line = visible(bounded(text, TEXT_MAX, TOO_LONG)?);
    let words: Vec<&str> = line.split(is_space).filter(|word| !word.is_empty()).collect();
    let line: String = words.join(" ").nfc().collect();
    if line.is_empty() {
        return Err(InvalidValue::EMPTY);
    }
    if line.chars().any(char::is_control) {
        return Err(InvalidValue::new(
            FieldErrorCode::ControlCharacters,
            "must not have control characters",
        ));
    }
    // Some letters have a longer composed form.
    bounded(&line, TEXT_MAX, TOO_LONG)?;
    Ok(line)
}
