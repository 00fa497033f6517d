//! Email addresses, phone numbers and URLs.

use email_address::{EmailAddress, Options};
use phonelib::{PhoneNumber, countries_by_calling_code, country_by_code};
use synctera_api::runtime::CountryCode;
use url::{Host, Url};

use super::characters::{fold, is_space, visible};
use super::invalid::{InvalidValue, bounded};
use crate::FieldErrorCode;

/// The maximum length of an email address, in characters (RFC 5321).
const EMAIL_MAX: usize = 254;
/// The maximum length of a phone number as it is given, with separators, in characters.
const PHONE_NUMBER_MAX: usize = 50;
/// The maximum length of a webhook URL on the platform, in characters.
const URL_MAX: usize = 1000;

/// An email address, without blanks around it and with its host in lower case.
///
/// # Errors
/// When it is not an email address, its host has no dot, or it has more than 254 characters.
///
/// ```
/// assert_eq!(synctera::normalize::email(" Ada@Example.COM").as_deref(), Ok("Ada@example.com"));
/// ```
pub fn email(address: &str) -> Result<String, InvalidValue> {
    const TOO_LONG: &str = "must have at most 254 characters";
    const WRONG: InvalidValue =
        InvalidValue::new(FieldErrorCode::NotAnEmail, "must look like name@example.com");
    let folded = fold(bounded(address, EMAIL_MAX, TOO_LONG)?);
    if folded.is_empty() {
        return Err(InvalidValue::EMPTY);
    }
    let options =
        Options::default().with_required_tld().without_display_text().without_domain_literal();
    let parsed = EmailAddress::parse_with_options(&folded, options).map_err(|_| WRONG)?;
    let address = format!("{}@{}", parsed.local_part(), parsed.domain().to_lowercase());
    bounded(&address, EMAIL_MAX, TOO_LONG)?;
    Ok(address)
}

/// A phone number with `+`, the country code, and digits only (E.164). A number without a country
/// code is read as one of the `default` country.
///
/// Blanks, dashes, dots, slashes and parentheses may group the digits. The country code must exist,
/// and the length must be one that numbers of that country have. Whether the number is in use is
/// not checked; the platform does not check it either.
///
/// # Errors
/// When it is not a phone number, has letters or an extension, has more than 50 characters, or no
/// country is known.
///
/// ```
/// use synctera::{CountryCode, normalize};
///
/// assert_eq!(normalize::phone_number("+44 20 7946 0958", None).as_deref(), Ok("+442079460958"));
/// assert!(normalize::phone_number("020 7946 0958", None).is_err());
/// ```
pub fn phone_number(number: &str, default: Option<&CountryCode>) -> Result<String, InvalidValue> {
    const WRONG: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotAPhoneNumber,
        "must be a phone number that can be dialed",
    );
    const NOT_DIGITS: InvalidValue = InvalidValue::new(
        FieldErrorCode::NotAPhoneNumber,
        "must have digits only, no letters and no extension",
    );
    const NO_COUNTRY: InvalidValue = InvalidValue::new(
        FieldErrorCode::CountryCodeMissing,
        "must start with + and the country code",
    );
    let number = fold(bounded(number, PHONE_NUMBER_MAX, "must have at most 50 characters")?);
    if number.is_empty() {
        return Err(InvalidValue::EMPTY);
    }
    if is_e164(&number) {
        return Ok(number);
    }
    let is_punctuation = |c: char| matches!(c, ' ' | '(' | ')' | '-' | '.' | '/' | '+');
    if !number.chars().all(|c| c.is_ascii_digit() || is_punctuation(c)) {
        return Err(NOT_DIGITS);
    }
    let is_international = number.starts_with('+');
    let region = default.and_then(|code| country_by_code(code.as_str()));
    let parsed = match region {
        _ if is_international => PhoneNumber::parse(&number),
        Some(region) => PhoneNumber::parse_with_country(&number, region.code),
        None => return Err(NO_COUNTRY),
    };
    let written = parsed.map(|parsed| parsed.e164().to_owned());
    let written = written.or_else(|| north_american(&number, region.map(|region| region.code)));
    written.filter(|written| is_e164(written)).ok_or(WRONG)
}

