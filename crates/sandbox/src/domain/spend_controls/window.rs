//! The span of time over which a control counts.

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, Utc, Weekday};
use synctera_api::v2::types::{
    SpendControlRollingWindowPeriod, SpendControlStaticWindowPeriod, SpendControlTimeRange,
};

use crate::model::calendar::{bank_date, bank_time};

/// Which earlier transactions count beside the one at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Window {
    /// None: each transaction stands alone.
    Single,
    /// Those since the begin of a day or month, the first moment included.
    Since(DateTime<Utc>),
    /// Those after a moment: what is as old as a rolling window is long has just left it.
    After(DateTime<Utc>),
    /// All.
    Ever,
}

impl Window {
    /// The window of a control's `time_range` at a moment. Static windows begin by the bank's
    /// clock and calendar.
    pub(crate) fn of(
        range: &SpendControlTimeRange,
        now: DateTime<Utc>,
        week_begins: Weekday,
    ) -> Self {
        use SpendControlTimeRange as Range;
        match range {
            Range::SingleTransaction => Self::Single,
            Range::RollingWindowDays(range) => {
                Self::back(now, &SpendControlRollingWindowPeriod::Days, range.days)
            }
            Range::RollingWindow(range) => Self::back(now, &range.period, range.value),
            Range::StaticWindow(range) => Self::begun(now, &range.period, week_begins),
            _ => Self::Ever,
        }
    }

    /// A window that reaches back from now. One that reaches beyond the calendar has no begin.
    fn back(now: DateTime<Utc>, period: &SpendControlRollingWindowPeriod, value: i64) -> Self {
        use SpendControlRollingWindowPeriod as Period;
        let months = |each: i64| {
            let months = u32::try_from(value.checked_mul(each)?).ok()?;
            now.checked_sub_months(Months::new(months))
        };
        let span = |seconds: i64| {
            now.checked_sub_signed(Duration::try_seconds(value.checked_mul(seconds)?)?)
        };
        let begin = match period {
            Period::Seconds => span(1),
            Period::Minutes => span(60),
            Period::Hours => span(3_600),
            Period::Days => span(86_400),
            Period::Weeks => span(7 * 86_400),
            Period::Months => months(1),
            Period::Quarters => months(3),
            _ => months(12),
        };
        begin.map_or(Self::Ever, Self::After)
    }

    /// A window that began with the current minute, day or year.
    fn begun(
        now: DateTime<Utc>,
        period: &SpendControlStaticWindowPeriod,
        week_begins: Weekday,
    ) -> Self {
        use SpendControlStaticWindowPeriod as Period;
        let today = bank_date(now);
        let first = |month: u32| NaiveDate::from_ymd_opt(today.year(), month, 1).unwrap_or(today);
        let floor = |seconds: i64| {
            let begin = now.timestamp().div_euclid(seconds) * seconds;
            DateTime::from_timestamp(begin, 0).unwrap_or(now)
        };
        let day = match period {
            // Every zone of the bank's is whole hours from UTC.
            Period::Minute => return Self::Since(floor(60)),
            Period::Hourly => return Self::Since(floor(3_600)),
            Period::Daily => today,
            Period::Weekly => {
                today - Duration::days(today.weekday().days_since(week_begins).into())
            }
            Period::Monthly => first(today.month()),
            Period::Quarterly => first((today.month0() / 3) * 3 + 1),
            Period::Yearly => first(1),
            _ => return Self::Ever,
        };
        Self::Since(bank_time(day, 0, 0))
    }

    /// Whether a transaction of this moment counts.
    pub(crate) fn holds(self, moment: DateTime<Utc>) -> bool {
        match self {
            Self::Single => false,
            Self::Since(begin) => moment >= begin,
            Self::After(begin) => moment > begin,
            Self::Ever => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn begin(range: Value) -> String {
        let now = "2026-11-25T03:30:45Z".parse().unwrap();
        let range = serde_json::from_value(range).unwrap();
        match Window::of(&range, now, Weekday::Mon) {
            Window::Since(begin) | Window::After(begin) => begin.to_rfc3339(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn windows_begin_where_they_say() {
        let fixed =
            |period: &str| begin(json!({ "time_range_type": "STATIC_WINDOW", "period": period }));
        assert_eq!(fixed("MINUTE"), "2026-11-25T03:30:00+00:00");
        assert_eq!(fixed("HOURLY"), "2026-11-25T03:00:00+00:00");
        // It is still Tuesday evening in New York.
        assert_eq!(fixed("DAILY"), "2026-11-24T05:00:00+00:00");
        assert_eq!(fixed("WEEKLY"), "2026-11-23T05:00:00+00:00");
        assert_eq!(fixed("MONTHLY"), "2026-11-01T04:00:00+00:00");
        assert_eq!(fixed("QUARTERLY"), "2026-10-01T04:00:00+00:00");
        assert_eq!(fixed("YEARLY"), "2026-01-01T05:00:00+00:00");
        assert_eq!(fixed("LIFETIME"), "Ever");
        let rolling = |period: &str, value: i64| {
            begin(json!({ "time_range_type": "ROLLING_WINDOW", "period": period, "value": value }))
        };
        assert_eq!(rolling("HOURS", 2), "2026-11-25T01:30:45+00:00");
        assert_eq!(rolling("QUARTERS", 1), "2026-08-25T03:30:45+00:00");
        assert_eq!(rolling("YEARS", i64::MAX), "Ever");
        let days = json!({ "time_range_type": "ROLLING_WINDOW_DAYS", "days": 3 });
        assert_eq!(begin(days), "2026-11-22T03:30:45+00:00");
        assert_eq!(begin(json!({ "time_range_type": "SINGLE_TRANSACTION" })), "Single");
        assert_eq!(begin(json!({ "time_range_type": "FOREVER" })), "Ever");
    }
}
