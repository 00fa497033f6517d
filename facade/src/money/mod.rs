//! Amounts of money.

#[cfg(feature = "serde")]
mod serde_form;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use iso_currency::Currency;
use synctera_api::Error;

/// An amount in a currency, counted in the currency's minor unit: cents for dollars. Never a
/// floating point number. Negative amounts are allowed; what they mean depends on the field.
///
/// As text an amount is for people to read, `1250.00 USD`, with the decimal places of its currency.
/// With the feature `serde` it is `{"amount": 125000, "currency": "USD"}`, in minor units.
///
/// ```
/// use synctera::Money;
///
/// let rent = Money::usd(1_250_00);
/// assert_eq!(rent.to_string(), "1250.00 USD");
/// assert_eq!("1250.00 USD".parse::<Money>().ok(), Some(rent));
/// assert_eq!(rent.checked_add(Money::usd(1)), Some(Money::usd(1_250_01)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// This many minor units of a currency.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// This many US cents.
    pub const fn usd(cents: i64) -> Self {
        Self::new(cents, Currency::USD)
    }

    /// The amount in minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum; `None` for different currencies, or when it is out of range.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self { minor: self.minor.checked_add(other.minor)?, ..self })
    }

    /// The difference; `None` for different currencies, or when it is out of range.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self { minor: self.minor.checked_sub(other.minor)?, ..self })
    }

    /// The amount with the other sign; `None` when it is out of range.
    #[must_use]
    pub fn checked_neg(self) -> Option<Self> {
        Some(Self { minor: self.minor.checked_neg()?, ..self })
    }

    /// The amount times an integer; `None` when it is out of range.
    #[must_use]
    pub fn checked_mul(self, times: i64) -> Option<Self> {
        Some(Self { minor: self.minor.checked_mul(times)?, ..self })
    }

    /// The sum of amounts of one currency, zero for no amounts; `None` when one of them is in
    /// another currency, or when the sum is out of range.
    ///
    /// ```
    /// use synctera::{Currency, Money};
    ///
    /// let parts = [Money::usd(1_00), Money::usd(2_50)];
    /// assert_eq!(Money::checked_sum(Currency::USD, parts), Some(Money::usd(3_50)));
    /// ```
    #[must_use]
    pub fn checked_sum(
        currency: Currency,
        amounts: impl IntoIterator<Item = Self>,
    ) -> Option<Self> {
        amounts.into_iter().try_fold(Self::new(0, currency), Self::checked_add)
    }

    /// Compares two amounts; `None` for different currencies, which have no order.
    ///
    /// `Money` has no `<` and `>`, which would need an order of currencies.
    #[must_use]
    pub fn checked_cmp(self, other: Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }

    /// The decimal places of a currency; 0 if it has no minor unit, as gold.
    fn places(currency: Currency) -> usize {
        currency.exponent().map_or(0, usize::from)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = Self::places(self.currency);
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = places + 1);
        let (whole, part) = digits.split_at(digits.len() - places);
        let sign = if self.minor < 0 { "-" } else { "" };
        let point = if places == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{part} {}", self.currency.code())
    }
}

impl FromStr for Money {
    type Err = Error;

