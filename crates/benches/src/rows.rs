//! A database that is written as much as the sandbox's.

use rusqlite::{Connection as Database, params};
use serde::{Deserialize, Serialize};

use crate::request::Error;

/// The cache of the sandbox's temporary database.
const CACHE_KIB: i64 = 1024;

/// A row that a request writes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct RowWrite {
    /// It is inserted; otherwise it replaces an earlier version of itself.
    pub is_new: bool,
    /// What its columns take up, as SQLite stores them, without headers and indexes.
    pub bytes: usize,
}

/// A database like that of a sandbox without a data file, of rows that are as large and mean
/// nothing. It has one table and no further index: that is the least work for so many rows.
pub struct Rows {
    database: Database,
    row: Vec<u8>,
    written: u64,
}

impl Rows {
    /// Makes it, for requests that write these rows.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn open(requests: &[Vec<RowWrite>]) -> Result<Self, Error> {
        let database = Database::open("")?;
        database.pragma_update(None, "journal_mode", "MEMORY")?;
        database.pragma_update(None, "synchronous", "OFF")?;
        database.pragma_update(None, "cache_size", -CACHE_KIB)?;
        database.execute_batch(
            "CREATE TABLE rows (number INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT",
        )?;
        // What is replaced is there: under the place in the request, below 0.
        let most = requests.iter().map(Vec::len).max().unwrap_or_default();
        for place in 0..most {
            let number = -1 - i64::try_from(place)?;
            database.execute("INSERT INTO rows VALUES (?1, x'00')", [number])?;
        }
        let largest = requests.iter().flatten().map(|write| write.bytes).max();
        let row = vec![b'x'; largest.unwrap_or_default().max(size_of::<u64>())];
        Ok(Self { database, row, written: 0 })
    }

    /// Writes the rows of a request, in one transaction.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn write(&mut self, writes: &[RowWrite]) -> Result<(), Error> {
        // SQLite does not write a row that stays the same.
        self.written += 1;
        for (byte, new) in self.row.iter_mut().zip(self.written.to_le_bytes()) {
            *byte = new;
        }
        let run = |sql| self.database.prepare_cached(sql)?.execute([]);
        run("BEGIN IMMEDIATE")?;
        for (place, write) in (1..).zip(writes) {
            let row = self.row.get(..write.bytes);
            if write.is_new {
                let sql = "INSERT INTO rows (row) VALUES (?1)";
                self.database.prepare_cached(sql)?.execute(params![row])?;
            } else {
                let sql = "UPDATE rows SET row = ?2 WHERE number = ?1";
                self.database.prepare_cached(sql)?.execute(params![-place, row])?;
            }
        }
        run("COMMIT")?;
        Ok(())
    }
}
