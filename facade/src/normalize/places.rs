//! Countries, states, and the codes that mail is sorted by.

use std::str::FromStr;

use iso_country::Country;
use synctera_api::runtime::CountryCode;

use super::states::{PROVINCES, STATES};
use super::{InvalidValue, text};

/// A country by its two letters (ISO 3166-1).
///
/// # Errors
/// When no country has them.
///
/// ```
/// use synctera::{CountryCode, normalize};
///
/// assert_eq!(normalize::country(" ca "), Ok(CountryCode::CA));
/// assert!(normalize::country("XX").is_err());
/// ```
pub fn country(code: &str) -> Result<CountryCode, InvalidValue> {
    let wrong = InvalidValue("must be a country's two letters, such as US");
    let code = code.trim().to_ascii_uppercase();
    if code.len() != 2 || Country::from_str(&code).is_err() {
        return Err(wrong);
    }
    code.parse().map_err(|_| wrong)
}

/// A state, a province or a territory by its code: a name becomes the code in the United States
/// and Canada, and a country in front of the code is left out.
///
/// # Errors
/// When the country (the United States and Canada) has no such state; elsewhere when it is not one
/// to three letters or digits, as ISO 3166-2 has them after the country.
///
/// ```
/// use synctera::{CountryCode, normalize};
///
/// assert_eq!(normalize::state("new york", &CountryCode::US).as_deref(), Ok("NY"));
/// assert_eq!(normalize::state("CA-ON", &CountryCode::CA).as_deref(), Ok("ON"));
/// assert!(normalize::state("ON", &CountryCode::US).is_err());
/// ```
pub fn state(state: &str, country: &CountryCode) -> Result<String, InvalidValue> {
    let given = text(state)?;
    let upper = given.to_uppercase();
    let code = upper
        .strip_prefix(country.as_str())
        .and_then(|rest| rest.strip_prefix('-'))
        .unwrap_or(&upper);
    let (known, wrong) = match country.as_str() {
        "US" => (STATES, InvalidValue("must be a state of the United States, such as CA")),
        "CA" => (PROVINCES, InvalidValue("must be a province of Canada, such as ON")),
        _ => {
            let fits = (1..=3).contains(&code.len())
                && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let wrong = InvalidValue("must be as in ISO 3166-2 after the country, such as ENG");
            return if fits { Ok(code.to_owned()) } else { Err(wrong) };
        }
    };
    known
        .iter()
        .find(|(known, name)| *known == code || name.to_uppercase() == upper)
        .map(|(known, _)| (*known).to_owned())
        .ok_or(wrong)
}

/// A postal code: `94105` or `94105-1234` in the United States, `A1A 1A1` in Canada; elsewhere
/// just without stray blanks and in capitals.
///
/// # Errors
/// When the country (the United States and Canada) has no such codes.
pub fn postal_code(code: &str, country: &CountryCode) -> Result<String, InvalidValue> {
    let given = text(code)?.to_ascii_uppercase();
    let packed: String = given.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    match country.as_str() {
        "US" => match packed.len() {
            5 | 9 if packed.bytes().all(|byte| byte.is_ascii_digit()) => {
                let (area, rest) = packed.split_at(5);
                Ok(if rest.is_empty() { packed } else { format!("{area}-{rest}") })
            }
            _ => Err(InvalidValue("must be a ZIP code: five digits, or nine")),
        },
        "CA" if is_canadian(&packed) => Ok(format!("{} {}", &packed[..3], &packed[3..])),
        "CA" => Err(InvalidValue("must look like A1A 1A1")),
        _ => Ok(given),
    }
}

/// A letter, a digit and so on; some letters look too much like others to be used.
fn is_canadian(code: &str) -> bool {
    code.len() == 6
        && code.bytes().enumerate().all(|(place, byte)| match (place, byte) {
            (0, b'W' | b'Z') => false,
            (0 | 2 | 4, byte) => {
                byte.is_ascii_uppercase()
                    && !matches!(byte, b'D' | b'F' | b'I' | b'O' | b'Q' | b'U')
            }
            (_, byte) => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: &str = "GB";

    #[test]
    fn postal_codes_follow_their_country() {
        let us = |code| postal_code(code, &CountryCode::US);
        assert_eq!(us("94105").unwrap(), "94105");
        assert_eq!(us("94105 1234").unwrap(), "94105-1234");
        assert_eq!(us("941051234").unwrap(), "94105-1234");
        for wrong in ["9410", "94105-123", "A1A 1A1", ""] {
            assert!(us(wrong).is_err(), "{wrong}");
        }
        let canada = |code| postal_code(code, &CountryCode::CA);
        assert_eq!(canada("k1a-0b1").unwrap(), "K1A 0B1");
        for wrong in ["94105", "W1A 0B1", "K1O 0B1", "K1A 0B", "K1A 0BÉ"] {
            assert!(canada(wrong).is_err(), "{wrong}");
        }
        assert_eq!(postal_code(" sw1a  1aa", &GB.parse().unwrap()).unwrap(), "SW1A 1AA");
    }

    #[test]
    fn states_are_those_of_their_country() {
        let us = |name| state(name, &CountryCode::US);
        assert_eq!(us("ca").unwrap(), "CA");
        assert_eq!(us("US-TX").unwrap(), "TX");
        assert_eq!(us("Puerto  Rico").unwrap(), "PR");
        assert!(us("ZZ").is_err() && us("Ontario").is_err());
        assert_eq!(state("québec", &CountryCode::CA).unwrap(), "QC");
        let gb = GB.parse().unwrap();
        assert_eq!(state("gb-eng", &gb).unwrap(), "ENG");
        assert!(state("England", &gb).is_err());
    }
}
