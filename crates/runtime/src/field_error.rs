//! What is wrong with a field of a request, for programs and for people.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$meta:meta])* $variant:ident = $text:literal,)*) => {
        /// Why a field is refused, for programs: stable, while texts may change.
        ///
        /// The platform itself distinguishes only [`Missing`](Self::Missing),
        /// [`Immutable`](Self::Immutable) and [`Invalid`](Self::Invalid); the other codes are for
        /// input that is refused before it is sent.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum FieldErrorCode {
            $($(#[$meta])* $variant,)*
        }

        impl FieldErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The code as text, such as `not_an_email`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

codes! {
    /// `missing`: the field is required and was not given.
    Missing = "missing",
    /// `immutable`: the field cannot be changed.
    Immutable = "immutable",
    /// `invalid`: the value is refused, for a reason without a code of its own.
    Invalid = "invalid",
    /// `empty`: the value has no visible character.
    Empty = "empty",
    /// `too_short`: the value has too few characters, or the list too few items.
    TooShort = "too_short",
    /// `too_long`: the value has too many characters, or the list too many items.
    TooLong = "too_long",
    /// `out_of_range`: the number, amount or date is too small or too large.
    OutOfRange = "out_of_range",
    /// `wrong_format`: the value does not have the form that the field requires.
    WrongFormat = "wrong_format",
    /// `control_characters`: the value contains control characters.
    ControlCharacters = "control_characters",
    /// `not_allowed`: the field is not allowed together with other fields of the request.
    NotAllowed = "not_allowed",
    /// `duplicate`: the value occurs twice.
    Duplicate = "duplicate",
    /// `not_an_email`: the value is not an email address.
    NotAnEmail = "not_an_email",
    /// `not_a_phone_number`: the value is not a phone number.
    NotAPhoneNumber = "not_a_phone_number",
    /// `country_code_missing`: the phone number has no country code, and no country is known.
    CountryCodeMissing = "country_code_missing",
    /// `not_an_ssn`: the value is not a social security number.
    NotAnSsn = "not_an_ssn",
    /// `not_an_ein`: the value is not an employer identification number.
    NotAnEin = "not_an_ein",
    /// `not_a_sin`: the value is not a Canadian social insurance number.
    NotASin = "not_a_sin",
    /// `not_a_routing_number`: the value is not an ABA routing number.
    NotARoutingNumber = "not_a_routing_number",
    /// `not_a_country`: there is no such country.
    NotACountry = "not_a_country",
    /// `not_a_state`: the country has no such state or province.
    NotAState = "not_a_state",
    /// `not_a_postal_code`: the country has no such postal codes.
    NotAPostalCode = "not_a_postal_code",
    /// `not_a_url`: the value is not a URL that can be used here.
    NotAUrl = "not_a_url",
}

impl fmt::Display for FieldErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for FieldErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A field of a request that is refused; see [`Error::field_errors`](crate::Error::field_errors).
///
/// It serializes as an object with `field`, `code` and `text`, for the responses of your own API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError<'a> {
    pub(crate) field: &'a str,
    pub(crate) code: FieldErrorCode,
    pub(crate) text: &'a str,
}

impl<'a> FieldError<'a> {
    /// Where the field is, such as `legal_address.state` or `related_people[0].ssn`.
    pub fn field(&self) -> &'a str {
        self.field
    }

    /// What is wrong with it, for programs.
    pub fn code(&self) -> FieldErrorCode {
        self.code
    }

    /// What is wrong with it, for people: an English phrase without the field's name. A text that
    /// the platform wrote is returned as it was received, and may quote what was sent.
    pub fn text(&self) -> &'a str {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_code_has_a_text_of_its_own() {
        let texts: BTreeSet<&str> = FieldErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(texts.len(), FieldErrorCode::ALL.len());
        for text in texts {
            assert!(text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{text}");
        }
    }
}
