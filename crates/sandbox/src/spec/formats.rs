//! Days and moments: those that can be read, written and reckoned with.
//!
//! Whatever a moment's offset from UTC is, it is written in UTC: a moment at either end of the
//! calendar would get a year that has no four digits.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};

/// The years that have days and moments.
const YEARS: RangeInclusive<i32> = 1..=9999;

/// The length of a day, `2026-11-24`.
const DATE_LENGTH: usize = 10;

/// The nanoseconds of a moment from which on it is in a leap second.
const LEAP_SECOND: u32 = 1_000_000_000;

/// Whether a text is a day as RFC 3339 writes it.
pub(super) fn is_date(text: &str) -> bool {
    let is_digits = text.split('-').all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let date = text.parse::<NaiveDate>().ok();
    text.len() == DATE_LENGTH && is_digits && date.is_some_and(|date| YEARS.contains(&date.year()))
}

/// Whether a text is a moment as RFC 3339 writes it.
pub(super) fn is_moment(text: &str) -> bool {
    let is_separated = matches!(text.as_bytes().get(DATE_LENGTH), Some(b'T' | b't'));
    let Some(moment) = DateTime::parse_from_rfc3339(text).ok().filter(|_| is_separated) else {
        return false;
    };
    let moment = moment.to_utc();
    let is_leap = moment.nanosecond() >= LEAP_SECOND;
    YEARS.contains(&moment.year()) && (!is_leap || (moment.hour(), moment.minute()) == (23, 59))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_four_digits_of_a_year() {
        for date in ["0001-01-01", "2024-02-29", "9999-12-31"] {
            assert!(is_date(date), "{date}");
        }
        for date in [
            "0000-01-01",
            "-001-01-01",
            "+999-01-01",
            "10000-01-01",
            "2023-02-29",
            "2026-1-01",
            "2026-13-45",
            "2026-11-24T00:00:00Z",
            "",
            "yesterday!",
        ] {
            assert!(!is_date(date), "{date}");
        }
    }

    #[test]
    fn moments_are_within_the_calendar_in_utc() {
        for moment in [
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.999999999Z",
            "2026-11-24t12:00:00.5z",
            "2026-11-24T12:00:00-12:00",
            "2016-12-31T23:59:60Z",
            "2016-12-31T18:59:60-05:00",
        ] {
            assert!(is_moment(moment), "{moment}");
        }
        for moment in [
            "9999-12-31T23:59:59-12:00",
            "0000-01-01T00:00:00+14:00",
            "0001-01-01T00:00:00+14:00",
            "10000-01-01T00:00:00Z",
            "2026-11-24 12:00:00Z",
            "2026-11-24T12:00:60Z",
            "2026-11-24",
            "2026-11-24T12:00:00",
            "2026-11-24T25:00:00Z",
            "",
        ] {
            assert!(!is_moment(moment), "{moment}");
        }
    }
}
