//! API keys: which workspace each opens. A key is known by its digest alone.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::model::state::ApiKeyInfo;

/// A key and the workspace that it opens, as configured.
#[derive(Clone)]
pub(crate) struct ApiKey {
    pub(crate) key: String,
    pub(crate) tenant: String,
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

/// A key as it is stored: by its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownKey {
    pub(crate) digest: String,
    pub(crate) tenant: String,
    /// Whether it was configured at the start.
    pub(crate) is_given: bool,
}

impl KnownKey {
    pub(crate) fn of(key: &ApiKey, is_given: bool) -> Self {
        Self { digest: digest(&key.key), tenant: key.tenant.clone(), is_given }
    }

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

/// All keys.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<KnownKey>);

impl Keys {
    pub(super) fn new(keys: Vec<KnownKey>) -> Self {
        Self(keys)
    }

    /// The workspace that a key opens.
    pub(super) fn tenant_of(&self, key: &str) -> Option<&str> {
        let digest = digest(key);
        self.0.iter().find(|known| known.digest == digest).map(|known| known.tenant.as_str())
    }

    /// The workspaces, each once, those of the first keys first.
    pub(super) fn tenants(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let tenants = self.0.iter().map(|known| known.tenant.clone());
        tenants.filter(|tenant| seen.insert(tenant.clone())).collect()
    }

    pub(super) fn all(&self) -> &[KnownKey] {
        &self.0
    }

    pub(super) fn add(&mut self, key: KnownKey) {
        self.0.push(key);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&KnownKey) -> bool) {
        self.0.retain(keep);
    }
}

/// Whether a text names a workspace: the bank's number and the program's, like `1_2`.
pub(crate) fn is_workspace(text: &str) -> bool {
    let is_number = |text: &str| {
        (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    text.split_once('_').is_some_and(|(bank, program)| is_number(bank) && is_number(program))
}

/// Whether a text can be an API key: 1 to 256 visible characters of ASCII.
pub(crate) fn is_api_key(text: &str) -> bool {
    (1..=256).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The credentials of a header `Authorization: Bearer ...`. The scheme is a word in any case, and the
/// blanks after it are as many as one likes.
pub(crate) fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, credentials) = authorization.trim().split_once([' ', '\t'])?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| credentials.trim_start())
}

fn digest(key: &str) -> String {
    hex::encode(Sha256::digest(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_open_their_workspace_and_are_not_shown() {
        let key = ApiKey { key: "hush-hush".to_owned(), tenant: "1_2".to_owned() };
        let keys = Keys::new(vec![KnownKey::of(&key, true)]);
        assert_eq!(keys.tenant_of("hush-hush"), Some("1_2"));
        assert_eq!(keys.tenant_of("hush"), None);
        assert!(!format!("{key:?} {keys:?}").contains("hush"));
    }

    #[test]
    fn a_workspace_is_two_numbers() {
        assert!(is_workspace("1_2"));
        for text in ["", "1", "_", "1_", "a_1", "1_2_3", "1234567890_1"] {
            assert!(!is_workspace(text), "{text}");
        }
    }
}
