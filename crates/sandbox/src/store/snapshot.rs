//! Snapshots: everything as it is at a moment, in a database of its own.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, MAIN_DB, OpenFlags};

use super::counters::Counted;
use super::documents::Documents;
use super::key_ids::KeyIds;
use super::next_due::NextDue;
use super::{Error, Result, Store, file, layout, snapshot_state};

/// Everything that a sandbox holds, at a moment. Copies share it.
#[derive(Clone)]
pub(crate) struct Snapshot(Arc<Held>);

struct Held {
    connection: Mutex<Connection>,
    /// What was not in the database when it was taken; none of a plain data file.
    state: Option<String>,
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Snapshot")
    }
}

impl Snapshot {
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn of(from: &Connection, state: Option<&str>) -> Result<Self> {
        let mut copy = Connection::open("")?;
        copy.pragma_update(None, "journal_mode", "OFF")?;
        copy.pragma_update(None, "synchronous", "OFF")?;
        copy_all(from, &mut copy)?;
        layout::prepare(&copy)?;
        let own = snapshot_state::take(&copy)?;
        let state = state.map(str::to_owned).or(own);
        Ok(Self(Arc::new(Held { connection: Mutex::new(copy), state })))
    }

    /// Reads a snapshot, or a data file that no sandbox uses. The file stays as it is.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        file::inspect(path)?;
        let unusable = |reason: String| Error::File { path: path.to_owned(), reason };
        let unreadable = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy) => Error::InUse,
            _ => unusable(format!("it is incomplete or damaged: {error}")),
        };
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(unreadable)?;
        let read = match Self::of(&connection, None) {
            Err(Error::Sqlite(error)) => return Err(unreadable(error)),
            read => read?,
        };
        let check = read.connection().query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
        let found: String = check.map_err(unreadable)?;
        match found.as_str() {
            "ok" => Ok(read),
            why => Err(unusable(format!("it is incomplete or damaged: {why}"))),
        }
    }

    /// Writes it to a new file, which only its owner can read: it holds personal data and secrets.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        file::create(path)?;
        let write = || self.with_state(|from| copy_all(from, &mut Connection::open(path)?));
        // A part of it is no snapshot.
        write().inspect_err(|_| drop(std::fs::remove_file(path)))
    }

    /// The bytes that [`Snapshot::save`] writes.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>> {
        self.with_state(|connection| Ok(connection.serialize(MAIN_DB)?.to_vec()))
    }

    /// Does something with the database and its state in it, as in a file.
    fn with_state<T>(&self, act: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut connection = self.connection();
        if let Some(state) = &self.0.state {
            snapshot_state::put(&connection, state)?;
        }
        let outcome = act(&mut connection);
        snapshot_state::take(&connection)?;
        outcome
    }

    /// How many bytes it has.
    pub(crate) fn size(&self) -> Result<u64> {
        let connection = self.connection();
        let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
        let size = number("page_count")?.saturating_mul(number("page_size")?);
        Ok(u64::try_from(size).unwrap_or_default())
    }

    /// What was not in the database when it was taken; none of a plain data file.
    pub(crate) fn state(&self) -> Option<&str> {
        self.0.state.as_deref()
    }
}

impl Store {
    /// Everything as it is now, with what is not in the database.
    pub(crate) fn snapshot(&self, state: &str) -> Result<Snapshot> {
        self.check_file()?;
        Snapshot::of(&self.connection, Some(state))
    }

    /// Replaces everything by what a snapshot holds: all of it, or nothing.
    pub(crate) fn restore(&mut self, snapshot: &Snapshot) -> Result<()> {
        self.check_file()?;
        copy_all(&snapshot.connection(), &mut self.connection)?;
        self.next_due = NextDue::default();
        self.key_ids = KeyIds::default();
        self.counted = Counted::default();
        self.documents = Documents::default();
        Ok(())
    }

    /// Whether nothing was ever written to it.
    pub(crate) fn is_new(&mut self) -> Result<bool> {
        let mut statement = self.connection.prepare_cached("SELECT 1 FROM counters LIMIT 1")?;
        Ok(!statement.exists([])?)
    }
}

