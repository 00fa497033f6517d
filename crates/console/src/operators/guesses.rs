//! Wrong passwords: after some, the next attempt of the same client for the same operator waits.
//!
//! They are counted for each address, so that the guesses of one client do not lock an operator out
//! elsewhere.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

/// Wrong passwords after which the next attempt waits.
const WRONG_MAX: u32 = 5;
/// How long it waits.
pub(super) const WAIT: Duration = Duration::from_secs(30);
/// Pairs of operator and client at the same time: a client may have many addresses.
const COUNTED_MAX: usize = 10_000;
/// How long wrong passwords are counted.
const KEPT: Duration = Duration::from_secs(3600);

/// Wrong passwords in a row.
#[derive(Default)]
pub(super) struct Guesses {
    /// How many there were, and when the last one was.
    counted: BTreeMap<(String, IpAddr), (u32, Instant)>,
}

impl Guesses {
    /// Whether this client has to wait before it tries another password of this operator.
    pub(super) fn must_wait(&self, now: Instant, name: &str, from: IpAddr) -> bool {
        let counted = self.counted.get(&(name.to_owned(), client(from)));
        counted.is_some_and(|(count, last)| *count >= WRONG_MAX && now < *last + WAIT)
    }

    /// Counts a wrong password.
    pub(super) fn wrong(&mut self, now: Instant, name: &str, from: IpAddr) {
        let pair = (name.to_owned(), client(from));
        if !self.counted.contains_key(&pair) && self.counted.len() >= COUNTED_MAX {
            self.make_room(now);
        }
        let counted = self.counted.entry(pair).or_insert((0, now));
        *counted = (counted.0.saturating_add(1), now);
    }

    /// Begins to count again after a right password.
    pub(super) fn right(&mut self, name: &str, from: IpAddr) {
        self.counted.remove(&(name.to_owned(), client(from)));
    }

    /// Forgets an operator who has another password now, or none.
    pub(super) fn forget(&mut self, name: &str) {
        self.counted.retain(|(of, _), _| of != name);
    }

    fn make_room(&mut self, now: Instant) {
        self.counted.retain(|_, (_, last)| now < *last + KEPT);
        if self.counted.len() >= COUNTED_MAX
            && let Some(oldest) = self.counted.iter().min_by_key(|(_, (_, last))| *last)
        {
            let oldest = oldest.0.clone();
            self.counted.remove(&oldest);
        }
    }
}

/// What stands for a client. With IPv6 a client usually has all addresses of a network of 64 bits.
pub(super) fn client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_the_client_that_guesses_waits() {
        let now = Instant::now();
        let (here, elsewhere) = (address("203.0.113.7"), address("203.0.113.8"));
        let mut guesses = Guesses::default();
        for _ in 0..WRONG_MAX {
            assert!(!guesses.must_wait(now, "grace", here));
            guesses.wrong(now, "grace", here);
        }
        assert!(guesses.must_wait(now, "grace", here));
        assert!(!guesses.must_wait(now, "grace", elsewhere));
        assert!(!guesses.must_wait(now, "victor", here));
        assert!(!guesses.must_wait(now + WAIT, "grace", here));
        // One more guess, and it waits again.
        guesses.wrong(now + WAIT, "grace", here);
        assert!(guesses.must_wait(now + WAIT, "grace", here));
        guesses.right("grace", here);
        assert!(!guesses.must_wait(now + WAIT, "grace", here));
    }

    #[test]
    fn a_client_cannot_fill_the_memory() {
        let now = Instant::now();
        let mut guesses = Guesses::default();
        for number in 0..=u32::try_from(COUNTED_MAX).unwrap() {
            let moment = now + Duration::from_millis(number.into());
            guesses.wrong(moment, "grace", IpAddr::V4(number.into()));
        }
        assert_eq!(guesses.counted.len(), COUNTED_MAX);
        guesses.wrong(now + KEPT * 2, "grace", address("203.0.113.7"));
        assert_eq!(guesses.counted.len(), 1);
        guesses.forget("grace");
        assert!(guesses.counted.is_empty());
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        assert_eq!(client(address("2001:db8::1")), client(address("2001:db8::ffff:1")));
        assert_ne!(client(address("2001:db8:0:1::1")), client(address("2001:db8:0:2::1")));
        assert_eq!(client(address("::ffff:203.0.113.7")), address("203.0.113.7"));
        assert_ne!(client(address("203.0.113.7")), client(address("203.0.113.8")));
    }
}
