//! Secrets that a browser has for a while: those of sessions, and those of links that are used once.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

/// Tickets of one kind. Only their digests are kept.
pub(super) struct Tickets<T> {
    kept: HashMap<[u8; 32], (Instant, T)>,
    lifetime: Duration,
    most: usize,
}

impl<T> Tickets<T> {
    /// Tickets that last for so long, and of which there are at most so many.
    pub(super) fn new(lifetime: Duration, most: usize) -> Self {
        Self { kept: HashMap::new(), lifetime, most }
    }

    /// A new ticket; the oldest goes where there are too many.
    pub(super) fn issue(&mut self, now: Instant, of: T) -> Result<String, String> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|e| e.to_string())?;
        let secret = hex::encode(secret);
        self.drop_old(now);
        while self.kept.len() >= self.most {
            let oldest = self.kept.iter().min_by_key(|(_, (until, _))| *until);
            let Some(oldest) = oldest.map(|(digest, _)| *digest) else { break };
            self.kept.remove(&oldest);
        }
        let until = now.checked_add(self.lifetime).ok_or("the clock is at its end")?;
        self.kept.insert(digest(&secret), (until, of));
        Ok(secret)
    }

    /// What a ticket stands for.
    pub(super) fn find(&self, now: Instant, ticket: &str) -> Option<&T> {
        self.kept.get(&digest(ticket)).filter(|(until, _)| *until > now).map(|(_, of)| of)
    }

    /// What a ticket stood for, which is not valid any more.
    pub(super) fn take(&mut self, now: Instant, ticket: &str) -> Option<T> {
        let (until, of) = self.kept.remove(&digest(ticket))?;
        (until > now).then_some(of)
    }

    /// Removes the tickets for which this is not true.
    pub(super) fn retain(&mut self, mut keeps: impl FnMut(&T) -> bool) {
        self.kept.retain(|_, (_, of)| keeps(of));
    }

    fn drop_old(&mut self, now: Instant) {
        self.kept.retain(|_, (until, _)| *until > now);
    }
}

/// Looked up by its digest, so the time it takes says nothing about the ticket.
fn digest(ticket: &str) -> [u8; 32] {
    Sha256::digest(ticket.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_lasts_for_its_time_and_is_taken_once() {
        let now = Instant::now();
        let later = |seconds| now + Duration::from_secs(seconds);
        let mut tickets = Tickets::new(Duration::from_secs(60), 2);
        let one = tickets.issue(now, "one").unwrap();
        assert_eq!(tickets.find(later(59), &one), Some(&"one"));
        assert_eq!(tickets.find(later(60), &one), None);
        assert_eq!(tickets.find(now, "other"), None);
        let two = tickets.issue(later(1), "two").unwrap();
        let three = tickets.issue(later(2), "three").unwrap();
        assert_eq!(tickets.find(later(2), &one), None, "there are two at most");
        assert_eq!(tickets.take(later(3), &two), Some("two"));
        assert_eq!(tickets.take(later(3), &two), None);
        assert_eq!(tickets.take(later(90), &three), None);
    }
}
