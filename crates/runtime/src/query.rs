//! Query strings in the platform's form: lists joined by commas, and only parameters that are set.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All characters except the unreserved ones of RFC 3986.
pub(super) const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A value that fits into a query.
pub trait Scalar {
    /// The value before escaping.
    fn text(&self) -> Cow<'_, str>;
}

impl Scalar for String {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

impl Scalar for DateTime<Utc> {
    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

macro_rules! displayed {
    ($($ty:ty),*) => {$(
        impl Scalar for $ty {
            fn text(&self) -> Cow<'_, str> {
                Cow::Owned(self.to_string())
            }
        }
    )*};
}

displayed!(bool, i64, f64, uuid::Uuid, NaiveDate);

/// The parts of a query string, escaped.
#[derive(Default)]
pub struct Pairs(String);

impl Pairs {
    /// No parts.
    pub fn new() -> Self {
        Self::default()
    }

    /// A parameter.
    pub fn one(&mut self, name: &str, value: &impl Scalar) {
        self.name(name);
        self.value(value);
    }

    /// A parameter that may be absent.
    pub fn maybe(&mut self, name: &str, value: Option<&impl Scalar>) {
        if let Some(value) = value {
            self.one(name, value);
        }
    }

    /// `name=a,b`; the comma between values is not escaped, those within are.
    pub fn joined(&mut self, name: &str, values: &[impl Scalar]) {
        for (index, value) in values.iter().enumerate() {
            if index == 0 {
                self.name(name);
            } else {
                self.0.push(',');
            }
            self.value(value);
        }
    }

    /// `name=a&name=b`.
    #[allow(dead_code, reason = "no operation of the pinned documents uses it today")]
    pub fn repeated(&mut self, name: &str, values: &[impl Scalar]) {
        for value in values {
            self.one(name, value);
        }
    }

    fn name(&mut self, name: &str) {
        self.0.push(if self.0.is_empty() { '?' } else { '&' });
        self.0.extend(utf8_percent_encode(name, ESCAPED));
        self.0.push('=');
    }

    fn value(&mut self, value: &impl Scalar) {
        self.0.extend(utf8_percent_encode(&value.text(), ESCAPED));
    }

    /// The address with the parts.
    pub fn append_to(self, mut url: String) -> String {
        url.push_str(&self.0);
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_set_is_sent() {
        let mut pairs = Pairs::new();
        pairs.maybe("name", Some(&"Ada & Co,\u{e9}".to_owned()));
        pairs.maybe("limit", None::<&i64>);
        pairs.joined("id", &["a,b".to_owned(), "c".to_owned()]);
        pairs.joined("none", &[] as &[String]);
        pairs.repeated("x", &[1_i64, 2]);
        pairs.one("since", &DateTime::<Utc>::UNIX_EPOCH);
        assert_eq!(
            pairs.append_to("/persons".to_owned()),
            "/persons?name=Ada%20%26%20Co%2C%C3%A9&id=a%2Cb,c&x=1&x=2&since=1970-01-01T00%3A00%3A00Z"
        );
        assert_eq!(Pairs::new().append_to("/persons".to_owned()), "/persons");
    }
}
