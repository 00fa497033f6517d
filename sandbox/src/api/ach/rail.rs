//! What all ACH transfers have in common.

pub(crate) const RAIL: &str = "is_ach_enabled";
