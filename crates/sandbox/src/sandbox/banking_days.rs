//! The bank's calendar.

use super::Sandbox;
use crate::server::BankingDays;

impl Sandbox {
    /// The bank's calendar.
    pub fn banking_days(&self) -> BankingDays<'_> {
        BankingDays::of(&self.app.engine)
    }
}
