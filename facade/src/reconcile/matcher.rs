//! Matches both sides by sorting them on disk, in bounded memory.

use std::path::PathBuf;

use synctera_api::Error;

use super::report::Report;
use super::row::{KEY_BYTES_MAX, Row};
use super::sort::{Sorter, unusable};
use super::{LedgerEntry, PostedLine};

/// Rows that are kept in memory before they are written to disk: some 4 MB.
const ROWS_IN_MEMORY: usize = 20_000;

/// Compares two ledgers of any size, whose entries come in any order. It does what
/// [`reconcile`](crate::Synctera::reconcile) does, for lines of the platform from another source
/// than the API.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use synctera::reconcile::{Finding, LedgerEntry, Matcher, PostedLine};
/// use synctera::{AccountId, Money, TransactionId};
///
/// let account: AccountId = "00000000-0000-4000-8000-000000000001".parse()?;
/// let transaction: TransactionId = "00000000-0000-4000-8000-000000000002".parse()?;
/// let mut matcher = Matcher::new();
/// matcher.ours(LedgerEntry::new("order-9", account, Money::usd(-10_00)))?;
/// let line = PostedLine::new(Some("order-9".into()), account, Money::usd(-10_00), transaction);
/// matcher.theirs(line)?;
/// assert!(matcher.finish()?.all(|finding| finding.is_ok_and(|finding| finding.is_matched())));
/// # Ok(())
/// # }
/// ```
///
/// Rows that do not fit into memory are in temporary files without names: no other program can open
/// them, and they are gone when the process ends. Each 20,000th row sorts and writes those before
/// it, which blocks for some milliseconds.
#[derive(Debug)]
pub struct Matcher(Sorter);

impl Matcher {
    /// An empty matcher, with its files in the system's temporary folder.
    pub fn new() -> Self {
        Self::within(std::env::temp_dir(), ROWS_IN_MEMORY)
    }

    /// An empty matcher, with its files in this folder, and at most this many rows in memory.
    pub fn within(folder: impl Into<PathBuf>, rows_in_memory: usize) -> Self {
        Self(Sorter::new(folder.into(), rows_in_memory))
    }

    /// Adds an entry of your ledger.
    ///
    /// # Errors
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) for a key that is empty or longer than
    /// 4096 bytes; [`Local`](crate::ErrorKind::Local) when a temporary file cannot be written.
    pub fn ours(&mut self, entry: LedgerEntry) -> Result<(), Error> {
        if entry.key.is_empty() || entry.key.len() > KEY_BYTES_MAX {
            let reason = "must have 1 to 4096 bytes";
            return Err(Error::invalid_input("reconcile", "entries.key", reason));
        }
        self.push(Row::ours(entry))
    }

    /// Adds a line of the platform. A key that is empty or longer than 4096 bytes counts as absent.
    ///
    /// # Errors
    /// [`Local`](crate::ErrorKind::Local) when a temporary file cannot be written.
    pub fn theirs(&mut self, mut line: PostedLine) -> Result<(), Error> {
        line.key = line.key.filter(|key| !key.is_empty() && key.len() <= KEY_BYTES_MAX);
        self.push(Row::theirs(line))
    }

    fn push(&mut self, row: Row) -> Result<(), Error> {
        self.0.push(row).map_err(unusable)
    }

    /// Compares the two sides.
    ///
    /// # Errors
    /// [`Local`](crate::ErrorKind::Local) when a temporary file cannot be written or read.
    pub fn finish(self) -> Result<Report, Error> {
        Ok(Report::new(self.0.sorted().map_err(unusable)?))
    }
}

impl Default for Matcher {
    fn default() -> Self {
        Self::new()
    }
}
