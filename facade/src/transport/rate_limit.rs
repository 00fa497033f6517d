//! A limit to the rate of requests that the client keeps, and lowers when the platform says so.
//!
//! The crates that limit rates keep to the rate they were given; this one must change with the
//! answers. Turns are a virtual schedule (GCRA): each request takes the next free moment.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How slow it may become, as a multiple of the interval that was set.
const SLOWEST: u32 = 64;
/// Several 429s at once count as one: the rate is not halved again within this time.
const SLOWDOWNS_APART: Duration = Duration::from_secs(1);
/// An answer other than 429 takes away this part of the slowing.
const RECOVERY: u32 = 16;
/// No `Retry-After` holds back all calls for longer: it would outlive the mistake that made it.
const PAUSE_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// How many attempts a second a client starts at most; see
/// [`Builder::rate_limit`](crate::Builder::rate_limit).
///
/// A 429 halves the rate (once a second at most, down to a 64th), and nothing is sent before its
/// `Retry-After` is over, for a day at most; every other answer takes away a sixteenth of the slowing.
/// The platform has limits and doesn't publish them: this is for those who know theirs.
///
/// A clone shares the turns, host by host: give one to every client of the same platform.
///
/// ```
/// # fn main() -> Result<(), synctera::Error> {
/// use synctera::{RateLimit, Synctera};
///
/// let limit = RateLimit::per_second(20).burst(5);
/// let client = Synctera::builder("my-api-key").rate_limit(limit.clone()).build()?;
/// let other = Synctera::builder("my-other-key").rate_limit(limit).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct RateLimit {
    interval: Duration,
    burst: u32,
    hosts: Arc<Mutex<HashMap<String, Arc<RateLimiter>>>>,
}

impl RateLimit {
    /// So many attempts a second, evenly spread; at least one.
    pub fn per_second(attempts: u32) -> Self {
        let interval = Duration::from_secs(1) / attempts.max(1);
        Self { interval, burst: 1, hosts: Arc::default() }
    }

    /// So many of them may start at once, after a pause; one unless set.
    #[must_use]
    pub fn burst(mut self, attempts: u32) -> Self {
        self.burst = attempts.max(1);
        // What was shared so far had another burst.
        self.hosts = Arc::default();
        self
    }

    pub(crate) fn for_host(&self, host: &str) -> Arc<RateLimiter> {
        let new = || Arc::new(RateLimiter::new(self.interval, self.burst));
        lock(&self.hosts).entry(host.to_owned()).or_insert_with(new).clone()
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("interval", &self.interval)
            .field("burst", &self.burst)
            .finish_non_exhaustive()
    }
}

/// The turns at one host.
pub(crate) struct RateLimiter {
    fastest: Duration,
    burst: u32,
    state: Mutex<State>,
}

struct State {
    /// The time between two turns, as slow as it is now.
    interval: Duration,
    /// When the next turn would be if there were no bursts.
    next: Option<Instant>,
    /// Nothing before this.
    paused_until: Option<Instant>,
    last_slowdown: Option<Instant>,
    /// How much of its waits the client's clock skipped.
    skipped: Duration,
}

impl RateLimiter {
    fn new(fastest: Duration, burst: u32) -> Self {
        let state = State {
            interval: fastest,
            next: None,
            paused_until: None,
            last_slowdown: None,
            skipped: Duration::ZERO,
        };
        Self { fastest, burst, state: Mutex::new(state) }
    }

    /// The moment by which its turns go: a wait that the client's clock skipped has passed.
    pub(super) fn time(&self, now: Instant) -> Instant {
        now.checked_add(lock(&self.state).skipped).unwrap_or(now)
    }

    /// A wait until this moment of its own time is over.
    pub(super) fn reach(&self, time: Instant, now: Instant) {
        let mut state = lock(&self.state);
        state.skipped = state.skipped.max(time.saturating_duration_since(now));
    }

    /// Takes the next turn, unless it comes too late.
    pub(super) fn acquire(&self, now: Instant, deadline: Instant) -> Option<Instant> {
        let mut state = lock(&self.state);
        let next = state.next.map_or(now, |next| next.max(now));
        let burst = state.interval.saturating_mul(self.burst - 1);
        let mut at = next.checked_sub(burst).map_or(now, |at| at.max(now));
        if let Some(paused_until) = state.paused_until {
            at = at.max(paused_until);
        }
        if at > deadline {
            return None;
        }
        state.next = Some(next.max(at).checked_add(state.interval)?);
        Some(at)
    }

