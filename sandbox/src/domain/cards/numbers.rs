//! Card numbers, and the encrypted form in which they are revealed.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use synctera_api::runtime::ErrorCode;

use crate::domain::jwe::PublicKey;
use crate::model::{ApiError, Ctx, text};

/// Something encrypted under the key that was agreed upon.
pub(crate) fn revealed(ctx: &Ctx<'_>, plain: &Value) -> Result<Value, ApiError> {
    let Some(key) = PublicKey::read(&ctx.settings.reveal_public_key) else {
        let detail = "no key was agreed upon: set reveal_public_key";
        return Err(ApiError::rule(ErrorCode::Forbidden, detail));
    };
    let ciphertext = key.encrypt(plain.to_string().as_bytes());
    let ciphertext =
        ciphertext.ok_or_else(|| ApiError::Internal("nothing was encrypted".to_owned()))?;
    Ok(json!({ "ciphertext": ciphertext }))
}

/// What is on a card; `key` is what its number is made from.
pub(crate) fn plain(card: &Value, key: &str) -> Value {
    let digest = Sha256::digest(key);
    let mut digits = digest.iter().map(|byte| char::from(b'0' + byte % 10));
    let middle: String = digits.by_ref().take(5).collect();
    let cvv: String = digits.take(3).collect();
    let (bin, last_four) = (text(card, "bin"), text(card, "last_four"));
    // Of the ten numbers that are left one has a check digit that holds.
    let pan = (0..10)
        .map(|digit| format!("{bin}{middle}{digit}{last_four}"))
        .find(|pan| is_card_number(pan))
        .unwrap_or_default();
    let year = text(card, "expiration_year");
    json!({
        "pan": pan, "cvv": cvv, "expiration_month": card["expiration_month"],
        "expiration_year": year.get(year.len().saturating_sub(2)..).unwrap_or_default(),
    })
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
            let card = json!({
                "bin": "999999", "last_four": "4592", "expiration_month": "11",
                "expiration_year": "2029",
            });
            let plain = plain(&card, key);
            let pan = plain["pan"].as_str().unwrap();
            assert!(is_card_number(pan) && pan.len() == 16, "{pan}");
            assert!(pan.starts_with("999999") && pan.ends_with("4592"), "{pan}");
            assert_eq!(plain["expiration_year"], "29");
            assert_eq!(plain["cvv"].as_str().unwrap().len(), 3);
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
