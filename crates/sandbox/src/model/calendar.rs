//! The bank's calendar: Eastern time, and the banking days of the Federal Reserve.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::America::New_York;
use fasti::calendars::us::FEDERAL_RESERVE;

/// More days in a row than the bank is ever closed.
const CLOSED_DAYS_MAX: u64 = 31;

/// The first and the last day of the clock. The calendar of banking days covers the years 1901 to 2199;
/// what falls due a year later is still in it.
pub(crate) const EARLIEST: NaiveDate = date(1902, 1, 1);
pub(crate) const LATEST: NaiveDate = date(2198, 12, 31);

const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}

/// Whether the clock can stand at a moment.
pub(crate) fn is_in_range(moment: DateTime<Utc>) -> bool {
    (EARLIEST..=LATEST).contains(&moment.date_naive())
}

/// The same time of the bank's day on another day.
pub(crate) fn on_day(moment: DateTime<Utc>, day: NaiveDate) -> DateTime<Utc> {
    let local = moment.with_timezone(&New_York);
    let then = day.and_time(local.time()).and_local_timezone(New_York);
    // On the day when clocks skip an hour, the later one.
    then.latest().map_or(moment + (day - local.date_naive()), |then| then.to_utc())
}

/// The bank's day: its calendar and its end of day are Eastern.
pub(crate) fn bank_date(moment: DateTime<Utc>) -> NaiveDate {
    moment.with_timezone(&New_York).date_naive()
}

/// Whether the Federal Reserve's payment systems work on a day.
pub(crate) fn is_banking_day(date: NaiveDate) -> bool {
    fasti::Date::try_from(date).is_ok_and(|date| FEDERAL_RESERVE.is_business_day(date))
}

/// The first banking day on or after a day; `None` where the calendar ends.
pub(crate) fn on_or_after(date: NaiveDate) -> Option<NaiveDate> {
    let mut days = (0..CLOSED_DAYS_MAX).map_while(|days| date.checked_add_days(Days::new(days)));
    days.find(|day| is_banking_day(*day))
}

/// What is wrong with a day for which [`is_beyond_calendar`] holds.
pub(crate) const BEYOND_CALENDAR: &str = "is beyond the banking calendar";

/// Whether the clock or the banking calendar ends before a day, so that nothing can settle on or after
/// it.
pub(crate) fn is_beyond_calendar(date: NaiveDate) -> bool {
    if date > LATEST {
        return true;
    }
    // Payments settle some banking days after the day that they are for.
    let last = date.checked_add_days(Days::new(CLOSED_DAYS_MAX));
    last.and_then(on_or_after).is_none()
}

/// The first banking day after a day; `None` where the calendar ends.
pub(crate) fn next_banking_day(date: NaiveDate) -> Option<NaiveDate> {
    on_or_after(date.succ_opt()?)
}

/// The last banking day before a day; `None` where the calendar begins.
pub(crate) fn previous_banking_day(date: NaiveDate) -> Option<NaiveDate> {
    let mut days = (1..=CLOSED_DAYS_MAX).map_while(|days| date.checked_sub_days(Days::new(days)));
    days.find(|day| is_banking_day(*day))
}

/// So many banking days after the first one on or after a day; `None` where the calendar ends.
pub(crate) fn add_banking_days(date: NaiveDate, days: u32) -> Option<NaiveDate> {
    let mut day = on_or_after(date)?;
    for _ in 0..days {
        day = next_banking_day(day)?;
    }
    Some(day)
}

/// The banking day on or after a day. The clock's range ends before the calendar does; a day beyond
/// the calendar, which a request may name, is returned as it is.
pub(crate) fn banking_day_from(date: NaiveDate) -> NaiveDate {
    on_or_after(date).unwrap_or(date)
}

/// The banking day that is `days` banking days after a day; beyond the calendar, every day is one.
pub(crate) fn banking_days_after(date: NaiveDate, days: u32) -> NaiveDate {
    let mut day = banking_day_from(date);
    for _ in 0..days {
        day = banking_day_from(day.succ_opt().unwrap_or(day));
    }
    day
}

/// A time of the bank's day as a moment. On the day when clocks skip an hour, the later one.
pub(crate) fn bank_time(date: NaiveDate, hour: u32, minute: u32) -> DateTime<Utc> {
    date.and_hms_opt(hour, minute, 0)
        .and_then(|local| local.and_local_timezone(New_York).latest())
        .map_or_else(|| date.and_time(chrono::NaiveTime::MIN).and_utc(), |time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn banking_days_follow_the_federal_reserve() {
        assert!(!is_banking_day(day("2026-11-26")), "Thanksgiving");
        assert!(!is_banking_day(day("2026-11-28")), "Saturday");
        // Independence Day on a Saturday: the Fed works on the Friday before.
        assert!(is_banking_day(day("2026-07-03")));
        // Christmas on a Sunday is kept on Monday.
        assert!(!is_banking_day(day("2022-12-26")));
        assert_eq!(banking_day_from(day("2026-11-26")), day("2026-11-27"));
        assert_eq!(banking_days_after(day("2026-11-25"), 2), day("2026-11-30"));
    }

    #[test]
    fn banking_days_keep_the_time_of_the_banks_day() {
        let after = |start: &str, days| {
            let start = start.parse().unwrap();
            on_day(start, add_banking_days(bank_date(start), days).unwrap()).to_rfc3339()
        };
        // Over Thanksgiving and a weekend; and over the end of summer time.
        assert_eq!(after("2026-11-25T21:00:00Z", 2), "2026-11-30T21:00:00+00:00");
        assert_eq!(after("2026-10-30T20:00:00Z", 1), "2026-11-02T21:00:00+00:00");
    }

    #[test]
    fn the_banks_day_ends_in_the_east() {
        let evening = "2026-11-25T03:30:00Z".parse().unwrap();
        assert_eq!(bank_date(evening), day("2026-11-24"));
        assert_eq!(bank_time(day("2026-11-25"), 16, 45).to_rfc3339(), "2026-11-25T21:45:00+00:00");
    }

    #[test]
    fn the_clock_stays_within_the_calendar() {
        assert!(is_in_range("2198-12-31T23:59:59Z".parse().unwrap()));
        assert!(!is_in_range("2199-01-01T00:00:00Z".parse().unwrap()));
        assert!(!is_in_range("1901-12-31T23:59:59Z".parse().unwrap()));
        assert!(is_banking_day(day("2199-12-31")) && !is_banking_day(day("2200-01-02")));
        assert_eq!(banking_day_from(day("9999-12-31")), day("9999-12-31"));
    }
}
