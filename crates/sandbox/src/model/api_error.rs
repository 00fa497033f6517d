//! Errors, as the platform reports them, and how each becomes a response.

use std::fmt::Display;

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::model::external_call::ExternalCall;
use crate::spec::{FieldErrors, Interface};
use crate::store;

/// What is wrong with a field that names something that is not there.
pub(crate) const DOES_NOT_EXIST: &str = "does not exist";

/// Why a request fails.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// An error that the platform would report, too.
    Problem(Box<Problem>),
    /// The storage failed.
    Storage(store::Error),
    /// A defect of the sandbox.
    Internal(String),
    /// It may take long: it is handled again on a thread that may block.
    Suspend,
    /// It needs the reply of an external call first.
    ExternalCall(Box<ExternalCall>),
}

impl ApiError {
    /// Whether the sandbox failed, rather than refused.
    pub(crate) fn is_failure(&self) -> bool {
        !matches!(self, Self::Problem(_))
    }

    /// Whether the request names something that is not there.
    pub(crate) fn is_unknown(&self) -> bool {
        let Self::Problem(problem) = self else {
            return false;
        };
        problem.code.as_str().ends_with("NOT_FOUND")
            || problem.errors.invalid.values().any(|reason| reason == DOES_NOT_EXIST)
    }

    /// The problem for the client. For a failure it holds an id, under which the log has the reason:
    /// the reason itself may quote stored data.
    pub(crate) fn into_problem(self, id: impl Display) -> Problem {
        if let Self::Problem(problem) = self {
            return *problem;
        }
        tracing::error!(%id, reason = self.reason(), "the sandbox failed");
        let (status, what) = match &self {
            Self::Storage(error) if error.is_full() => (507, "there is no room for more data"),
            Self::Storage(store::Error::Gone) => {
                (503, "the data file was deleted or replaced; restart the sandbox")
            }
            Self::Storage(_) => (503, "the storage failed"),
            _ => (500, "the sandbox failed"),
        };
        let detail = format!("{what}; the sandbox's log has the reason under {id}");
        let mut problem = Problem::new(ErrorCode::InternalError, detail);
        problem.status = Some(status);
        problem
    }

    /// The reason, for the log and for callers in Rust.
    pub(crate) fn reason(&self) -> String {
        match self {
            Self::Problem(problem) => problem.detail.clone(),
            Self::Storage(error) => error.to_string(),
            Self::Internal(why) => why.clone(),
            Self::Suspend => "no time where there is plenty".to_owned(),
            Self::ExternalCall(ask) => format!("a question to {} was not put", ask.url),
        }
    }
}

/// An error as the platform reports it.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) code: ErrorCode,
    pub(crate) detail: String,
    pub(crate) errors: FieldErrors,
    pub(crate) valid_status: Vec<String>,
    /// Where it is not the one that goes with the code.
    pub(crate) status: Option<u16>,
    /// The methods of the path, if the request's method is not one of them.
    pub(crate) allow: Option<String>,
}

impl Problem {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: FieldErrors::default(),
            valid_status: Vec::new(),
            status: None,
            allow: None,
        }
    }

    /// The reason with what is wrong with each field, where a refusal is one line.
    pub(crate) fn explained(&self) -> String {
        let FieldErrors { missing, invalid, immutable } = &self.errors;
        let missing = missing.iter().map(|field| format!("{field} is missing"));
        let invalid = invalid.iter().map(|(field, reason)| format!("{field} {reason}"));
        let immutable = immutable.iter().map(|field| format!("{field} cannot be changed"));
        let fields: Vec<String> = missing.chain(invalid).chain(immutable).collect();
        if fields.is_empty() {
            return self.detail.clone();
        }
        format!("{}: {}", self.detail, fields.join("; "))
    }

    /// The HTTP status that always goes with a code, and v0's error type.
    fn kind(&self) -> (u16, &'static str) {
        use ErrorCode as Code;
        match self.code {
            Code::AccountNotFound
            | Code::ApplicationNotFound
            | Code::BusinessNotFound
            | Code::CustomerNotFound => (400, "not-found"),
            Code::BadQueryParameter => (400, "bad-request-query"),
            Code::BadRequest | Code::FeatureNotAvailable => (400, "bad-request"),
            Code::BadRequestBody => (400, "bad-request-body"),
            Code::Unauthenticated => (401, "unauthenticated"),
            Code::Forbidden => (403, "forbidden"),
            Code::ResourceNotFound => (404, "not-found"),
            Code::DuplicateResource => (409, "duplicate"),
            Code::IdempotencyInvalidReuse => (422, "unprocessable-entity"),
            Code::IdempotencyConcurrentUse => (422, "conflict"),
            Code::TooManyRequests => (429, "too-many-requests"),
            Code::InternalError => (500, "internal-server-error"),
            Code::NotImplemented => (501, "not-implemented"),
            Code::VendorTimeout | Code::GatewayTimeout => (504, "gateway-timeout"),
            _ => (422, "rule-violation"),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status.unwrap_or_else(|| self.kind().0)
    }

    /// The body, in the form of the interface.
    pub(crate) fn body(&self, interface: Interface) -> Value {
        let (_, kind) = self.kind();
        let mut body =
            json!({ "code": self.code.as_str(), "status": self.status(), "detail": self.detail });
        if interface == Interface::V0 {
            body["type"] = json!(format!("https://dev.synctera.com/errors/{kind}"));
            body["title"] = json!(title(kind));
        }
        if !self.errors.missing.is_empty() {
            body["missing"] = json!(self.errors.missing);
        }
        if !self.errors.invalid.is_empty() {
            body["invalid"] = json!(self.errors.invalid);
        }
        if !self.errors.immutable.is_empty() {
            body["immutable"] = json!(self.errors.immutable);
        }
        if !self.valid_status.is_empty() {
            body["valid_status"] = json!(self.valid_status);
        }
        body
    }
}

