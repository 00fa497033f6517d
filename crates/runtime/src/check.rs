//! Checks requests against the limits of the document before they are sent.
//!
//! Responses are not checked: the platform may loosen a limit at any time, and a response must still
//! decode then.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use regex_lite::Regex;

use super::error::Error;
use super::field_error::FieldErrorCode;
use super::patch::{NullablePatch, Patch};
use super::sensitive::{Sensitive, Wipe};

/// The limits of one property.
#[derive(Clone, Copy)]
pub struct Rules {
    /// In characters.
    pub min_length: usize,
    /// In characters.
    pub max_length: usize,
    /// A pattern that the text must contain.
    pub pattern: Option<&'static Pattern>,
    /// The smallest number.
    pub minimum: f64,
    /// The largest number.
    pub maximum: f64,
    /// A number of items of a list.
    pub min_items: usize,
    /// A number of items of a list.
    pub max_items: usize,
    /// The limits of a list's items.
    pub items: Option<&'static Rules>,
}

impl Rules {
    /// No limits.
    pub const NONE: Self = Self {
        min_length: 0,
        max_length: usize::MAX,
        pattern: None,
        minimum: f64::NEG_INFINITY,
        maximum: f64::INFINITY,
        min_items: 0,
        max_items: usize::MAX,
        items: None,
    };
}

/// A pattern of the document, compiled on first use.
pub struct Pattern {
    text: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern, as written in the document.
    pub const fn new(text: &'static str) -> Self {
        Self { text, regex: OnceLock::new() }
    }

    fn matches(&self, text: &str) -> bool {
        let regex = self.regex.get_or_init(|| Regex::new(self.text).ok());
        // A test of the generator checks that every pattern compiles.
        regex.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

/// The path of a value in a body.
pub enum At<'a> {
    /// The body itself.
    Body,
    /// A property.
    Field(&'a At<'a>, &'a str),
    /// An item of a list.
    Item(&'a At<'a>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => Ok(()),
            Self::Field(Self::Body, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// The violations of limits in a body.
#[derive(Default)]
pub struct Violations(Vec<(String, FieldErrorCode, String)>);

impl Violations {
    fn add(&mut self, at: &At<'_>, code: FieldErrorCode, reason: impl Into<String>) {
        self.0.push((at.to_string(), code, reason.into()));
    }
}

/// A value that can be checked against limits.
pub trait Check {
    /// Records the violations; never the value itself, which may be personal data.
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations);
}

/// Checks a body before it is sent.
pub fn body(body: &impl Check, operation: &str) -> Result<(), Error> {
    let mut violations = Violations::default();
    body.check(&Rules::NONE, &At::Body, &mut violations);
    let mut violations = violations.0.into_iter();
    let Some((field, code, reason)) = violations.next() else {
        return Ok(());
    };
    let error = Error::invalid_field(operation, &field, code, reason);
    Err(violations
        .fold(error, |error, (field, code, reason)| error.and_invalid_field(&field, code, reason)))
}

impl Check for str {
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        let length = self.chars().count();
        if length == 0 && rules.min_length == 1 {
            violations.add(at, FieldErrorCode::Empty, "must not be empty");
        } else if length < rules.min_length {
            violations.add(
                at,
                FieldErrorCode::TooShort,
                format!("must have at least {} characters", rules.min_length),
            );
        }
        if length > rules.max_length {
            violations.add(
                at,
                FieldErrorCode::TooLong,
                format!("must have at most {} characters", rules.max_length),
            );
        }
        if let Some(pattern) = rules.pattern.filter(|pattern| !pattern.matches(self)) {
            violations.add(at, FieldErrorCode::WrongFormat, format!("must match {}", pattern.text));
        }
    }
}

impl Check for String {
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        self.as_str().check(rules, at, violations);
    }
}

impl Check for f64 {
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        if !self.is_finite() {
            violations.add(at, FieldErrorCode::OutOfRange, "must be a number");
        } else if *self < rules.minimum {
            violations.add(
                at,
                FieldErrorCode::OutOfRange,
                format!("must be at least {}", rules.minimum),
            );
        } else if *self > rules.maximum {
            violations.add(
                at,
                FieldErrorCode::OutOfRange,
                format!("must be at most {}", rules.maximum),
            );
        }
    }
}

impl Check for i64 {
    #[allow(clippy::cast_precision_loss, reason = "limits are too small to lose digits")]
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        (*self as f64).check(rules, at, violations);
    }
}

