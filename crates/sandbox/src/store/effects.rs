//! What a transaction adds that is never taken away again: entries of the ledger, and events.

use std::cell::{Cell, RefCell};

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
    /// How many there were at the last mark.
    marked: Cell<(usize, usize)>,
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
        self.marked.set((effects.entries.len(), effects.events.len()));
    }

    pub(super) fn undo(&self) {
        let mut effects = self.effects.borrow_mut();
        let (entries, events) = self.marked.get();
        effects.entries.truncate(entries);
        effects.events.truncate(events);
    }

    /// What there is, and nothing from now on.
    pub(super) fn take(&self) -> Effects {
        self.effects.take()
    }
}
