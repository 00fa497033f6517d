//! Stores which events were handled, so that no event is handled twice.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use synctera_api::runtime::{BoxFuture, Clock, WebhookEventId};

use crate::clock::SystemClock;

/// Why a store failed.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// The result of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The event was neither handled nor claimed; the caller has the claim now.
    Yours,
    /// Another handler has a claim on the event.
    InProgress,
    /// The event was handled.
    Done,
}

/// Remembers which events were handled.
///
/// A store that several servers share makes a claim in one step, such as an `INSERT` that does
/// nothing on conflict, so that two servers never have the same claim. A claim must expire by
/// itself: a server that was killed neither finishes nor releases its claims. A store also needs a
/// limit to its size.
pub trait EventStore: Send + Sync {
    /// Claims an event, unless it was handled or is claimed.
    fn claim(&self, id: WebhookEventId) -> BoxFuture<'_, Result<Claim, StoreError>>;

    /// Records that an event was handled, and ends the claim on it.
    fn done(&self, id: WebhookEventId) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Ends a claim without result: the event was not handled, and the platform sends it again.
    fn release(&self, id: WebhookEventId) -> BoxFuture<'_, Result<(), StoreError>>;
}

/// The default maximum number of events in [`InMemoryEvents`].
const EVENTS_MAX: usize = 100_000;
/// How long handled events are kept unless set: the platform sends an event for 55 hours.
const RETENTION: Duration = Duration::from_secs(72 * 3600);
/// How long a handler may take unless set.
const LEASE: Duration = Duration::from_secs(60);

/// Keeps events in the memory of one server, within a limit of number and of age.
///
/// Claimed and handled events count toward the same limit. When it is reached, a new claim replaces
/// the event that was handled first, which is handled again if the platform sends it again. When all
/// events in the store are claimed, a new claim fails with [`StoreFull`]: the platform sends the event
/// again later.
///
/// Nothing is kept when the server ends. Handlers that must not run twice for an event need an
/// [`EventStore`] that outlives the server.
pub struct InMemoryEvents {
    events: Mutex<Events>,
    max: usize,
    retention: Duration,
    lease: Duration,
    clock: Arc<dyn Clock>,
}

#[derive(Debug, Default)]
struct Events {
    states: HashMap<WebhookEventId, State>,
    /// Those that are claimed, by time.
    claimed: BTreeSet<(DateTime<Utc>, WebhookEventId)>,
    /// Those that were handled, in this order.
    done: VecDeque<(DateTime<Utc>, WebhookEventId)>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    ClaimedAt(DateTime<Utc>),
    Done,
}

impl Default for InMemoryEvents {
    fn default() -> Self {
        Self {
            events: Mutex::default(),
            max: EVENTS_MAX,
            retention: RETENTION,
            lease: LEASE,
            clock: Arc::new(SystemClock),
        }
    }
}

impl InMemoryEvents {
    /// Keeps 100,000 events, handled ones for 72 hours; a claim expires after a minute.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps at most this many events, claimed and handled ones together; at least one.
    #[must_use]
    pub fn at_most(mut self, events: usize) -> Self {
        self.max = events.max(1);
        self
    }

    /// Keeps handled events for this time. The platform sends an event again for 55 hours.
    #[must_use]
    pub fn remembering(mut self, time: Duration) -> Self {
        self.retention = time;
        self
    }

    /// The time after which a claim expires. It should be longer than the slowest handler runs: when
    /// a claim expires while its handler runs, the event can be handled twice.
    #[must_use]
    pub fn lease(mut self, time: Duration) -> Self {
        self.lease = time;
        self
    }

    /// Reads the time from this clock instead of the machine's, for tests.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The number of handled events in the store.
    pub fn len(&self) -> usize {
        self.lock().done.len()
    }

    /// Whether there is no handled event in the store.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of claims, including those that have expired since the last call of a handler.
    pub fn claimed(&self) -> usize {
        self.lock().claimed.len()
    }

    fn lock(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim_now(&self, id: WebhookEventId) -> Result<Claim, StoreFull> {
        let now = self.clock.now();
        let mut events = self.lock();
        events.forget_expired(now, self.lease, self.retention);
        match events.states.get(&id) {
            Some(State::Done) => return Ok(Claim::Done),
            Some(State::ClaimedAt(_)) => return Ok(Claim::InProgress),
            None => {}
        }
        if events.states.len() >= self.max && !events.forget_oldest_done() {
            return Err(StoreFull { events: self.max });
        }
        events.states.insert(id, State::ClaimedAt(now));
        events.claimed.insert((now, id));
        Ok(Claim::Yours)
    }

    fn done_now(&self, id: WebhookEventId) {
        let now = self.clock.now();
        let mut events = self.lock();
        match events.states.insert(id, State::Done) {
            Some(State::Done) => return,
            Some(State::ClaimedAt(at)) => {
                events.claimed.remove(&(at, id));
            }
            None => {}
        }
        events.done.push_back((now, id));
        // More than one only when the claim had expired before.
        while events.states.len() > self.max && events.forget_oldest_done() {}
    }

    fn release_now(&self, id: WebhookEventId) {
        let mut events = self.lock();
        if let Some(State::ClaimedAt(at)) = events.states.get(&id).copied() {
            events.states.remove(&id);
            events.claimed.remove(&(at, id));
        }
    }
}

impl Events {
    fn forget_expired(&mut self, now: DateTime<Utc>, lease: Duration, retention: Duration) {
        // A clock that was set back does not make events older.
        let has_passed = |since: DateTime<Utc>, time: Duration| {
            (now - since).to_std().is_ok_and(|age| age >= time)
        };
        while let Some((at, id)) =
            self.claimed.first().copied().filter(|(at, _)| has_passed(*at, lease))
        {
            self.claimed.remove(&(at, id));
            self.states.remove(&id);
        }
        while self.done.front().is_some_and(|(at, _)| has_passed(*at, retention)) {
            self.forget_oldest_done();
        }
    }

    /// Removes the event that was handled first, and returns whether there was one.
    fn forget_oldest_done(&mut self) -> bool {
        let oldest = self.done.pop_front();
        if let Some((_, id)) = oldest {
            self.states.remove(&id);
        }
        oldest.is_some()
    }
}

impl EventStore for InMemoryEvents {
    fn claim(&self, id: WebhookEventId) -> BoxFuture<'_, Result<Claim, StoreError>> {
        let claim = self.claim_now(id);
        Box::pin(async move { Ok(claim?) })
    }

    fn done(&self, id: WebhookEventId) -> BoxFuture<'_, Result<(), StoreError>> {
        self.done_now(id);
        Box::pin(async { Ok(()) })
    }

    fn release(&self, id: WebhookEventId) -> BoxFuture<'_, Result<(), StoreError>> {
        self.release_now(id);
        Box::pin(async { Ok(()) })
    }
}

impl fmt::Debug for InMemoryEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InMemoryEvents")
            .field("max", &self.max)
            .field("retention", &self.retention)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}

/// An [`InMemoryEvents`] has its maximum number of claims, and accepts no other until one of them ends
/// or expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreFull {
    /// The maximum number of events.
    pub events: usize,
}

impl fmt::Display for StoreFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} events are being handled, which is the maximum of the store", self.events)
    }
}

impl std::error::Error for StoreFull {}
