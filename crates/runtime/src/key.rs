//! The idempotency key of a write.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use reqwest::header::HeaderValue;
use uuid::Uuid;

/// The key with which a write can be repeated without acting twice.
///
/// The platform keeps the answer to a key for seven days, and repeats it for the same request; a
/// different request under the same key is an error. One key is for one write.
///
/// A key is visible ASCII, with no blank at either end, at most [`MAX_LENGTH`](Self::MAX_LENGTH)
/// characters long: HTTP removes blanks, and proxies may change other bytes. It appears
/// in logs and errors, so it must not be a name or an e-mail address.
///
/// ```
/// use synctera_runtime::{IdempotencyKey, InvalidIdempotencyKey};
///
/// assert_eq!(IdempotencyKey::new("payout-17")?.as_str(), "payout-17");
/// assert_eq!(IdempotencyKey::new("payout-17 "), Err(InvalidIdempotencyKey::BlankAtEnd));
/// # Ok::<(), InvalidIdempotencyKey>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdempotencyKey(Arc<str>);

impl IdempotencyKey {
    /// The maximum length. The platform documents no limit; this is the smallest limit of comparable
    /// platforms.
    pub const MAX_LENGTH: usize = 255;

    /// Checks a key.
    ///
    /// # Errors
    /// What is wrong with it; see [`InvalidIdempotencyKey`].
    pub fn new(key: impl Into<String>) -> Result<Self, InvalidIdempotencyKey> {
        let key = key.into();
        if key.trim().is_empty() {
            return Err(InvalidIdempotencyKey::Empty);
        }
        if key.trim() != key {
            return Err(InvalidIdempotencyKey::BlankAtEnd);
        }
        if !key.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(InvalidIdempotencyKey::NotVisibleAscii);
        }
        if key.len() > Self::MAX_LENGTH {
            return Err(InvalidIdempotencyKey::TooLong);
        }
        Ok(Self(key.into()))
    }

    /// The key as it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key as the value of its header.
    pub fn to_header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

impl From<Uuid> for IdempotencyKey {
    fn from(id: Uuid) -> Self {
        let mut text = Uuid::encode_buffer();
        Self(Arc::from(&*id.hyphenated().encode_lower(&mut text)))
    }
}

impl PartialEq<str> for IdempotencyKey {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialEq<&str> for IdempotencyKey {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(key: &str) -> Result<Self, InvalidIdempotencyKey> {
        Self::new(key)
    }
}

impl TryFrom<&str> for IdempotencyKey {
    type Error = InvalidIdempotencyKey;

    fn try_from(key: &str) -> Result<Self, InvalidIdempotencyKey> {
        Self::new(key)
    }
}

impl TryFrom<String> for IdempotencyKey {
    type Error = InvalidIdempotencyKey;

    fn try_from(key: String) -> Result<Self, InvalidIdempotencyKey> {
        Self::new(key)
    }
}

impl TryFrom<&String> for IdempotencyKey {
    type Error = InvalidIdempotencyKey;

    fn try_from(key: &String) -> Result<Self, InvalidIdempotencyKey> {
        Self::new(key.as_str())
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text cannot be an idempotency key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidIdempotencyKey {
    /// It is empty or has only blanks.
    Empty,
    /// It starts or ends with a blank, which HTTP would remove.
    BlankAtEnd,
    /// It contains a character outside visible ASCII.
    NotVisibleAscii,
    /// It is longer than [`IdempotencyKey::MAX_LENGTH`].
    TooLong,
}

impl InvalidIdempotencyKey {
    /// What the key must be.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Empty => "must not be empty",
            Self::BlankAtEnd => "must not start or end with a blank",
            Self::NotVisibleAscii => "must be visible ASCII characters only",
            Self::TooLong => "must be at most 255 characters",
        }
    }
}

impl fmt::Display for InvalidIdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the idempotency key {}", self.reason())
    }
}

impl std::error::Error for InvalidIdempotencyKey {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_arrives_as_it_was_sent() {
        use InvalidIdempotencyKey::{BlankAtEnd, Empty, NotVisibleAscii, TooLong};
        for key in ["1", "payout 17", "~", &"x".repeat(255)] {
            assert_eq!(IdempotencyKey::new(key).map(|key| key.to_string()), Ok(key.to_owned()));
        }
        for (key, reason) in [
            ("", Empty),
            (" \t", Empty),
            (" a", BlankAtEnd),
            ("a\n", BlankAtEnd),
            ("auftrag-\u{fc}", NotVisibleAscii),
            ("a\tb", NotVisibleAscii),
            ("a\u{7f}b", NotVisibleAscii),
            (&"x".repeat(256), TooLong),
        ] {
            assert_eq!(IdempotencyKey::new(key), Err(reason), "{key:?}");
        }
    }
}
