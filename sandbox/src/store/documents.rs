//! Documents that were read a short while ago. An account that money moves on is read over and over;
//! taking its text apart costs more than finding it.
//!
//! Only what is committed is kept: what a transaction writes is let go of, and until its end it reads
//! that itself. Nobody else writes to the database.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use hashlink::LruCache;
use serde_json::Value;

/// Documents that are kept.
const KEPT_MAX: usize = 256;
/// The longest text whose document is kept.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// A document, and where it stands.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) space: i64,
    /// Its place in the order of creation.
    pub(super) seq: i64,
    pub(super) body: Value,
}

/// Space and id.
type Key = (i64, String);

/// The documents of a store.
pub(super) struct Documents(RefCell<LruCache<Key, Arc<Document>>>);

impl Default for Documents {
    fn default() -> Self {
        Self(RefCell::new(LruCache::new(KEPT_MAX)))
    }
}

impl Documents {
    pub(super) fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

/// A transaction's view of them.
pub(super) struct View<'a> {
    kept: &'a Documents,
    /// What this transaction wrote.
    written: RefCell<HashSet<Key>>,
}

impl<'a> View<'a> {
    pub(super) fn of(kept: &'a Documents) -> Self {
        Self { kept, written: RefCell::default() }
    }

    pub(super) fn find(&self, space: i64, id: &str) -> Option<Arc<Document>> {
        // What was written is not kept.
        self.kept.0.borrow_mut().get(&(space, id.to_owned())).cloned()
    }

    /// Keeps a document that was just read, of which the text has so many bytes.
    pub(super) fn keep(&self, id: &str, document: &Arc<Document>, bytes: usize) {
        let key = (document.space, id.to_owned());
        if bytes <= TEXT_BYTES_MAX && !self.written.borrow().contains(&key) {
            self.kept.0.borrow_mut().insert(key, document.clone());
        }
    }

    /// Lets go of a document that is written.
    pub(super) fn write(&self, space: i64, id: &str) {
        let key = (space, id.to_owned());
        self.kept.0.borrow_mut().remove(&key);
        self.written.borrow_mut().insert(key);
    }

    /// Lets go of all.
    pub(super) fn clear(&self) {
        self.kept.clear();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::store::{Store, Tx};

    const KIND: &str = "account";

    fn status(tx: &Tx<'_>) -> Option<String> {
        let found = tx.get("1_1", KIND, "a").unwrap()?;
        Some(found["status"].as_str().unwrap_or_default().to_owned())
    }

    fn set(tx: &Tx<'_>, status: &str) {
        tx.update("1_1", KIND, "a", &json!({ "status": status }), |_| Vec::new()).unwrap();
    }

    #[test]
    fn what_is_read_is_what_is_stored() {
        let mut store = Store::temporary().unwrap();
        let tx = store.begin().unwrap();
        tx.insert("1_1", KIND, "a", &json!({ "status": "new" }), &[]).unwrap();
        assert_eq!(status(&tx).as_deref(), Some("new"));
        drop(tx);
        let tx = store.begin().unwrap();
        assert_eq!(status(&tx), None, "it was taken back");
        tx.insert("1_1", KIND, "a", &json!({ "status": "new" }), &[]).unwrap();
        tx.commit().unwrap();

        let tx = store.begin().unwrap();
        assert_eq!(status(&tx).as_deref(), Some("new"));
        set(&tx, "changed");
        assert_eq!(status(&tx).as_deref(), Some("changed"));
        drop(tx);
        let tx = store.begin().unwrap();
        assert_eq!(status(&tx).as_deref(), Some("new"), "the change was taken back");
        tx.mark().unwrap();
        set(&tx, "changed");
        assert_eq!(status(&tx).as_deref(), Some("changed"));
        tx.undo().unwrap();
        assert_eq!(status(&tx).as_deref(), Some("new"));
        set(&tx, "closed");
        tx.restart().unwrap();
        assert_eq!(status(&tx).as_deref(), Some("new"));
        set(&tx, "closed");
        tx.commit().unwrap();

        let tx = store.begin().unwrap();
        assert_eq!(status(&tx).as_deref(), Some("closed"));
        tx.wipe("1_1", &[], &[]).unwrap();
        assert_eq!(status(&tx), None);
        drop(tx);
        let tx = store.begin().unwrap();
        assert_eq!(status(&tx).as_deref(), Some("closed"));
        assert!(tx.delete("1_1", KIND, "a", |_| Vec::new()).unwrap());
        assert_eq!(status(&tx), None);
        tx.commit().unwrap();
        let tx = store.begin().unwrap();
        assert_eq!(status(&tx), None);
    }

    #[test]
    fn kinds_and_workspaces_are_told_apart() {
        let mut store = Store::temporary().unwrap();
        let tx = store.begin().unwrap();
        for (tenant, kind) in [("1_1", KIND), ("1_2", KIND), ("1_1", "person")] {
            let body = json!({ "status": format!("{tenant} {kind}") });
            tx.insert(tenant, kind, "a", &body, &[]).unwrap();
        }
        tx.commit().unwrap();
        let tx = store.begin().unwrap();
        for _ in 0..2 {
            for (tenant, kind) in [("1_1", KIND), ("1_2", KIND), ("1_1", "person")] {
                let found = tx.get(tenant, kind, "a").unwrap().unwrap();
                assert_eq!(found["status"], format!("{tenant} {kind}"));
            }
        }
    }
}
