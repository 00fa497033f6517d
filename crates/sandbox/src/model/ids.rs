//! Ids, numbers and secrets: unpredictable, or repeatable from a seed that the caller gave.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ApiError;

/// Separates the sequence of ids of unrequested resources.
const SIDE: u64 = 0x5349_4445;

/// Where sequences of ids and numbers begin.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seed {
    number: u64,
    /// What makes the sequences unpredictable; none where the caller gave a seed.
    salt: Option<[u8; 32]>,
}

impl Seed {
    /// The same number gives the same sequences: everything that they give can be predicted.
    pub(crate) fn given(number: u64) -> Self {
        Self { number, salt: None }
    }

    /// Unpredictable sequences.
    pub(crate) fn random() -> Result<Self, ApiError> {
        let mut salt = [0; 32];
        // The system's own numbers: a generator of a library first measures the machine, which takes
        // longer than all the rest of a start.
        getrandom::fill(&mut salt)
            .map_err(|_| ApiError::Internal("the system has no random numbers".to_owned()))?;
        Ok(Self { number: 0, salt: Some(salt) })
    }

    /// A text that [`Seed::of_text`] reads. It is a secret.
    pub(crate) fn to_text(self) -> String {
        let number = hex::encode(self.number.to_be_bytes());
        self.salt.map_or(number.clone(), |salt| format!("{number} {}", hex::encode(salt)))
    }

    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let (number, salt) = text.split_once(' ').map_or((text, None), |(n, s)| (n, Some(s)));
        let mut bytes = [0; 8];
        hex::decode_to_slice(number, &mut bytes).ok()?;
        let salt = match salt {
            Some(salt) => {
                let mut bytes = [0; 32];
                hex::decode_to_slice(salt, &mut bytes).ok()?;
                Some(bytes)
            }
            None => None,
        };
        Some(Self { number: u64::from_be_bytes(bytes), salt })
    }

    /// After everything was forgotten: a seed that was given stays, another is replaced.
    pub(crate) fn renewed(self) -> Result<Self, ApiError> {
        if self.salt.is_some() { Self::random() } else { Ok(self) }
    }

    /// The sequence of resources that no request asked for.
    pub(crate) fn aside(self) -> Self {
        Self { number: self.number.rotate_left(32) ^ SIDE, ..self }
    }

    /// The sequence of API keys.
    pub(crate) fn for_keys(self) -> Self {
        Self { number: self.number.rotate_left(16), ..self }
    }

    /// The sequence of request ids.
    pub(crate) fn for_requests(self) -> Self {
        Self { number: !self.number, ..self }
    }

    /// The id at a place in the sequence: a UUID that looks random.
    pub(crate) fn id(self, place: i64) -> Uuid {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&self.digest(b"", place)[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// A number below `bound` at a place in the same sequence, for account and card numbers.
    pub(crate) fn number(self, place: i64, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.digest(b"number", place)[..8]);
        u64::from_be_bytes(bytes) % bound.max(1)
    }

    /// A key of 256 bits for one purpose, at a place in a sequence of its own.
    pub(crate) fn key(self, purpose: &[u8], place: i64) -> [u8; 32] {
        self.digest(purpose, place)
    }

    fn digest(self, purpose: &[u8], place: i64) -> [u8; 32] {
        Sha256::new_with_prefix(purpose)
            .chain_update(self.salt.as_ref().map_or(&[][..], |salt| salt))
            .chain_update(self.number.to_be_bytes())
            .chain_update(place.to_be_bytes())
            .finalize()
            .into()
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.salt.is_some() { "Seed(random)" } else { "Seed(given)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_seed_repeats_its_sequences() {
        let (one, two) = (Seed::given(1), Seed::given(2));
        assert_eq!(one.id(1), one.id(1));
        assert_ne!(one.id(1), one.id(2));
        assert_ne!(one.id(1), two.id(1));
        assert_eq!(one.id(1).get_version_num(), 4);
        assert!(one.number(1, 10) < 10);
        assert_eq!(one.renewed().unwrap(), one);
    }

    #[test]
    fn another_seed_is_new_each_time() {
        let (one, two) = (Seed::random().unwrap(), Seed::random().unwrap());
        assert_ne!(one.id(1), two.id(1));
        assert_ne!(one.id(1), Seed::given(0).id(1));
        assert_ne!(one.key(b"tokens", 1), two.key(b"tokens", 1));
        assert_ne!(one.renewed().unwrap(), one);
        assert_eq!(format!("{one:?}"), "Seed(random)");
        for seed in [one, two, Seed::given(u64::MAX), Seed::given(0)] {
            assert_eq!(Seed::of_text(&seed.to_text()), Some(seed));
        }
        for text in ["", "00", "0000000000000000 ", "0000000000000000 00", "zz"] {
            assert_eq!(Seed::of_text(text), None, "{text}");
        }
    }
}
