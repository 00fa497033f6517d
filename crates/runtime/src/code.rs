//! Codes of currencies and countries. Any text is accepted in responses; a code that a program makes
//! must be well-formed.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use iso_currency::Currency;

use super::check::{At, Check, Rules, Violations};
use super::query::Scalar;

/// A text that is not a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadCode(&'static str);

impl fmt::Display for BadCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be {}", self.0)
    }
}

impl std::error::Error for BadCode {}

macro_rules! code {
    ($(#[$meta:meta])* $name:ident, $fits:expr, $what:literal) => {
        $(#[$meta])*
        #[derive(
            Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
        )]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// The code as it is sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = BadCode;

            fn from_str(text: &str) -> Result<Self, BadCode> {
                let fits: fn(&[u8]) -> bool = $fits;
                if fits(text.as_bytes()) {
                    Ok(Self(Cow::Owned(text.to_owned())))
                } else {
                    Err(BadCode($what))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl Scalar for $name {
            fn text(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.0)
            }
        }

        impl Check for $name {
            fn check(&self, rules: &Rules, at: &At<'_>, violations: &mut Violations) {
                self.0.as_ref().check(rules, at, violations);
            }
        }
    };
}

fn is_upper(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_uppercase)
}

code! {
    /// A currency by its code (ISO 4217): three letters.
    ///
    /// ```
    /// use iso_currency::Currency;
    /// use synctera_runtime::CurrencyCode;
    ///
    /// assert_eq!(CurrencyCode::from(Currency::USD), "USD");
    /// assert!("usd".parse::<CurrencyCode>().is_err());
    /// ```
    CurrencyCode, |code| code.len() == 3 && is_upper(code), "three capital letters, such as USD"
}

code! {
    /// A country by its code (ISO 3166-1): two letters for nearly all properties; the documentation
    /// of a property says which form it takes.
    ///
    /// ```
    /// use synctera_runtime::CountryCode;
    ///
    /// assert_eq!(CountryCode::US, "US");
    /// assert!("us".parse::<CountryCode>().is_err());
    /// ```
    CountryCode,
    |code| match code.len() {
        2 => is_upper(code),
        3 => is_upper(code) || code.iter().all(u8::is_ascii_digit),
        _ => false,
    },
    "two capital letters, such as US"
}

impl CountryCode {
    /// The United States.
    pub const US: Self = Self(Cow::Borrowed("US"));
    /// Canada.
    pub const CA: Self = Self(Cow::Borrowed("CA"));
}

impl From<Currency> for CurrencyCode {
    fn from(currency: Currency) -> Self {
        Self(Cow::Borrowed(currency.code()))
    }
}

impl CurrencyCode {
    /// The currency, unless it is one that this version does not know.
    pub fn currency(&self) -> Option<Currency> {
        Currency::from_code(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_platform_says_is_taken_as_it_comes() {
        let odd: CurrencyCode = serde_json::from_str("\"usdc\"").unwrap();
        assert_eq!((odd.as_str(), odd.currency()), ("usdc", None));
        assert_eq!(serde_json::to_string(&odd).unwrap(), "\"usdc\"");
        let usd: CurrencyCode = "USD".parse().unwrap();
        assert_eq!(usd.currency(), Some(Currency::USD));
    }

    #[test]
    fn what_we_make_is_well_formed() {
        for text in ["", "US", "usd", "USDC", "U$D"] {
            assert!(text.parse::<CurrencyCode>().is_err(), "{text}");
        }
        for (text, fits) in
            [("US", true), ("USA", true), ("840", true), ("us", false), ("8", false)]
        {
            assert_eq!(text.parse::<CountryCode>().is_ok(), fits, "{text}");
        }
    }
}
