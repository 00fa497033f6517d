//! Writes the log to its file in the background, so that no request waits for a disk.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::task::JoinHandle;

use super::RequestLog;
use super::file_line::{ENDING, HEADER, Line};
use super::secrets::Secrets;
use super::shown::{Detail, shown};
use crate::server::json_lines::JsonLines;

/// The pause between two looks at the log.
const PAUSE: Duration = Duration::from_millis(250);
/// Entries that are written in a second, at most: each takes longer than its request did.
const PER_SECOND: u64 = 2000;
/// Entries that are taken out of the log at once.
const AT_ONCE: u64 = 128;

/// The background task, until this is dropped.
pub(crate) struct LogWriter {
    log: Arc<RequestLog>,
    writing: Arc<Mutex<Writing>>,
    round: JoinHandle<()>,
}

struct Writing {
    /// None once it ended: another sandbox may have the file.
    file: Option<JsonLines>,
    /// The number of the next entry that is to be written.
    next: u64,
    /// How often the log had been cleared when it was looked at.
    cleared: u64,
    /// Entries that may be written now.
    leave: u64,
    renewed: Instant,
    secrets: Secrets,
}

impl LogWriter {
    /// Fills a new log with the end of the file beside a data file, and writes what comes from now on to
    /// it. A file that cannot be used is warned of: the log is then in memory alone.
    pub(crate) fn start(log: Arc<RequestLog>, data: &Path) -> Option<Self> {
        let (file, lines) = match JsonLines::open(data, ENDING, HEADER) {
            Ok(opened) => opened,
            Err(why) => {
                tracing::warn!(
                    %why, data = %data.display(),
                    "the log of requests cannot be kept beside the data file: see to it that \
                     its file, which ends in -log, can be read and written, or start with --no-log"
                );
                return None;
            }
        };
        log.fill(lines);
        let (next, cleared) = log.place();
        let writing = Writing {
            file: Some(file),
            next,
            cleared,
            leave: PER_SECOND,
            renewed: Instant::now(),
            secrets: Secrets::default(),
        };
        let writing = Arc::new(Mutex::new(writing));
        let round = tokio::spawn(run(log.clone(), writing.clone()));
        Some(Self { log, writing, round })
    }

    /// Writes what is left, as far as that may be at once.
    pub(crate) async fn stop(&self) {
        self.round.abort();
        let (log, writing) = (self.log.clone(), self.writing.clone());
        let finish = move || {
            let mut writing = writing.lock();
            writing.leave = PER_SECOND;
            writing.write(&log);
            writing.file = None;
        };
        let _finished = tokio::task::spawn_blocking(finish).await;
    }
}

impl Drop for LogWriter {
    fn drop(&mut self) {
        self.round.abort();
        self.writing.lock().file = None;
    }
}

async fn run(log: Arc<RequestLog>, writing: Arc<Mutex<Writing>>) {
    loop {
        tokio::time::sleep(PAUSE).await;
        let (log, writing) = (log.clone(), writing.clone());
        let write = move || {
            let mut writing = writing.lock();
            writing.renew();
            writing.write(&log);
        };
        let _written = tokio::task::spawn_blocking(write).await;
    }
}

impl Writing {
    /// Gives leave for what time has passed.
    fn renew(&mut self) {
        let millis = u64::try_from(self.renewed.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.leave = self.leave.saturating_add(millis.saturating_mul(PER_SECOND) / 1000);
        self.leave = self.leave.min(PER_SECOND);
        self.renewed = Instant::now();
    }

    /// Writes the entries since the last time, and leaves out those for which there is no leave.
    fn write(&mut self, log: &RequestLog) {
        let (end, cleared) = log.place();
        let is_cleared = cleared != self.cleared;
        if self.file.is_none() || (end == self.next && !is_cleared) {
            return;
        }
        self.cleared = cleared;
        let mut outcome = Ok(());
        if is_cleared && let Some(file) = &mut self.file {
            outcome = file.clear();
        }
        let mut left_out = 0;
        while outcome.is_ok() && self.leave > 0 {
            let some = log.ring.lock().from(self.next, AT_ONCE.min(self.leave) as usize);
            let Some((last, _)) = some.last() else {
                break;
            };
            // The log may have let go of some.
            left_out += (last + 1 - self.next).saturating_sub(some.len() as u64);
            self.next = last + 1;
            self.leave = self.leave.saturating_sub(some.len() as u64);
            let mut lines = String::new();
            for (number, kept) in &some {
                let request = shown(*number, kept, Detail::Bodies, &mut self.secrets);
                push(&mut lines, &Line::Request(Box::new(request)));
            }
            outcome = self.append(&lines);
            if outcome.is_err() {
                left_out += some.len() as u64;
            }
        }
        if self.leave == 0 || outcome.is_err() {
            let (end, _) = log.place();
            left_out += end.saturating_sub(self.next);
            self.next = self.next.max(end);
        }
        if is_cleared {
            // Those that were cleared are nobody's loss.
            left_out = 0;
            self.next = self.next.max(end);
        }
        log.left_out.fetch_add(left_out, Ordering::Relaxed);
        if outcome.is_ok() && (left_out > 0 || is_cleared) {
            let mut line = String::new();
            push(&mut line, &Line::LeftOut { left_out, through: self.next - 1 });
            outcome = self.append(&line);
        }
        if let Err(why) = outcome {
            tracing::warn!(%why, "the log of requests is not written to its file any more");
            // What is half written is cut off when the file is opened again.
            self.file = None;
        }
    }

    fn append(&mut self, lines: &str) -> std::io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.append(lines))
    }
}

fn push(lines: &mut String, line: &Line) {
    if let Ok(text) = serde_json::to_string(line) {
        lines.push_str(&text);
        lines.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::engine::Request;
    use crate::server::request_log::LogFilter;
    use crate::server::request_log::entry::{Entry, Seen};

    fn add(log: &RequestLog, count: u64) {
        for _ in 0..count {
            let request = Arc::new(Request { path: "/v2/cards".to_owned(), ..Request::default() });
            log.add(Entry::new(DateTime::UNIX_EPOCH, 1, request, Seen::default()));
        }
    }

    #[tokio::test]
    async fn what_is_too_much_at_once_is_left_out_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("bank.db");
        let log = Arc::new(RequestLog::new());
        let writer = LogWriter::start(log.clone(), &data).unwrap();
        // Before the task has its turn.
        add(&log, PER_SECOND + 50);
        writer.stop().await;
        assert_eq!(log.summary(&LogFilter::new(), 1, DateTime::UNIX_EPOCH).left_out, 50);

        let again = Arc::new(RequestLog::new());
        let writer = LogWriter::start(again.clone(), &data).unwrap();
        assert_eq!(again.summary(&LogFilter::new(), 1, DateTime::UNIX_EPOCH).left_out, 50);
        add(&again, 1);
        let (newest, _) = again.list(&LogFilter::new().limit(2));
        let numbers: Vec<u64> = newest.iter().map(|request| request.number).collect();
        assert_eq!(numbers, [PER_SECOND + 51, PER_SECOND]);
        again.clear();
        writer.stop().await;

        let empty = Arc::new(RequestLog::new());
        let _writer = LogWriter::start(empty.clone(), &data).unwrap();
        assert!(empty.list(&LogFilter::new()).0.is_empty());
        add(&empty, 1);
        assert_eq!(empty.list(&LogFilter::new()).0[0].number, PER_SECOND + 52);
    }
}
