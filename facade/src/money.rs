//! Amounts of money.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use iso_currency::Currency;
use synctera_api::Error;

/// An amount in a currency, counted in the currency's minor unit: cents for dollars. Never a
/// floating point number.
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

    /// The amount in minor units, as the platform counts.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum; `None` for different currencies, or when it is too large to count.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self { minor: self.minor.checked_add(other.minor)?, ..self })
    }

    /// The difference; `None` for different currencies, or when it is too large to count.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self { minor: self.minor.checked_sub(other.minor)?, ..self })
    }

    /// The amount with the other sign; `None` when it is too large to count.
    #[must_use]
    pub fn checked_neg(self) -> Option<Self> {
        Some(Self { minor: self.minor.checked_neg()?, ..self })
    }

    /// So many times the amount; `None` when it is too large to count.
    #[must_use]
    pub fn checked_mul(self, times: i64) -> Option<Self> {
        Some(Self { minor: self.minor.checked_mul(times)?, ..self })
    }

    /// The sum of amounts of one currency, nothing for none of them; `None` when one of them is
    /// of another currency, or when it is too large to count.
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

    /// Which of two amounts is more; `None` for different currencies, which cannot be told.
    ///
    /// There are no operators for it on purpose: `<` would have to answer something.
    #[must_use]
    pub fn checked_cmp(self, other: Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.minor.cmp(&other.minor))
    }

    /// Decimal places of the currency; the platform takes no currency without.
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
            Error::invalid_input("money", "amount", "must look like 12.50 USD, with all its places")
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
