//! Numbers that governments and banks issue.

use super::characters::fold;
use super::invalid::{InvalidValue, bounded};
use crate::FieldErrorCode;

/// The maximum length of a number as it is given, with separators, in characters.
const NUMBER_MAX: usize = 50;
const TOO_LONG: &str = "must have at most 50 characters";

/// A social security number, as `123-45-6789`. Blanks and dashes may group the digits.
///
/// # Errors
/// When it does not have nine digits, or is never issued: it starts with 000, 666 or 9 (an ITIN, the
/// number of a taxpayer), or a group has only zeros.
///
/// ```
/// assert_eq!(synctera::normalize::ssn("456 78 9012").as_deref(), Ok("456-78-9012"));
/// assert!(synctera::normalize::ssn("000-78-9012").is_err());
/// ```
pub fn ssn(number: &str) -> Result<String, InvalidValue> {
    const LENGTH: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotAnSsn,
        "must be a social security number: nine digits",
    );
    const NEVER_ISSUED: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotAnSsn,
        "must be a social security number that can be issued",
    );
    let digits = nine_digits(number, LENGTH)?;
    let (area, group, serial) = (&digits[..3], &digits[3..5], &digits[5..]);
    if area == "000" || area == "666" || area.starts_with('9') || group == "00" || serial == "0000"
    {
        return Err(NEVER_ISSUED);
    }
    Ok(format!("{area}-{group}-{serial}"))
}

/// An employer identification number, as `12-3456789`. Blanks and dashes may group the digits.
///
/// # Errors
/// When it does not have nine digits.
pub fn ein(number: &str) -> Result<String, InvalidValue> {
    const WRONG: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotAnEin,
        "must be an employer identification number: nine digits",
    );
    let digits = nine_digits(number, WRONG)?;
    Ok(format!("{}-{}", &digits[..2], &digits[2..]))
}

/// A Canadian social insurance number, as `123-456-789`. Blanks and dashes may group the digits.
///
/// # Errors
/// When it does not have nine digits, or the last one is not the check digit (Luhn).
///
/// ```
/// assert_eq!(synctera::normalize::sin("046454286").as_deref(), Ok("046-454-286"));
/// assert!(synctera::normalize::sin("046454287").is_err());
/// ```
pub fn sin(number: &str) -> Result<String, InvalidValue> {
    const WRONG: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotASin,
        "must be a social insurance number: nine digits with a check digit",
    );
    let digits = nine_digits(number, WRONG)?;
    if !luhn(&digits) || digits == "000000000" {
        return Err(WRONG);
    }
    Ok(format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..]))
}

/// A routing number of a bank in the United States, as nine digits. Blanks and dashes may group them.
///
/// # Errors
/// When it does not have nine digits, the last one is not the check digit, or the first two are not
/// those of any bank.
pub fn routing_number(number: &str) -> Result<String, InvalidValue> {
    const WRONG: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotARoutingNumber,
        "must be an ABA routing number: nine digits with a check digit",
    );
    let digits = nine_digits(number, WRONG)?;
    if is_aba(&digits) { Ok(digits) } else { Err(WRONG) }
}

/// The digits of a number with nine digits, which blanks and dashes may group.
fn nine_digits(number: &str, wrong: InvalidValue) -> Result<String, InvalidValue> {
    let folded = fold(bounded(number, NUMBER_MAX, TOO_LONG)?);
    if folded.is_empty() {
        return Err(InvalidValue::EMPTY);
    }
    let digits: String = folded.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let fits = digits.len() == 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(digits) } else { Err(wrong) }
}

/// Every second digit from the right counts double, less nine when that has two digits; the sum is
/// a multiple of ten.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .chars()
        .rev()
        .filter_map(|c| c.to_digit(10))
        .enumerate()
        .map(|(place, digit)| match digit {
            digit if place % 2 == 0 => digit,
            digit if digit > 4 => digit * 2 - 9,
            digit => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// The sum of the digits, with the weights 3, 7, 1 in turn, is a multiple of ten; and the first two
/// are a district of the Federal Reserve, or of thrifts, electronic or traveler's check issuers.
fn is_aba(digits: &str) -> bool {
    let weights = [3, 7, 1].into_iter().cycle();
    let sum: u32 =
        digits.chars().filter_map(|c| c.to_digit(10)).zip(weights).map(|(d, w)| d * w).sum();
    let district = digits.get(..2).and_then(|text| text.parse::<u8>().ok());
    let is_given = matches!(district, Some(0..=12 | 21..=32 | 61..=72 | 80));
    is_given && digits != "000000000" && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_decide() {
        assert_eq!(routing_number("0210 0002 1").unwrap(), "021000021");
        for wrong in ["021000022", "02100002", "991000021", "000000000", "02100002a"] {
            assert!(routing_number(wrong).is_err(), "{wrong}");
        }
        assert_eq!(sin("046 454 286").unwrap(), "046-454-286");
        for wrong in ["046454285", "04645428", "000-000-000"] {
            assert!(sin(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn tax_numbers_are_written_as_the_platform_wants() {
        assert_eq!(ssn(" 456789012 ").unwrap(), "456-78-9012");
        for wrong in ["45678901", "666-78-9012", "900-78-9012", "456-00-9012", "456-78-0000", "x"] {
            assert!(ssn(wrong).is_err(), "{wrong}");
        }
        assert_eq!(ein("123456789").unwrap(), "12-3456789");
        assert!(ein("12-345678").is_err());
    }
}
