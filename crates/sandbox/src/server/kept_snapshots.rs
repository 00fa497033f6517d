//! The snapshots that were taken over HTTP, by their names.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::engine::Snapshot;

/// Snapshots at the same time.
pub(super) const SNAPSHOTS_MAX: usize = 32;
/// The longest name.
const NAME_MAX: usize = 64;

/// A snapshot, and when it was taken by the sandbox's clock.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) taken_at: DateTime<Utc>,
    pub(super) snapshot: Snapshot,
}

/// Why a snapshot is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotKept {
    /// There is one of this name.
    Taken,
    /// There are as many as there may be.
    Full,
}

#[derive(Default)]
pub(crate) struct KeptSnapshots(Mutex<BTreeMap<String, Kept>>);

impl KeptSnapshots {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn all(&self) -> Vec<(String, Kept)> {
        self.lock().iter().map(|(name, kept)| (name.clone(), kept.clone())).collect()
    }

    pub(super) fn find(&self, name: &str) -> Option<Kept> {
        self.lock().get(name).cloned()
    }

    /// Whether one more can be kept under this name.
    pub(super) fn check(&self, name: &str) -> Result<(), NotKept> {
        has_room(&self.lock(), name)
    }

    pub(super) fn keep(&self, name: &str, snapshot: Kept) -> Result<(), NotKept> {
        let mut kept = self.lock();
        has_room(&kept, name)?;
        kept.insert(name.to_owned(), snapshot);
        Ok(())
    }

    /// Keeps one under a name that none has.
    pub(super) fn keep_unnamed(&self, snapshot: Kept) -> Result<String, NotKept> {
        let mut kept = self.lock();
        let mut names = (1..).map(|number| format!("snapshot-{number}"));
        let name = names.find(|name| !kept.contains_key(name)).unwrap_or_default();
        has_room(&kept, &name)?;
        kept.insert(name.clone(), snapshot);
        Ok(name)
    }

    /// Removes one; whether there was one.
    pub(super) fn remove(&self, name: &str) -> bool {
        self.lock().remove(name).is_some()
    }
}

fn has_room(kept: &BTreeMap<String, Kept>, name: &str) -> Result<(), NotKept> {
    match kept.contains_key(name) {
        true => Err(NotKept::Taken),
        false if kept.len() >= SNAPSHOTS_MAX => Err(NotKept::Full),
        false => Ok(()),
    }
}

/// Whether a text can be the name of a snapshot.
pub(super) fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    // A path with the names `.` and `..` leads elsewhere.
    (1..=NAME_MAX).contains(&text.len())
        && text.bytes().all(is_allowed)
        && !text.bytes().all(|byte| byte == b'.')
}
