//! What a workspace begins with, and the keys that open it.

use chrono::{DateTime, Utc};

use super::keys::{ApiKey, Keys};
use super::registry::Registry;
use super::resumed::Resumed;
use super::saved_clock;
use crate::model::clock::Clock;
use crate::model::settings::Settings;
use crate::model::{ApiError, Ctx, KnownKey, Seed, page_key, text};
use crate::store::{Store, Tx};

/// The workspace of what belongs to none, such as keys that were made since the start.
pub(super) const GLOBAL_TENANT: &str = "";
/// The bank of workspaces that are given no name.
pub(super) const OWN_BANK: u32 = 1000;
/// Request ids are given out of blocks of so many, so that a new id needs no write.
const REQUEST_BLOCK: i64 = 1 << 32;
/// The kind of those keys.
pub(super) const KEY: &str = "api key";

/// What a sandbox begins with.
pub(super) struct Begun {
    pub(super) clock: Clock,
    pub(super) keys: Keys,
    /// The number of the last request.
    pub(super) last_request: i64,
}

/// Makes the workspaces of all keys: of those that are given, and of those in the store.
pub(super) fn begin(
    registry: &Registry,
    store: &mut Store,
    given: &[ApiKey],
    resumed: &Resumed,
) -> Result<Begun, ApiError> {
    let &Resumed { clock, ref settings, seed, last_request } = resumed;
    let tx = store.begin()?;
    // That of a snapshot counts as it is; a restart goes on from the one before it.
    let clock = match (last_request, saved_clock::read(&tx)?) {
        (None, Some(earlier)) => clock.after(earlier),
        _ => clock,
    };
    saved_clock::write(&tx, clock);
    let mut keys: Vec<KnownKey> = given.iter().map(|key| key.known(true)).collect();
    for kept in kept_keys(&tx)? {
        if !keys.iter().any(|key| key.digest == kept.digest) {
            keys.push(kept);
        }
    }
    let keys = Keys::new(keys);
    for tenant in keys.tenants() {
        seed_workspace(registry, &tx, &tenant, clock.now(), settings, seed)?;
    }
    let last_request = match last_request {
        Some(last_request) => last_request,
        None => (tx.next("request blocks")? - 1) * REQUEST_BLOCK,
    };
    // Lists then only read it.
    page_key(&tx, seed)?;
    tx.commit()?;
    Ok(Begun { clock, keys, last_request })
}

/// Fills a workspace with what the platform puts into a fresh one, once; whether it was fresh.
pub(super) fn seed_workspace(
    registry: &Registry,
    tx: &Tx<'_>,
    tenant: &str,
    now: DateTime<Utc>,
    settings: &Settings,
    seed: Seed,
) -> Result<bool, ApiError> {
    let counter = format!("workspace {tenant}");
    let is_fresh = tx.count(&counter)? == 0;
    if is_fresh {
        tx.next(&counter)?;
        (registry.seed)(&Ctx::internal(tx, tenant, now, settings, seed, registry.recording))?;
    }
    Ok(is_fresh)
}

/// The keys that were made since the start, and kept.
fn kept_keys(tx: &Tx<'_>) -> Result<Vec<KnownKey>, ApiError> {
    let kept = tx.scan(GLOBAL_TENANT, KEY, &[], 0, i64::MAX)?;
    let known = kept.into_iter().map(|stored| KnownKey {
        digest: text(&stored.body, "digest").to_owned(),
        tenant: text(&stored.body, "workspace").to_owned(),
        is_given: false,
    });
    Ok(known.collect())
}