    /// Reads what [`Display`](fmt::Display) writes: `1250.00 USD`. The decimal places must be
    /// those of the currency; nothing is rounded.
    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            let reason = "must look like 12.50 USD, with the decimal places of the currency";
            Error::invalid_input("money", "amount", reason)
        };
        let (number, code) = text.trim().split_once(' ').ok_or_else(wrong)?;
        let currency = Currency::from_code(code).ok_or_else(wrong)?;
        let places = Self::places(currency);
        let (whole, part) = match number.split_once('.') {
            Some((whole, part)) if places > 0 => (whole, part),
            None if places == 0 => (number, ""),
            _ => return Err(wrong()),
        };
        let unsigned = whole.strip_prefix('-').unwrap_or(whole);
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if unsigned.is_empty() || !is_number(unsigned) || !is_number(part) || part.len() != places {
            return Err(wrong());
        }
        let minor = format!("{whole}{part}").parse().map_err(|_| wrong())?;
        Ok(Self { minor, currency })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let yen = Money::new(-1500, Currency::JPY);
        assert_eq!(yen.to_string(), "-1500 JPY");
        for money in [
            yen,
            Money::usd(0),
            Money::usd(5),
            Money::usd(-5),
            Money::usd(123_456),
            Money::usd(i64::MAX),
            Money::usd(i64::MIN),
            Money::new(12_345, Currency::KWD),
        ] {
            assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
        }
        assert_eq!(Money::usd(-5).to_string(), "-0.05 USD");
    }

    /// Currencies whose minor unit is not a hundredth, according to ISO 4217.
    const PLACES: [(usize, &[&str]); 4] = [
        (
            0,
            &[
                "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                "VND", "VUV", "XAF", "XOF", "XPF",
            ],
        ),
        (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
        (4, &["CLF", "UYW"]),
        // No minor unit at all: metals, funds, and codes for tests.
        (
            0,
            &[
                "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA",
                "XXX",
            ],
        ),
    ];

    fn every_currency() -> Vec<Currency> {
        let letters = || b'A'..=b'Z';
        let codes =
            letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
        codes.filter_map(|code| Currency::from_code(std::str::from_utf8(&code).unwrap())).collect()
    }

    #[test]
    fn every_currency_has_its_decimal_places() {
        let currencies = every_currency();
        assert!(currencies.len() > 170, "{}", currencies.len());
        for currency in currencies {
            let code = currency.code();
            let listed = PLACES.iter().find(|(_, codes)| codes.contains(&code));
            let places = listed.map_or(2, |(places, _)| *places);
            for minor in [0, 1, 5, 99, 100, 2_500, 123_456_789, i64::MAX] {
                let digits = minor.to_string();
                let text = if places == 0 {
                    digits
                } else {
                    let padded = format!("{digits:0>width$}", width = places + 1);
                    let (whole, part) = padded.split_at(padded.len() - places);
                    format!("{whole}.{part}")
                };
                let money = Money::new(minor, currency);
                assert_eq!(money.to_string(), format!("{text} {code}"));
                assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
                let negative = Money::new(-minor, currency);
                let sign = if minor == 0 { "" } else { "-" };
                assert_eq!(negative.to_string(), format!("{sign}{text} {code}"));
                assert_eq!(negative.to_string().parse::<Money>().unwrap(), negative);
            }
        }
    }

    #[test]
    fn the_smallest_amount_is_written_and_read() {
        for (currency, text) in [
            (Currency::USD, "-92233720368547758.08 USD"),
            (Currency::JPY, "-9223372036854775808 JPY"),
            (Currency::KWD, "-9223372036854775.808 KWD"),
            (Currency::CLF, "-922337203685477.5808 CLF"),
        ] {
            let smallest = Money::new(i64::MIN, currency);
            assert_eq!(smallest.to_string(), text);
            assert_eq!(text.parse::<Money>().unwrap(), smallest);
        }
    }

    #[test]
    fn nothing_is_guessed() {
        for text in [
            "",
            "12.50",
            "12.5 USD",
            "12.500 USD",
            "12 USD",
            "1.0 JPY",
            ".50 USD",
            "+1.00 USD",
            "1,000.00 USD",
            "1e3.00 USD",
            "99999999999999999999.00 USD",
            "1.00 XXZ",
            "--1.00 USD",
        ] {
            assert!(text.parse::<Money>().is_err(), "{text}");
        }
    }

    #[test]
    fn sums_neither_wrap_nor_mix() {
        assert_eq!(Money::usd(i64::MAX).checked_add(Money::usd(1)), None);
        assert_eq!(Money::usd(i64::MIN).checked_sub(Money::usd(1)), None);
        assert_eq!(Money::usd(1).checked_add(Money::new(1, Currency::EUR)), None);
        assert_eq!(Money::usd(3).checked_sub(Money::usd(5)), Some(Money::usd(-2)));
        assert_eq!(Money::usd(i64::MIN).checked_neg(), None);
        assert_eq!(Money::usd(3).checked_neg(), Some(Money::usd(-3)));
        assert_eq!(Money::usd(i64::MAX).checked_mul(2), None);
        assert_eq!(Money::usd(3).checked_mul(-2), Some(Money::usd(-6)));
        let euro = Money::new(1, Currency::EUR);
        assert_eq!(Money::checked_sum(Currency::USD, [Money::usd(1), euro]), None);
        assert_eq!(Money::checked_sum(Currency::USD, [Money::usd(i64::MAX); 2]), None);
        assert_eq!(Money::checked_sum(Currency::USD, []), Some(Money::usd(0)));
        assert_eq!(Money::usd(1).checked_cmp(euro), None);
        assert_eq!(Money::usd(1).checked_cmp(Money::usd(2)), Some(Ordering::Less));
    }
}
