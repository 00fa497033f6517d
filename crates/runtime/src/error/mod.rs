//! The one error of every call.

mod accessors;
mod advice;
mod effect;
#[allow(clippy::module_inception, reason = "the type that the folder is about")]
mod error;
mod fields;
mod kind;
mod next_step;
mod remedy;
mod text;

pub use error::Error;
pub use kind::ErrorKind;

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use std::time::Duration;

    use reqwest::StatusCode;

    use super::*;
    use crate::head::Head;
    use crate::limits::Limits;
    use crate::operation::{AnswerKind, BodyKind, Operation};
    use crate::problem::Problem;
    use crate::trace::CallTrace;

    const CREATE_PERSON: &Operation = &Operation {
        id: "create_person",
        method: "POST",
        path: "/persons",
        family: "persons",
        lists_idempotency: true,
        page_items: None,
        body: BodyKind::Json,
        answer: AnswerKind::Json,
    };

    fn head(status: u16) -> Head {
        Head {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            trace: CallTrace::default(),
            limits: Limits::new(),
        }
    }

    #[test]
    fn the_text_answers_the_readers_questions() {
        let problem =
            Problem::read(br#"{"code":"BAD_REQUEST_BODY","detail":"no","missing":["dob"]}"#);
        let trace = CallTrace {
            attempts: 2,
            idempotency_key: Some("k-1".into()),
            request_id: Some("r-1".into()),
            ..CallTrace::default()
        };
        let head = Head { trace, ..head(400) };
        let error = Error::api(CREATE_PERSON, head, problem, None, None);
        assert_eq!(
            error.to_string(),
            "create_person: the platform answered 400 Bad Request: BAD_REQUEST_BODY: no \
             (missing: dob) [request id r-1, idempotency key k-1, 2 attempts]; next: nothing was \
             done; correct the fields that are named, then call again with a new idempotency key"
        );
        assert!(!error.is_retryable());
    }

    #[test]
    fn all_wrong_fields_are_in_one_error() {
        let error = Error::invalid_input("onboard_customer", "dob", "is in the future")
            .and_invalid("ssn", "has 8 digits");
        assert_eq!(
            error.to_string(),
            "onboard_customer: the input is wrong: dob is in the future; ssn has 8 digits; next: \
             nothing was sent; correct the input and call again"
        );
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }

    #[test]
    fn a_reason_of_the_program_is_shown_and_one_that_may_quote_the_input_is_masked() {
        let error = Error::invalid_input("x", "email", "must look like name@example.com")
            .and_invalid("ssn", format!("{} is not one", "123-45-6789"));
        assert_eq!(
            error.to_string(),
            "x: the input is wrong: email must look like name@example.com; ssn *** is not one; \
             next: nothing was sent; correct the input and call again"
        );
        assert!(!error.invalid()["ssn"].contains("6789"));
    }

    #[test]
    fn what_may_succeed_later_is_told_apart() {
        let keyed = |key: Option<&str>, status: u16, body: &[u8]| {
            let idempotency_key = key.map(Into::into);
            let trace = CallTrace { idempotency_key, ..CallTrace::default() };
            let head = Head { trace, ..head(status) };
            Error::api(CREATE_PERSON, head, Problem::read(body), None, None)
        };
        let api = |status: u16, body: &[u8]| keyed(Some("k-1"), status, body);
        assert!(!keyed(None, 503, b"").is_retryable(), "it may act a second time");
        assert!(api(429, b"").is_retryable());
        assert!(api(408, b"").is_retryable());
        assert!(api(503, b"").is_retryable());
        assert!(api(422, br#"{"code":"IDEMPOTENCY_CONCURRENT_USE"}"#).is_retryable());
        assert!(!api(422, br#"{"code":"INSUFFICIENT_FUNDS"}"#).is_retryable());
        assert!(!api(501, b"").is_retryable());
        let reused = api(422, br#"{"code":"IDEMPOTENCY_INVALID_REUSE"}"#);
        assert_eq!(reused.kind(), ErrorKind::KeyReused);
        assert!(!reused.is_retryable() && reused.to_string().contains("use a new key"));
        assert_eq!(api(429, br#"{"retry_after":7}"#).retry_after(), Some(Duration::from_secs(7)));
    }
}
