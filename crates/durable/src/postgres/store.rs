//! The table of runs.

use deadpool_postgres::{Client, Pool};

use crate::Error;

/// The tables and functions; running it again changes nothing.
pub(super) const SCHEMA: &str = concat!(include_str!("schema.sql"), include_str!("graphile.sql"));
/// The number of this layout.
pub(super) const LAYOUT: i32 = 1;

/// The connections to the table of runs.
#[derive(Clone)]
pub(super) struct Store(Pool);

impl Store {
    pub(super) fn new(pool: Pool) -> Self {
        Self(pool)
    }

    pub(super) async fn client(&self) -> Result<Client, Error> {
        Ok(self.0.get().await?)
    }
}
