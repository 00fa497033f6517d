//! When files leave for the Canadian network, and when what is in them is posted.
//!
//! The bank closes a file three times on each banking day. The sandbox has one calendar, that of the
//! Federal Reserve: Canadian holidays that are no American ones are banking days here.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::model::calendar::{
    bank_date, bank_time, banking_day_from, banking_days_after, previous_banking_day,
};

/// When windows close, Eastern: a transfer of 07:29:59 is in the first one.
const WINDOWS: [(u32, u32); 3] = [(7, 30), (15, 15), (20, 0)];

/// When what is not for the same day is posted, Eastern.
const POSTED_AT: (u32, u32) = (9, 0);

/// The way of a transfer to the other bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// When its file leaves.
    pub(super) sent_at: DateTime<Utc>,
    /// The day that it is for.
    pub(super) effective_date: NaiveDate,
    /// When it is posted, if the other bank takes it.
    pub(super) posted_at: DateTime<Utc>,
}

/// Plans a transfer: for the same day, for a date, or else for the banking day after its file. What
/// is for a date leaves with the last file of the banking day before.
pub(super) fn plan(
    now: DateTime<Utc>,
    is_same_day: bool,
    asked: Option<NaiveDate>,
    minutes: u32,
) -> Plan {
    let next = next_window(now);
    let wanted = asked.map(banking_day_from);
    let before = wanted.and_then(previous_banking_day).map(|day| {
        let (hour, minute) = WINDOWS[WINDOWS.len() - 1];
        bank_time(day, hour, minute)
    });
    let sent_at = before.filter(|at| *at > next).unwrap_or(next);
    let sent_on = bank_date(sent_at);
    let effective_date = match wanted {
        Some(date) => date.max(sent_on),
        None if is_same_day => sent_on,
        None => banking_days_after(sent_on, 1),
    };
    let (hour, minute) = POSTED_AT;
    let posted_at = bank_time(effective_date, hour, minute)
        .max(sent_at + Duration::minutes(i64::from(minutes)));
    Plan { sent_at, effective_date, posted_at }
}

/// The first window that closes after a moment.
fn next_window(now: DateTime<Utc>) -> DateTime<Utc> {
    let today = banking_day_from(bank_date(now));
    let days = [today, banking_days_after(today, 1)].into_iter();
    let mut windows = days
        .flat_map(|day| WINDOWS.iter().map(move |(hour, minute)| bank_time(day, *hour, *minute)));
    // At the end of the calendar there is no next day.
    windows.find(|at| *at > now).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::timestamp;

    fn planned(now: &str, is_same_day: bool, asked: Option<&str>) -> [String; 3] {
        let asked = asked.map(|date| date.parse().unwrap());
        let plan = plan(now.parse().unwrap(), is_same_day, asked, 60);
        [timestamp(plan.sent_at), plan.effective_date.to_string(), timestamp(plan.posted_at)]
    }

    #[test]
    fn a_transfer_goes_with_the_next_window() {
        // A Tuesday, 09:00 Eastern.
        let morning = "2026-11-24T14:00:00Z";
        let expected = ["2026-11-24T20:15:00.000Z", "2026-11-24", "2026-11-24T21:15:00.000Z"];
        assert_eq!(planned(morning, true, None), expected);
        let expected = ["2026-11-24T20:15:00.000Z", "2026-11-25", "2026-11-25T14:00:00.000Z"];
        assert_eq!(planned(morning, false, None), expected);
        // The last second of the first window, and the first one after the last.
        let expected = ["2026-11-24T12:30:00.000Z", "2026-11-24", "2026-11-24T14:00:00.000Z"];
        assert_eq!(planned("2026-11-24T12:29:59Z", true, None), expected);
        // Before Thanksgiving, after the last window.
        let expected = ["2026-11-27T12:30:00.000Z", "2026-11-27", "2026-11-27T14:00:00.000Z"];
        assert_eq!(planned("2026-11-26T01:00:00Z", true, None), expected);
    }

    #[test]
    fn a_transfer_for_a_date_leaves_on_the_day_before() {
        let morning = "2026-11-24T14:00:00Z";
        let expected = ["2026-11-28T01:00:00.000Z", "2026-11-30", "2026-11-30T14:00:00.000Z"];
        assert_eq!(planned(morning, false, Some("2026-11-30")), expected);
        // For a day on which no bank works: for the next one.
        assert_eq!(planned(morning, false, Some("2026-11-28")), expected);
        // For today: with the next window.
        let expected = ["2026-11-24T20:15:00.000Z", "2026-11-24", "2026-11-24T21:15:00.000Z"];
        assert_eq!(planned(morning, false, Some("2026-11-24")), expected);
    }
}
