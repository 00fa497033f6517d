//! Counters: read once in a transaction, and written once at its end.

use std::cell::RefCell;

use rusqlite::{Connection, OptionalExtension, params};

use super::{Result, Tx};

/// The counters that a transaction has touched.
#[derive(Debug, Default)]
pub(super) struct Counters {
    values: RefCell<Values>,
    /// How they were at each mark that is still open.
    marks: RefCell<Vec<Values>>,
}

/// Few are touched at a time.
type Values = Vec<(String, i64)>;

impl Tx<'_> {
    /// The next value of a counter, from 1.
    pub(crate) fn next(&self, counter: &str) -> Result<i64> {
        let mut values = self.counters.values.borrow_mut();
        if let Some((_, value)) = values.iter_mut().find(|(name, _)| name == counter) {
            *value += 1;
            return Ok(*value);
        }
        let mut statement =
            self.connection.prepare_cached("SELECT value FROM counters WHERE name = ?1")?;
        let stored: Option<i64> =
            statement.query_row(params![counter], |row| row.get(0)).optional()?;
        let value = stored.unwrap_or(0) + 1;
        values.push((counter.to_owned(), value));
        Ok(value)
    }
}

impl Counters {
    pub(super) fn mark(&self) {
        self.marks.borrow_mut().push(self.values.borrow().clone());
    }

    pub(super) fn undo(&self) {
        *self.values.borrow_mut() = self.marks.borrow_mut().pop().unwrap_or_default();
    }

    pub(super) fn keep(&self) {
        self.marks.borrow_mut().pop();
    }

    pub(super) fn forget(&self) {
        self.values.borrow_mut().clear();
        self.marks.borrow_mut().clear();
    }

    pub(super) fn write(&self, connection: &Connection) -> Result<()> {
        for (name, value) in self.values.borrow_mut().drain(..) {
            connection
                .prepare_cached("INSERT OR REPLACE INTO counters (name, value) VALUES (?1, ?2)")?
                .execute(params![name, value])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::store::Store;

    #[test]
    fn what_is_taken_back_is_given_out_again() {
        let mut store = Store::temporary().unwrap();
        let tx = store.begin().unwrap();
        assert_eq!(
            (tx.next("a").unwrap(), tx.next("a").unwrap(), tx.next("b").unwrap()),
            (1, 2, 1)
        );
        tx.mark().unwrap();
        tx.mark().unwrap();
        assert_eq!((tx.next("a").unwrap(), tx.next("c").unwrap()), (3, 1));
        tx.keep().unwrap();
        assert_eq!(tx.next("a").unwrap(), 4);
        tx.undo().unwrap();
        assert_eq!((tx.next("a").unwrap(), tx.next("c").unwrap()), (3, 1));
        tx.commit().unwrap();
        let tx = store.begin().unwrap();
        assert_eq!(tx.next("a").unwrap(), 4);
        drop(tx);
        let tx = store.begin().unwrap();
        tx.restart().unwrap();
        assert_eq!((tx.next("a").unwrap(), tx.next("b").unwrap()), (4, 2));
    }
}
