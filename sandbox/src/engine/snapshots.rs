//! Snapshots of the whole sandbox: what is stored, and with it the clock, the settings, and where ids
//! and secrets go on.
//!
//! Faults are not part of it: they are about the requests of a test, not about the bank.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::workspaces::{Begun, begin};
use super::{Engine, InitialState, lock};
use crate::model::clock::Clock;
use crate::model::settings::Settings;
use crate::model::{ApiError, Seed};
use crate::store::{Snapshot, Store};

/// What a snapshot holds beside the database.
#[derive(Serialize, Deserialize)]
struct State {
    now: DateTime<Utc>,
    is_clock_held: bool,
    /// Those that differ from their defaults.
    settings: BTreeMap<String, Value>,
    seed: String,
    /// The number of the last request.
    last_request: i64,
}

/// How a sandbox goes on.
pub(super) struct Resumed {
    pub(super) clock: Clock,
    pub(super) settings: Settings,
    pub(super) seed: Seed,
    /// The number of the last request, where that is known.
    pub(super) last_request: Option<i64>,
}

impl Resumed {
    /// As it starts without a snapshot.
    pub(super) fn of(initial: &InitialState, seed: Seed) -> Self {
        let settings = initial.settings.clone();
        Self { clock: initial.clock, settings, seed, last_request: None }
    }

    /// Puts what a snapshot holds into a store. `given` are settings that count more than those of the
    /// snapshot, where they are not the defaults.
    pub(super) fn from(
        snapshot: &Snapshot,
        store: &mut Store,
        initial: &InitialState,
        given: Option<&Settings>,
        seed: Seed,
    ) -> Result<Self, ApiError> {
        let resumed = match snapshot.state()? {
            Some(state) => read(&state, given)?,
            None => Self::of(initial, seed),
        };
        store.restore(snapshot)?;
        Ok(resumed)
    }
}

fn read(state: &str, given: Option<&Settings>) -> Result<Resumed, ApiError> {
    let broken = |why: String| ApiError::Internal(format!("the snapshot cannot be read: {why}"));
    let state: State = serde_json::from_str(state).map_err(|e| broken(e.to_string()))?;
    let mut settings = Settings::default();
    for (name, value) in state.settings.into_iter().chain(given.map(changed).unwrap_or_default()) {
        settings.set(&name, &value).map_err(|e| broken(e.to_string()))?;
    }
    let mut clock = Clock::held_at(state.now);
    if !state.is_clock_held {
        clock.run();
    }
    let seed = Seed::of_text(&state.seed).ok_or_else(|| broken("it has no seed".to_owned()))?;
    Ok(Resumed { clock, settings, seed, last_request: Some(state.last_request) })
}

/// The settings that differ from their defaults.
fn changed(settings: &Settings) -> BTreeMap<String, Value> {
    let all = settings.list().into_iter();
    all.filter(|setting| setting.value != setting.default)
        .map(|setting| (setting.name.to_owned(), setting.value))
        .collect()
}

impl Engine {
    /// Everything as it is now.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, ApiError> {
        let store = self.store.lock();
        let clock = *lock(&self.clock);
        let state = State {
            now: clock.now(),
            is_clock_held: clock.is_held(),
            settings: changed(&self.settings()),
            seed: self.seed().to_text(),
            last_request: self.requests.load(Ordering::Relaxed),
        };
        let state = serde_json::to_string(&state).map_err(|e| ApiError::Internal(e.to_string()))?;
        Ok(store.snapshot(&state)?)
    }

    /// Replaces everything by what a snapshot holds. The keys that the sandbox was started with stay.
    pub(crate) fn restore(&self, snapshot: &Snapshot) -> Result<(), ApiError> {
        let _alone = lock(&self.turning);
        let mut store = self.store.lock();
        let seed = self.seed();
        let resumed = Resumed::from(snapshot, &mut store, &self.initial, None, seed)?;
        self.resume(&mut store, resumed)?;
        drop(store);
        self.turned.send_replace(());
        self.notify.notify_one();
        Ok(())
    }

    /// Goes on with what is in the store now.
    pub(super) fn resume(&self, store: &mut Store, resumed: Resumed) -> Result<(), ApiError> {
        let Begun { clock, keys, last_request } =
            begin(self.registry, store, &self.initial.keys, &resumed)?;
        self.requests.store(last_request, Ordering::Relaxed);
        *self.seed.write().unwrap_or_else(PoisonError::into_inner) = resumed.seed;
        *lock(&self.clock) = clock;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(resumed.settings);
        Ok(())
    }
}
