//! How a sandbox goes on: as it starts, or from a snapshot.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use synctera_api::runtime::ErrorCode;

use crate::model::calendar::is_in_range;
use crate::model::clock::Clock;
use crate::model::settings::Settings;
use crate::model::{ApiError, Seed};
use crate::store::{Snapshot, Store};

/// What a snapshot holds beside the database.
#[derive(Serialize, Deserialize)]
pub(super) struct State {
    pub(super) now: DateTime<Utc>,
    pub(super) is_clock_held: bool,
    /// Whether the clock is the machine's, and was never moved.
    #[serde(default)]
    pub(super) is_clock_real: bool,
    /// Those that differ from their defaults.
    pub(super) settings: BTreeMap<String, Value>,
    pub(super) seed: String,
    /// The number of the last request.
    pub(super) last_request: i64,
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
    pub(super) fn of(clock: Clock, settings: &Settings, seed: Seed) -> Self {
        Self { clock, settings: settings.clone(), seed, last_request: None }
    }

    /// Puts what a snapshot holds into a store. `given` are settings that count more than those of the
    /// snapshot, where they are not the defaults; `otherwise` is for a data file that is used as one.
    pub(super) fn from(
        snapshot: &Snapshot,
        store: &mut Store,
        given: Option<&Settings>,
        otherwise: Self,
    ) -> Result<Self, ApiError> {
        let resumed = match snapshot.state() {
            Some(state) => read(state, given)?,
            None => otherwise,
        };
        store.restore(snapshot)?;
        Ok(resumed)
    }
}

fn read(state: &str, given: Option<&Settings>) -> Result<Resumed, ApiError> {
    let broken = |why: String| {
        ApiError::rule(ErrorCode::BadRequest, format!("the snapshot cannot be read: {why}"))
    };
    let state: State = serde_json::from_str(state).map_err(|e| broken(e.to_string()))?;
    if !is_in_range(state.now) {
        return Err(broken(format!("the calendar does not have {}", state.now)));
    }
    let mut settings = Settings::default();
    for (name, value) in state.settings.into_iter().chain(given.map(changed).unwrap_or_default()) {
        settings.set(&name, &value).map_err(|e| broken(e.to_string()))?;
    }
    let mut clock = Clock::held_at(state.now);
    if !state.is_clock_held {
        clock.run();
    }
    // Where the machine's time went on, so does a clock that only shows it.
    if state.is_clock_real && Clock::real().now() > state.now {
        clock = Clock::real();
    }
    let seed = Seed::of_text(&state.seed).ok_or_else(|| broken("it has no seed".to_owned()))?;
    Ok(Resumed { clock, settings, seed, last_request: Some(state.last_request) })
}

/// The settings that differ from their defaults.
pub(super) fn changed(settings: &Settings) -> BTreeMap<String, Value> {
    let all = settings.list().into_iter();
    all.filter(|setting| setting.value != setting.default)
        .map(|setting| (setting.name.to_owned(), setting.value))
        .collect()
}
