//! Which events were handled: what makes handlers idempotent.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use synctera_api::runtime::{BoxFuture, WebhookEventId};

/// Why a store could not say.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// What a store says of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody handled it; now it is yours.
    Yours,
    /// Somebody is handling it at this moment.
    InProgress,
    /// It was handled.
    Done,
}

/// Remembers which events were handled.
///
/// A store that several servers share makes a claim in one step, such as an `INSERT` that does
/// nothing on conflict, so that two can never hold the same one. A claim must lapse by itself after
/// a while: a server that was killed neither finishes nor gives up.
pub trait EventStore: Send + Sync {
    /// Claims an event, unless it is done or claimed.
    fn claim(&self, id: WebhookEventId) -> BoxFuture<'_, Result<Claim, StoreError>>;

    /// Remembers that an event was handled.
    fn done(&self, id: WebhookEventId) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Gives a claim up: the event was not handled, and will come again.
    fn release(&self, id: WebhookEventId) -> BoxFuture<'_, Result<(), StoreError>>;
}

/// How many events [`InMemoryEvents`] remembers, unless told otherwise.
const EVENTS_MAX: usize = 100_000;
/// For how long it does: the platform tries for 55 hours.
const REMEMBERED: Duration = Duration::from_secs(72 * 3600);
/// How long a handler may take.
const LEASE: Duration = Duration::from_secs(60);

/// Remembers events in the memory of one server: at most so many, for so long. It forgets them all
/// when the server ends; handlers that cannot bear a repetition need an [`EventStore`] that lasts.
#[derive(Debug)]
pub struct InMemoryEvents {
    events: Mutex<Events>,
    max: usize,
    remembered: Duration,
    lease: Duration,
}

#[derive(Debug, Default)]
struct Events {
    states: HashMap<WebhookEventId, State>,
    /// Those that are done, the oldest first.
    done: VecDeque<(Instant, WebhookEventId)>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    ClaimedAt(Instant),
    Done,
}

impl Default for InMemoryEvents {
    fn default() -> Self {
        Self { events: Mutex::default(), max: EVENTS_MAX, remembered: REMEMBERED, lease: LEASE }
    }
}

impl InMemoryEvents {
    /// Remembers 100,000 events for 72 hours; a claim lapses after a minute.
    pub fn new() -> Self {
        Self::default()
    }

    /// Remembers at most so many; the oldest go first.
    #[must_use]
    pub fn at_most(mut self, events: usize) -> Self {
        self.max = events.max(1);
        self
    }

    /// Remembers for so long. The platform sends an event again for 55 hours.
    #[must_use]
    pub fn remembering(mut self, time: Duration) -> Self {
        self.remembered = time;
        self
    }

    /// Lets a claim lapse after so long.
    #[must_use]
    pub fn lease(mut self, time: Duration) -> Self {
        self.lease = time;
        self
    }

    /// How many events it remembers as handled.
    pub fn len(&self) -> usize {
        self.lock().done.len()
    }

    /// Whether it remembers none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Events> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claim_now(&self, id: WebhookEventId) -> Claim {
        let now = Instant::now();
        let mut events = self.lock();
        events.forget(self.max, |done| now.duration_since(done) >= self.remembered);
        match events.states.get(&id) {
            Some(State::Done) => Claim::Done,
            Some(State::ClaimedAt(at)) if now.duration_since(*at) < self.lease => Claim::InProgress,
            _ => {
                events.states.insert(id, State::ClaimedAt(now));
                Claim::Yours
            }
        }
    }

    fn done_now(&self, id: WebhookEventId) {
        let mut events = self.lock();
        if !matches!(events.states.insert(id, State::Done), Some(State::Done)) {
            events.done.push_back((Instant::now(), id));
        }
        events.forget(self.max, |_| false);
    }

    fn give_up_now(&self, id: WebhookEventId) {
        let mut events = self.lock();
        if matches!(events.states.get(&id), Some(State::ClaimedAt(_))) {
            events.states.remove(&id);
        }
    }
}

impl Events {
    /// Forgets what is too much or too old.
    fn forget(&mut self, max: usize, is_old: impl Fn(Instant) -> bool) {
        while self.done.len() > max || self.done.front().is_some_and(|(at, _)| is_old(*at)) {
            if let Some((_, id)) = self.done.pop_front() {
                self.states.remove(&id);
            }
        }
    }
}

impl EventStore for InMemoryEvents {
    fn claim(&self, id: WebhookEventId) -> BoxFuture<'_, Result<Claim, StoreError>> {
        let claim = self.claim_now(id);
        Box::pin(async move { Ok(claim) })
    }

    fn done(&self, id: WebhookEventId) -> BoxFuture<'_, Result<(), StoreError>> {
        self.done_now(id);
        Box::pin(async { Ok(()) })
    }

    fn release(&self, id: WebhookEventId) -> BoxFuture<'_, Result<(), StoreError>> {
        self.give_up_now(id);
        Box::pin(async { Ok(()) })
    }
}
