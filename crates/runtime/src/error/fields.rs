//! The fields that an error names.

use super::error::Error;
use crate::field_error::{FieldError, FieldErrorCode};

impl Error {
    /// Every field that was refused, by the platform or before anything was sent: those that are
    /// missing, invalid, and immutable, in this order.
    ///
    /// ```
    /// use synctera_api::Error;
    ///
    /// let error = Error::invalid_input("create_person", "dob", "must be in the past");
    /// let fields: Vec<_> = error.field_errors().map(|e| (e.field(), e.code().as_str())).collect();
    /// assert_eq!(fields, [("dob", "invalid")]);
    /// ```
    pub fn field_errors(&self) -> impl Iterator<Item = FieldError<'_>> {
        let missing = self.missing().iter().map(|field| FieldError {
            field,
            code: FieldErrorCode::Missing,
            text: "must be given",
        });
        let invalid = self.invalid().iter().map(|(field, text)| FieldError {
            field,
            code: self.field_code(field).unwrap_or(FieldErrorCode::Invalid),
            text,
        });
        let immutable = self.immutable().iter().map(|field| FieldError {
            field,
            code: FieldErrorCode::Immutable,
            text: "cannot be changed",
        });
        missing.chain(invalid).chain(immutable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_reason_for_a_field_is_kept() {
        let error = Error::invalid_field("x", "amount", FieldErrorCode::OutOfRange, "too much")
            .and_invalid_field("amount", FieldErrorCode::NotAllowed, "not here")
            .and_invalid("memo", "must be shorter");
        let fields: Vec<_> =
            error.field_errors().map(|e| (e.field(), e.code(), e.text())).collect();
        assert_eq!(
            fields,
            [
                ("amount", FieldErrorCode::OutOfRange, "too much"),
                ("memo", FieldErrorCode::Invalid, "must be shorter")
            ]
        );
    }
}
