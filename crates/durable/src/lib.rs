#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "postgres"),
    allow(dead_code, reason = "what an engine uses; without one there is no queue")
)]

mod begin;
mod decide;
mod error;
mod finished;
#[cfg(feature = "postgres")]
mod postgres;
mod runs;
mod state;
mod task;
mod walk;

pub use begin::{Begin, Begun};
pub use error::{BoxError, Error};
pub use finished::Finished;
#[cfg(feature = "reconcile")]
pub use postgres::Ledger;
#[cfg(feature = "postgres")]
pub use postgres::{Health, List, ParkedBy, Postgres, RunId, RunInfo, Work};
pub use runs::{AddJourney, AddWait, Runs};
pub use state::State;
pub use task::{Task, Wait};
#[cfg(feature = "postgres")]
pub use tokio_postgres;
