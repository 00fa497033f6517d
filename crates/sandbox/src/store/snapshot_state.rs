//! What the file of a snapshot holds beside the database of a running sandbox, such as its clock. It is
//! about the moment of the snapshot: a sandbox that goes on has its own, and so it is in files alone.

use rusqlite::{Connection, OptionalExtension, params};

use super::error::Result;

/// Its name. It is with the secrets, since ids and secrets can be predicted from it.
const NAME: &str = "snapshot";

/// Puts it into a database.
pub(super) fn put(connection: &Connection, state: &str) -> Result<()> {
    connection.execute(
        "INSERT OR REPLACE INTO secrets (name, value) VALUES (?1, ?2)",
        params![NAME, state.as_bytes()],
    )?;
    Ok(())
}

/// Takes it out of a database, if it is there.
pub(super) fn take(connection: &Connection) -> Result<Option<String>> {
    let mut statement =
        connection.prepare("SELECT CAST(value AS TEXT) FROM secrets WHERE name = ?1")?;
    let state = statement.query_row(params![NAME], |row| row.get(0)).optional()?;
    if state.is_some() {
        connection.execute("DELETE FROM secrets WHERE name = ?1", params![NAME])?;
    }
    Ok(state)
}
