//! The queue in PostgreSQL.

mod ack;
mod beginning;
mod connect;
mod engine;
mod health;
mod info;
mod lease;
#[cfg(feature = "reconcile")]
mod ledger;
mod list;
mod operate;
mod start;
mod store;
mod wake;
mod work;

pub use connect::Postgres;
pub use health::{Health, ParkedBy};
pub use info::{RunId, RunInfo};
#[cfg(feature = "reconcile")]
pub use ledger::Ledger;
pub use list::List;
pub use work::Work;
