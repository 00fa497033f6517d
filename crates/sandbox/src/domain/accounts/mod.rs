//! Accounts: holders, balances, credit, interest, floors and ceilings, and the states of their lives.

mod account;
pub(crate) mod auto_payment;
pub(crate) mod balance_limits;
pub(crate) mod balances;
pub(crate) mod billing;
pub(crate) mod charge_off;
pub(crate) mod closed;
pub(crate) mod closing;
pub(crate) mod credit;
pub(crate) mod fee_products;
pub(crate) mod holders;
pub(crate) mod interest;
pub(crate) mod overdrawn;
pub(crate) mod standing;
pub(crate) mod status;
pub(crate) mod templates;

pub(crate) use account::{BANK_ROUTING, is_related, named};
