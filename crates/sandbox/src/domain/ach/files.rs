//! When the files to the network leave.

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::model::calendar::{bank_date, bank_time, banking_day_from, is_banking_day};

/// When files go out, Eastern; the last one of the list carries no same-day transfers.
const FILES: [(u32, u32); 4] = [(10, 30), (14, 45), (16, 45), (20, 0)];
const SAME_DAY_FILES: usize = 3;

/// When the file leaves that a transfer goes with.
pub(crate) fn next_file(
    now: DateTime<Utc>,
    is_same_day: bool,
    effective: Option<NaiveDate>,
) -> DateTime<Utc> {
    let files = if is_same_day { &FILES[..SAME_DAY_FILES] } else { &FILES[..] };
    let mut day = bank_date(now);
    // A dated transfer goes out with the last file of the banking day before.
    if let Some(effective) = effective {
        let mut before = banking_day_from(effective) - Duration::days(1);
        while before > day && !is_banking_day(before) {
            before -= Duration::days(1);
        }
        if before > day {
            let (hour, minute) = FILES[FILES.len() - 1];
            return bank_time(before, hour, minute);
        }
    }
    loop {
        day = banking_day_from(day);
        let next =
            files.iter().map(|(hour, minute)| bank_time(day, *hour, *minute)).find(|at| *at > now);
        if let Some(next) = next {
            return next;
        }
        day += Duration::days(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::timestamp;

    fn file(now: &str, same_day: bool, effective: Option<&str>) -> String {
        let effective = effective.map(|date| date.parse().unwrap());
        timestamp(next_file(now.parse().unwrap(), same_day, effective))
    }

    #[test]
    fn transfers_leave_with_the_next_file() {
        // A Tuesday, 09:00 Eastern.
        let morning = "2026-11-24T14:00:00Z";
        assert_eq!(file(morning, false, None), "2026-11-24T15:30:00.000Z");
        // 17:00: too late for same-day files, not for the evening's.
        let evening = "2026-11-24T22:00:00Z";
        assert_eq!(file(evening, false, None), "2026-11-25T01:00:00.000Z");
        assert_eq!(file(evening, true, None), "2026-11-25T15:30:00.000Z");
        // Over Thanksgiving to Friday.
        assert_eq!(file("2026-11-26T14:00:00Z", false, None), "2026-11-27T15:30:00.000Z");
        // Effective on Monday: Friday's last file.
        assert_eq!(file(morning, false, Some("2026-11-30")), "2026-11-28T01:00:00.000Z");
    }
}
