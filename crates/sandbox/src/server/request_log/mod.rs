//! The request log: the requests of the platform's operations that a sandbox was sent, and what came
//! of each.
//!
//! A request is answered in some ten microseconds, so what is kept of it is what is there anyway.
//! Everything else, such as its operation and what is secret, is worked out when somebody reads it.

mod entry;
mod file_line;
mod filter;
mod logged;
mod ring;
mod secrets;
mod shown;
mod summary;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;

use crate::engine::Request;
use entry::{Entry, Kept};
use file_line::Line;
use ring::{Limits, Ring};
use secrets::Secrets;
use shown::Detail;
use summary::Counting;

pub(crate) use entry::Seen;
pub(crate) use filter::LIMIT_MAX;
pub use filter::LogFilter;
pub use logged::{LoggedBody, LoggedEvent, LoggedLedgerEntry, LoggedRequest};
pub use summary::{ErrorSummary, LogSummary, MinuteSummary, OperationSummary};
pub(crate) use writer::LogWriter;

/// What the log of a sandbox may take.
const OF_SANDBOX: Limits =
    Limits { entries: 100_000, body_bytes: 32 * 1024 * 1024, line_bytes: 64 * 1024 * 1024 };
/// What that of a fork may: there are some at the same time.
const OF_FORK: Limits =
    Limits { entries: 10_000, body_bytes: 4 * 1024 * 1024, line_bytes: 8 * 1024 * 1024 };
/// Entries that are taken out at once; requests wait that long.
const AT_ONCE: usize = 256;

/// What is said where there is no log.
pub(crate) const OFF: &str = "the request log is off: start the program without --no-log and without \
     SYNCTERA_SANDBOX_NO_LOG, or in Rust with SandboxBuilder::request_log(true)";

/// The requests of one sandbox.
pub(crate) struct RequestLog {
    ring: Mutex<Ring>,
    /// Requests that were not written to the file.
    left_out: AtomicU64,
}

impl RequestLog {
    pub(crate) fn new() -> Self {
        Self { ring: Mutex::new(Ring::new(OF_SANDBOX)), left_out: AtomicU64::new(0) }
    }

    /// The log of a fork.
    pub(crate) fn of_fork() -> Self {
        Self { ring: Mutex::new(Ring::new(OF_FORK)), left_out: AtomicU64::new(0) }
    }

    /// Takes what an earlier process wrote.
    fn fill(&self, lines: Vec<Line>) {
        let mut ring = self.ring.lock();
        for line in lines {
            match line {
                Line::Request(request) if request.number >= ring.next() => {
                    ring.insert(request.number, Kept::Read(Arc::from(request)));
                }
                // Nobody wrote it twice.
                Line::Request(_) => {}
                Line::LeftOut { left_out, through } => {
                    self.left_out.fetch_add(left_out, Ordering::Relaxed);
                    ring.skip_to(through.saturating_add(1));
                }
            }
        }
    }

    /// The number of the next entry, and how often the log was cleared.
    fn place(&self) -> (u64, u64) {
        let ring = self.ring.lock();
        (ring.next(), ring.cleared())
    }

    fn add(&self, entry: Entry) {
        let displaced = self.ring.lock().push(Kept::Live(entry));
        drop(displaced);
    }

    /// The newest requests that a filter wants, and whether there are older ones.
    pub(crate) fn list(&self, filter: &LogFilter) -> (Vec<LoggedRequest>, bool) {
        self.wanted(filter, Detail::Line)
    }

    /// The same with bodies.
    pub(crate) fn list_whole(&self, filter: &LogFilter) -> Vec<LoggedRequest> {
        self.wanted(filter, Detail::Bodies).0
    }

    fn wanted(&self, filter: &LogFilter, detail: Detail) -> (Vec<LoggedRequest>, bool) {
        let (mut found, mut secrets) = (Vec::new(), Secrets::default());
        let is_more = self.walk(filter, |number, kept| {
            let request = filter.take(number, kept, detail, &mut secrets);
            let is_full = request.is_some() && found.len() == filter.limit;
            found.extend(request.filter(|_| !is_full));
            !is_full
        });
        (found, is_more)
    }

    /// Looks at the entries between the numbers of a filter, newest first, as long as it is told to go
    /// on. Returns whether it was told to stop.
    fn walk(&self, filter: &LogFilter, mut look: impl FnMut(u64, &Kept) -> bool) -> bool {
        let mut before = filter.before;
        loop {
            let some = self.ring.lock().before(before, AT_ONCE);
            let Some((oldest, _)) = some.last() else {
                return false;
            };
            before = *oldest;
            for (number, kept) in &some {
                if *number <= filter.after {
                    return false;
                }
                if !look(*number, kept) {
                    return true;
                }
            }
        }
    }

    /// A request by its number, if the filter takes it.
    pub(crate) fn find(&self, number: u64, filter: &LogFilter) -> Option<LoggedRequest> {
        let kept = self.ring.lock().get(number).cloned()?;
        filter.take(number, &kept, Detail::Bodies, &mut Secrets::default())
    }

    /// A request of a workspace as it came, if it is kept whole.
    #[cfg(feature = "console")]
    pub(crate) fn whole(&self, number: u64, workspace: &str) -> Option<Arc<Request>> {
        match self.ring.lock().get(number)? {
            Kept::Live(entry)
                if entry.seen.key.as_ref().is_some_and(|key| key.tenant == workspace) =>
            {
                entry.whole().cloned()
            }
            _ => None,
        }
    }

    /// The requests of the last minutes, up to now.
    pub(crate) fn summary(
        &self,
        filter: &LogFilter,
        minutes: u32,
        now: DateTime<Utc>,
    ) -> LogSummary {
        let since = now.checked_sub_signed(TimeDelta::minutes(minutes.into()));
        let (mut counting, mut secrets) = (Counting::default(), Secrets::default());
        // A snapshot may have set the clock back meanwhile, so each is looked at.
        self.walk(filter, |number, kept| {
            if since.is_none_or(|since| kept.at() > since) {
                let request = filter.take(number, kept, Detail::Line, &mut secrets);
                request.into_iter().for_each(|request| counting.add(request));
            }
            true
        });
        counting.finish(self.left_out.load(Ordering::Relaxed))
    }

    /// Forgets all requests. Numbers go on.
    pub(crate) fn clear(&self) {
        self.left_out.store(0, Ordering::Relaxed);
        let all = self.ring.lock().clear();
        drop(all);
    }
}

/// A request that is being answered. One that is dropped before was not answered.
pub(crate) struct Recording {
    log: Arc<RequestLog>,
    at: DateTime<Utc>,
    begun: Instant,
    /// Until it is recorded.
    request: Option<Arc<Request>>,
}

impl Recording {
    pub(crate) fn new(
        log: Arc<RequestLog>,
        at: DateTime<Utc>,
        begun: Instant,
        request: Arc<Request>,
    ) -> Self {
        Self { log, at, begun, request: Some(request) }
    }

    pub(crate) fn finish(mut self, seen: Seen) {
        self.record(seen);
    }

    fn record(&mut self, seen: Seen) {
        if let Some(request) = self.request.take() {
            let micros = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.log.add(Entry::new(self.at, micros, request, seen));
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.record(Seen::default());
    }
}
