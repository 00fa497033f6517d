//! Why a value is invalid.

use std::fmt;

use synctera_api::runtime::FieldErrorCode;

/// Why a value is invalid. It does not contain the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    code: FieldErrorCode,
    text: &'static str,
}

impl InvalidValue {
    /// For a value without a visible character.
    pub(crate) const EMPTY: Self = Self::new(FieldErrorCode::Empty, "must not be empty");

    pub(crate) const fn new(code: FieldErrorCode, text: &'static str) -> Self {
        Self { code, text }
    }

    /// The reason, for programs.
    pub fn code(&self) -> FieldErrorCode {
        self.code
    }

    /// What the value must be, for the person who typed it: an English phrase without the name of the
    /// field.
    pub fn text(&self) -> &'static str {
        self.text
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl std::error::Error for InvalidValue {}

/// The value, unless it has more characters than a limit. Reads only up to the limit.
pub(super) fn bounded<'a>(
    value: &'a str,
    max: usize,
    too_long: &'static str,
) -> Result<&'a str, InvalidValue> {
    match value.chars().nth(max) {
        Some(_) => Err(InvalidValue::new(FieldErrorCode::TooLong, too_long)),
        None => Ok(value),
    }
}
