//! Countries, states and postal codes.

use std::str::FromStr;
use std::sync::LazyLock;

use iso_country::Country;
use synctera_api::runtime::CountryCode;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::characters::fold;
use super::invalid::{InvalidValue, bounded};
use super::states::{PROVINCES, STATES};
use super::text;
use crate::FieldErrorCode;

/// The maximum length of the name of a country or a state, in characters.
const NAME_MAX: usize = 100;
const NAME_TOO_LONG: &str = "must have at most 100 characters";
/// The maximum length of a postal code as it is given, in characters.
const POSTAL_CODE_MAX: usize = 50;

/// Short names that differ from those in ISO 3166-1.
const COUNTRY_NAMES: &[(&str, &[&str])] = &[
    ("GB", &["UK", "United Kingdom", "Great Britain"]),
    ("KR", &["South Korea"]),
    ("RU", &["Russia"]),
    ("TR", &["Türkiye"]),
    ("TW", &["Taiwan"]),
    ("US", &["United States", "The United States of America"]),
    ("VN", &["Vietnam"]),
];

/// Prefixes of names of states.
const STATE_PREFIXES: [&str; 5] = ["COMMONWEALTHOF", "PROVINCEOF", "STATEOF", "TERRITORYOF", "THE"];

/// Comparison keys of alpha-3 codes and names (ISO 3166-1), with the alpha-2 code of the country.
static COUNTRIES: LazyLock<Vec<(String, &'static str)>> = LazyLock::new(|| {
    let named =
        COUNTRY_NAMES.iter().flat_map(|(code, names)| names.iter().map(|n| (key(n), *code)));
    let listed = iso_country::data::all();
    listed
        .into_iter()
        .flat_map(|country| [country.alpha3, country.name].map(|name| (key(name), country.alpha2)))
        .chain(named)
        .collect()
});

/// A country as its alpha-2 code (ISO 3166-1). Its alpha-3 code and its English name are accepted,
/// too. Case, dots and accents do not matter.
///
/// # Errors
/// When there is no such country, or the text has more than 100 characters.
///
/// ```
/// use synctera::{CountryCode, normalize};
///
/// for usa in ["us", "U.S.A.", "United States"] {
///     assert_eq!(normalize::country(usa), Ok(CountryCode::US));
/// }
/// assert!(normalize::country("XX").is_err());
/// ```
pub fn country(country: &str) -> Result<CountryCode, InvalidValue> {
    const WRONG: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotACountry,
        "must be a country, by its name or its two letters, such as US",
    );
    let given = key(&text(&fold(bounded(country, NAME_MAX, NAME_TOO_LONG)?))?);
    if given.len() == 2 && Country::from_str(&given).is_ok() {
        return given.parse().map_err(|_| WRONG);
    }
    let found = COUNTRIES.iter().find(|(name, _)| *name == given);
    found.and_then(|(_, code)| code.parse().ok()).ok_or(WRONG)
}

/// A state, a province or a territory by its code. In the United States and Canada a name, also a
/// common abbreviation such as `Calif.` or `D.C.`, becomes the code; case, dots and accents do not
/// matter. A country in front of the code (`US-CA`) is removed.
///
/// # Errors
/// When the country (the United States or Canada) has no such state; elsewhere when it is not one
/// to three letters or digits, as ISO 3166-2 has them after the country. When the text has more than
/// 100 characters.
///
/// ```
/// use synctera::{CountryCode, normalize};
///
/// assert_eq!(normalize::state("new york", &CountryCode::US).as_deref(), Ok("NY"));
/// assert_eq!(normalize::state("Washington, D.C.", &CountryCode::US).as_deref(), Ok("DC"));
/// assert_eq!(normalize::state("CA-ON", &CountryCode::CA).as_deref(), Ok("ON"));
/// assert!(normalize::state("ON", &CountryCode::US).is_err());
/// ```
pub fn state(state: &str, country: &CountryCode) -> Result<String, InvalidValue> {
    const NOT_US: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotAState,
        "must be a state of the United States, such as CA",
    );
    const NOT_CANADIAN: InvalidValue =
        InvalidValue::new(FieldErrorCode::NotAState, "must be a province of Canada, such as ON");
    const NOT_ISO: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotAState,
        "must be the part of an ISO 3166-2 code after the country, such as ENG",
    );
    let given = text(&fold(bounded(state, NAME_MAX, NAME_TOO_LONG)?))?.to_uppercase();
    let code = given
        .strip_prefix(country.as_str())
        .and_then(|rest| rest.strip_prefix('-'))
        .unwrap_or(&given);
    let (known, wrong) = match country.as_str() {
        "US" => (STATES, NOT_US),
        "CA" => (PROVINCES, NOT_CANADIAN),
        _ => {
            let fits = (1..=3).contains(&code.len())
                && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
            return if fits { Ok(code.to_owned()) } else { Err(NOT_ISO) };
        }
    };
    let code = key(code);
    let mut name = code.as_str();
    while let Some(rest) = STATE_PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)) {
        name = rest;
    }
    known
        .iter()
        .find(|(known, names)| *known == code || names.iter().any(|known| key(known) == name))
        .map(|(known, _)| (*known).to_owned())
        .ok_or(wrong)
}

/// The comparison key of a name: its letters and digits in upper case, without accents.
fn key(name: &str) -> String {
    let name = fold(name).replace('&', "and");
    let plain: String = name.nfd().filter(|c| !is_combining_mark(*c)).collect();
    plain.to_uppercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A postal code: `94105` or `94105-1234` in the United States, `A1A 1A1` in Canada; elsewhere in
/// upper case, without blanks around it.
///
/// # Errors
/// When the country (the United States or Canada) has no such codes, or the text has more than 50
/// characters.
pub fn postal_code(code: &str, country: &CountryCode) -> Result<String, InvalidValue> {
    const TOO_LONG: &str = "must have at most 50 characters";
    const NOT_US: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotAPostalCode,
        "must be a ZIP code: five digits, or nine",
    );
    const NOT_CANADIAN: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotAPostalCode,
        "must be a Canadian postal code, such as K1A 0B1",
    );
    let given = text(&fold(bounded(code, POSTAL_CODE_MAX, TOO_LONG)?))?.to_ascii_uppercase();
    bounded(&given, POSTAL_CODE_MAX, TOO_LONG)?;
    let packed: String = given.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    match country.as_str() {
        "US" => match packed.len() {
            5 | 9 if packed.bytes().all(|byte| byte.is_ascii_digit()) => {
                let (area, rest) = packed.split_at(5);
                Ok(if rest.is_empty() { packed } else { format!("{area}-{rest}") })
            }
            _ => Err(NOT_US),
        },
        "CA" if is_canadian(&packed) => Ok(format!("{} {}", &packed[..3], &packed[3..])),
        "CA" => Err(NOT_CANADIAN),
        _ => Ok(given),
    }
}

/// Letters and digits in turn; some letters are not used, because they look like others.
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
        assert_eq!(us("94105–1234").unwrap(), "94105-1234");
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
