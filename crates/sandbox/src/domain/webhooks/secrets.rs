//! The secrets that sign deliveries.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use synctera_api::Sensitive;

use crate::model::{ApiError, Ctx, Kind, Resource};

pub(crate) const SECRET: Kind = Kind { name: "webhook secret", id: "id", keys: &[] };
/// A workspace has one.
pub(crate) const ID: &str = "the secret";

/// The secret of a workspace, or both while it is exchanged.
pub(crate) enum Secret {}

impl Resource for Secret {
    const KIND: &'static Kind = &SECRET;
    type Wire = SecretRecord;
    type Facts = ();
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SecretRecord {
    id: String,
    pub(crate) secret: Sensitive<String>,
    /// The secret before, and until when it signs, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) old_secret: Option<Sensitive<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) old_ends_at: Option<DateTime<Utc>>,
}

impl SecretRecord {
    pub(crate) fn new(secret: &str) -> Self {
        let secret = Sensitive::from(secret);
        Self { id: ID.to_owned(), secret, old_secret: None, old_ends_at: None }
    }

    /// The old secret, while it lasts.
    pub(crate) fn old(&self, now: DateTime<Utc>) -> Option<&str> {
        let lasts = self.old_ends_at.is_some_and(|ends_at| now < ends_at);
        self.old_secret.as_ref().filter(|_| lasts).map(|secret| secret.expose().as_str())
    }
}

/// The secrets that sign now, the newer first.
pub(crate) fn current(ctx: &Ctx<'_>) -> Result<Vec<String>, ApiError> {
    let Some(stored) = ctx.find::<Secret>(ID)? else {
        return Ok(Vec::new());
    };
    let newer = stored.secret.expose().as_str();
    Ok([newer].into_iter().chain(stored.old(ctx.now)).map(str::to_owned).collect())
}
