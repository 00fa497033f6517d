//! A pace that the client keeps of its own accord, and slows when the platform says so.
//!
//! The crates that limit rates hold to the rate they were given; this one must change with the
//! answers. Turns are a virtual schedule (GCRA): whoever comes takes the next free moment.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How slow it may become, as a multiple of the distance between two tries.
const SLOWEST: u32 = 64;
/// Answers of one crowd count once: a cut is followed by no other within this time.
const CUTS_APART: Duration = Duration::from_secs(1);
/// An answer that is no 429 takes away this part of the slowing.
const RECOVERY: u32 = 16;

/// How many tries a second a client starts at most; see
/// [`Builder::rate_limit`](crate::Builder::rate_limit).
///
/// A 429 halves the rate (once a second at most, down to a 64th), and nothing is sent before its
/// `Retry-After` is over; every other answer takes away a sixteenth of the slowing. The platform
/// has limits and doesn't publish them: this is for those who were told theirs.
///
/// A clone shares the turns, host by host: give one to every client of the same platform.
///
/// ```
/// # fn main() -> Result<(), synctera::Error> {
/// use synctera::{RateLimit, Synctera};
///
/// let limit = RateLimit::per_second(20).burst(5);
/// let client = Synctera::builder("my api key").rate_limit(limit.clone()).build()?;
/// let other = Synctera::builder("my other key").rate_limit(limit).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RateLimit {
    apart: Duration,
    burst: u32,
    hosts: Arc<Mutex<HashMap<String, Arc<Pace>>>>,
}

impl RateLimit {
    /// So many tries a second, evenly spread; at least one.
    pub fn per_second(tries: u32) -> Self {
        let apart = Duration::from_secs(1) / tries.max(1);
        Self { apart, burst: 1, hosts: Arc::default() }
    }

    /// So many of them may start at once, after a pause; one unless set.
    #[must_use]
    pub fn burst(mut self, tries: u32) -> Self {
        self.burst = tries.max(1);
        // What was shared so far had another burst.
        self.hosts = Arc::default();
        self
    }

    pub(crate) fn of_host(&self, host: &str) -> Arc<Pace> {
        let new = || Arc::new(Pace::new(self.apart, self.burst));
        lock(&self.hosts).entry(host.to_owned()).or_insert_with(new).clone()
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("apart", &self.apart)
            .field("burst", &self.burst)
            .finish_non_exhaustive()
    }
}

/// The turns at one host.
pub(crate) struct Pace {
    fastest: Duration,
    burst: u32,
    state: Mutex<State>,
}

struct State {
    /// The distance between two turns, as slow as it is now.
    apart: Duration,
    /// When the next turn would be if there were no bursts.
    next: Option<Instant>,
    /// Nothing before this.
    paused: Option<Instant>,
    cut: Option<Instant>,
}

impl Pace {
    fn new(fastest: Duration, burst: u32) -> Self {
        let state = State { apart: fastest, next: None, paused: None, cut: None };
        Self { fastest, burst, state: Mutex::new(state) }
    }

    /// Takes the next turn, unless it comes too late.
    pub(super) fn turn(&self, now: Instant, deadline: Instant) -> Option<Instant> {
        let mut state = lock(&self.state);
        let next = state.next.map_or(now, |next| next.max(now));
        let ahead = state.apart * (self.burst - 1);
        let mut at = next.checked_sub(ahead).map_or(now, |at| at.max(now));
        if let Some(paused) = state.paused {
            at = at.max(paused);
        }
        if at > deadline {
            return None;
        }
        state.next = Some(next.max(at) + state.apart);
        Some(at)
    }

    /// The platform said that it was too fast.
    pub(super) fn too_fast(&self, now: Instant, wait: Option<Duration>) {
        let mut state = lock(&self.state);
        if state.cut.is_none_or(|cut| now.saturating_duration_since(cut) >= CUTS_APART) {
            state.cut = Some(now);
            state.apart = (state.apart * 2).min(self.fastest * SLOWEST);
        }
        if let Some(until) = wait.and_then(|wait| now.checked_add(wait)) {
            state.paused = state.paused.max(Some(until));
        }
    }

    /// The platform answered otherwise.
    pub(super) fn fine(&self) {
        let mut state = lock(&self.state);
        if state.apart > self.fastest {
            let less = (state.apart - self.fastest) / RECOVERY;
            state.apart = state.apart.saturating_sub(less.max(Duration::from_micros(1)));
            state.apart = state.apart.max(self.fastest);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn far(now: Instant) -> Instant {
        now + Duration::from_secs(3600)
    }

    #[test]
    fn turns_are_spread_after_a_burst() {
        let (pace, now) = (Pace::new(MS * 100, 3), Instant::now());
        let turns: Vec<Duration> =
            (0..5).map(|_| pace.turn(now, far(now)).unwrap() - now).collect();
        assert_eq!(turns, [Duration::ZERO, Duration::ZERO, Duration::ZERO, MS * 100, MS * 200]);
        assert_eq!(pace.turn(now, now + MS * 250), None, "it would come too late");
        assert_eq!(pace.turn(now, far(now)), Some(now + MS * 300), "and took no turn");
    }

    #[test]
    fn it_slows_when_told_to_and_recovers() {
        let (pace, now) = (Pace::new(MS * 100, 1), Instant::now());
        for _ in 0..20 {
            pace.too_fast(now, Some(MS * 700));
        }
        assert_eq!(lock(&pace.state).apart, MS * 200, "a crowd counts once");
        assert_eq!(pace.turn(now, far(now)), Some(now + MS * 700), "what was asked for is kept");
        assert_eq!(pace.turn(now, far(now)), Some(now + MS * 900));
        for second in 1..20 {
            pace.too_fast(now + Duration::from_secs(second), None);
        }
        assert_eq!(lock(&pace.state).apart, MS * 6400);
        for _ in 0..400 {
            pace.fine();
        }
        assert_eq!(lock(&pace.state).apart, MS * 100);
    }

    #[test]
    fn no_wait_is_too_long_to_be_asked_for() {
        let (pace, now) = (Pace::new(MS, 1), Instant::now());
        pace.too_fast(now, Some(Duration::MAX));
        assert!(pace.turn(now, far(now)).is_some(), "what no clock can tell is not waited for");
        pace.too_fast(now, Some(Duration::from_secs(86_400)));
        assert_eq!(pace.turn(now, far(now)), None);
    }

    #[test]
    fn clones_share_turns_and_hosts_do_not() {
        let (limit, now) = (RateLimit::per_second(10), Instant::now());
        let turn = |limit: &RateLimit, host| limit.of_host(host).turn(now, far(now)).unwrap() - now;
        assert_eq!(turn(&limit, "one"), Duration::ZERO);
        assert_eq!(turn(&limit.clone(), "one"), MS * 100);
        assert_eq!(turn(&limit, "other"), Duration::ZERO);
    }
}
