//! Amounts, moments and ids, as they are shown.

use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::America::New_York;
use iso_currency::Currency;
use serde_json::Value;

use crate::texts::{self, reasons};

/// An amount in minor units, such as `1,234.56 USD`. A currency that is not known has no minor units.
pub(crate) fn money(amount: i64, currency: &str) -> String {
    let digits = Currency::from_code(currency).and_then(Currency::exponent).unwrap_or(0);
    let digits = usize::from(digits);
    let sign = if amount < 0 { "\u{2212}" } else { "" };
    let plain = format!("{:0>width$}", amount.unsigned_abs(), width = digits + 1);
    let (whole, fraction) = plain.split_at(plain.len() - digits);
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let point = if digits > 0 { "." } else { "" };
    format!("{sign}{grouped}{point}{fraction} {currency}").trim_end().to_owned()
}

/// A moment in the bank's time zone, such as `Nov 24, 2026, 9:00:00 AM EST`; a text that is none, as it is.
pub(crate) fn moment(text: &str) -> String {
    match text.parse::<DateTime<Utc>>() {
        Ok(moment) => {
            moment.with_timezone(&New_York).format("%b %-d, %Y, %-I:%M:%S %p %Z").to_string()
        }
        Err(_) => text.to_owned(),
    }
}

/// A moment as the API writes it.
pub(crate) fn timestamp(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The beginning of an id, enough to tell it from others on a page.
pub(crate) fn short_id(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// A value that is text, a number or a flag, as text.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => texts::YES.to_owned(),
        Value::Bool(false) => texts::NO.to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// A name of the platform, such as `ACTIVE_OR_DISBURSED`, as words.
pub(crate) fn words(name: &str) -> String {
    if let Some((_, words)) = reasons::CARD_STATUS.iter().find(|(code, _)| *code == name) {
        return (*words).to_owned();
    }
    let spaced: Vec<String> = name.split(['_', '.', ' ']).map(word).collect();
    let spaced = spaced.join(" ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn word(name: &str) -> String {
    let is_abbreviation = |known: &&&str| name.eq_ignore_ascii_case(known);
    let known = reasons::ABBREVIATIONS.iter().find(is_abbreviation);
    known.map_or_else(|| name.to_lowercase(), |known| (*known).to_owned())
}

/// Why something was declined: the words for a code, or the code as words.
pub(crate) fn reason(code: &str) -> String {
    let known = reasons::DECLINES.iter().find(|(known, _)| *known == code);
    known.map_or_else(|| words(code), |(_, words)| (*words).to_owned())
}

/// A time in microseconds, such as `850 µs` or `12.3 ms`.
pub(crate) fn micros(micros: u64) -> String {
    match micros {
        0..=999 => format!("{micros} µs"),
        1_000..=999_999 => format!("{}.{} ms", micros / 1000, micros % 1000 / 100),
        _ => format!("{}.{:02} s", micros / 1_000_000, micros % 1_000_000 / 10_000),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn amounts_have_the_form_of_their_currency() {
        for (amount, currency, shown) in [
            (123_456, "USD", "1,234.56 USD"),
            (5, "USD", "0.05 USD"),
            (-100_000_000, "CAD", "\u{2212}1,000,000.00 CAD"),
            (1_234, "JPY", "1,234 JPY"),
            (0, "USD", "0.00 USD"),
            (i64::MIN, "USD", "\u{2212}92,233,720,368,547,758.08 USD"),
            (7, "XXQ", "7 XXQ"),
        ] {
            assert_eq!(money(amount, currency), shown);
        }
    }

    #[test]
    fn moments_are_the_banks() {
        assert_eq!(moment("2026-11-24T14:00:00.000Z"), "Nov 24, 2026, 9:00:00 AM EST");
        assert_eq!(moment("2026-07-01T00:30:00Z"), "Jun 30, 2026, 8:30:00 PM EDT");
        assert_eq!(moment("soon"), "soon");
    }

    #[test]
    fn values_are_plain() {
        assert_eq!(plain(&json!(["a", 1, true])), "a, 1, yes");
        assert_eq!(words("ACTIVE_OR_DISBURSED"), "Active or disbursed");
        assert_eq!((words("REG_DD"), words("ach")), ("Reg DD".to_owned(), "ACH".to_owned()));
        assert_eq!(short_id("0f3a2b1c-9"), "0f3a2b1c");
        assert_eq!(
            (micros(850), micros(12_345), micros(2_345_678)),
            ("850 µs".into(), "12.3 ms".into(), "2.34 s".into())
        );
    }
}
