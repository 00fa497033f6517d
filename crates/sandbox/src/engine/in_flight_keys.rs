//! Idempotency keys of requests in flight: a second request with the same key is refused, or waits.
//!
//! The store is locked while a request is handled, but not during an external call; then its key is
//! held here.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, PoisonError};

/// A workspace and an idempotency key.
type Name = (String, String);

/// The keys of the requests in flight.
#[derive(Debug, Default)]
pub(super) struct InFlightKeys {
    taken: Mutex<BTreeSet<Name>>,
    freed: Condvar,
}

/// A key that is held until this is dropped.
#[derive(Debug)]
pub(super) struct TakenKey<'a> {
    in_flight_keys: &'a InFlightKeys,
    name: Name,
}

impl InFlightKeys {
    /// Takes a key, after waiting until it is free.
    pub(super) fn take(&self, tenant: &str, key: &str) -> TakenKey<'_> {
        let name = (tenant.to_owned(), key.to_owned());
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while taken.contains(&name) {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        taken.insert(name.clone());
        TakenKey { in_flight_keys: self, name }
    }

    /// Takes a key if it is free.
    pub(super) fn try_take(&self, tenant: &str, key: &str) -> Option<TakenKey<'_>> {
        let name = (tenant.to_owned(), key.to_owned());
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.insert(name.clone()).then(|| TakenKey { in_flight_keys: self, name })
    }
}

impl Drop for TakenKey<'_> {
    fn drop(&mut self) {
        self.in_flight_keys.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
        self.in_flight_keys.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn one_at_a_time_has_a_key_and_others_have_theirs() {
        let (in_flight_keys, inside, most) =
            (InFlightKeys::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _taken = in_flight_keys.take("1_1", "key");
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // Another key, and the same key of another workspace, are free.
                    drop(in_flight_keys.take("1_1", "another"));
                    drop(in_flight_keys.take("1_2", "key"));
                    assert!(in_flight_keys.try_take("1_1", "key").is_none());
                    std::thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(most.into_inner(), 1);
        assert!(in_flight_keys.try_take("1_1", "key").is_some());
    }
}
