//! The audit log of the console: what operators did. It is kept in memory, and in a file beside the data
//! file, which a reset, a snapshot or a fork does not change.

use std::collections::VecDeque;
use std::path::Path;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use synctera_console::AuditEntry;

use super::json_lines::JsonLines;

/// The ending of the file's name, after that of the data file.
const ENDING: &str = "-audit";
/// The first line of a file.
const HEADER: &str = "{\"synctera_sandbox_audit\":1}\n";
/// Older files that are kept, beside the current one.
const OLDER_FILES: u32 = 8;
/// Entries in memory. After a start, these are the entries of the last 8 MiB of the files; earlier ones are
/// in the files alone.
const ENTRIES_MAX: usize = 100_000;
/// Refusals of a minute that have entries of their own. The others are counted: anybody can make many of
/// them, and they would displace the entries of what was done.
const REFUSALS_MAX: u32 = 60;
const MINUTE: i64 = 60;

/// The log.
pub(super) struct AuditLog(Mutex<State>);

struct State {
    entries: VecDeque<AuditEntry>,
    /// The number of the next entry.
    next: u64,
    file: Option<JsonLines>,
    /// When the minute began whose refusals are counted; none if there was no refusal.
    minute: Option<DateTime<Utc>>,
    /// The refusals of that minute that have entries.
    refusals: u32,
    /// Those that have none, since the last entry that says how many there were.
    left_out: u64,
}

impl Drop for AuditLog {
    fn drop(&mut self) {
        self.0.get_mut().add_left_out();
    }
}

impl AuditLog {
    /// A log that goes on with what is in the file beside a data file, if there is one.
    pub(super) fn open(data: Option<&Path>) -> Self {
        let opened = data
            .map(|data| JsonLines::open_keeping::<AuditEntry>(data, ENDING, HEADER, OLDER_FILES));
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
        Self(Mutex::new(State {
            entries: lines.into(),
            next,
            file,
            minute: None,
            refusals: 0,
            left_out: 0,
        }))
    }

    /// Adds an entry, or counts it if it is one of too many refusals.
    pub(super) fn record(&self, entry: AuditEntry) {
        let mut state = self.0.lock();
        let is_of_minute =
            |began: DateTime<Utc>| (0..MINUTE).contains(&(entry.at - began).num_seconds());
        if !state.minute.is_some_and(is_of_minute) {
            state.add_left_out();
            (state.minute, state.refusals) = (None, 0);
        }
        if entry.status >= 400 {
            if state.refusals >= REFUSALS_MAX {
                state.left_out = state.left_out.saturating_add(1);
                return;
            }
            state.refusals += 1;
            state.minute.get_or_insert(entry.at);
        }
        state.add(entry);
    }

    /// The newest entries before a number, the newest first.
    pub(super) fn list(&self, before: Option<u64>, limit: usize) -> Vec<AuditEntry> {
        let mut state = self.0.lock();
        // So that a reader sees at once how many there were.
        state.add_left_out();
        let wanted = state.entries.iter().rev();
        let wanted = wanted.filter(|entry| before.is_none_or(|before| entry.number < before));
        wanted.take(limit).cloned().collect()
    }
}

impl State {
    /// Adds the entry that says how many refusals have none.
    fn add_left_out(&mut self) {
        let count = std::mem::take(&mut self.left_out);
        if count > 0 {
            self.add(AuditEntry::of_refusals(count));
        }
    }

    fn add(&mut self, entry: AuditEntry) {
        let mut entry = entry.cut();
        entry.number = self.next;
        self.next = self.next.saturating_add(1);
        let line = serde_json::to_string(&entry).unwrap_or_default() + "\n";
        if let Some(file) = &mut self.file
            && let Err(why) = file.append(&line)
        {
            tracing::warn!(%why, "the audit log is not written to its file any more");
            self.file = None;
        }
        if self.entries.len() >= ENTRIES_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn refusals_do_not_displace_what_was_done() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("bank.db");
        let log = AuditLog::open(Some(&data));
        let begin = Utc::now();
        let add = |log: &AuditLog, seconds, status| {
            let mut entry =
                AuditEntry::new("grace", "view", &"\u{e9}".repeat(60_000), "/x", status);
            entry.at = begin + TimeDelta::seconds(seconds);
            log.record(entry);
        };
        add(&log, 0, 200);
        for _ in 0..1000 {
            add(&log, 1, 403);
        }
        add(&log, 59, 200);
        let statuses = |log: &AuditLog| -> Vec<u16> {
            log.list(None, 1000).into_iter().map(|entry| entry.status).collect()
        };
        let most = REFUSALS_MAX as usize;
        let mut expected = vec![0, 200];
        expected.extend(vec![403; most]);
        expected.push(200);
        assert_eq!(statuses(&log), expected);
        let listed = log.list(None, 2);
        assert!(listed[0].action.starts_with("940 more refusals"), "{}", listed[0].action);
        assert_eq!(listed[1].action.chars().count(), 200);
        // The entry is there once, and another minute has refusals of its own.
        add(&log, 60, 404);
        add(&log, 61, 404);
        assert_eq!(statuses(&log)[..3], [404, 0, 0]);
        for _ in 0..most {
            add(&log, 62, 404);
        }
        drop(log);
        let log = AuditLog::open(Some(&data));
        assert_eq!(statuses(&log)[..3], [0, 404, 404]);
        assert!(log.list(None, 1)[0].action.starts_with("1 more refusal,"));
    }

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