/// `not-found` → `Not Found`.
fn title(kind: &str) -> String {
    let words = kind.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    });
    words.collect::<Vec<String>>().join(" ")
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<store::Error> for ApiError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Range => {
                let detail = "a balance or a sum of holds would leave the range of amounts";
                Self::rule(ErrorCode::UnableToTransact, detail)
            }
            error => Self::Storage(error),
        }
    }
}

impl From<FieldErrors> for ApiError {
    fn from(errors: FieldErrors) -> Self {
        let mut problem =
            Problem::new(ErrorCode::BadRequestBody, "the body breaks the rules of its fields");
        problem.errors = errors;
        problem.into()
    }
}

impl FieldErrors {
    /// Refuses a body with something wrong.
    pub(crate) fn refused(self) -> Result<(), ApiError> {
        if self.is_empty() { Ok(()) } else { Err(self.into()) }
    }
}

impl ApiError {
    /// A rule of the platform does not allow it.
    pub(crate) fn rule(code: ErrorCode, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// A status that this request cannot lead to, and those that it could.
    pub(crate) fn status(detail: impl Into<String>, valid: &[&str]) -> Self {
        let mut problem = Problem::new(ErrorCode::InvalidStatus, detail);
        problem.valid_status = valid.iter().map(|status| (*status).to_owned()).collect();
        problem.into()
    }

    /// A method that a path does not have, which has those that `allow` names.
    pub(crate) fn method(method: &str, path: &str, allow: String) -> Self {
        let detail = format!("{path} has no {method}; it has {allow}");
        let mut problem = Problem::new(ErrorCode::BadRequest, detail);
        problem.status = Some(405);
        problem.allow = Some(allow);
        problem.into()
    }

    /// A header that is not as it must be.
    pub(crate) fn header(name: &str, reason: &str) -> Self {
        let detail = format!("the header {name} {reason}");
        let mut problem = Problem::new(ErrorCode::BadRequest, detail);
        problem.errors = FieldErrors::invalid(name, reason);
        problem.into()
    }

    /// A status that cannot become another one, with the ones that it can become, as the statuses as values of their type.
    pub(crate) fn no_transition(detail: impl Into<String>, valid: &[impl Display]) -> Self {
        let mut problem = Problem::new(ErrorCode::InvalidStatus, detail);
        problem.valid_status = valid.iter().map(ToString::to_string).collect();
        problem.into()
    }

    /// Something that the sandbox does not serve: 501, never an invented response.
    pub(crate) fn not_served(what: &str) -> Self {
        Self::rule(ErrorCode::NotImplemented, format!("this sandbox does not serve {what} yet"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_shows_an_id_and_no_reason() {
        let broken = || ApiError::Internal("missing field `ssn` at line 1 of Person".to_owned());
        let sql = || {
            let parsed = rusqlite::Connection::open_in_memory().unwrap();
            let error = parsed.execute("SELECT ssn FROM people", []).unwrap_err();
            ApiError::from(store::Error::from(error))
        };
        for (refusal, status) in [(broken(), 500), (sql(), 503), (store::Error::Gone.into(), 503)] {
            assert!(refusal.is_failure());
            let problem = refusal.into_problem("a-certain-id");
            assert_eq!(problem.status(), status);
            for interface in Interface::ALL {
                let body = problem.body(interface).to_string();
                assert!(body.contains("a-certain-id") && !body.contains("ssn"), "{body}");
            }
        }
        let range = ApiError::from(store::Error::Range);
        assert_eq!(range.into_problem("").status(), 422);
    }
}
