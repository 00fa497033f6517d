//! The keys of the items of one run: each is valid, and belongs to one item.

use std::collections::HashSet;

use synctera_api::runtime::IdempotencyKey;
use uuid::Uuid;

/// The keys of the items of a run so far, by hash: 16 bytes each, and the overhead of the set.
#[derive(Debug, Default)]
pub(super) struct Keys(HashSet<Uuid>);

impl Keys {
    /// Adds the key of the next item, or returns why the item cannot run with it.
    pub(super) fn take(&mut self, key: &str) -> Result<IdempotencyKey, &'static str> {
        let checked = IdempotencyKey::new(key).map_err(|invalid| invalid.reason())?;
        if self.0.insert(hash(key)) {
            Ok(checked)
        } else {
            Err("is the key of an earlier item of this run")
        }
    }
}

/// The hash of a key.
pub(super) fn hash(key: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_checked_before_it_is_taken() {
        let mut keys = Keys::default();
        for valid in ["42", "order 17/b", "\"quoted\""] {
            assert_eq!(keys.take(valid).unwrap(), valid);
        }
        for invalid in ["", " ", "\u{3000}", "\t", "a\nb", "a\u{0}", " 42", "auftrag-\u{fc}"] {
            let reason = keys.take(invalid).unwrap_err();
            assert!(reason.starts_with("must "), "{invalid:?}: {reason}");
        }
        assert_eq!(keys.0.len(), 3);
    }

    #[test]
    fn a_key_is_taken_once() {
        let mut keys = Keys::default();
        assert!(keys.take("42").is_ok());
        assert_eq!(keys.take("42"), Err("is the key of an earlier item of this run"));
        assert!(keys.take("4 2").is_ok());
    }
}
