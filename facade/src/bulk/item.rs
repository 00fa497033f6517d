//! The outcome of an item, and of all items.

use std::fmt;

use synctera_api::Error;

/// An item that ended, and how.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ItemOutcome<T> {
    /// The key that the caller gave the item.
    pub key: String,
    /// How the item ended.
    pub result: ItemResult<T>,
}

/// How an item ended.
#[derive(Clone, Debug)]
pub enum ItemResult<T> {
    /// The journey completed in this run.
    Done(T),
    /// According to the checkpoint it was done in an earlier run. The ids of its resources are in the
    /// [`Record`](super::Record) of its key.
    DoneBefore,
    /// It failed in this run. The next run with the same checkpoint runs it again.
    ///
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) of the field `key` means that nothing was
    /// sent: the key is not valid, or an earlier item of the run has the same one.
    Failed(Error),
    /// According to the checkpoint it failed in an earlier run, and
    /// [`skip_failed`](super::RunMany::skip_failed) is set.
    FailedBefore,
}

/// How many items ended which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Summary {
    /// Done in this run.
    pub done: u64,
    /// Done in an earlier run.
    pub done_before: u64,
    /// Failed in this run.
    pub failed: u64,
    /// Failed in an earlier run, and skipped in this one.
    pub failed_before: u64,
}

impl Summary {
    /// All items that ended.
    pub fn total(&self) -> u64 {
        self.done + self.done_before + self.failed + self.failed_before
    }

    pub(super) fn count<T>(&mut self, result: &ItemResult<T>) {
        let count = match result {
            ItemResult::Done(_) => &mut self.done,
            ItemResult::DoneBefore => &mut self.done_before,
            ItemResult::Failed(_) => &mut self.failed,
            ItemResult::FailedBefore => &mut self.failed_before,
        };
        *count += 1;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, done_before, failed, failed_before } = self;
        write!(f, "{done} done")?;
        if *done_before > 0 {
            write!(f, ", {done_before} done before")?;
        }
        write!(f, ", {failed} failed")?;
        if *failed_before > 0 {
            write!(f, ", {failed_before} failed before")?;
        }
        Ok(())
    }
}
