//! Snapshots of the whole sandbox: what is stored, and with it the clock, the settings, and where ids
//! and secrets go on.
//!
//! Faults are not part of it: they are about the requests of a test, not about the bank.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, Utc};

use super::resumed::{Resumed, State, changed};
use super::snapshot::Snapshot;
use super::workspaces::{Begun, begin};
use super::{Engine, InitialState, lock};
use crate::model::clock::Clock;
use crate::model::settings::Settings;
use crate::model::{ApiError, Seed};
use crate::store::Store;

impl Engine {
    /// Everything as it is now.
    pub(crate) fn snapshot(&self) -> Result<Snapshot, ApiError> {
        Ok(self.snapshot_with_time()?.0)
    }

    /// Everything as it is now, and the moment by the sandbox's clock.
    pub(crate) fn snapshot_with_time(&self) -> Result<(Snapshot, DateTime<Utc>), ApiError> {
        let store = self.store.lock();
        let clock = *lock(&self.clock);
        let now = clock.now();
        let state = State {
            now,
            is_clock_held: clock.is_held(),
            is_clock_real: clock.is_real(),
            settings: changed(&self.settings()),
            seed: self.seed().to_text(),
            last_request: self.requests.load(Ordering::Relaxed),
        };
        let state = serde_json::to_string(&state).map_err(|e| ApiError::Internal(e.to_string()))?;
        Ok((Snapshot(store.snapshot(&state)?), now))
    }

    /// Replaces everything by what a snapshot holds. The keys that the sandbox was started with stay.
    pub(crate) fn restore(&self, snapshot: &Snapshot) -> Result<(), ApiError> {
        let _alone = lock(&self.turning);
        let mut store = self.store.lock();
        let otherwise = Resumed::of(self.initial.clock, &self.initial.settings, self.seed());
        let resumed = Resumed::from(&snapshot.0, &mut store, None, otherwise)?;
        self.resume(&mut store, resumed)?;
        drop(store);
        self.turned.send_replace(());
        self.notify.notify_one();
        Ok(())
    }

    /// Another engine in memory, which begins with what a snapshot holds and has the same keys.
    pub(crate) fn fork(&self, snapshot: &Snapshot) -> Result<Self, ApiError> {
        let initial = InitialState {
            // The snapshot's count more.
            clock: Clock::real(),
            settings: Settings::default(),
            keys: self.initial.keys.clone(),
            snapshot: Some(snapshot.0.clone()),
        };
        let (store, seed) = (Store::temporary()?, Seed::random()?);
        Self::new(store, initial, self.registry, seed, self.checks_answers)
    }

    /// Goes on with what is in the store now.
    pub(super) fn resume(&self, store: &mut Store, resumed: Resumed) -> Result<(), ApiError> {
        let Begun { clock, keys, last_request } =
            begin(self.registry, store, &self.initial.keys, &resumed)?;
        self.replaced.fetch_add(1, Ordering::AcqRel);
        self.history.clear();
        self.requests.store(last_request, Ordering::Relaxed);
        *self.seed.write().unwrap_or_else(PoisonError::into_inner) = resumed.seed;
        *lock(&self.clock) = clock;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(resumed.settings);
        Ok(())
    }
}
