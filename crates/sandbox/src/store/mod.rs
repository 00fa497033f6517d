//! Where everything is kept: embedded SQLite behind a narrow interface.
//!
//! No other module knows SQL. One request is one transaction ([`Tx`]), so that a request either
//! happened or did not; what refuses half-way leaves nothing behind.

mod audit;
mod counters;
mod deliveries;
mod documents;
mod effects;
mod entries;
mod error;
mod file;
mod jobs;
mod key_ids;
mod layout;
pub(crate) mod ledger_audit;
mod next_due;
mod resources;
mod responses;
mod secrets;
mod selection;
mod snapshot;
mod snapshot_state;
mod wipe;

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode};

use counters::{Counted, Counters};
use documents::{Documents, View};
use effects::Recorder;
use file::{Claim, DataFile};
use key_ids::KeyIds;
use next_due::NextDue;

pub(crate) use deliveries::{Delivery, Order};
pub(crate) use documents::Found;
pub(crate) use effects::Effects;
pub(crate) use entries::{Days, SumByFacts};
pub(crate) use error::{Error, Result};
pub(crate) use jobs::Job;
pub(crate) use resources::{FACTS, Keys, Stored};
pub(crate) use responses::StoredResponse;
pub(crate) use selection::{Filter, ID, Start};
pub(crate) use snapshot::Snapshot;

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
    /// The file, if it is in one.
    file: Option<DataFile>,
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
    effects: Recorder,
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
        Self::prepare(connection, None)
    }

    /// A database in a file, made when it is not there; what was committed survives a crash.
    ///
    /// The file is this program's as long as it is open: two clocks and two dispatchers over one bank
    /// would do everything twice. A second one fails at once.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let claim = file::claim(path)?;
        let connection = Connection::open(path)?;
        connection.busy_timeout(Duration::ZERO)?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        let in_use = |error: Error| match error {
            Error::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                Error::InUse
            }
            other => other,
        };
        let set = |name: &str, value: &str| {
            connection.pragma_update(None, name, value).map_err(|error| in_use(error.into()))
        };
        set("synchronous", "FULL")?;
        if claim == Claim::New {
            // Before there is a log: from its first byte on, the file itself says whose it is.
            layout::prepare(&connection).map_err(in_use)?;
        }
        set("journal_mode", "WAL")?;
        // The lock comes with the first thing that is read.
        let read = connection.pragma_query(None, "user_version", |_| Ok(()));
        read.map_err(|error| in_use(error.into()))?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
        let store = Self::prepare(connection, Some(DataFile::opened(path)?))?;
        snapshot_state::take(&store.connection)?;
        Ok(store)
    }

    fn prepare(connection: Connection, file: Option<DataFile>) -> Result<Self> {
        layout::prepare(&connection)?;
        // Else a statement is compiled again whenever it is asked about another value.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(256);
        Ok(Self {
            connection,
            next_due: NextDue::default(),
            key_ids: KeyIds::default(),
            counted: Counted::default(),
            documents: Documents::default(),
            file,
        })
    }

    /// Fails when the data file was deleted or replaced.
    pub(crate) fn check_file(&self) -> Result<()> {
        self.file.as_ref().map_or(Ok(()), DataFile::check)
    }

    /// Writes everything back to the data file, so that a copy of it is whole.
    pub(crate) fn checkpoint(&mut self) -> Result<()> {
        if self.file.is_none() {
            return Ok(());
        }
        self.check_file()?;
        let is_busy: i64 =
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if is_busy == 0 {
            return Ok(());
        }
        Err(Error::Broken("the data file could not be written back".to_owned()))
    }

    /// Begins a transaction that may write.
    pub(crate) fn begin(&mut self) -> Result<Tx<'_>> {
        self.check_file()?;
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
            effects: Recorder::default(),
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

    /// The value of a counter, 0 before the first.
    pub(crate) fn count(&self, counter: &str) -> Result<i64> {
        self.counters.value(self.connection, counter)
    }

    /// Sets a number that does not count.
    pub(crate) fn set_count(&self, counter: &str, value: i64) {
        self.counters.set(counter, value);
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
        drop(self.effects.take());
        Ok(self.connection.execute_batch("ROLLBACK; BEGIN IMMEDIATE")?)
    }

    /// Marks a point to which [`Tx::undo`] returns.
    pub(crate) fn mark(&self) -> Result<()> {
        self.counters.mark();
        self.effects.mark();
        self.connection.prepare_cached("SAVEPOINT mark")?.execute([])?;
        Ok(())
    }

    /// Takes everything since [`Tx::mark`] back.
    pub(crate) fn undo(&self) -> Result<()> {
        self.counters.undo();
        self.effects.undo();
        self.key_ids.undo();
        Ok(self.connection.execute_batch("ROLLBACK TO mark; RELEASE mark")?)
    }

    /// What was added so far.
    pub(crate) fn take_effects(&self) -> Effects {
        self.effects.take()
    }

    /// Keeps everything since [`Tx::mark`].
    pub(crate) fn keep(&self) -> Result<()> {
        self.counters.keep();
        self.effects.keep();
        self.connection.prepare_cached("RELEASE mark")?.execute([])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_gone_is_not_written_to() {
        let folder = tempfile::tempdir().unwrap();
        for gone in ["bank.db", "bank.db-wal"] {
            let path = folder.path().join("bank.db");
            let mut store = Store::open(&path).unwrap();
            let tx = store.begin().unwrap();
            tx.next("counter").unwrap();
            tx.commit().unwrap();
            store.begin().unwrap();
            std::fs::rename(folder.path().join(gone), folder.path().join("elsewhere")).unwrap();
            assert!(matches!(store.begin().err(), Some(Error::Gone)), "{gone}");
            assert!(store.checkpoint().is_err());
            std::fs::write(folder.path().join(gone), "another file").unwrap();
            assert!(matches!(store.begin().err(), Some(Error::Gone)), "{gone}");
            std::fs::remove_file(folder.path().join(gone)).unwrap();
            std::fs::rename(folder.path().join("elsewhere"), folder.path().join(gone)).unwrap();
            store.begin().unwrap();
        }
    }

    #[test]
    fn after_a_checkpoint_a_copy_of_the_file_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("bank.db"), folder.path().join("copy.db"));
        let mut store = Store::open(&path).unwrap();
        let tx = store.begin().unwrap();
        assert_eq!(tx.next("counter").unwrap(), 1);
        tx.commit().unwrap();
        store.checkpoint().unwrap();
        std::fs::copy(&path, &copy).unwrap();
        let mut copied = Store::open(&copy).unwrap();
        assert_eq!(copied.begin().unwrap().next("counter").unwrap(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_may_read_a_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bank.db");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        drop(Store::open(&path).unwrap());
        assert_eq!(mode(), 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        drop(Store::open(&path).unwrap());
        assert_eq!(mode(), 0o600);
    }
}
