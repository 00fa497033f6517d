//! The sandbox's time: the machine's, or one that a test holds.

use chrono::{DateTime, Duration, SubsecRound, Utc};

/// What time it is here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    held: Option<DateTime<Utc>>,
    ahead: Duration,
}

/// A clock in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Saved {
    /// When it stands still: the moment, in milliseconds since the epoch.
    pub(crate) held_ms: Option<i64>,
    /// How far it is ahead of the machine's time, in milliseconds.
    pub(crate) ahead_ms: i64,
}

impl Clock {
    /// The machine's time.
    pub(crate) fn real() -> Self {
        Self { held: None, ahead: Duration::zero() }
    }

    /// Time that stands still until it is moved.
    pub(crate) fn held_at(moment: DateTime<Utc>) -> Self {
        Self { held: Some(moment), ahead: Duration::zero() }
    }

    /// A clock that was saved.
    pub(crate) fn saved(saved: Saved) -> Self {
        let held = saved.held_ms.and_then(DateTime::from_timestamp_millis);
        Self { held, ahead: Duration::milliseconds(saved.ahead_ms) }
    }

    /// How it stands, in numbers that can be stored.
    pub(crate) fn save(&self) -> Saved {
        match self.held {
            Some(_) => Saved { held_ms: Some(self.now().timestamp_millis()), ahead_ms: 0 },
            None => Saved { held_ms: None, ahead_ms: self.ahead.num_milliseconds() },
        }
    }

    /// The clock after a restart, before which it was another one: it goes on from there, or is held
    /// at the moment that is asked for now. Time does not go back.
    pub(crate) fn after(self, earlier: Self) -> Self {
        if self.is_held() { Self::held_at(self.now().max(earlier.now())) } else { earlier }
    }

    /// The moment, in whole milliseconds: the stored value is the displayed one.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.held.unwrap_or_else(Utc::now) + self.ahead).trunc_subsecs(3)
    }

    /// Whether it moves only on request.
    pub(crate) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Whether it shows the machine's time.
    pub(crate) fn is_real(&self) -> bool {
        self.held.is_none() && self.ahead.is_zero()
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead += by;
    }

    /// Lets time stand still, now.
    pub(crate) fn hold(&mut self) {
        *self = Self::held_at(self.now());
    }

    /// Lets time go on, from where it is.
    pub(crate) fn run(&mut self) {
        if let Some(held) = self.held.take() {
            self.ahead += held - Utc::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_time_stands_still() {
        let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut clock = Clock::held_at(start);
        assert_eq!(clock.now(), start);
        clock.advance(Duration::days(1));
        assert_eq!(clock.now(), start + Duration::days(1));
        clock.run();
        assert!(!clock.is_held() && clock.now() >= start + Duration::days(1));
        clock.hold();
        assert!(clock.is_held() && clock.now() < start + Duration::days(2));
        assert_eq!(Clock::saved(clock.save()).now(), clock.now());
    }

    #[test]
    fn time_does_not_go_back_over_a_restart() {
        let start: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut moved = Clock::held_at(start);
        moved.advance(Duration::days(30));
        let saved = Clock::saved(moved.save());
        for restarted in [Clock::held_at(start).after(saved), Clock::real().after(saved)] {
            assert_eq!((restarted.now(), restarted.is_held()), (moved.now(), true));
        }
        let later = Clock::held_at(start + Duration::days(60)).after(saved);
        assert_eq!(later.now(), start + Duration::days(60));
        let mut ahead = Clock::real();
        ahead.advance(Duration::days(3));
        let restarted = Clock::real().after(Clock::saved(ahead.save()));
        assert!(!restarted.is_held() && restarted.now() > Utc::now() + Duration::days(2));
        let held = Clock::held_at(start).after(Clock::saved(ahead.save()));
        assert!(held.is_held() && held.now() > Utc::now() + Duration::days(2));
    }
}
