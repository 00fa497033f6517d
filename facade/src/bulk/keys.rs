//! The keys of the items of one run: each is valid, and belongs to one item.

use std::collections::HashSet;

use uuid::Uuid;

/// The longest key of an item, in bytes.
const KEY_BYTES_MAX: usize = 255;

/// The keys that a run has met so far, by hash: 16 bytes each, and the overhead of the set.
#[derive(Debug, Default)]
pub(super) struct Keys(HashSet<Uuid>);

impl Keys {
    /// Takes the key of the next item, or returns why the item cannot run under it.
    pub(super) fn take(&mut self, key: &str) -> Result<(), String> {
        check(key)?;
        if self.0.insert(hash(key)) {
            Ok(())
        } else {
            Err("is the key of an earlier item of this run".to_owned())
        }
    }
}

/// What stands for a key in memory.
pub(super) fn hash(key: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, key.as_bytes())
}

/// Checks the form of a key.
fn check(key: &str) -> Result<(), String> {
    if key.trim().is_empty() {
        Err("must not be empty or blank".to_owned())
    } else if key.len() > KEY_BYTES_MAX {
        Err(format!("must have at most {KEY_BYTES_MAX} bytes"))
    } else if key.chars().any(char::is_control) {
        Err("must not contain control characters".to_owned())
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_checked_before_it_is_taken() {
        let mut keys = Keys::default();
        let longest = "k".repeat(KEY_BYTES_MAX);
        for valid in ["42", "order 17/b", "auftrag-\u{fc}", "\"quoted\"", &longest] {
            assert_eq!(keys.take(valid), Ok(()), "{valid}");
        }
        let too_long = "k".repeat(KEY_BYTES_MAX + 1);
        for invalid in ["", " ", "\u{3000}", "\t", "a\nb", "a\u{0}", "\u{7f}", "\u{85}", &too_long]
        {
            let reason = keys.take(invalid).unwrap_err();
            assert!(reason.starts_with("must "), "{invalid:?}: {reason}");
        }
        assert_eq!(keys.0.len(), 5);
    }

    #[test]
    fn a_key_is_taken_once() {
        let mut keys = Keys::default();
        assert_eq!(keys.take("42"), Ok(()));
        assert_eq!(keys.take("42"), Err("is the key of an earlier item of this run".to_owned()));
        assert_eq!(keys.take("4 2"), Ok(()));
    }
}