/// Copies a database over another one, in one transaction.
fn copy_all(from: &Connection, to: &mut Connection) -> Result<()> {
    match Backup::new(from, to)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(Error::InUse),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Every row of every table.
    fn dump(connection: &Connection) -> String {
        let mut tables = connection
            .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            .unwrap();
        let names: Vec<String> =
            tables.query_map([], |row| row.get(0)).unwrap().map(|name| name.unwrap()).collect();
        let mut text = String::new();
        for name in names {
            let mut rows = connection.prepare(&format!("SELECT * FROM {name}")).unwrap();
            let columns = rows.column_count();
            let mut rows = rows.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let values = (0..columns).map(|column| format!("{:?}", row.get_ref(column)));
                text.push_str(&format!("{name} {}\n", values.collect::<Vec<_>>().join(" ")));
            }
        }
        text
    }

    fn insert(store: &mut Store, id: &str) -> i64 {
        let tx = store.begin().unwrap();
        let keys = [("status", "new".to_owned())];
        tx.insert("1_1", "person", id, &json!({ "id": id }), &keys).unwrap();
        let next = tx.next("ids").unwrap();
        tx.commit().unwrap();
        next
    }

    fn is_there(store: &mut Store, id: &str) -> bool {
        store.begin().unwrap().get("1_1", "person", id).unwrap().is_some()
    }

    #[test]
    fn what_is_restored_is_what_was_there_to_the_byte() {
        let folder = tempfile::tempdir().unwrap();
        let in_a_file = || Store::open(&folder.path().join("bank.db")).unwrap();
        for mut store in [Store::temporary().unwrap(), in_a_file()] {
            assert!(store.is_new().unwrap());
            insert(&mut store, "a");
            assert!(!store.is_new().unwrap());
            let before = dump(&store.connection);
            let snapshot = store.snapshot("the state").unwrap();
            assert_eq!(snapshot.state(), Some("the state"));
            assert_eq!(insert(&mut store, "b"), 2);
            assert_ne!(dump(&store.connection), before);
            for _ in 0..2 {
                store.restore(&snapshot).unwrap();
                assert_eq!(dump(&store.connection), before);
                assert!(is_there(&mut store, "a") && !is_there(&mut store, "b"));
                assert_eq!(insert(&mut store, "c"), 2, "numbers go on from where they were");
            }
        }
        let mut store = in_a_file();
        assert!(is_there(&mut store, "c") && !is_there(&mut store, "b"), "it is kept");
    }

    #[test]
    fn a_snapshot_is_a_file_and_a_data_file_can_be_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bank.snapshot");
        let mut store = Store::temporary().unwrap();
        insert(&mut store, "a");
        let snapshot = store.snapshot("the state").unwrap();
        snapshot.save(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        // But for the number of the last change in the header.
        let fetched = snapshot.bytes().unwrap();
        assert!(bytes[..24] == fetched[..24] && bytes.len() == fetched.len());
        assert_eq!(bytes.len() as u64, snapshot.size().unwrap());
        assert!(matches!(snapshot.save(&path), Err(Error::File { .. })), "it is not written over");
        let read = Snapshot::open(&path).unwrap();
        assert_eq!(read.state(), Some("the state"));
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "it is left as it is");
        let mut other = Store::temporary().unwrap();
        other.restore(&read).unwrap();
        assert_eq!(dump(&other.connection), dump(&store.connection));

        // A data file has no state of an earlier moment, though it was a snapshot before.
        insert(&mut Store::open(&path).unwrap(), "c");
        let read = Snapshot::open(&path).unwrap();
        assert_eq!(read.state(), None);
        let cut = folder.path().join("cut");
        let mut damaged = bytes.clone();
        let end = damaged.len() - 100;
        damaged.truncate(end);
        std::fs::write(&cut, &damaged).unwrap();
        let error = Snapshot::open(&cut).unwrap_err();
        assert!(error.to_string().contains("incomplete or damaged"), "{error}");

        let data = folder.path().join("data.db");
        let mut kept = Store::open(&data).unwrap();
        insert(&mut kept, "b");
        assert!(matches!(Snapshot::open(&data), Err(Error::InUse)));
        drop(kept);
        let read = Snapshot::open(&data).unwrap();
        assert_eq!(read.state(), None);
        other.restore(&read).unwrap();
        assert!(is_there(&mut other, "b") && !is_there(&mut other, "a"));
        for (name, text) in [("foreign", "a text\n"), ("empty", "")] {
            let foreign = folder.path().join(name);
            std::fs::write(&foreign, text).unwrap();
            assert!(matches!(Snapshot::open(&foreign), Err(Error::File { .. })), "{name}");
        }
        assert!(matches!(Snapshot::open(&folder.path().join("none")), Err(Error::File { .. })));
    }
}
