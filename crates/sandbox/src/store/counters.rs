//! Counters: read once, and written once at the end of a transaction.

use std::cell::RefCell;
use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};

use super::error::Result;

/// The counters as they are stored, as far as they were read or written. Nobody else counts.
#[derive(Debug, Default)]
pub(super) struct Counted(RefCell<HashMap<String, i64>>);

/// The counters that a transaction has touched.
#[derive(Debug)]
pub(super) struct Counters<'a> {
    stored: &'a Counted,
    values: RefCell<Values>,
    /// How they were at each mark that is still open.
    marks: RefCell<Vec<Values>>,
}

/// Few are touched at a time.
type Values = Vec<(String, i64)>;

impl Counted {
    fn read(&self, connection: &Connection, counter: &str) -> Result<i64> {
        if let Some(value) = self.0.borrow().get(counter) {
            return Ok(*value);
        }
        let mut statement =
            connection.prepare_cached("SELECT value FROM counters WHERE name = ?1")?;
        let value = statement.query_row(params![counter], |row| row.get(0)).optional()?;
        Ok(value.unwrap_or(0))
    }
}

impl<'a> Counters<'a> {
    pub(super) fn of(stored: &'a Counted) -> Self {
        Self { stored, values: RefCell::default(), marks: RefCell::default() }
    }

    /// The next value of a counter, from 1.
    pub(super) fn next(&self, connection: &Connection, counter: &str) -> Result<i64> {
        let mut values = self.values.borrow_mut();
        if let Some((_, value)) = values.iter_mut().find(|(name, _)| name == counter) {
            *value += 1;
            return Ok(*value);
        }
        let value = self.stored.read(connection, counter)? + 1;
        values.push((counter.to_owned(), value));
        Ok(value)
    }

    /// The value of a counter, 0 before the first.
    pub(super) fn value(&self, connection: &Connection, counter: &str) -> Result<i64> {
        let values = self.values.borrow();
        match values.iter().find(|(name, _)| name == counter) {
            Some((_, value)) => Ok(*value),
            None => self.stored.read(connection, counter),
        }
    }

    pub(super) fn set(&self, counter: &str, value: i64) {
        let mut values = self.values.borrow_mut();
        match values.iter_mut().find(|(name, _)| name == counter) {
            Some((_, known)) => *known = value,
            None => values.push((counter.to_owned(), value)),
        }
    }

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

    /// They all begin anew.
    pub(super) fn reset(&self) {
        self.forget();
        self.stored.0.borrow_mut().clear();
    }

    pub(super) fn write(&self, connection: &Connection) -> Result<()> {
        for (name, value) in self.values.borrow().iter() {
            connection
                .prepare_cached("INSERT OR REPLACE INTO counters (name, value) VALUES (?1, ?2)")?
                .execute(params![name, value])?;
        }
        Ok(())
    }

    /// What was written is committed.
    pub(super) fn keep_all(&self) {
        self.stored.0.borrow_mut().extend(self.values.borrow_mut().drain(..));
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
        tx.empty().unwrap();
        drop(tx);
        let tx = store.begin().unwrap();
        assert_eq!(tx.next("a").unwrap(), 4, "what was emptied was taken back");
        tx.empty().unwrap();
        assert_eq!(tx.next("a").unwrap(), 1);
        tx.commit().unwrap();
        let tx = store.begin().unwrap();
        assert_eq!((tx.next("a").unwrap(), tx.next("b").unwrap()), (2, 1));
    }
}
