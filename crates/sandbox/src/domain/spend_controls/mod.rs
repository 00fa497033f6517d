//! Spend controls: limits on what goes out of accounts (or comes in) in a span of time.

mod check;
mod control;
mod window;

pub(crate) use check::{Spend, check};
pub(crate) use control::{SPEND_CONTROL, SpendControl, VIOLATED, must_all_exist};
pub(crate) use window::Window;
