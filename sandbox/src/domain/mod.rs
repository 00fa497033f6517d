//! Rules that several families share.

pub(crate) mod customers;
pub(crate) mod jwe;
pub(crate) mod kyb;
pub(crate) mod listing;
pub(crate) mod parties;
pub(crate) mod rules;
