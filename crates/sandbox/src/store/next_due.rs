//! When the next job is due.

use std::cell::Cell;

use rusqlite::Connection;

use super::error::Result;

/// When the next job is due, if that is known.
#[derive(Debug, Default)]
pub(super) struct NextDue(Cell<Option<i64>>);

impl NextDue {
    /// Jobs come or go.
    pub(super) fn forget(&self) {
        self.0.set(None);
    }

    /// In milliseconds since the epoch; the end of time when there is none.
    pub(super) fn get(&self, connection: &Connection) -> Result<i64> {
        if let Some(known) = self.0.get() {
            return Ok(known);
        }
        let mut statement = connection.prepare_cached("SELECT MIN(due_at) FROM jobs")?;
        let next: Option<i64> = statement.query_row([], |row| row.get(0))?;
        let next = next.unwrap_or(i64::MAX);
        self.0.set(Some(next));
        Ok(next)
    }
}
