//! API keys: which workspace each opens. A key is known by its digest alone.

use std::collections::BTreeSet;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::model::KnownKey;

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

impl ApiKey {
    /// The key as it is stored.
    pub(super) fn known(&self, is_given: bool) -> KnownKey {
        KnownKey { digest: digest(&self.key), tenant: self.tenant.clone(), is_given }
    }
}

/// All keys; each is shared with the requests that came with it.
#[derive(Debug, Default)]
pub(super) struct Keys(Vec<Arc<KnownKey>>);

impl Keys {
    pub(super) fn new(keys: Vec<KnownKey>) -> Self {
        Self(keys.into_iter().map(Arc::new).collect())
    }

    /// What is known of a key.
    pub(super) fn find(&self, key: &str) -> Option<&Arc<KnownKey>> {
        let digest = digest(key);
        self.0.iter().find(|known| known.digest == digest)
    }

    /// The workspaces, each once, those of the first keys first.
    pub(super) fn tenants(&self) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let tenants = self.0.iter().map(|known| known.tenant.clone());
        tenants.filter(|tenant| seen.insert(tenant.clone())).collect()
    }

    pub(super) fn all(&self) -> &[Arc<KnownKey>] {
        &self.0
    }

    pub(super) fn add(&mut self, key: KnownKey) {
        self.0.push(Arc::new(key));
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&KnownKey) -> bool) {
        self.0.retain(|key| keep(key));
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
        let keys = Keys::new(vec![key.known(true)]);
        assert_eq!(keys.find("hush-hush").map(|key| key.tenant.as_str()), Some("1_2"));
        assert!(keys.find("hush").is_none());
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
