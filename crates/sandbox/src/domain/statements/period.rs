//! The periods that accounts are billed by: calendar months, or what a credit account says.

use chrono::{Datelike, Days, Months, NaiveDate};
use synctera_api::v2::types::{BillingFrequency, BillingPeriod};

use crate::model::calendar::bank_date;

/// Some days in a row, first and last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) first: NaiveDate,
    pub(crate) last: NaiveDate,
}

impl Period {
    /// The calendar month of a day.
    pub(crate) fn month(day: NaiveDate) -> Self {
        let first = day.with_day(1).unwrap_or(day);
        Self::before(first, moved(first, 1))
    }

    /// The period in which a day lies, as a credit account is billed, or else its month.
    pub(crate) fn of(billing: Option<&BillingPeriod>, day: NaiveDate) -> Self {
        let Some(billing) = billing else {
            return Self::month(day);
        };
        // Of the moment only the bank's date counts.
        let anchor = bank_date(billing.start_date);
        match billing.frequency {
            BillingFrequency::Annually => Self::by_months(anchor, 12, day),
            BillingFrequency::SemiMonthly => {
                let month = Self::by_months(anchor, 1, day);
                let middle = month.first + Days::new(15);
                if day < middle {
                    Self::before(month.first, middle)
                } else {
                    Self { first: middle, ..month }
                }
            }
            BillingFrequency::BiWeekly => Self::by_days(anchor, 14, day),
            BillingFrequency::Weekly => Self::by_days(anchor, 7, day),
            BillingFrequency::Daily => Self { first: day, last: day },
            _ => Self::by_months(anchor, 1, day),
        }
    }

    /// The day after the last.
    pub(crate) fn end(self) -> NaiveDate {
        self.last + Days::new(1)
    }

    /// How many days there are.
    pub(crate) fn days(self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    fn before(first: NaiveDate, next: NaiveDate) -> Self {
        Self { first, last: next - Days::new(1) }
    }

    /// Counted from the anchor each time, so that the 31st is the 31st again after a short month.
    fn by_months(anchor: NaiveDate, step: i32, day: NaiveDate) -> Self {
        let months = (day.year() - anchor.year()) * 12 + day.month() as i32 - anchor.month() as i32;
        let mut count = months.div_euclid(step);
        if moved(anchor, count * step) > day {
            count -= 1;
        }
        Self::before(moved(anchor, count * step), moved(anchor, (count + 1) * step))
    }

    fn by_days(anchor: NaiveDate, step: i64, day: NaiveDate) -> Self {
        let into = (day - anchor).num_days().rem_euclid(step);
        let first = day - chrono::Duration::days(into);
        Self::before(first, first + chrono::Duration::days(step))
    }
}

/// So many months later, or earlier; the last day of a month that has no such day.
pub(crate) fn moved(day: NaiveDate, months: i32) -> NaiveDate {
    let by = Months::new(months.unsigned_abs());
    let moved = if months < 0 { day.checked_sub_months(by) } else { day.checked_add_months(by) };
    moved.unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn period(frequency: &str, day: &str) -> (String, String) {
        let start = "2026-01-31T12:00:00Z";
        let billing = json!({ "frequency": frequency, "start_date": start });
        let billing: BillingPeriod = serde_json::from_value(billing).unwrap();
        let period = Period::of(Some(&billing), day.parse().unwrap());
        (period.first.to_string(), period.last.to_string())
    }

    #[test]
    fn periods_follow_the_calendar_and_their_start() {
        for (frequency, day, first, last) in [
            ("MONTHLY", "2026-02-27", "2026-01-31", "2026-02-27"),
            ("MONTHLY", "2026-02-28", "2026-02-28", "2026-03-30"),
            ("MONTHLY", "2026-03-31", "2026-03-31", "2026-04-29"),
            ("MONTHLY", "2025-12-31", "2025-12-31", "2026-01-30"),
            ("ANNUALLY", "2026-01-30", "2025-01-31", "2026-01-30"),
            ("SEMI_MONTHLY", "2026-02-14", "2026-01-31", "2026-02-14"),
            ("SEMI_MONTHLY", "2026-02-15", "2026-02-15", "2026-02-27"),
            ("WEEKLY", "2026-02-06", "2026-01-31", "2026-02-06"),
            ("BI_WEEKLY", "2026-01-30", "2026-01-17", "2026-01-30"),
            ("DAILY", "2026-02-03", "2026-02-03", "2026-02-03"),
        ] {
            assert_eq!(period(frequency, day), (first.to_owned(), last.to_owned()), "{frequency}");
        }
        let month = Period::of(None, "2024-02-10".parse().unwrap());
        assert_eq!((month.end().to_string(), month.days()), ("2024-03-01".to_owned(), 29));
    }
}