/// What may be anything has no limits.
impl Check for serde_json::Value {
    fn check(&self, _: &Rules, _: &At<'_>, _: &mut Violations) {}
}

impl<T: Check + Wipe> Check for Sensitive<T> {
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        self.expose().check(rules, at, violations);
    }
}

/// What holds itself is behind a pointer.
impl<T: Check> Check for Box<T> {
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        self.as_ref().check(rules, at, violations);
    }
}

impl<T: Check> Check for Option<T> {
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        if let Some(value) = self {
            value.check(rules, at, violations);
        }
    }
}

impl<T: Check> Check for Patch<T> {
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        if let Some(value) = self.value() {
            value.check(rules, at, violations);
        }
    }
}

impl<T: Check> Check for NullablePatch<T> {
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        if let Some(value) = self.value() {
            value.check(rules, at, violations);
        }
    }
}

impl<T: Check> Check for Vec<T> {
    fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        self.check_count(rules, at, violations);
        let rules = rules.items.unwrap_or(&Rules::NONE);
        for (index, item) in self.iter().enumerate() {
            item.check(rules, &At::Item(at, index), violations);
        }
    }
}

impl<T: Check> Check for BTreeMap<String, T> {
    fn check(&self, _: &Rules, at: &At<'_>, violations: &mut Violations) {
        for (name, value) in self {
            value.check(&Rules::NONE, &At::Field(at, name), violations);
        }
    }
}

/// A list whose length is limited, but not its items.
pub trait Count {
    /// The number of items, if there is a list.
    fn count(&self) -> Option<usize>;

    /// Records a violation of the length.
    fn check_count(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
        let Some(count) = self.count() else {
            return;
        };
        if count < rules.min_items {
            violations.add(
                at,
                FieldErrorCode::TooShort,
                format!("must have at least {} items", rules.min_items),
            );
        }
        if count > rules.max_items {
            violations.add(
                at,
                FieldErrorCode::TooLong,
                format!("must have at most {} items", rules.max_items),
            );
        }
    }
}

impl<T> Count for Vec<T> {
    fn count(&self) -> Option<usize> {
        Some(self.len())
    }
}

impl<T: Count> Count for Option<T> {
    fn count(&self) -> Option<usize> {
        self.as_ref().and_then(Count::count)
    }
}

impl<T: Count> Count for Patch<T> {
    fn count(&self) -> Option<usize> {
        self.value().and_then(Count::count)
    }
}

impl<T: Count> Count for NullablePatch<T> {
    fn count(&self) -> Option<usize> {
        self.value().and_then(Count::count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Card {
        pin: Sensitive<String>,
        lines: Vec<String>,
        amount: Option<i64>,
    }

    static DIGITS: Pattern = Pattern::new(r"^\d{4}$");
    static LINE: Rules = Rules { min_length: 1, max_length: 3, ..Rules::NONE };

    impl Check for Card {
        fn check(&self, _: &Rules, at: &At<'_>, violations: &mut Violations) {
            let pin = Rules { pattern: Some(&DIGITS), ..Rules::NONE };
            self.pin.check(&pin, &At::Field(at, "pin"), violations);
            let lines = Rules { min_items: 1, items: Some(&LINE), ..Rules::NONE };
            self.lines.check(&lines, &At::Field(at, "lines"), violations);
            let amount = Rules { minimum: 1.0, maximum: 9.0, ..Rules::NONE };
            self.amount.check(&amount, &At::Field(at, "amount"), violations);
        }
    }

    #[test]
    fn every_fault_is_told_with_its_place_and_rule() {
        let fine = Card {
            pin: Sensitive::from("1234"),
            lines: vec!["\u{e9}\u{e9}\u{e9}".to_owned()],
            amount: None,
        };
        body(&[fine].into_iter().collect::<Vec<_>>(), "x").unwrap();
        let wrong = Card {
            pin: Sensitive::from("secret"),
            lines: vec!["a".to_owned(), String::new(), "long".to_owned()],
            amount: Some(10),
        };
        assert_eq!(
            body(&wrong, "create_card").unwrap_err().to_string(),
            "create_card: the input is wrong: amount must be at most 9; lines[1] must not be empty; \
             lines[2] must have at most 3 characters; pin must match ^\\d{4}$; next: nothing was \
             sent; correct the input and call again"
        );
    }
}
