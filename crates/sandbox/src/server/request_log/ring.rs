//! The newest requests, within limits: older ones lose their bodies first, and then go.

use std::collections::VecDeque;

use super::entry::Kept;

/// What a log may take of memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) entries: usize,
    /// Bodies, together.
    pub(super) body_bytes: usize,
    /// What is beside the bodies, together, roughly: a hostile client has long URLs.
    pub(super) line_bytes: usize,
}

/// Entries by their numbers, which have no gaps but those of a file.
pub(super) struct Ring {
    limits: Limits,
    entries: VecDeque<(u64, Kept)>,
    /// The number of the next entry.
    next: u64,
    /// How many of the oldest entries have lost their bodies.
    bare: usize,
    body_bytes: usize,
    line_bytes: usize,
    /// How often it was cleared.
    cleared: u64,
}

impl Ring {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            entries: VecDeque::new(),
            next: 1,
            bare: 0,
            body_bytes: 0,
            line_bytes: 0,
            cleared: 0,
        }
    }

    /// Adds an entry; returns one that it displaced, for the caller to drop without the lock.
    pub(super) fn push(&mut self, kept: Kept) -> Option<Kept> {
        let number = self.next;
        self.insert(number, kept)
    }

    /// Adds one that has its number, which is beyond those that are there.
    pub(super) fn insert(&mut self, number: u64, kept: Kept) -> Option<Kept> {
        self.next = number.saturating_add(1);
        self.body_bytes += kept.body_bytes();
        self.line_bytes += kept.line_bytes();
        self.entries.push_back((number, kept));
        while self.body_bytes > self.limits.body_bytes {
            let Some((_, oldest)) = self.entries.get_mut(self.bare) else {
                break;
            };
            self.body_bytes -= oldest.body_bytes();
            self.line_bytes -= oldest.line_bytes();
            oldest.drop_bodies();
            self.line_bytes += oldest.line_bytes();
            self.bare += 1;
        }
        let mut displaced = None;
        while self.entries.len() > self.limits.entries || self.line_bytes > self.limits.line_bytes {
            let Some((_, oldest)) = self.entries.pop_front() else {
                break;
            };
            self.body_bytes -= oldest.body_bytes();
            self.line_bytes -= oldest.line_bytes();
            self.bare = self.bare.saturating_sub(1);
            displaced = Some(oldest);
        }
        displaced
    }

    /// The next number is at least this one: others were given already.
    pub(super) fn skip_to(&mut self, next: u64) {
        self.next = self.next.max(next);
    }

    /// The number of the next entry.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    pub(super) fn get(&self, number: u64) -> Option<&Kept> {
        let place = self.entries.partition_point(|(known, _)| *known < number);
        self.entries.get(place).filter(|(known, _)| *known == number).map(|(_, kept)| kept)
    }

    /// The newest entries before a number, newest first, at most so many.
    pub(super) fn before(&self, number: u64, most: usize) -> Vec<(u64, Kept)> {
        let end = self.entries.partition_point(|(known, _)| *known < number);
        self.entries.range(end.saturating_sub(most)..end).rev().cloned().collect()
    }

    /// The oldest entries from a number on, in order, at most so many.
    pub(super) fn from(&self, number: u64, most: usize) -> Vec<(u64, Kept)> {
        let start = self.entries.partition_point(|(known, _)| *known < number);
        self.entries.range(start..).take(most).cloned().collect()
    }

    /// Forgets all entries. Numbers go on, for who waits for the next one.
    pub(super) fn clear(&mut self) -> VecDeque<(u64, Kept)> {
        self.cleared += 1;
        (self.bare, self.body_bytes, self.line_bytes) = (0, 0, 0);
        std::mem::take(&mut self.entries)
    }

    pub(super) fn cleared(&self) -> u64 {
        self.cleared
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Bytes;
    use chrono::DateTime;

    use super::*;
    use crate::engine::Request;
    use crate::server::request_log::entry::{Entry, Seen};

    fn entry(request: &str, response: &str, query: &str) -> Kept {
        let request = Request {
            body: request.as_bytes().to_vec(),
            query: query.to_owned(),
            ..Request::default()
        };
        let body = Some(Bytes::copy_from_slice(response.as_bytes()));
        let seen = Seen { status: Some(404), body, ..Seen::default() };
        Kept::Live(Entry::new(DateTime::UNIX_EPOCH, 1, Arc::new(request), seen))
    }

    /// Numbers, and whether each has its bodies.
    fn shown(ring: &Ring) -> Vec<(u64, bool)> {
        let all = ring.from(0, usize::MAX).into_iter();
        all.map(|(number, kept)| match kept {
            Kept::Live(entry) => (number, !entry.are_bodies_dropped),
            Kept::Read(_) => (number, false),
        })
        .collect()
    }

    const WIDE: Limits = Limits { entries: 1000, body_bytes: 1000, line_bytes: usize::MAX };

    #[test]
    fn the_oldest_go() {
        let mut ring = Ring::new(Limits { entries: 2, ..WIDE });
        assert!(ring.push(entry("a", "b", "")).is_none());
        assert!(ring.push(entry("", "", "")).is_none());
        assert!(ring.push(entry("c", "", "")).is_some());
        assert_eq!(shown(&ring), [(2, true), (3, true)]);
        assert_eq!(ring.body_bytes, 1);
        assert!(ring.get(1).is_none() && ring.get(2).is_some() && ring.get(4).is_none());
        assert_eq!(ring.before(3, 9).len(), 1);
        assert_eq!(ring.before(u64::MAX, 1)[0].0, 3);
        assert_eq!(ring.clear().len(), 2);
        ring.push(entry("", "", ""));
        assert_eq!((shown(&ring), ring.cleared()), (vec![(4, true)], 1));
    }

    #[test]
    fn older_entries_lose_their_bodies_and_keep_their_line() {
        let mut ring = Ring::new(Limits { body_bytes: 40, ..WIDE });
        ring.push(entry("12345", r#"{"code":"NOT_THERE"}"#, "a=b"));
        ring.push(entry("12345", "12345", ""));
        assert_eq!(shown(&ring), [(1, true), (2, true)]);
        ring.push(entry("123456", "", ""));
        assert_eq!(shown(&ring), [(1, false), (2, true), (3, true)]);
        assert_eq!(ring.body_bytes, 16);
        let Some(Kept::Live(oldest)) = ring.get(1) else { panic!("it is gone") };
        assert_eq!(oldest.code().as_deref(), Some("NOT_THERE"));
        assert_eq!((oldest.request_bytes, oldest.response_bytes), (5, 20));
        assert_eq!(oldest.request.query, "a=b");
        // One that is too large by itself leaves room for the next.
        ring.push(entry(&"x".repeat(41), "", ""));
        ring.push(entry("y", "", ""));
        assert_eq!(shown(&ring)[3..], [(4, false), (5, true)]);
        assert_eq!(ring.body_bytes, 1);
    }

    #[test]
    fn long_urls_are_bounded_too() {
        let mut ring = Ring::new(Limits { line_bytes: 10_000, ..WIDE });
        for _ in 0..100 {
            ring.push(entry("x", "", &"q".repeat(60_000)));
        }
        assert!(ring.line_bytes <= 10_000 && shown(&ring).len() > 3);
        ring.clear();
        assert_eq!((ring.line_bytes, ring.body_bytes), (0, 0));
    }
}
