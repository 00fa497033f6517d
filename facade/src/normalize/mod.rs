//! Input, put into the form that the platform wants.
//!
//! The platform corrects nothing that it is sent: a stray blank in a name goes to the vendors who
//! check it, and a phone number without its country code is refused. Each function here takes one
//! kind of value as people write it, and gives it back as the platform wants it, or says what is
//! wrong with it. A value that is in that form already comes back as it was.
//!
//! Journeys put their own input through them before anything is sent, tell all that is wrong at
//! once, and show each [`Normalization`] to [`Run::on_normalized`](crate::Run::on_normalized). A sign-up form can
//! use them on its fields:
//!
//! ```
//! use synctera::{CountryCode, normalize};
//!
//! assert_eq!(normalize::phone_number("(415) 555-0123", Some(&CountryCode::US))?, "+14155550123");
//! assert_eq!(normalize::state("California", &CountryCode::US)?, "CA");
//! assert_eq!(normalize::postal_code("k1a0b1", &CountryCode::CA)?, "K1A 0B1");
//! let wrong = normalize::routing_number("021000022").unwrap_err();
//! assert_eq!(wrong.to_string(), "must be an ABA routing number: nine digits with a check digit");
//! # Ok::<(), normalize::InvalidValue>(())
//! ```

mod contact;
mod numbers;
mod places;
mod states;
mod text;

use std::fmt;

use synctera_api::Sensitive;

pub use contact::{email, phone_number, webhook_url};
pub use numbers::{ein, routing_number, sin, ssn};
pub use places::{country, postal_code, state};
pub use text::text;

/// Why a value is refused; it holds nothing of the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue(&'static str);

impl InvalidValue {
    /// What the value must be.
    pub fn reason(&self) -> &'static str {
        self.0
    }
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidValue {}

/// A value of a request that was sent otherwise than it was given.
///
/// The values are somebody's data: `Debug` and `Display` show the field alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Normalization {
    /// Which, such as `legal_address.state`.
    pub field: String,
    /// As it was given.
    pub from: Sensitive<String>,
    /// As it is sent.
    pub to: Sensitive<String>,
}

impl Normalization {
    pub(crate) fn new(field: &str, from: &str, to: &str) -> Self {
        Self { field: field.to_owned(), from: Sensitive::from(from), to: Sensitive::from(to) }
    }
}

impl fmt::Display for Normalization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was put into the platform's form", self.field)
    }
}
