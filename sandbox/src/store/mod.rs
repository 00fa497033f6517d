//! Where everything is kept: embedded SQLite behind a narrow interface.
//!
//! No other module knows SQL. One request is one transaction ([`Tx`]), so that a request either
//! happened or did not; what refuses half-way leaves nothing behind.

mod audit;
mod counters;
mod deliveries;
mod documents;
mod entries;
mod error;
mod jobs;
mod key_ids;
pub(crate) mod ledger_audit;
mod next_due;
mod resources;
mod responses;
mod wipe;

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

use counters::{Counted, Counters};
use documents::{Documents, View};
use key_ids::KeyIds;
use next_due::NextDue;

pub(crate) use deliveries::{Delivery, Order};
pub(crate) use entries::Days;
pub(crate) use error::{Error, Result};
pub(crate) use jobs::Job;
pub(crate) use resources::{Filter, ID, Keys, Stored};
pub(crate) use responses::StoredResponse;

/// Bumped when `schema.sql` changes; a file of another version is refused, not guessed at.
const SCHEMA_VERSION: i64 = 4;

/// The counter of places in the order of creation.
const SEQUENCE: &str = "places";

/// What is kept in memory of a database that is in a file.
const CACHE_KIB: i64 = 4 * 1024;
/// The same of a temporary one. New pages are written out when they fill a quarter of it, which the
/// transaction waits for, and are searched at the end of each transaction until then: so it is small.
const TEMPORARY_CACHE_KIB: i64 = 1024;

/// The database.
pub(crate) struct Store {
    connection: Connection,
    next_due: NextDue,
    key_ids: KeyIds,
    counted: Counted,
    documents: Documents,
}

/// One request's view of the database. Dropped without [`Tx::commit`], it never was.
///
/// The crate's own transactions compile the statements that begin and end them each time, which
/// takes longer than many a request.
pub(crate) struct Tx<'a> {
    connection: &'a Connection,
    counters: Counters<'a>,
    next_due: &'a NextDue,
    key_ids: &'a KeyIds,
    documents: View<'a>,
}

impl Store {
    /// A fresh private database that is gone when it is closed. It is in memory
    /// until it outgrows its cache; the rest goes to a file without a name. A database that may only
    /// be in memory looks through all of its pages at the end of a transaction, and so becomes the
    /// slower the more there is in it.
    pub(crate) fn temporary() -> Result<Self> {
        let connection = Connection::open("")?;
        connection.pragma_update(None, "journal_mode", "MEMORY")?;
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.pragma_update(None, "cache_size", -TEMPORARY_CACHE_KIB)?;
        Self::prepare(connection)
    }

    /// A database in a file, made when it is not there; what was committed survives a crash.
    ///
    /// The file is this program's as long as it is open: two clocks and two dispatchers over one bank
    /// would do everything twice. A second one fails at once.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::ZERO)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        let in_use = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy) => Error::InUse,
            _ => Error::Sqlite(error),
        };
        connection.pragma_update(None, "journal_mode", "WAL").map_err(in_use)?;
        connection.pragma_update(None, "synchronous", "FULL").map_err(in_use)?;
        // The lock comes with the first thing that is read.
        connection.pragma_query(None, "user_version", |_| Ok(())).map_err(in_use)?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        Self::prepare(connection)
    }

    fn prepare(connection: Connection) -> Result<Self> {
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
        // Else a statement is compiled again whenever it is asked about another value.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(256);
        Ok(Self {
            connection,
            next_due: NextDue::default(),
            key_ids: KeyIds::default(),
            counted: Counted::default(),
            documents: Documents::default(),
        })
    }

    /// Begins a transaction that may write.
    pub(crate) fn begin(&mut self) -> Result<Tx<'_>> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        Ok(self.tx())
    }

    /// Begins a transaction that mostly reads; it may write all the same.
    pub(crate) fn begin_reading(&mut self) -> Result<Tx<'_>> {
        self.connection.prepare_cached("BEGIN")?.execute([])?;
        Ok(self.tx())
    }

    fn tx(&self) -> Tx<'_> {
        Tx {
            connection: &self.connection,
            counters: Counters::of(&self.counted),
            next_due: &self.next_due,
            key_ids: &self.key_ids,
            documents: View::of(&self.documents),
        }
    }
}

impl Drop for Tx<'_> {
    fn drop(&mut self) {
        // After a commit there is nothing left to take back.
        self.key_ids.end(false);
        if !self.connection.is_autocommit()
            && let Err(why) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%why, "a transaction cannot be taken back");
        }
    }
}

impl Tx<'_> {
    pub(crate) fn commit(self) -> Result<()> {
        self.counters.write(self.connection)?;
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        self.counters.keep_all();
        self.key_ids.end(true);
        Ok(())
    }

    /// The next value of a counter, from 1.
    pub(crate) fn next(&self, counter: &str) -> Result<i64> {
        self.counters.next(self.connection, counter)
    }

    /// The number of a kind's resources, or of a key of them; `None` when there never were any.
    fn key_id(&self, tenant: &str, kind: &str, key: &str) -> Result<Option<i64>> {
        self.key_ids.find(self.connection, tenant, kind, key)
    }

    /// The same; a fresh number when there never were any.
    fn key_id_or_new(&self, tenant: &str, kind: &str, key: &str) -> Result<i64> {
        self.key_ids.find_or_add(self.connection, tenant, kind, key)
    }

    /// Takes everything back, and begins anew.
    pub(crate) fn restart(&self) -> Result<()> {
        self.counters.forget();
        self.key_ids.end(false);
        Ok(self.connection.execute_batch("ROLLBACK; BEGIN IMMEDIATE")?)
    }

    /// Marks a point to which [`Tx::undo`] returns.
    pub(crate) fn mark(&self) -> Result<()> {
        self.counters.mark();
        self.connection.prepare_cached("SAVEPOINT mark")?.execute([])?;
        Ok(())
    }

    /// Takes everything since [`Tx::mark`] back.
    pub(crate) fn undo(&self) -> Result<()> {
        self.counters.undo();
        self.key_ids.undo();
        Ok(self.connection.execute_batch("ROLLBACK TO mark; RELEASE mark")?)
    }

    /// Keeps everything since [`Tx::mark`].
    pub(crate) fn keep(&self) -> Result<()> {
        self.counters.keep();
        self.connection.prepare_cached("RELEASE mark")?.execute([])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_another_layout_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bank.db");
        drop(Store::open(&file).unwrap());
        let another = Connection::open(&file).unwrap();
        another.pragma_update(None, "user_version", SCHEMA_VERSION - 1).unwrap();
        drop(another);
        let before = std::fs::read(&file).unwrap();
        let refused = Store::open(&file).err().unwrap();
        let why =
            format!("has layout {}, this version writes {SCHEMA_VERSION}", SCHEMA_VERSION - 1);
        assert!(refused.to_string().contains(&why), "{refused}");
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
}
