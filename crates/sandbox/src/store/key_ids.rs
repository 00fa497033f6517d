//! Small numbers for what many rows have in common: the resources of a kind in a workspace, and
//! each key that they are found by. An index of numbers is a third of one of names.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use foldhash::fast::RandomState;
use rusqlite::{Connection, OptionalExtension, params};

use super::error::Result;

/// Kinds by workspace. A dozen are looked up in a write; the names are ours.
type Known = HashMap<String, HashMap<String, KindIds, RandomState>, RandomState>;

/// The numbers that were asked for before.
#[derive(Debug, Default)]
pub(super) struct KeyIds {
    known: RefCell<Known>,
    /// Whether some were given out by a transaction that may yet be taken back.
    is_tentative: Cell<bool>,
}

/// The numbers of a kind in a workspace: its own under no name, and its keys' under theirs; `None` where
/// there was none when it was looked for.
#[derive(Debug, Default)]
struct KindIds(Vec<(String, Option<i64>)>);

impl KindIds {
    /// The number, if it is known whether there is one.
    fn number(&self, key: &str) -> Option<Option<i64>> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, number)| *number)
    }

    fn learn(&mut self, key: &str, number: Option<i64>) {
        match self.0.iter_mut().find(|(name, _)| name == key) {
            Some((_, known)) => *known = number,
            None => self.0.push((key.to_owned(), number)),
        }
    }
}

/// The key under which a kind's own number is.
pub(super) const PRIMARY_KEY: &str = "";

impl KeyIds {
    /// Everything since a point in a transaction is taken back.
    pub(super) fn undo(&self) {
        if self.is_tentative.get() {
            self.known.borrow_mut().clear();
        }
    }

    /// A transaction is over, kept or taken back.
    pub(super) fn end(&self, is_kept: bool) {
        if !is_kept {
            self.undo();
        }
        self.is_tentative.set(false);
    }

    /// The number of a kind's resources, or of a key of them; `None` when there never were any.
    pub(super) fn find(
        &self,
        connection: &Connection,
        tenant: &str,
        kind: &str,
        key: &str,
    ) -> Result<Option<i64>> {
        if let Some(number) = self.number(tenant, kind, key) {
            return Ok(number);
        }
        let mut statement = connection.prepare_cached(
            "SELECT number FROM spaces WHERE tenant = ?1 AND kind = ?2 AND key = ?3",
        )?;
        let found = statement.query_row(params![tenant, kind, key], |row| row.get(0)).optional()?;
        self.learn(tenant, kind, key, found);
        Ok(found)
    }

    /// The same; a fresh number when there never were any.
    pub(super) fn find_or_add(
        &self,
        connection: &Connection,
        tenant: &str,
        kind: &str,
        key: &str,
    ) -> Result<i64> {
        if let Some(number) = self.find(connection, tenant, kind, key)? {
            return Ok(number);
        }
        connection
            .prepare_cached("INSERT INTO spaces (tenant, kind, key) VALUES (?1, ?2, ?3)")?
            .execute(params![tenant, kind, key])?;
        let number = connection.last_insert_rowid();
        self.is_tentative.set(true);
        self.learn(tenant, kind, key, Some(number));
        Ok(number)
    }

    fn number(&self, tenant: &str, kind: &str, key: &str) -> Option<Option<i64>> {
        self.known.borrow().get(tenant)?.get(kind)?.number(key)
    }

    fn learn(&self, tenant: &str, kind: &str, key: &str, number: Option<i64>) {
        let mut known = self.known.borrow_mut();
        let kinds = known.entry(tenant.to_owned()).or_default();
        kinds.entry(kind.to_owned()).or_default().learn(key, number);
    }
}

#[cfg(test)]
mod tests {
    use crate::store::Store;

    #[test]
    fn a_number_that_was_taken_back_is_forgotten() {
        let mut store = Store::temporary().unwrap();
        let tx = store.begin().unwrap();
        let person = tx.key_id_or_new("1_1", "person", "").unwrap();
        assert_eq!(tx.key_id("1_1", "person", "").unwrap(), Some(person));
        assert_eq!(tx.key_id("1_2", "person", "").unwrap(), None);
        drop(tx);
        let tx = store.begin().unwrap();
        assert_eq!(tx.key_id("1_1", "person", "").unwrap(), None);
        let person = tx.key_id_or_new("1_1", "person", "").unwrap();
        tx.commit().unwrap();

        let tx = store.begin().unwrap();
        let address = tx.key_id_or_new("1_1", "address", "").unwrap();
        tx.mark().unwrap();
        tx.key_id_or_new("1_1", "person", "status").unwrap();
        tx.undo().unwrap();
        assert_eq!(tx.key_id("1_1", "person", "status").unwrap(), None);
        assert_eq!(tx.key_id("1_1", "address", "").unwrap(), Some(address));
        tx.restart().unwrap();
        assert_eq!(tx.key_id("1_1", "address", "").unwrap(), None);
        assert_eq!(tx.key_id("1_1", "person", "").unwrap(), Some(person));
        let numbers = [("person", "status"), ("address", ""), ("address", "status")]
            .map(|(kind, key)| tx.key_id_or_new("1_1", kind, key).unwrap());
        assert!(!numbers.contains(&person) && numbers[0] != numbers[1], "{numbers:?}");
    }
}
