//! Texts of the clock's page.

pub(crate) const ADVANCE: &str = "Advance";
pub(crate) const DAYS: &str = "Days";
pub(crate) const HOURS: &str = "Hours";
pub(crate) const MINUTES: &str = "Minutes";
pub(crate) const BANKING_DAYS: &str = "Banking days";
pub(crate) const SET: &str = "Set";
pub(crate) const MOMENT: &str = "Time in UTC, such as 2026-12-01T14:00:00Z";
pub(crate) const THE_CLOCK: &str = "The clock is";
pub(crate) const NOW: &str = "Now";
pub(crate) const HELD: &str = "Held until it is moved";
pub(crate) const CALENDAR: &str = "The bank's calendar";
pub(crate) const TODAY: &str = "Today";
pub(crate) const IS_BANKING_DAY: &str = "Is a banking day";
pub(crate) const NEXT_BANKING_DAY: &str = "Next banking day";
pub(crate) const NEXT_ACH_FILE: &str = "Next ACH file";
pub(crate) const NEXT_SAME_DAY_ACH_FILE: &str = "Next same-day ACH file";
pub(crate) const NEXT_STATEMENTS: &str = "Next statements";
pub(crate) const TIME_ZONE: &str = "The console shows times in Eastern Time, the time zone of the bank. Point at one for UTC, as the API has it.";
pub(crate) const MOVE: &str = "Move the clock";
pub(crate) const WHAT_IS_DUE: &str = "What falls due on the way is done, in order: files leave, holds end, interest is paid, events are sent.";
pub(crate) const FAILED_JOBS: &str = "Jobs that failed";
pub(crate) const FAILED: &str = "failed";
pub(crate) const HAPPENED: &str = "What happened last";
pub(crate) const HAPPENED_COLUMNS: &[&str] =
    &["Number", "Time", "What was done", "About", "Posted", "Events"];
