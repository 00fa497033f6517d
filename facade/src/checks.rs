//! Input is checked before anything is sent, and all that is wrong is told at once.

use std::borrow::Cow;

use chrono::NaiveDate;
use synctera_api::{Error, Sensitive};

use crate::money::Money;
use crate::normalize::{InvalidValue, Normalization};

/// Collects what is wrong with a request, and what of it is sent otherwise than it was given.
pub(crate) struct Checks {
    what: &'static str,
    error: Option<Error>,
    changes: Vec<Normalization>,
}

impl Checks {
    pub(crate) fn of(what: &'static str) -> Self {
        Self { what, error: None, changes: Vec::new() }
    }

    /// Notes a field as wrong unless it is `fine`.
    pub(crate) fn ensure(&mut self, fine: bool, field: &str, reason: impl Into<Cow<'static, str>>) {
        if fine {
            return;
        }
        self.error = Some(match self.error.take() {
            Some(error) => error.and_invalid(field, reason),
            None => Error::invalid_input(self.what, field, reason),
        });
    }

    /// Puts a text into the platform's form by one of the rules in [`crate::normalize`]. A text that breaks the
    /// rule is noted as wrong, and comes back as it was.
    pub(crate) fn normalize(
        &mut self,
        given: &str,
        field: &str,
        rule: impl FnOnce(&str) -> Result<String, InvalidValue>,
    ) -> String {
        match rule(given) {
            Ok(tidy) => {
                if tidy != given {
                    self.changes.push(Normalization::new(field, given, &tidy));
                }
                tidy
            }
            Err(wrong) => {
                self.ensure(false, field, wrong.reason());
                given.to_owned()
            }
        }
    }

    /// As [`normalize`](Self::tidy), for what may be left out.
    pub(crate) fn normalize_optional(
        &mut self,
        given: Option<&str>,
        field: &str,
        rule: impl FnOnce(&str) -> Result<String, InvalidValue>,
    ) -> Option<String> {
        given.map(|given| self.normalize(given, field, rule))
    }

    /// As [`normalize`](Self::tidy), for what is not shown.
    pub(crate) fn normalize_sensitive(
        &mut self,
        given: Option<&Sensitive<String>>,
        field: &str,
        rule: impl FnOnce(&str) -> Result<String, InvalidValue>,
    ) -> Option<Sensitive<String>> {
        given.map(|given| Sensitive::new(self.normalize(given.expose(), field, rule)))
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

    /// The platform knows nobody who was born before 1900 or is not born yet.
    pub(crate) fn date_of_birth(&mut self, date: NaiveDate, today: NaiveDate, field: &str) {
        let earliest = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN);
        let fine = date >= earliest && date < today;
        self.ensure(fine, field, "must be in the past, and not before 1900");
    }

    /// Nothing is wrong, or everything that is.
    pub(crate) fn finish(self) -> Result<(), Error> {
        self.changes().map(drop)
    }

    /// What was changed, or everything that is wrong.
    pub(crate) fn changes(self) -> Result<Vec<Normalization>, Error> {
        self.error.map_or(Ok(self.changes), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize;

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
            checks.normalize("ada@", "email", normalize::email);
            checks.date_of_birth(today, today, "dob");
            checks.amount(Money::usd(0));
            checks.normalize("021000022", "routing_number", normalize::routing_number);
        });
        assert_eq!(faults, ["amount", "dob", "email", "first_name", "routing_number"]);
    }

    #[test]
    fn what_is_right_passes_and_what_was_tidied_is_told() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let mut checks = Checks::of("test");
        checks.text("Ada", "first_name");
        checks.date_of_birth(NaiveDate::from_ymd_opt(1900, 1, 1).unwrap(), today, "dob");
        checks.amount(Money::usd(1));
        assert_eq!(checks.normalize("Ada", "first_name", normalize::text), "Ada");
        let ssn = Sensitive::from("456789012");
        let ssn = checks.normalize_sensitive(Some(&ssn), "ssn", normalize::ssn).unwrap();
        assert_eq!(ssn.expose(), "456-78-9012");
        let changes = checks.changes().unwrap();
        assert_eq!(changes.len(), 1);
        assert_eq!(changes[0].field, "ssn");
        assert!(!format!("{changes:?} {}", changes[0]).contains("456"));
    }
}
