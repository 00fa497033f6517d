//! Where somebody lives or gets mail.

use synctera_api::runtime::CountryCode;

use crate::checks::Checks;
use crate::types::{AddressInput, PostalAddress};

/// A postal address.
///
/// ```
/// use synctera::Address;
///
/// let home = Address::us("1 Market St", "San Francisco", "CA", "94105").line_2("Apt 5");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    line_1: String,
    line_2: Option<String>,
    city: String,
    state: String,
    postal_code: String,
    country_code: CountryCode,
}

impl Address {
    /// An address in the United States: the state as two letters, the ZIP code with five digits or
    /// nine (`94105-1234`).
    pub fn us(
        line_1: impl Into<String>,
        city: impl Into<String>,
        state: impl Into<String>,
        postal_code: impl Into<String>,
    ) -> Self {
        Self::new(line_1, city, state, postal_code, CountryCode::US)
    }

    /// An address anywhere: the state as ISO 3166-2 has it after the country.
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

    /// An apartment, a suite, a floor.
    #[must_use]
    pub fn line_2(mut self, line_2: impl Into<String>) -> Self {
        self.line_2 = Some(line_2.into());
        self
    }

    /// Notes what is wrong with it; `under` names the address in its request.
    pub(crate) fn check(&self, checks: &mut Checks, under: &str) {
        let field = |name: &str| format!("{under}.{name}");
        checks.text(&self.line_1, &field("address_line_1"));
        checks.text(&self.city, &field("city"));
        let letters = |text: &str, count: usize| {
            text.len() == count && text.bytes().all(|byte| byte.is_ascii_uppercase())
        };
        if self.country_code == CountryCode::US {
            checks.ensure(
                letters(&self.state, 2),
                &field("state"),
                "must be two capital letters, such as CA",
            );
            let pattern = if self.postal_code.len() > 5 { "99999-9999" } else { "99999" };
            checks.shape(Some(&self.postal_code), pattern, &field("postal_code"));
        }
    }

    pub(crate) fn to_input(&self) -> AddressInput {
        let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        AddressInput {
            address_line_2: self.line_2.clone(),
            city: text(&self.city),
            state: text(&self.state),
            postal_code: text(&self.postal_code),
            ..AddressInput::new(self.line_1.clone(), self.country_code.clone())
        }
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