/// A number of the plan that the United States and Canada share, whichever its area code: lists of area codes
/// age.
fn north_american(number: &str, region: Option<&str>) -> Option<String> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let is_international = number.starts_with('+');
    let national = match digits.strip_prefix('1') {
        Some(national) if national.len() == 10 => national,
        _ if is_international || !matches!(region, Some("US" | "CA")) => return None,
        _ => &digits,
    };
    (national.len() == 10).then(|| format!("+1{national}"))
}

/// Whether it is `+`, an existing country code, and as many digits as phone numbers there have.
fn is_e164(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else {
        return false;
    };
    if digits.len() > 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if digits.starts_with('1') {
        return digits.len() == 11;
    }
    // No country code is a prefix of another one.
    (1..=3.min(digits.len())).any(|length| {
        let (code, national) = digits.split_at(length);
        let countries = code.parse().map(countries_by_calling_code).unwrap_or_default();
        let length = u8::try_from(national.len()).unwrap_or(u8::MAX);
        countries.into_iter().any(|country| country.phone_lengths.contains(&length))
    })
}

/// The URL of a webhook: `https`, with a host and without a password, at most 1,000 characters. Plain
/// `http` is accepted for loopback addresses only.
///
/// # Errors
/// When it is not such a URL.
///
/// ```
/// use synctera::normalize;
///
/// let url = normalize::webhook_url(" https://Example.com/hooks ");
/// assert_eq!(url.as_deref(), Ok("https://example.com/hooks"));
/// assert!(normalize::webhook_url("http://example.com/hooks").is_err());
/// ```
pub fn webhook_url(url: &str) -> Result<String, InvalidValue> {
    const TOO_LONG: &str = "must have at most 1,000 characters";
    const fn wrong(text: &'static str) -> InvalidValue {
        InvalidValue::new(FieldErrorCode::NotAUrl, text)
    }
    let given = visible(bounded(url, URL_MAX, TOO_LONG)?);
    let given = given.trim_matches(is_space);
    if given.is_empty() {
        return Err(InvalidValue::EMPTY);
    }
    let url = Url::parse(given)
        .map_err(|_| wrong("must be a complete URL, such as https://example.com/webhooks"))?;
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(wrong("must name a host")),
    };
    match url.scheme() {
        "https" => {}
        "http" if is_local => {}
        _ => return Err(wrong("must start with https://")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not contain a user name or a password"));
    }
    if url.fragment().is_some() {
        return Err(wrong("must not have a fragment (the part after #)"));
    }
    let url = String::from(url);
    bounded(&url, URL_MAX, TOO_LONG)?;
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_become_e164() {
        let us = |number| phone_number(number, Some(&CountryCode::US));
        for number in
            ["+14155550123", "(415) 555-0123", "415.555.0123", "1 415 555 0123", "+1 415-555-0123"]
        {
            assert_eq!(us(number).unwrap(), "+14155550123", "{number}");
        }
        // An area code that was not assigned when the lists were made.
        assert_eq!(us("(387) 555-0123").unwrap(), "+13875550123");
        assert_eq!(us("+1 387 555 0123").unwrap(), "+13875550123");
        assert_eq!(us("011 44 20 7946 0958").unwrap(), "+442079460958");
        assert_eq!(
            phone_number("06 1234 5678", Some(&"IT".parse().unwrap())).unwrap(),
            "+390612345678"
        );
        for wrong in
            ["", "555-0123", "+999 4155550123", "+1415555012", "1-800-FLOWERS", "415 555 0123 x5"]
        {
            assert!(us(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn emails_have_a_host_with_a_dot() {
        assert_eq!(
            email("ada.byron+bank@Mail.Example.com").unwrap(),
            "ada.byron+bank@mail.example.com"
        );
        for wrong in [
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "Ada <ada@example.com>",
            "a b@example.com",
        ] {
            assert!(email(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn webhooks_go_to_https() {
        assert_eq!(
            webhook_url("http://127.0.0.1:8080/hook").unwrap(),
            "http://127.0.0.1:8080/hook"
        );
        for wrong in [
            "example.com/hook",
            "ftp://example.com",
            "https://u:p@example.com",
            "https://example.com/#x",
        ] {
            assert!(webhook_url(wrong).is_err(), "{wrong}");
        }
    }
}
