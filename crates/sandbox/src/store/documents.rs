//! Documents that were read a short while ago, and the records that were decoded from them. An account
//! that money moves on is read over and over; decoding it costs more than finding it.
//!
//! Only what is committed is kept: what a transaction writes is let go of, and until its end it reads
//! that itself. Nobody else writes to the database.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

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
    /// The record that was decoded from it.
    record: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Document {
    pub(super) fn new(space: i64, seq: i64, body: Value) -> Self {
        Self { space, seq, body, record: OnceLock::new() }
    }
}

/// A document that was found.
#[derive(Debug)]
pub(crate) struct Found(pub(super) Arc<Document>);

impl Found {
    /// The document. It is copied only if it is kept for others.
    pub(crate) fn into_body(self) -> Value {
        Arc::try_unwrap(self.0).map_or_else(|kept| kept.body.clone(), |own| own.body)
    }

    /// The record that the document is decoded to; decoded once while the document is kept.
    pub(crate) fn record<T, E>(&self, decode: impl FnOnce(&Value) -> Result<T, E>) -> Result<T, E>
    where
        T: Clone + Send + Sync + 'static,
    {
        if let Some(known) = self.0.record.get().and_then(|known| known.downcast_ref::<T>()) {
            return Ok(known.clone());
        }
        let record = decode(&self.0.body)?;
        if Arc::strong_count(&self.0) > 1 {
            // One that is there is of another type: the first stays.
            let _ = self.0.record.set(Box::new(record.clone()));
        }
        Ok(record)
    }
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
    use std::convert::Infallible;

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

    /// The status as a record, and whether it was decoded for that.
    fn record(tx: &Tx<'_>) -> (String, bool) {
        let mut is_decoded = false;
        let found = tx.find("1_1", KIND, "a").unwrap().unwrap();
        let status = found.record(|body| {
            is_decoded = true;
            Ok::<_, Infallible>(body["status"].as_str().unwrap_or_default().to_owned())
        });
        (status.unwrap(), is_decoded)
    }

    #[test]
    fn a_record_is_decoded_once_until_it_is_written() {
        let mut store = Store::temporary().unwrap();
        let tx = store.begin().unwrap();
        tx.insert("1_1", KIND, "a", &json!({ "status": "new" }), &[]).unwrap();
        for _ in 0..2 {
            assert_eq!(record(&tx), ("new".to_owned(), true), "it is not committed");
        }
        tx.commit().unwrap();
        let tx = store.begin().unwrap();
        assert_eq!(record(&tx), ("new".to_owned(), true));
        assert_eq!(record(&tx), ("new".to_owned(), false));
        // Another type of the same document is decoded each time.
        let found = tx.find("1_1", KIND, "a").unwrap().unwrap();
        assert_eq!(found.record(|body| Ok::<_, Infallible>(body.is_object())), Ok(true));
        set(&tx, "changed");
        assert_eq!(record(&tx), ("changed".to_owned(), true));
        drop(tx);
        let tx = store.begin().unwrap();
        assert_eq!(record(&tx), ("new".to_owned(), true));
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
