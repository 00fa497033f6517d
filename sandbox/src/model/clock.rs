//! The sandbox's time: the machine's, or one that a test holds.

use chrono::{DateTime, Duration, SubsecRound, Utc};

/// What time it is here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    held: Option<DateTime<Utc>>,
    ahead: Duration,
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

    /// The moment, in whole milliseconds: the stored value is the displayed one.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.held.unwrap_or_else(Utc::now) + self.ahead).trunc_subsecs(3)
    }

    /// Whether it moves only on request.
    pub(crate) fn is_held(&self) -> bool {
        self.held.is_some()
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
    }
}
