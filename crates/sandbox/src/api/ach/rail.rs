//! What all ACH transfers have in common.

use crate::domain::rules::Rail;

pub(super) const RAIL: Rail = Rail::Ach;
