//! The audit log of the console: what operators did. It is kept in memory, and in a file beside the data
//! file, which a reset, a snapshot or a fork does not change.

use std::collections::VecDeque;
use std::path::Path;

use parking_lot::Mutex;
use synctera_console::AuditEntry;

use super::json_lines::JsonLines;

/// The ending of the file's name, after that of the data file.
const ENDING: &str = "-audit";
/// The first line of a file.
const HEADER: &str = "{\"synctera_sandbox_audit\":1}\n";
/// Entries in memory. The file has those before.
const ENTRIES_MAX: usize = 100_000;

/// The log.
pub(super) struct AuditLog(Mutex<State>);

struct State {
    entries: VecDeque<AuditEntry>,
    /// The number of the next entry.
    next: u64,
    file: Option<JsonLines>,
}

impl AuditLog {
    /// A log that goes on with what is in the file beside a data file, if there is one.
    pub(super) fn open(data: Option<&Path>) -> Self {
        let opened = data.map(|data| JsonLines::open::<AuditEntry>(data, ENDING, HEADER));
        let (file, lines) = match opened {
            Some(Ok((file, lines))) => (Some(file), lines),
            Some(Err(why)) => {
                tracing::warn!(
                    %why,
                    "the audit log cannot be kept beside the data file: see to it that its file, \
                     which ends in -audit, can be read and written"
                );
                (None, Vec::new())
            }
            None => (None, Vec::new()),
        };
        let next = lines.last().map_or(1, |entry| entry.number.saturating_add(1));
        Self(Mutex::new(State { entries: lines.into(), next, file }))
    }

    /// Adds an entry.
    pub(super) fn record(&self, mut entry: AuditEntry) {
        let mut state = self.0.lock();
        entry.number = state.next;
        state.next = state.next.saturating_add(1);
        let line = serde_json::to_string(&entry).unwrap_or_default() + "\n";
        if let Some(file) = &mut state.file
            && let Err(why) = file.append(&line)
        {
            tracing::warn!(%why, "the audit log is not written to its file any more");
            state.file = None;
        }
        if state.entries.len() >= ENTRIES_MAX {
            state.entries.pop_front();
        }
        state.entries.push_back(entry);
    }

    /// The newest entries before a number, the newest first.
    pub(super) fn list(&self, before: Option<u64>, limit: usize) -> Vec<AuditEntry> {
        let state = self.0.lock();
        let wanted = state.entries.iter().rev();
        let wanted = wanted.filter(|entry| before.is_none_or(|before| entry.number < before));
        wanted.take(limit).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("bank.db");
        let add =
            |log: &AuditLog, name| log.record(AuditEntry::new(name, "act", "Freeze", "/x", 200));
        let log = AuditLog::open(Some(&data));
        add(&log, "a");
        add(&log, "b");
        drop(log);
        let log = AuditLog::open(Some(&data));
        add(&log, "c");
        let names = |before, limit| -> Vec<(u64, String)> {
            let listed = log.list(before, limit).into_iter();
            listed.map(|entry| (entry.number, entry.operator)).collect()
        };
        let named = |number: u64, name: &str| (number, name.to_owned());
        assert_eq!(names(None, 2), [named(3, "c"), named(2, "b")]);
        assert_eq!(names(Some(2), 9), [named(1, "a")]);
    }
}
