//! Statements: their periods, and when they are made.

mod account;
mod period;
mod schedule;

pub(crate) use account::BilledAccount;
pub(crate) use period::Period;
pub(crate) use schedule::{MAKE, begin, schedule};
