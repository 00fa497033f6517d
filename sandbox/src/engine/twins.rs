//! Requests under the same idempotency key at the same moment: the second waits for the first.
//!
//! The store is locked while a request is handled, but not while somebody outside is asked; in that
//! time its key is taken.

use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, PoisonError};

/// A workspace and an idempotency key.
type Name = (String, String);

/// The keys of requests that are under way.
#[derive(Debug, Default)]
pub(super) struct Twins {
    taken: Mutex<BTreeSet<Name>>,
    freed: Condvar,
}

/// A key that is taken until this is dropped.
#[derive(Debug)]
pub(super) struct Taken<'a> {
    twins: &'a Twins,
    name: Name,
}

impl Twins {
    /// Takes a key, once whoever has it gives it back.
    pub(super) fn take(&self, tenant: &str, key: &str) -> Taken<'_> {
        let name = (tenant.to_owned(), key.to_owned());
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while taken.contains(&name) {
            taken = self.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        taken.insert(name.clone());
        Taken { twins: self, name }
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        self.twins.taken.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
        self.twins.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn one_at_a_time_has_a_key_and_others_have_theirs() {
        let (twins, inside, most) = (Twins::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _taken = twins.take("1_1", "key");
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    // Another key, and the same key of another workspace, are free.
                    drop(twins.take("1_1", "another"));
                    drop(twins.take("1_2", "key"));
                    std::thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(most.into_inner(), 1);
    }
}
