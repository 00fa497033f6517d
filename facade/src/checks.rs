//! Checks input before anything is sent, and reports all errors at once.
//!
//! The texts are for the person who filled in the form: what the value must be, without the names
//! of methods and types, which belong in the documentation.

use chrono::NaiveDate;
use synctera_api::{Error, Sensitive};

use crate::FieldErrorCode;
use crate::money::Money;
use crate::normalize::{InvalidValue, Normalization, is_blank};

/// Collects the invalid fields of a request, and the values that were normalized.
pub(crate) struct Checks {
    what: &'static str,
    error: Option<Error>,
    changes: Vec<Normalization>,
}

/// Why a field is invalid: a code, and what the field must be. A text without a code has the code
/// [`FieldErrorCode::Invalid`].
pub(crate) struct Reason(FieldErrorCode, &'static str);

impl From<&'static str> for Reason {
    fn from(text: &'static str) -> Self {
        Self(FieldErrorCode::Invalid, text)
    }
}

impl From<(FieldErrorCode, &'static str)> for Reason {
    fn from((code, text): (FieldErrorCode, &'static str)) -> Self {
        Self(code, text)
    }
}

impl From<InvalidValue> for Reason {
    fn from(wrong: InvalidValue) -> Self {
        Self(wrong.code(), wrong.text())
    }
}

impl Checks {
    pub(crate) fn of(what: &'static str) -> Self {
        Self { what, error: None, changes: Vec::new() }
    }

    /// Records a field as invalid unless it is `fine`. Of several reasons for the same field, the first
    /// is kept.
    pub(crate) fn ensure(&mut self, fine: bool, field: &str, reason: impl Into<Reason>) {
        if fine {
            return;
        }
        let Reason(code, text) = reason.into();
        self.error = Some(match self.error.take() {
            Some(error) => error.and_invalid_field(field, code, text),
            None => Error::invalid_field(self.what, field, code, text),
        });
    }

    /// Normalizes a text by one of the rules in [`crate::normalize`]. A text that breaks the rule is
    /// recorded as invalid, and returned unchanged.
    pub(crate) fn normalize(
        &mut self,
        given: &str,
        field: &str,
        rule: impl FnOnce(&str) -> Result<String, InvalidValue>,
    ) -> String {
        match rule(given) {
            Ok(normalized) => {
                if normalized != given {
                    self.changes.push(Normalization::new(field, given, &normalized));
                }
                normalized
            }
            Err(wrong) => {
                self.ensure(false, field, wrong);
                given.to_owned()
            }
        }
    }

    /// As [`normalize`](Self::normalize), for an optional value.
    pub(crate) fn normalize_optional(
        &mut self,
        given: Option<&str>,
        field: &str,
        rule: impl FnOnce(&str) -> Result<String, InvalidValue>,
    ) -> Option<String> {
        given.map(|given| self.normalize(given, field, rule))
    }

    /// As [`normalize`](Self::normalize), for a sensitive value.
    pub(crate) fn normalize_sensitive(
        &mut self,
        given: Option<&Sensitive<String>>,
        field: &str,
        rule: impl FnOnce(&str) -> Result<String, InvalidValue>,
    ) -> Option<Sensitive<String>> {
        given.map(|given| Sensitive::new(self.normalize(given.expose(), field, rule)))
    }

    /// A required value.
    pub(crate) fn given(&mut self, given: bool, field: &str) {
        self.ensure(given, field, (FieldErrorCode::Missing, "must be given"));
    }

    /// A text with visible characters.
    pub(crate) fn text(&mut self, text: &str, field: &str) {
        self.ensure(!is_blank(text), field, InvalidValue::EMPTY);
    }

    pub(crate) fn optional_text(&mut self, text: Option<&str>, field: &str) {
        if let Some(text) = text {
            self.text(text, field);
        }
    }

    /// The amount of a payment, which must be positive.
    pub(crate) fn amount(&mut self, amount: Money) {
        let wrong = (FieldErrorCode::OutOfRange, "must be more than 0");
        self.ensure(amount.minor() > 0, "amount", wrong);
    }

    /// The platform accepts dates of birth from 1900 to yesterday.
    pub(crate) fn date_of_birth(&mut self, date: NaiveDate, today: NaiveDate, field: &str) {
        let earliest = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or(NaiveDate::MIN);
        let fine = date >= earliest && date < today;
        let wrong = (FieldErrorCode::OutOfRange, "must be in the past, and not before 1900");
        self.ensure(fine, field, wrong);
    }

    /// Succeeds when no field is invalid.
    pub(crate) fn finish(self) -> Result<(), Error> {
        self.changes().map(drop)
    }

    /// The values that were normalized, or an error with all invalid fields.
    pub(crate) fn changes(self) -> Result<Vec<Normalization>, Error> {
        self.error.map_or(Ok(self.changes), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalize;

    #[test]
    fn every_fault_is_reported_at_once_with_its_code() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        let mut checks = Checks::of("test");
        checks.text(" \u{200B}", "first_name");
        checks.normalize("ada@", "email", normalize::email);
        checks.date_of_birth(today, today, "dob");
        checks.amount(Money::usd(0));
        checks.given(false, "legal_address");
        checks.ensure(false, "memo", "must be shorter");
        checks.normalize("021000022", "routing_number", normalize::routing_number);
        let error = checks.finish().unwrap_err();
        let faults: Vec<_> = error
            .field_errors()
            .map(|error| format!("{} {}: {}", error.field(), error.code(), error.text()))
            .collect();
        assert_eq!(
            faults,
            [
                "amount out_of_range: must be more than 0",
                "dob out_of_range: must be in the past, and not before 1900",
                "email not_an_email: must look like name@example.com",
                "first_name empty: must not be empty",
                "legal_address missing: must be given",
                "memo invalid: must be shorter",
                "routing_number not_a_routing_number: must be an ABA routing number: nine digits \
                 with a check digit",
            ]
        );
    }

    #[test]
    fn what_is_right_passes_and_what_was_normalized_is_reported() {
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
