//! Normalizes input to the form that the platform expects.
//!
//! The platform does not correct input: an extra blank in a name goes to the vendors who verify it,
//! and a phone number without a country code is refused. Each function here takes one kind of value as
//! people type or paste it, and returns it in the platform's form, or an error. A value that already
//! has that form is returned unchanged.
//!
//! Every rule removes invisible characters, such as zero-width spaces and the marks that surround
//! text copied from a chat; input without a visible character counts as empty. Numbers and codes
//! may be written with any kind of dash, space or decimal digit.
//!
//! Journeys apply these rules to their input before anything is sent, report all errors at once, and
//! pass each [`Normalization`] to [`Run::on_normalized`](crate::Run::on_normalized).
//! A sign-up form can apply them to its fields:
//!
//! ```
//! use synctera::{CountryCode, FieldErrorCode, normalize};
//!
//! assert_eq!(normalize::phone_number("(415) 555-0123", Some(&CountryCode::US))?, "+14155550123");
//! assert_eq!(normalize::state("California", &CountryCode::US)?, "CA");
//! assert_eq!(normalize::postal_code("k1a0b1", &CountryCode::CA)?, "K1A 0B1");
//! let wrong = normalize::routing_number("021000022").unwrap_err();
//! assert_eq!(wrong.code(), FieldErrorCode::NotARoutingNumber);
//! assert_eq!(wrong.to_string(), "must be an ABA routing number: nine digits with a check digit");
//! # Ok::<(), normalize::InvalidValue>(())
//! ```

mod characters;
mod contact;
mod invalid;
mod numbers;
mod places;
mod states;
mod text;

use std::fmt;

use synctera_api::Sensitive;

pub(crate) use characters::is_blank;
pub use contact::{email, phone_number, webhook_url};
pub use invalid::InvalidValue;
pub use numbers::{ein, routing_number, sin, ssn};
pub use places::{country, postal_code, state};
pub use text::text;

/// A value of a request that was changed before it is sent.
///
/// The values are personal data: `Debug` and `Display` show only the field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Normalization {
    /// The field, such as `legal_address.state`.
    pub field: String,
    /// The value that was given.
    pub from: Sensitive<String>,
    /// The value that is sent.
    pub to: Sensitive<String>,
}

impl Normalization {
    pub(crate) fn new(field: &str, from: &str, to: &str) -> Self {
        Self { field: field.to_owned(), from: Sensitive::from(from), to: Sensitive::from(to) }
    }
}

impl fmt::Display for Normalization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was normalized", self.field)
    }
}
