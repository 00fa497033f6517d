//! Input is checked before anything is sent, and all that is wrong is told at once.

use chrono::NaiveDate;
use synctera_api::Error;

use crate::money::Money;

/// Collects what is wrong with a request.
pub(crate) struct Checks {
    what: &'static str,
    error: Option<Error>,
}

impl Checks {
    pub(crate) fn of(what: &'static str) -> Self {
        Self { what, error: None }
    }

    /// Notes a field as wrong unless it is `fine`.
    pub(crate) fn ensure(&mut self, fine: bool, field: &str, reason: &str) {
        if fine {
            return;
        }
        self.error = Some(match self.error.take() {
            Some(error) => error.and_invalid(field, reason),
            None => Error::invalid_input(self.what, field, reason),
        });
    }

    /// Something that must be there.
    pub(crate) fn given(&mut self, given: bool, field: &str) {
        self.ensure(given, field, "must be given");
    }

    pub(crate) fn text(&mut self, text: &str, field: &str) {
        self.ensure(!text.trim().is_empty(), field, "must not be empty");
    }

    pub(crate) fn optional_text(&mut self, text: Option<&str>, field: &str) {
        if let Some(text) = text {
            self.text(text, field);
        }
    }

    /// Money that moves.
    pub(crate) fn amount(&mut self, amount: Money) {
        self.ensure(amount.minor() > 0, "amount", "must be more than nothing");
    }

    /// The platform wants `+`, the country code, and digits alone.
    pub(crate) fn phone_number(&mut self, number: Option<&str>, field: &str) {
        let is_e164 = |number: &str| {
            number.strip_prefix('+').is_some_and(|digits| {
                digits.starts_with(|c: char| ('1'..='9').contains(&c))
                    && (2..=15).contains(&digits.len())
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        self.ensure(number.is_none_or(is_e164), field, "must look like +14155550123");
    }

    pub(crate) fn email(&mut self, email: Option<&str>, field: &str) {
        let looks_right = |email: &str| {
            email.split_once('@').is_some_and(|(name, host)| {
                !name.is_empty() && !host.is_empty() && !host.contains('@')
            }) && !email.contains(char::is_whitespace)
        };
        self.ensure(email.is_none_or(looks_right), field, "must look like name@example.com");
    }

    /// `pattern` has a 9 for each digit, and itself for anything else.
    pub(crate) fn shape(&mut self, text: Option<&str>, pattern: &str, field: &str) {
        let fits = |text: &str| {
            text.len() == pattern.len()
                && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
                    b'9' => byte.is_ascii_digit(),
                    _ => byte == wanted,
                })
        };
        let reason = format!("must look like {pattern}, with digits for each 9");
        self.ensure(text.is_none_or(fits), field, &reason);
    }

    /// Nine digits whose weighted sum is a multiple of ten.
    pub(crate) fn routing_number(&mut self, number: &str, field: &str) {
        let weights = [3, 7, 1].into_iter().cycle();
        let sum: u32 =
            number.chars().filter_map(|c| c.to_digit(10)).zip(weights).map(|(d, w)| d * w).sum();
        let fine = number.len() == 9
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && sum.is_multiple_of(10);
        self.ensure(fine, field, "must be an ABA routing number: nine digits with a check digit");
    }

    /// The platform knows nobody who was born before 1900 or is not born yet.
    pub(crate) fn date_of_birth(&mut self, date: NaiveDate, today: NaiveDate, field: &str) {
        let earliest = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN);
        let fine = date >= earliest && date < today;
        self.ensure(fine, field, "must be in the past, and not before 1900");
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        self.error.map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(check: impl FnOnce(&mut Checks)) -> Vec<String> {
        let mut checks = Checks::of("test");
        check(&mut checks);
        checks
            .finish()
            .err()
            .map_or(Vec::new(), |error| error.problem().invalid.keys().cloned().collect())
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let faults = faults(|checks| {
            checks.text(" ", "first_name");
            checks.phone_number(Some("4155550123"), "phone_number");
            checks.email(Some("ada@"), "email");
            checks.shape(Some("456789012"), "999-99-9999", "ssn");
            checks.date_of_birth(today, today, "dob");
            checks.amount(Money::usd(0));
            checks.routing_number("021000022", "routing_number");
        });
        assert_eq!(
            faults,
            ["amount", "dob", "email", "first_name", "phone_number", "routing_number", "ssn"]
        );
    }

    #[test]
    fn what_is_right_passes() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let faults = faults(|checks| {
            checks.text("Ada", "first_name");
            checks.phone_number(Some("+14155550123"), "phone_number");
            checks.phone_number(None, "phone_number");
            checks.email(Some("ada.byron@mail.example.com"), "email");
            checks.shape(Some("456-78-9012"), "999-99-9999", "ssn");
            checks.date_of_birth(NaiveDate::from_ymd_opt(1900, 1, 1).unwrap(), today, "dob");
            checks.amount(Money::usd(1));
            checks.routing_number("021000021", "routing_number");
        });
        assert!(faults.is_empty(), "{faults:?}");
    }
}
