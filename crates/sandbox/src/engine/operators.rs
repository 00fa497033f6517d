//! The bank's own operators: the console acts as one of them, with a key that only this process knows.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;

use crate::model::ApiError;
use crate::model::KnownKey;

/// The id that stands for all their keys, of the length of others.
pub(crate) const OPERATOR: &str = "operator-key";

/// What the keys of operators are made of, new with each start.
pub(super) struct Operators {
    secret: [u8; 32],
    prefix: String,
}

impl Operators {
    pub(super) fn new() -> Result<Self, ApiError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|e| ApiError::Internal(e.to_string()))?;
        Ok(Self { secret, prefix: format!("operator-{}.", hex::encode(secret)) })
    }

    /// What only this process knows.
    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Their key for a workspace.
    pub(super) fn key(&self, workspace: &str) -> String {
        format!("{}{workspace}", self.prefix)
    }

    /// What is known of a key of theirs.
    pub(super) fn known(&self, key: &str) -> Option<Arc<KnownKey>> {
        let tenant = self.workspace_of(key)?.to_owned();
        Some(Arc::new(KnownKey { digest: OPERATOR.to_owned(), tenant, is_given: true }))
    }

    fn workspace_of<'k>(&self, key: &'k str) -> Option<&'k str> {
        let (prefix, workspace) = key.split_at_checked(self.prefix.len())?;
        let is_theirs = verify_slices_are_equal(prefix.as_bytes(), self.prefix.as_bytes()).is_ok();
        Some(workspace).filter(|_| is_theirs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_one_process() {
        let (one, other) = (Operators::new().unwrap(), Operators::new().unwrap());
        let key = format!("{}1_1", one.prefix);
        assert_eq!(one.workspace_of(&key), Some("1_1"));
        assert_eq!(other.workspace_of(&key), None);
        for wrong in ["", "operator-.1_1", "sandbox-key", &key[1..]] {
            assert_eq!(one.workspace_of(wrong), None, "{wrong}");
        }
    }
}
