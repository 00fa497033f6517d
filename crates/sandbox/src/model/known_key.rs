//! An API key as it is known: by its digest.

use crate::model::state::ApiKeyInfo;

/// A key as it is stored: by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownKey {
    pub(crate) digest: String,
    pub(crate) tenant: String,
    /// Whether it was configured at the start.
    pub(crate) is_given: bool,
}

impl KnownKey {
    /// What the control API returns of it.
    pub(crate) fn info(&self) -> ApiKeyInfo {
        ApiKeyInfo {
            id: self.name().to_owned(),
            workspace: self.tenant.clone(),
            is_given_at_start: self.is_given,
        }
    }

    /// The id that stands for the key.
    pub(crate) fn name(&self) -> &str {
        self.digest.get(..12).unwrap_or_default()
    }
}
