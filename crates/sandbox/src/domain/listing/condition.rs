//! What the store has no key for: conditions on what it found, and the order of it.

use std::cmp::Ordering;

use chrono::{DateTime, FixedOffset};
use serde_json::Value;

use crate::domain::listing::filter::By;

/// A condition that the store has no key for.
pub(super) struct Condition {
    pub(super) by: By,
    pub(super) value: Value,
}

impl Condition {
    pub(super) fn accepts(&self, body: &Value) -> bool {
        let at = |pointer: &str| body.pointer(pointer);
        let wanted = || self.value.as_str().unwrap_or_default();
        match self.by {
            By::Wildcard(pointers) => pointers.iter().any(|pointer| {
                at(pointer).and_then(Value::as_str).is_some_and(|text| matches(wanted(), text))
            }),
            By::From(pointer) => at(pointer).and_then(Value::as_str).is_some_and(|text| {
                in_time(text, wanted()).map_or(text >= wanted(), Ordering::is_ge)
            }),
            By::To(pointer) => at(pointer).and_then(Value::as_str).is_some_and(|text| {
                // A date includes its whole day.
                let day = || text.get(..wanted().len()).unwrap_or(text) <= wanted();
                in_time(text, wanted()).map_or_else(day, Ordering::is_le)
            }),
            By::Before(pointer) => at(pointer)
                .and_then(Value::as_str)
                .and_then(|text| in_time(text, wanted()))
                .is_some_and(Ordering::is_lt),
            By::AtLeast(pointer) => at(pointer).and_then(Value::as_i64) >= self.value.as_i64(),
            By::AtMost(pointer) => {
                at(pointer).and_then(Value::as_i64).is_some_and(|n| Some(n) <= self.value.as_i64())
            }
            By::OneOf(pointer) => at(pointer)
                .and_then(Value::as_str)
                .is_some_and(|text| crate::model::texts(&self.value).contains(&text)),
            By::Not(pointer) => at(pointer)
                .and_then(Value::as_str)
                .is_none_or(|text| !crate::model::texts(&self.value).contains(&text)),
            By::Equals(pointer) => at(pointer) == Some(&self.value),
            By::Key(_) | By::Elsewhere => true,
        }
    }
}

/// How two texts compare as moments, if both are.
fn in_time(a: &str, b: &str) -> Option<Ordering> {
    Some(moment(a)?.cmp(&moment(b)?))
}

fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text).ok()
}

/// Whether a text fits a pattern in which `*` stands for anything.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            match rest.find(middle) {
                Some(at) => rest = &rest[at + middle.len()..],
                None => return false,
            }
        }
    }
    match last {
        Some(last) => rest.ends_with(last),
        None => rest.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, fits) in [
            ("ada", "Ada", true),
            ("ada", "Adam", false),
            ("ada*", "Adam", true),
            ("*am", "Adam", true),
            ("a*a*", "Adam", true),
            ("a*m*x", "Adam", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} on {text}");
        }
    }
}
