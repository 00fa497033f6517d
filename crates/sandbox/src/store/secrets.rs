//! Secrets of the sandbox itself: made once, and kept with the data.

use rusqlite::{OptionalExtension, params};

use super::{Result, Tx};

impl Tx<'_> {
    /// A secret by its name; stores a new one if it does not exist.
    pub(crate) fn secret(&self, name: &str, new: impl FnOnce() -> [u8; 32]) -> Result<[u8; 32]> {
        let mut statement =
            self.connection.prepare_cached("SELECT value FROM secrets WHERE name = ?1")?;
        if let Some(known) = statement.query_row(params![name], |row| row.get(0)).optional()? {
            return Ok(known);
        }
        let value = new();
        self.connection
            .prepare_cached("INSERT INTO secrets (name, value) VALUES (?1, ?2)")?
            .execute(params![name, value])?;
        Ok(value)
    }
}
