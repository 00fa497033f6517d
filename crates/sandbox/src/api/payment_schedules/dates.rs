//! The days of a schedule.

use chrono::{Days, Months, NaiveDate};
use serde_json::Value;
use synctera_api::v2::types::{ScheduleConfig, ScheduleConfigFrequency, ScheduleConfigStartSearch};

use crate::model::calendar::{banking_day_from, is_banking_day};
use crate::model::text;
use crate::spec::FieldErrors;

/// How far a banking day is looked for.
const SEARCH_DAYS: u64 = 31;

/// A schedule, read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    start: NaiveDate,
    every: Every,
    interval: u32,
    end: Option<NaiveDate>,
    count: Option<u32>,
    is_backward: bool,
}

#[derive(Clone, Copy, Debug)]
enum Every {
    Day,
    Week,
    Month,
}

impl Calendar {
    /// What is wrong with a schedule by itself.
    pub(super) fn errors_of(schedule: &Value) -> FieldErrors {
        let is_there = |field: &str| schedule.get(field).is_some_and(|value| !value.is_null());
        let date = |field: &str| text(schedule, field).parse::<NaiveDate>().ok();
        let mut errors = FieldErrors::default();
        match (is_there("end_date"), is_there("count")) {
            (false, false) => {
                errors.merge(FieldErrors::missing("schedule.end_date"));
                errors.merge(FieldErrors::missing("schedule.count"));
            }
            (true, true) => {
                let reason = "must not be given with end_date";
                errors.merge(FieldErrors::invalid("schedule.count", reason));
            }
            _ => {}
        }
        if let (Some(start), Some(end)) = (date("start_date"), date("end_date"))
            && end < start
        {
            errors
                .merge(FieldErrors::invalid("schedule.end_date", "must not be before start_date"));
        }
        errors
    }

    pub(super) fn of(schedule: &ScheduleConfig) -> Self {
        let every = match schedule.frequency {
            ScheduleConfigFrequency::Daily => Every::Day,
            ScheduleConfigFrequency::Weekly => Every::Week,
            _ => Every::Month,
        };
        Self {
            start: schedule.start_date,
            every,
            interval: u32::try_from(schedule.interval).unwrap_or(1),
            end: schedule.end_date,
            count: schedule.count.and_then(|count| u32::try_from(count).ok()),
            is_backward: schedule.start_search == Some(ScheduleConfigStartSearch::Backward),
        }
    }

    /// The day of a payment, counted from 0; months keep the day of the first, as far as they have
    /// it.
    pub(super) fn date(&self, place: u32, end_is_inclusive: bool) -> Option<NaiveDate> {
        if self.count.is_some_and(|count| place >= count) {
            return None;
        }
        let steps = place.checked_mul(self.interval)?;
        let date = match self.every {
            Every::Day => self.start.checked_add_days(Days::new(u64::from(steps))),
            Every::Week => self.start.checked_add_days(Days::new(u64::from(steps) * 7)),
            Every::Month => self.start.checked_add_months(Months::new(steps)),
        }?;
        let is_in = |end| if end_is_inclusive { date <= end } else { date < end };
        self.end.is_none_or(is_in).then_some(date)
    }

    /// The banking day on which a payment is made; never one that has passed.
    pub(super) fn execution(&self, scheduled: NaiveDate, today: NaiveDate) -> NaiveDate {
        let day = if self.is_backward {
            (0..SEARCH_DAYS)
                .filter_map(|back| scheduled.checked_sub_days(Days::new(back)))
                .find(|day| is_banking_day(*day))
                .unwrap_or(scheduled)
        } else {
            banking_day_from(scheduled)
        };
        if day < today { banking_day_from(today) } else { day }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn calendar_of(schedule: Value) -> Calendar {
        Calendar::of(&serde_json::from_value(schedule).unwrap())
    }

    fn days(schedule: Value, inclusive: bool) -> Vec<String> {
        let calendar = calendar_of(schedule);
        (0..).map_while(|place| calendar.date(place, inclusive)).map(|d| d.to_string()).collect()
    }

    #[test]
    fn days_are_counted_from_the_first() {
        let monthly = json!({
            "start_date": "2027-01-31", "frequency": "MONTHLY", "interval": 1, "count": 4,
        });
        assert_eq!(days(monthly, false), ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]);
        let weekly = json!({
            "start_date": "2026-11-24", "frequency": "WEEKLY", "interval": 2,
            "end_date": "2026-12-22",
        });
        assert_eq!(days(weekly.clone(), false), ["2026-11-24", "2026-12-08"]);
        assert_eq!(days(weekly, true), ["2026-11-24", "2026-12-08", "2026-12-22"]);
    }

    #[test]
    fn payments_are_made_on_banking_days() {
        let today = "2026-11-24".parse().unwrap();
        let calendar = |search: &str| {
            calendar_of(json!({
                "start_date": "2026-11-26", "frequency": "DAILY", "interval": 1, "count": 1,
                "start_search": search,
            }))
        };
        let thanksgiving = "2026-11-26".parse().unwrap();
        let day = |search| calendar(search).execution(thanksgiving, today).to_string();
        assert_eq!(day("FORWARD"), "2026-11-27");
        assert_eq!(day("BACKWARD"), "2026-11-25");
        // The day before has passed.
        let late = calendar("BACKWARD").execution(thanksgiving, thanksgiving);
        assert_eq!(late.to_string(), "2026-11-27");
    }
}
