//! What no report shows: keys, numbers of persons, accounts and cards, and personal data.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate};
use serde_json::Value;
use synctera_api::spec::is_hidden;

use super::mistakes::quoted;

/// What stands for a value that is not shown.
const NOT_SHOWN: &str = "(not shown)";
/// A hidden value of this length or more is looked for within others.
const WITHIN_MIN: usize = 4;
/// The longest text that is shown.
const SHOWN_MAX: usize = 64;
/// The most digits of a text that is shown, unless it is a time or in the script: a return code has two.
const DIGITS_MAX: usize = 4;
/// The digits of a number that may be one of an account.
const LONG: usize = 9;
/// The characters of a name that are looked at.
const NAME_MAX: usize = 128;

/// The values that were sent or received under names that are never shown, and others that are shown
/// because the script says them.
#[derive(Default)]
pub(super) struct Hidden {
    values: BTreeSet<String>,
    literals: BTreeSet<String>,
}

/// Whether the pinned facts say that the values of this member are never shown.
pub(super) fn is_hidden_name(name: &str) -> bool {
    let mut snake = String::with_capacity(name.len());
    for letter in name.chars().take(NAME_MAX) {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(if letter == '-' { '_' } else { letter.to_ascii_lowercase() });
    }
    is_hidden(snake.trim_start_matches('_'))
}

/// Whether a member of this name may have a large number that is no number of an account.
fn is_amount(name: &str) -> bool {
    ["amount", "balance", "limit"].iter().any(|word| name.contains(word))
}

impl Hidden {
    /// Never shows this text.
    pub(super) fn hide(&mut self, text: &str) {
        if !text.is_empty() {
            self.values.insert(text.to_owned());
            // The same number, written otherwise.
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            if digits.len() > DIGITS_MAX {
                self.values.insert(digits);
            }
        }
    }

    /// Never shows what is in a value under names that are never shown.
    pub(super) fn learn(&mut self, value: &Value) {
        self.learn_under(value, false);
    }

    fn learn_under(&mut self, value: &Value, is_hidden: bool) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    self.learn_under(value, is_hidden || is_hidden_name(name));
                }
            }
            Value::Array(items) => {
                items.iter().for_each(|item| self.learn_under(item, is_hidden));
            }
            Value::String(text) if is_hidden => self.hide(text),
            Value::Number(number) if is_hidden => self.hide(&number.to_string()),
            _ => {}
        }
    }

    /// Shows what the script says as it stands there.
    pub(super) fn learn_literals(&mut self, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    if !is_hidden_name(name) {
                        self.learn_literals(value);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn_literals(item)),
            Value::String(text) if !text.contains("${") => {
                self.literals.insert(text.clone());
            }
            _ => {}
        }
    }

    /// Whether a hidden value is in a text.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        self.values.iter().any(|hidden| {
            text == hidden
                || (hidden.len() >= WITHIN_MIN
                    && (text.contains(hidden.as_str()) || digits.contains(hidden.as_str())))
        })
    }

    /// A value as a report shows it: numbers, times, codes, and what the script says; of the rest, what
    /// it is.
    pub(super) fn shown(&self, name: Option<&str>, value: &Value) -> String {
        let is_hidden = name.is_some_and(is_hidden_name);
        match value {
            Value::Null => "null".to_owned(),
            Value::Object(_) => "an object".to_owned(),
            Value::Array(items) => format!("a list of {}", items.len()),
            Value::Bool(_) if !is_hidden => value.to_string(),
            Value::Number(number) if !is_hidden && self.shows(name, &number.to_string()) => {
                number.to_string()
            }
            Value::String(text) if !is_hidden && self.is_plain(text) => text.clone(),
            Value::String(text) if text.is_empty() => "an empty text".to_owned(),
            _ => NOT_SHOWN.to_owned(),
        }
    }

    /// The name of a member, which a server may make up.
    pub(super) fn shown_name(&self, text: &str) -> String {
        if self.is_in(text) { NOT_SHOWN.to_owned() } else { quoted(text) }
    }

    fn shows(&self, name: Option<&str>, number: &str) -> bool {
        (number.len() < LONG || name.is_some_and(is_amount)) && !self.is_in(number)
    }

    fn is_plain(&self, text: &str) -> bool {
        if text.is_empty() || text.chars().count() > SHOWN_MAX || self.is_in(text) {
            return false;
        }
        is_time(text) || self.literals.contains(text) || is_code(text)
    }
}

pub(super) fn is_time(text: &str) -> bool {
    DateTime::parse_from_rfc3339(text).is_ok() || text.parse::<NaiveDate>().is_ok()
}

/// Whether a text is one that a program chooses, such as `ACTIVE_OR_DISBURSED`, `R01` or `approved`, and no
/// person has as a name.
fn is_code(text: &str) -> bool {
    let is_of = |case: fn(&char) -> bool| text.chars().all(|it| case(&it) || "_-.".contains(it));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_upper = is_of(|it| it.is_ascii_uppercase() || it.is_ascii_digit());
    let is_lower = is_of(|it| it.is_ascii_lowercase());
    digits <= DIGITS_MAX
        && (is_upper || is_lower)
        && text.chars().any(|it| it.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn codes_are_shown_and_secrets_are_not() {
        let mut hidden = Hidden::default();
        hidden.hide("KEY-ABC");
        let sent = json!({ "ssn": "456-78-9012", "first_name": "Ada", "accounts": [{
            "account_number": 1_234_567_890_i64 }], "pin": "12" });
        hidden.learn(&sent);
        hidden.learn_literals(&sent);
        let shown = |name: &str, value: Value| hidden.shown(Some(name), &value);
        for plain in [
            json!("ACTIVE"),
            json!("R01"),
            json!("approved"),
            json!("2026-11-24"),
            json!(500),
            json!("2026-11-24T14:00:00.5Z"),
            json!(true),
            json!("Ada"),
        ] {
            let text = plain.as_str().map_or_else(|| plain.to_string(), str::to_owned);
            assert_eq!(shown("x", plain), text);
        }
        for secret in [
            json!("KEY-ABC"),
            json!("XKEY-ABC"),
            json!("456-78-9012"),
            json!("456789012"),
            json!("SSN 456-78-9012"),
            json!(1_234_567_890_i64),
            json!("GB29NWBK60161331926819"),
            json!("Grace Hopper"),
            json!("grace@example.com"),
            json!("Grace"),
            json!("12"),
        ] {
            assert_eq!(shown("x", secret.clone()), NOT_SHOWN, "{secret}");
        }
        assert_eq!(shown("ssn", json!("ACTIVE")), NOT_SHOWN);
        assert_eq!(shown("dateOfBirth", json!("1985-12-10")), NOT_SHOWN);
        assert_eq!(shown("x", json!(123_456_789)), NOT_SHOWN);
        assert_eq!(shown("balance", json!(123_456_789)), "123456789");
        assert_eq!(shown("dob", json!("1985-12-10")), NOT_SHOWN);
        assert_eq!(hidden.shown_name("x456789012"), NOT_SHOWN);
        assert_eq!(hidden.shown_name("a\u{1b}[2J"), "a?[2J");
    }
}
