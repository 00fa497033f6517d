//! How many passwords are checked at the same time, and for whom.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::guesses::client;

/// Passwords that are hashed at the same time: each takes a processor.
const AT_ONCE: usize = 2;
/// Checks of one client that wait or are under way, so that one client cannot make all others wait.
pub(super) const OF_CLIENT_MAX: usize = 4;

/// The checks that wait or are under way.
pub(super) struct Checks {
    at_once: Arc<Semaphore>,
    places: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

/// Leave to hash a password, until this is dropped.
pub(crate) struct Turn {
    _place: Place,
    _permit: OwnedSemaphorePermit,
}

/// One of the places that a client has.
struct Place {
    places: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
    client: IpAddr,
}

impl Checks {
    pub(super) fn new() -> Self {
        Self { at_once: Arc::new(Semaphore::new(AT_ONCE)), places: Arc::default() }
    }

    /// Waits until a password of this client may be hashed. None if too many of its checks wait already.
    pub(super) async fn turn(&self, from: IpAddr) -> Option<Turn> {
        let place = self.place(from)?;
        let permit = self.at_once.clone().acquire_owned().await.ok()?;
        Some(Turn { _place: place, _permit: permit })
    }

    fn place(&self, from: IpAddr) -> Option<Place> {
        let client = client(from);
        let mut places = self.places.lock();
        let taken = places.entry(client).or_default();
        if *taken >= OF_CLIENT_MAX {
            return None;
        }
        *taken += 1;
        Some(Place { places: self.places.clone(), client })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.places.lock();
        if let Some(taken) = places.get_mut(&self.client) {
            *taken -= 1;
            if *taken == 0 {
                places.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_its_places_and_no_more() {
        let checks = Checks::new();
        let (here, elsewhere) = ([203, 0, 113, 7].into(), [203, 0, 113, 8].into());
        let mut taken: Vec<Place> = (0..OF_CLIENT_MAX).filter_map(|_| checks.place(here)).collect();
        assert_eq!(taken.len(), OF_CLIENT_MAX);
        assert!(checks.place(here).is_none());
        assert!(checks.place(elsewhere).is_some());
        taken.pop();
        taken.extend(checks.place(here));
        assert!(checks.place(here).is_none());
        taken.clear();
        assert!(checks.places.lock().is_empty());
    }
}
