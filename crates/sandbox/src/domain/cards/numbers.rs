//! Card numbers, and the encrypted form in which they are revealed.

use serde::Serialize;
use sha2::{Digest, Sha256};
use synctera_api::runtime::{ErrorCode, Sensitive};

use crate::domain::cards::CardRecord;
use crate::model::jwe::PublicKey;
use crate::model::{ApiError, Ctx};

/// Something encrypted under the key that was agreed upon.
pub(crate) fn revealed(
    ctx: &Ctx<'_>,
    plain: &impl Serialize,
) -> Result<Sensitive<String>, ApiError> {
    let Some(key) = PublicKey::read(&ctx.settings.reveal_public_key) else {
        let detail = "no key was agreed upon: set reveal_public_key";
        return Err(ApiError::rule(ErrorCode::Forbidden, detail));
    };
    let plain = serde_json::to_vec(plain).map_err(|e| ApiError::Internal(e.to_string()))?;
    let ciphertext = key.encrypt(&plain);
    let ciphertext =
        ciphertext.ok_or_else(|| ApiError::Internal("nothing was encrypted".to_owned()))?;
    Ok(ciphertext.into())
}

/// What everyone may know of what is printed on a card.
pub(crate) struct CardFace<'a> {
    pub(crate) bin: &'a str,
    pub(crate) last_four: &'a str,
    /// Two digits.
    pub(crate) expiration_month: &'a str,
    /// Four digits.
    pub(crate) expiration_year: &'a str,
}

impl<'a> From<&'a CardRecord> for CardFace<'a> {
    fn from(card: &'a CardRecord) -> Self {
        Self {
            bin: &card.bin,
            last_four: &card.last_four,
            expiration_month: &card.expiration_month,
            expiration_year: &card.expiration_year,
        }
    }
}

/// What is needed to pay with a card.
#[derive(Serialize)]
pub(crate) struct Plain<'a> {
    cvv: String,
    expiration_month: &'a str,
    /// Two digits.
    expiration_year: &'a str,
    pan: String,
}

/// What is on a card; `key` is what its number is made from.
pub(crate) fn plain<'a>(face: &CardFace<'a>, key: &str) -> Plain<'a> {
    let digest = Sha256::digest(key);
    let mut digits = digest.iter().map(|byte| char::from(b'0' + byte % 10));
    let middle: String = digits.by_ref().take(5).collect();
    let cvv: String = digits.take(3).collect();
    let (bin, last_four) = (face.bin, face.last_four);
    // Of the ten numbers that are left one has a check digit that holds.
    let pan = (0..10)
        .map(|digit| format!("{bin}{middle}{digit}{last_four}"))
        .find(|pan| is_card_number(pan))
        .unwrap_or_default();
    let year = face.expiration_year;
    Plain {
        cvv,
        expiration_month: face.expiration_month,
        expiration_year: year.get(year.len().saturating_sub(2)..).unwrap_or_default(),
        pan,
    }
}

/// Between 12 and 19 digits, the last of which is a check digit.
pub(crate) fn is_card_number(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (12..=19).contains(&digits.len())) else {
        return false;
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_whole_and_ends_as_the_card_says() {
        for key in ["a", "b", "c", "d", "e", "f"] {
            let face = CardFace {
                bin: "999999",
                last_four: "4592",
                expiration_month: "11",
                expiration_year: "2029",
            };
            let plain = plain(&face, key);
            let pan = plain.pan.as_str();
            assert!(is_card_number(pan) && pan.len() == 16, "{pan}");
            assert!(pan.starts_with("999999") && pan.ends_with("4592"), "{pan}");
            assert_eq!(plain.expiration_year, "29");
            assert_eq!(plain.cvv.len(), 3);
        }
    }

    #[test]
    fn card_numbers_have_a_check_digit() {
        assert!(is_card_number("4111111111111111"));
        assert!(!is_card_number("4111111111111112"));
        assert!(!is_card_number("41111111111"));
        assert!(!is_card_number("4111 1111 1111 1111"));
    }
}
