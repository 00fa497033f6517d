//! The double-entry ledger: every movement is a transaction of lines that add up to nothing.
//!
//! An account's balance is the sum of its posted lines, what is available the balance less its open
//! holds. Nothing posted is ever changed; corrections are further transactions. Amounts are minor
//! units of one currency.

mod account;
mod blank;
mod entry;
mod follow_up;
mod hold;
mod kinds;
mod posting;
mod purpose;
mod reserve;
mod sweep;
#[cfg(test)]
mod tests;

pub(crate) use account::{
    LedgerAccount, above_ceiling, balances, behind_floor, has_ended, ledger_account, owes,
};
pub(crate) use entry::{AMOUNT_MAX, Movement, Sign, check_amount};
pub(crate) use follow_up::{LATE, OVERDRAWN, evening};
pub(crate) use hold::{Ended, NewHold, release};
pub(crate) use kinds::{
    ACCOUNT, Account, AccountFacts, Bill, CardUse, HOLD, Hold, INTERNAL_ACCOUNT, InternalAccount,
    InternalAccountFacts, Overdrawn, POSTED, Posted, WrittenOff,
};
pub(crate) use posting::{post, post_on, post_reversal, post_with};
pub(crate) use purpose::{payments, settled};
pub(crate) use reserve::{Resized, holds_behind};
pub(crate) use sweep::{LINKS_MAX, reach};
