//! Where everything is kept: embedded SQLite behind a narrow interface.
//!
//! No other module knows SQL. One request is one transaction ([`Tx`]), so that a request either
//! happened or did not; what refuses half-way leaves nothing behind.

mod answers;
mod audit;
mod deliveries;
mod entries;
mod jobs;
mod resources;
mod wipe;

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

pub(crate) use answers::Answer;
pub(crate) use audit::Audit;
pub(crate) use deliveries::{Delivery, Order};
pub(crate) use entries::Days;
pub(crate) use jobs::Job;
pub(crate) use resources::{Filter, Stored};

/// A failure of the storage itself: never the caller's fault.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("storage: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("storage: {0}")]
    Json(#[from] serde_json::Error),
    #[error("storage: {0}")]
    Broken(String),
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Bumped when `schema.sql` changes; a file of another version is refused, not guessed at.
const SCHEMA_VERSION: i64 = 2;

/// The database.
pub(crate) struct Store(Connection);

/// One request's view of the database. Dropped without [`Tx::commit`], it never was.
pub(crate) struct Tx<'a>(Transaction<'a>);

impl Store {
    /// A fresh database in memory.
    pub(crate) fn in_memory() -> Result<Self> {
        Self::prepare(Connection::open_in_memory()?)
    }

    /// A database in a file, made when it is not there; what was committed survives a crash.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        Self::prepare(connection)
    }

    fn prepare(connection: Connection) -> Result<Self> {
        connection.pragma_update(None, "foreign_keys", "ON")?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match version {
            0 => {
                connection.execute_batch(include_str!("schema.sql"))?;
                connection.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            }
            SCHEMA_VERSION => {}
            other => {
                return Err(Error::Broken(format!(
                    "the file has layout {other}, this version writes {SCHEMA_VERSION}"
                )));
            }
        }
        connection.set_prepared_statement_cache_capacity(128);
        Ok(Self(connection))
    }

    /// Begins a transaction that may write.
    pub(crate) fn begin(&mut self) -> Result<Tx<'_>> {
        Ok(Tx(self.0.transaction_with_behavior(TransactionBehavior::Immediate)?))
    }
}

impl Tx<'_> {
    pub(crate) fn commit(self) -> Result<()> {
        Ok(self.0.commit()?)
    }

    /// Marks a point to which [`Tx::undo`] returns.
    pub(crate) fn mark(&self) -> Result<()> {
        self.0.prepare_cached("SAVEPOINT mark")?.execute([])?;
        Ok(())
    }

    /// Takes everything since [`Tx::mark`] back.
    pub(crate) fn undo(&self) -> Result<()> {
        Ok(self.0.execute_batch("ROLLBACK TO mark; RELEASE mark")?)
    }

    /// Keeps everything since [`Tx::mark`].
    pub(crate) fn keep(&self) -> Result<()> {
        self.0.prepare_cached("RELEASE mark")?.execute([])?;
        Ok(())
    }

    /// The next value of a counter, from 1.
    pub(crate) fn next(&self, counter: &str) -> Result<i64> {
        let mut statement = self.0.prepare_cached(
            "INSERT INTO counters (name, value) VALUES (?1, 1)
             ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
        )?;
        Ok(statement.query_row(params![counter], |row| row.get(0))?)
    }
}
