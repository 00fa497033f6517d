//! Values that are masked in `Debug`.

use std::borrow::Cow;
use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroize;

use super::query::Scalar;

/// A value that `Debug` masks and that is wiped from memory when it is dropped: a social security
/// number, an account number, a token. It is sent like the value itself.
///
/// ```
/// use synctera_api::Sensitive;
///
/// let ssn = Sensitive::from("123-45-6789");
/// assert_eq!(format!("{ssn:?}"), "***");
/// assert_eq!(ssn.expose(), "123-45-6789");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Sensitive<T: Wipe>(T);

/// A value that can be overwritten before its memory is freed.
pub trait Wipe {
    /// Overwrites the value.
    fn wipe(&mut self);
}

impl Wipe for String {
    fn wipe(&mut self) {
        self.zeroize();
    }
}

impl Wipe for NaiveDate {
    fn wipe(&mut self) {
        *self = NaiveDate::default();
    }
}

impl<T: Wipe> Sensitive<T> {
    /// Masks a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself. The caller must keep it out of logs and errors.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Wipe> Drop for Sensitive<T> {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl<T: Wipe> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl From<&str> for Sensitive<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl<T: Wipe> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Wipe + Serialize> Serialize for Sensitive<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Wipe + Deserialize<'de>> Deserialize<'de> for Sensitive<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

impl<T: Wipe + Scalar> Scalar for Sensitive<T> {
    fn text(&self) -> Cow<'_, str> {
        self.0.text()
    }
}

/// Masks everything in a text that looks like a card, account, phone or social security number, or
/// like an email address.
///
/// A message of the platform may quote the value that it refuses. Ids are not masked.
pub(crate) fn scrub(text: &str) -> Cow<'_, str> {
    const DIGITS_MIN: usize = 9;
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-@._+".contains(c);
    let suspicious = |token: &str| {
        let is_email = token
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        let is_number = token.chars().all(|c| c.is_ascii_digit() || "-._+".contains(c))
            && token.chars().filter(char::is_ascii_digit).count() >= DIGITS_MIN;
        is_email || (is_number && uuid::Uuid::try_parse(token).is_err())
    };
    if !text.split(|c| !is_part(c)).any(suspicious) {
        return Cow::Borrowed(text);
    }
    let mut scrubbed = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        scrubbed.push_str(if suspicious(token) { "***" } else { token });
        let between = after.find(is_part).unwrap_or(after.len());
        scrubbed.push_str(&after[..between]);
        rest = &after[between..];
    }
    Cow::Owned(scrubbed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_travels_but_does_not_show() {
        let dob: Sensitive<NaiveDate> = serde_json::from_str("\"1990-02-28\"").unwrap();
        assert_eq!(format!("{dob:?}"), "***");
        assert_eq!(serde_json::to_string(&dob).unwrap(), "\"1990-02-28\"");
    }

    #[test]
    fn numbers_in_messages_are_masked_and_ids_are_not() {
        let id = "12345678-1234-1234-1234-123456789012";
        assert_eq!(
            scrub(&format!("ssn '123-45-6789' of {id} and 4111111111111111, amount 12000.00")),
            format!("ssn '***' of {id} and ***, amount 12000.00")
        );
        assert_eq!(
            scrub("ada@example.com or +1-415.555.0123, not a@b, version 1.2 of persons[0].ssn"),
            "*** or ***, not a@b, version 1.2 of persons[0].ssn"
        );
        assert!(matches!(scrub("nothing here"), Cow::Borrowed("nothing here")));
    }
}
