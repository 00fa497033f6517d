//! Ids that a run can repeat.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The id at a place in the sequence that a seed begins: a UUID that looks random.
pub(crate) fn id(seed: u64, place: i64) -> Uuid {
    let digest =
        Sha256::new_with_prefix(seed.to_be_bytes()).chain_update(place.to_be_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// A number below `bound` at a place in the same sequence, for account and card numbers.
pub(crate) fn number(seed: u64, place: i64, bound: u64) -> u64 {
    let digest = Sha256::new_with_prefix(b"number")
        .chain_update(seed.to_be_bytes())
        .chain_update(place.to_be_bytes())
        .finalize();
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(bytes) % bound.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_sequence() {
        assert_eq!(id(1, 1), id(1, 1));
        assert_ne!(id(1, 1), id(1, 2));
        assert_ne!(id(1, 1), id(2, 1));
        assert_eq!(id(1, 1).get_version_num(), 4);
        assert!(number(1, 1, 10) < 10);
    }
}
