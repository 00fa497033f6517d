//! What a transaction adds and nothing removes: entries of the ledger, and events.

use std::cell::RefCell;

/// One side of a posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddedEntry {
    pub(crate) transaction_id: String,
    pub(crate) account_id: String,
    /// In minor units; credits are positive.
    pub(crate) amount: i64,
    /// The account's balance after it.
    pub(crate) balance: i64,
}

/// An event for one webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddedEvent {
    pub(crate) webhook_id: String,
    pub(crate) event_id: String,
}

/// What a transaction added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Effects {
    pub(crate) entries: Vec<AddedEntry>,
    pub(crate) events: Vec<AddedEvent>,
}

impl Effects {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.events.is_empty()
    }
}

/// The effects of an open transaction.
#[derive(Default)]
pub(super) struct Recorder {
    effects: RefCell<Effects>,
    /// How many there were at each mark that is still open.
    marks: RefCell<Vec<(usize, usize)>>,
}

impl Recorder {
    pub(super) fn entry(&self, entry: AddedEntry) {
        self.effects.borrow_mut().entries.push(entry);
    }

    pub(super) fn event(&self, event: AddedEvent) {
        self.effects.borrow_mut().events.push(event);
    }

    pub(super) fn mark(&self) {
        let effects = self.effects.borrow();
        self.marks.borrow_mut().push((effects.entries.len(), effects.events.len()));
    }

    pub(super) fn undo(&self) {
        let mut effects = self.effects.borrow_mut();
        let (entries, events) = self.marks.borrow_mut().pop().unwrap_or_default();
        effects.entries.truncate(entries);
        effects.events.truncate(events);
    }

    pub(super) fn keep(&self) {
        self.marks.borrow_mut().pop();
    }

    /// What there is, and nothing from now on.
    pub(super) fn take(&self) -> Effects {
        self.marks.borrow_mut().clear();
        self.effects.take()
    }
}

#[cfg(test)]
mod tests {
    use crate::store::{Days, Store};

    #[test]
    fn what_is_taken_back_was_not_added() {
        let mut store = Store::temporary().unwrap();
        let tx = store.begin().unwrap();
        let day = "2026-11-24".parse().unwrap();
        let days = Days { posted: day, effective: day };
        let add = |transaction: &str| {
            tx.append("1_1", transaction, "account", 1, days).unwrap();
        };
        add("a");
        tx.mark().unwrap();
        add("b");
        tx.mark().unwrap();
        add("c");
        tx.keep().unwrap();
        tx.undo().unwrap();
        add("d");
        tx.mark().unwrap();
        add("e");
        tx.keep().unwrap();
        let entries = tx.take_effects().entries;
        let names: Vec<&str> = entries.iter().map(|it| it.transaction_id.as_str()).collect();
        assert_eq!(names, ["a", "d", "e"]);
        add("f");
        tx.restart().unwrap();
        assert!(tx.take_effects().is_empty());
    }
}
