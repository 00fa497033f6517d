//! Passwords of operators: only a salted hash is kept.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, PBKDF2_HMAC_SHA256};

use crate::texts::sign_in;

/// Characters that a password has at least.
pub(super) const LENGTH_MIN: usize = 12;
/// Bytes that it has at most.
pub(super) const BYTES_MAX: usize = 256;

/// Slow for an attacker who guesses, and fast enough for a person who signs in.
const ROUNDS: u32 = 600_000;
const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
const SCHEME: &str = "pbkdf2-sha256";

/// What is wrong with a password that is chosen.
pub(super) fn problem(password: &str) -> Option<String> {
    if password.chars().count() < LENGTH_MIN {
        return Some(sign_in::password_too_short(LENGTH_MIN));
    }
    (password.len() > BYTES_MAX).then(|| sign_in::password_too_long(BYTES_MAX))
}

/// The hash of a password, as text.
pub(super) fn hash(password: &str) -> Result<String, String> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|e| e.to_string())?;
    let mut hash = [0; HASH_BYTES];
    pbkdf2::derive(PBKDF2_HMAC_SHA256, rounds(ROUNDS)?, &salt, password.as_bytes(), &mut hash);
    Ok(format!("{SCHEME}${ROUNDS}${}${}", hex::encode(salt), hex::encode(hash)))
}

/// Whether a password has this hash. Without a hash, it takes as long and is wrong.
pub(super) fn is_right(password: &str, hashed: Option<&str>) -> bool {
    let parts = hashed.and_then(parts);
    let is_known = parts.is_some();
    let (count, salt, hash) =
        parts.unwrap_or_else(|| (ROUNDS, vec![0; SALT_BYTES], vec![0; HASH_BYTES]));
    let Ok(count) = rounds(count) else { return false };
    let verified = pbkdf2::verify(PBKDF2_HMAC_SHA256, count, &salt, password.as_bytes(), &hash);
    verified.is_ok() && is_known
}

fn parts(hashed: &str) -> Option<(u32, Vec<u8>, Vec<u8>)> {
    let mut parts = hashed.split('$');
    let (scheme, count, salt, hash) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let count = count.parse().ok().filter(|count| *count <= ROUNDS)?;
    (scheme == SCHEME).then_some((count, hex::decode(salt).ok()?, hex::decode(hash).ok()?))
}

fn rounds(count: u32) -> Result<NonZeroU32, String> {
    NonZeroU32::new(count).ok_or_else(|| "a hash has at least one round".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let hashed = hash("correct horse battery").unwrap();
        assert!(is_right("correct horse battery", Some(&hashed)));
        assert!(!is_right("correct horse", Some(&hashed)));
        assert!(!is_right("correct horse battery", None));
        assert!(!hashed.contains("horse"));
        for broken in ["", "x$1$00$00", "pbkdf2-sha256$0$00$00", "pbkdf2-sha256$999999999$00$00"] {
            assert!(!is_right("", Some(broken)), "{broken}");
        }
        assert!(problem("short").is_some() && problem(&"x".repeat(300)).is_some());
        assert_eq!(problem("long enough for it"), None);
    }
}
