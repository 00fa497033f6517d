//! The bank's calendar.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{ach, statements};
use crate::engine::Engine;
use crate::error::Error;
use crate::model::calendar;
use crate::model::calendar::bank_date;

/// The bank's calendar, and what the sandbox does by it: [`Sandbox::banking_days`](crate::Sandbox::banking_days).
///
/// A banking day is a day on which the Federal Reserve's payment systems work: Monday to Friday
/// without its holidays. Dates are those of the bank, which is in New York (Eastern time). The
/// calendar covers 1901 to 2199; beyond it there are no banking days, and the methods that look for
/// one return `None`.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use synctera_sandbox::Sandbox;
///
/// // The day before Thanksgiving, a Wednesday.
/// let sandbox = Sandbox::builder().clock_held_at("2026-11-25T14:00:00Z".parse()?).start().await?;
/// let calendar = sandbox.banking_days();
/// assert!(!calendar.is_banking_day("2026-11-26".parse()?));
/// assert_eq!(calendar.next(calendar.today()), Some("2026-11-27".parse()?));
/// assert_eq!(calendar.add(calendar.today(), 2), Some("2026-11-30".parse()?));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct BankingDays<'a> {
    engine: &'a Engine,
}

impl<'a> BankingDays<'a> {
    pub(crate) fn of(engine: &'a Engine) -> Self {
        Self { engine }
    }

    /// The bank's date by the sandbox's clock, whether it is a banking day or not.
    pub fn today(&self) -> NaiveDate {
        bank_date(self.engine.now())
    }

    /// Whether a date is a banking day.
    pub fn is_banking_day(&self, date: NaiveDate) -> bool {
        calendar::is_banking_day(date)
    }

    /// The first banking day after a date. From a Saturday this is mostly the Monday.
    pub fn next(&self, date: NaiveDate) -> Option<NaiveDate> {
        calendar::next_banking_day(date)
    }

    /// The last banking day before a date.
    pub fn previous(&self, date: NaiveDate) -> Option<NaiveDate> {
        calendar::previous_banking_day(date)
    }

    /// The date itself if it is a banking day, else the first banking day after it.
    pub fn on_or_after(&self, date: NaiveDate) -> Option<NaiveDate> {
        calendar::on_or_after(date)
    }

    /// The banking day that is `days` banking days after a date.
    ///
    /// Counting starts at the date itself if it is a banking day, else at the first one after it, as
    /// a bank counts what comes in on a weekend: 1 banking day after a Saturday is mostly the
    /// Tuesday, and 0 banking days after it the Monday.
    pub fn add(&self, date: NaiveDate, days: u32) -> Option<NaiveDate> {
        calendar::add_banking_days(date, days)
    }

    /// The moment at which the next file with outgoing ACH transfers leaves: 10:30, 14:45, 16:45 or
    /// 20:00 Eastern on a banking day. What is sent now leaves then, unless it has an
    /// `effective_date`.
    pub fn next_ach_file(&self) -> Option<DateTime<Utc>> {
        self.file(false)
    }

    /// The moment at which the next file with same-day ACH transfers leaves, which is any but the
    /// last of a day.
    pub fn next_same_day_ach_file(&self) -> Option<DateTime<Utc>> {
        self.file(true)
    }

    fn file(&self, is_same_day: bool) -> Option<DateTime<Utc>> {
        let leaves = ach::next_file(self.engine.now(), is_same_day, None);
        calendar::is_banking_day(bank_date(leaves)).then_some(leaves)
    }

    /// The moment at which statements are made next, over all accounts: shortly after midnight
    /// Eastern, when the billing period of an account is over. `None` while there is no account.
    ///
    /// A checking or prepaid account without a posting in the period gets no statement then.
    ///
    /// # Errors
    /// [`Error::Store`] when the storage fails.
    pub fn next_statements(&self) -> Result<Option<DateTime<Utc>>, Error> {
        Ok(self.engine.first_due(statements::MAKE)?)
    }
}

impl std::fmt::Debug for BankingDays<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BankingDays").field("today", &self.today()).finish_non_exhaustive()
    }
}
