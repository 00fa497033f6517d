//! What all ACH transfers have in common.

use crate::domain::rules::Rail;

pub(super) const RAIL: Rail = Rail::Ach;

/// What is wrong with a date on which nothing can settle.
pub(super) const BEYOND_CALENDAR: &str = "is beyond the banking calendar";
