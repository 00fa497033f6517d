//! Statements: their periods, and when they are made.

mod period;
mod schedule;

pub(crate) use period::Period;
pub(crate) use schedule::{MAKE, begin, schedule};
