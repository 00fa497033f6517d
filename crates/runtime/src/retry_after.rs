//! The wait that a server requests.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// The wait that a `Retry-After` header requests: seconds, or until a date. A fraction is rounded up
/// to the next second, a number too large for a `u64` counts as `u64::MAX`, and a date in the past
/// requests no wait. Any other header, also a negative number, counts as absent.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Some(seconds) = seconds(text) {
        return Some(Duration::from_secs(seconds));
    }
    let moment: DateTime<Utc> = httpdate::parse_http_date(text).ok()?.into();
    Some((moment - now).to_std().unwrap_or_default())
}

/// As [`retry_after`], for the JSON text of a member of an error's body: a number or a string.
pub(super) fn of_json(json: &str) -> Option<u64> {
    match serde_json::from_str::<String>(json) {
        Ok(text) => seconds(text.trim()),
        Err(_) => seconds(json),
    }
}

/// A decimal number that is not negative, rounded up; exponents as JSON writes large numbers.
fn seconds(text: &str) -> Option<u64> {
    let is_plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if is_plain(whole) && is_plain(fraction) {
        let up = u64::from(fraction.bytes().any(|digit| digit != b'0'));
        // Only digits: if it does not parse, it is too large.
        return Some(whole.parse().unwrap_or(u64::MAX).saturating_add(up));
    }
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    let number: f64 = text.parse().ok().filter(|_| is_number)?;
    // Saturates.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative")]
    Some(number.ceil() as u64)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    const NOW: &str = "2026-11-24T14:00:00Z";

    fn asked(text: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        retry_after(&headers, NOW.parse().unwrap())
    }

    #[test]
    fn seconds_are_read_however_they_are_written() {
        for (text, seconds) in [
            ("0", 0),
            (" 7 ", 7),
            ("1.5", 2),
            ("0.001", 1),
            ("3.000", 3),
            ("18446744073709551615", u64::MAX),
            ("18446744073709551616", u64::MAX),
            ("18446744073709551615.5", u64::MAX),
            ("99999999999999999999999999999999999999.9", u64::MAX),
        ] {
            assert_eq!(asked(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for absent in ["soon", "-1", "-0.5", "", ".", ".5", "+5", "NaN", "inf", "1,5", "0x7"] {
            assert_eq!(asked(absent), None, "{absent}");
        }
    }

    #[test]
    fn dates_are_counted_from_now() {
        for (text, seconds) in [
            ("Tue, 24 Nov 2026 14:01:30 GMT", 90),
            ("Tue, 24 Nov 2026 13:59:59 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 0),
        ] {
            assert_eq!(asked(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        let far = asked("Fri, 31 Dec 9999 23:59:59 GMT").unwrap();
        assert!(far > Duration::from_secs(250_000_000_000), "{far:?}");
        assert_eq!(asked("Fri, 31 Dec 99999 23:59:59 GMT"), None);
    }

    #[test]
    fn a_body_may_write_a_number_or_a_text() {
        for (json, seconds) in [
            ("30", Some(30)),
            ("1.5", Some(2)),
            ("\"2.1\"", Some(3)),
            ("18446744073709551616", Some(u64::MAX)),
            ("1e300", Some(u64::MAX)),
            ("1e400", Some(u64::MAX)),
            ("1e2", Some(100)),
            ("-1", None),
            ("-1.5", None),
            ("\"soon\"", None),
            ("null", None),
            ("[7]", None),
        ] {
            assert_eq!(of_json(json), seconds, "{json}");
        }
    }
}
