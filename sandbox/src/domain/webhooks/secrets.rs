//! The secrets that sign deliveries.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::model::Kind;
use crate::model::{ApiError, Ctx, text};

pub(crate) const SECRET: Kind = Kind { name: "webhook secret", id: "id", keys: &[] };
/// A workspace has one.
pub(crate) const ID: &str = "the secret";

/// The secrets that sign now, the newer first.
pub(crate) fn current(ctx: &Ctx<'_>) -> Result<Vec<String>, ApiError> {
    let Some(stored) = ctx.get(&SECRET, ID)? else {
        return Ok(Vec::new());
    };
    let newer = text(&stored, "secret").to_owned();
    Ok([newer].into_iter().chain(old(ctx, &stored).map(str::to_owned)).collect())
}

/// The old secret, while it lasts.
pub(crate) fn old<'a>(ctx: &Ctx<'_>, stored: &'a Value) -> Option<&'a str> {
    let ends_at: DateTime<Utc> = text(stored, "old_ends_at").parse().ok()?;
    (ctx.now < ends_at).then(|| text(stored, "old_secret"))
}
