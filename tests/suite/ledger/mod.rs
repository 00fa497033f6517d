//! The ledger of the sandbox, from outside: whatever is done in whatever order, by however many.

mod bank;
mod model;
mod reference;
mod storm;