    /// The platform answered 429.
    pub(super) fn slow_down(&self, now: Instant, retry_after: Option<Duration>) {
        let mut state = lock(&self.state);
        let since = state.last_slowdown.map(|last| now.saturating_duration_since(last));
        if since.is_none_or(|since| since >= SLOWDOWNS_APART) {
            state.last_slowdown = Some(now);
            let slowest = self.fastest.saturating_mul(SLOWEST);
            state.interval = state.interval.saturating_mul(2).min(slowest);
        }
        let until = retry_after.and_then(|wait| now.checked_add(wait.min(PAUSE_MAX)));
        state.paused_until = state.paused_until.max(until);
    }

    /// The platform gave another answer.
    pub(super) fn recover(&self) {
        let mut state = lock(&self.state);
        if state.interval > self.fastest {
            let less = (state.interval - self.fastest) / RECOVERY;
            state.interval = state.interval.saturating_sub(less.max(Duration::from_micros(1)));
            state.interval = state.interval.max(self.fastest);
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
        let (limiter, now) = (RateLimiter::new(MS * 100, 3), Instant::now());
        let turns: Vec<Duration> =
            (0..5).map(|_| limiter.acquire(now, far(now)).unwrap() - now).collect();
        assert_eq!(turns, [Duration::ZERO, Duration::ZERO, Duration::ZERO, MS * 100, MS * 200]);
        assert_eq!(limiter.acquire(now, now + MS * 250), None, "it would come too late");
        assert_eq!(limiter.acquire(now, far(now)), Some(now + MS * 300), "and took no turn");
    }

    #[test]
    fn it_slows_when_told_to_and_recovers() {
        let (limiter, now) = (RateLimiter::new(MS * 100, 1), Instant::now());
        for _ in 0..20 {
            limiter.slow_down(now, Some(MS * 700));
        }
        assert_eq!(lock(&limiter.state).interval, MS * 200, "several at once count once");
        assert_eq!(limiter.acquire(now, far(now)), Some(now + MS * 700), "the wait is kept");
        assert_eq!(limiter.acquire(now, far(now)), Some(now + MS * 900));
        for second in 1..20 {
            limiter.slow_down(now + Duration::from_secs(second), None);
        }
        assert_eq!(lock(&limiter.state).interval, MS * 6400);
        for _ in 0..400 {
            limiter.recover();
        }
        assert_eq!(lock(&limiter.state).interval, MS * 100);
    }

    #[test]
    fn a_pause_ends_after_a_day_whatever_was_asked_for() {
        let (limiter, now) = (RateLimiter::new(MS, 1), Instant::now());
        limiter.slow_down(now, Some(Duration::MAX));
        assert_eq!(limiter.acquire(now, far(now)), None);
        assert_eq!(limiter.acquire(now, now + PAUSE_MAX), Some(now + PAUSE_MAX));
    }

    #[test]
    fn a_wait_that_is_skipped_has_passed() {
        let (limiter, now) = (RateLimiter::new(MS * 100, 1), Instant::now());
        limiter.slow_down(now, Some(MS * 700));
        assert_eq!(limiter.time(now), now);
        limiter.reach(now + MS * 700, now + MS);
        limiter.reach(now + MS * 300, now + MS);
        let time = limiter.time(now + MS * 2);
        assert_eq!(time, now + MS * 701, "a shorter wait beside it changes nothing");
        assert_eq!(limiter.acquire(time, far(time)), Some(time));
    }

    #[test]
    fn no_number_overflows() {
        let durations = [Duration::ZERO, MS, Duration::MAX];
        for (interval, burst) in
            durations.into_iter().flat_map(|interval| [(interval, 1), (interval, u32::MAX)])
        {
            let (limiter, now) = (RateLimiter::new(interval, burst), Instant::now());
            for wait in durations {
                limiter.slow_down(now, Some(wait));
                limiter.recover();
                let _turn = limiter.acquire(now, far(now));
            }
        }
    }

    #[test]
    fn clones_share_turns_and_hosts_do_not() {
        let (limit, now) = (RateLimit::per_second(10), Instant::now());
        let turn =
            |limit: &RateLimit, host| limit.for_host(host).acquire(now, far(now)).unwrap() - now;
        assert_eq!(turn(&limit, "one"), Duration::ZERO);
        assert_eq!(turn(&limit.clone(), "one"), MS * 100);
        assert_eq!(turn(&limit, "other"), Duration::ZERO);
    }
}
