//! What a workspace begins with, and the keys that open it.

use chrono::{DateTime, Utc};

use super::keys::KnownKey;
use super::registry::Registry;
use crate::model::settings::Settings;
use crate::model::{ApiError, Ctx, Seed, text};
use crate::store::Tx;

/// The workspace of what belongs to none, such as keys that were made since the start.
pub(super) const GLOBAL_TENANT: &str = "";
/// The kind of those keys.
pub(super) const KEY: &str = "api key";

/// Fills a workspace with what the platform puts into a fresh one, once.
pub(super) fn seed_workspace(
    registry: &Registry,
    tx: &Tx<'_>,
    tenant: &str,
    now: DateTime<Utc>,
    settings: &Settings,
    seed: Seed,
) -> Result<(), ApiError> {
    if tx.next(&format!("workspace {tenant}"))? == 1 {
        (registry.seed)(&Ctx::internal(tx, tenant, now, settings, seed, registry.recording))?;
    }
    Ok(())
}

/// The keys that were made since the start, and kept.
pub(super) fn kept_keys(tx: &Tx<'_>) -> Result<Vec<KnownKey>, ApiError> {
    let kept = tx.scan(GLOBAL_TENANT, KEY, &[], 0, i64::MAX)?;
    let known = kept.into_iter().map(|stored| KnownKey {
        digest: text(&stored.body, "digest").to_owned(),
        tenant: text(&stored.body, "workspace").to_owned(),
        is_given: false,
    });
    Ok(known.collect())
}
