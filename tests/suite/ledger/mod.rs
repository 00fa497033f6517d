//! The ledger of the sandbox, from outside: whatever is done in whatever order, by however many.

pub(crate) mod bank;
mod model;
mod reference;
mod storm;
