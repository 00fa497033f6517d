//! Postal addresses.

use synctera_api::runtime::CountryCode;

use crate::IntoOption;
use crate::checks::Checks;
use crate::normalize;
use crate::types::{MailingAddress, MailingAddressInput, PostalAddress};

/// A postal address of a person, a business or a shipment. With the feature `serde` it can be stored.
///
/// ```
/// use synctera::Address;
///
/// let home = Address::us("1 Market St", "San Francisco", "CA", "94105").line_2("Apt 5");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields, expecting = "an address"))]
pub struct Address {
    #[cfg_attr(feature = "serde", serde(rename = "address_line_1"))]
    line_1: String,
    #[cfg_attr(feature = "serde", serde(rename = "address_line_2"))]
    line_2: Option<String>,
    city: String,
    #[cfg_attr(feature = "serde", serde(default, deserialize_with = "text_or_null"))]
    state: String,
    #[cfg_attr(feature = "serde", serde(default, deserialize_with = "text_or_null"))]
    postal_code: String,
    country_code: CountryCode,
}

impl Address {
    /// An address in the United States: the state as its two-letter code or its name, the ZIP code
    /// with five or nine digits (`94105-1234`).
    pub fn us(
        line_1: impl Into<String>,
        city: impl Into<String>,
        state: impl Into<String>,
        postal_code: impl Into<String>,
    ) -> Self {
        Self::new(line_1, city, state, postal_code, CountryCode::US)
    }

    /// An address in any country: the state as the part of its ISO 3166-2 code after the country
    /// code, and empty texts for a country without states or postal codes. See [`normalize`] for
    /// the forms that are accepted in the United States and in Canada.
    pub fn new(
        line_1: impl Into<String>,
        city: impl Into<String>,
        state: impl Into<String>,
        postal_code: impl Into<String>,
        country_code: CountryCode,
    ) -> Self {
        Self {
            line_1: line_1.into(),
            line_2: None,
            city: city.into(),
            state: state.into(),
            postal_code: postal_code.into(),
            country_code,
        }
    }

    /// The second line of the address: an apartment, a suite, a floor.
    #[must_use]
    pub fn line_2(mut self, line_2: impl IntoOption<String>) -> Self {
        self.line_2 = line_2.into_option();
        self
    }

    /// The country.
    pub(crate) fn country_code(&self) -> &CountryCode {
        &self.country_code
    }

    /// The address in the platform's form; `under` is its path in the request.
    pub(crate) fn normalize(&self, checks: &mut Checks, under: &str) -> Self {
        let field = |name: &str| format!("{under}.{name}");
        let country = match normalize::country(self.country_code.as_str()) {
            Ok(country) => country,
            Err(wrong) => {
                checks.ensure(false, &field("country_code"), wrong);
                self.country_code.clone()
            }
        };
        let has_codes = matches!(country.as_str(), "US" | "CA");
        let mut code = |given: &str, name: &str, rule: fn(&str, &CountryCode) -> _| {
            // Some countries have no states or postal codes.
            if normalize::is_blank(given) && !has_codes {
                return String::new();
            }
            checks.normalize(given, &field(name), |given| rule(given, &country))
        };
        let state = code(&self.state, "state", normalize::state);
        let postal_code = code(&self.postal_code, "postal_code", normalize::postal_code);
        Self {
            line_1: checks.normalize(&self.line_1, &field("address_line_1"), normalize::text),
            line_2: checks.normalize_optional(
                self.line_2.as_deref(),
                &field("address_line_2"),
                normalize::text,
            ),
            city: checks.normalize(&self.city, &field("city"), normalize::text),
            state,
            postal_code,
            country_code: country,
        }
    }

    pub(crate) fn to_input(&self) -> MailingAddressInput {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        MailingAddressInput {
            address_line_2: self.line_2.clone(),
            city: text(&self.city),
            state: text(&self.state),
            postal_code: text(&self.postal_code),
            ..MailingAddressInput::new(self.line_1.clone(), self.country_code.clone())
        }
    }

    /// Whether the platform has this address already.
    pub(crate) fn is(&self, known: &MailingAddress) -> bool {
        let same = |own: &str, known: &Option<String>| own == known.as_deref().unwrap_or_default();
        self.line_1 == known.address_line_1
            && same(self.line_2.as_deref().unwrap_or_default(), &known.address_line_2)
            && same(&self.city, &known.city)
            && same(&self.state, &known.state)
            && same(&self.postal_code, &known.postal_code)
            && self.country_code == known.country_code
    }

    pub(crate) fn to_postal(&self) -> PostalAddress {
        PostalAddress {
            address_line_2: self.line_2.clone(),
            ..PostalAddress::new(
                self.line_1.clone(),
                self.city.clone(),
                self.country_code.clone(),
                self.postal_code.clone(),
                self.state.clone(),
            )
        }
    }
}

/// Reads null as an empty text.
#[cfg(feature = "serde")]
fn text_or_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text: Option<String> = serde::Deserialize::deserialize(deserializer)?;
    Ok(text.unwrap_or_default())
}
