//! Errors, as the platform reports them, and how each becomes a response.

use std::fmt::Display;

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::model::external_call::ExternalCall;
use crate::spec::{FieldErrors, Interface};
use crate::store;

/// Why a request fails.
#[derive(Debug)]
pub(crate) enum ApiError {
    /// An error that the platform would report, too.
    Problem(Box<Problem>),
    /// The storage failed.
    Storage(String),
    /// A defect of the sandbox.
    Internal(String),
    /// It may take long: it is handled again on a thread that may block.
    Suspend,
    /// It needs the reply of an external call first.
    ExternalCall(Box<ExternalCall>),
}

impl ApiError {
    /// Why the sandbox itself failed, if that is what happened.
    pub(crate) fn failure(&self) -> Option<&str> {
        match self {
            Self::Storage(why) | Self::Internal(why) => Some(why),
            Self::Problem(_) | Self::Suspend | Self::ExternalCall(_) => None,
        }
    }

    /// As the platform reports it; what only the engine handles is a defect when it gets here.
    pub(crate) fn into_problem(self) -> Problem {
        let broken = |why: String| Problem::new(ErrorCode::InternalError, why);
        match self {
            Self::Problem(problem) => *problem,
            Self::Storage(why) | Self::Internal(why) => broken(why),
            Self::Suspend => broken("no time where there is plenty".to_owned()),
            Self::ExternalCall(call) => broken(format!("a question to {} was not put", call.url)),
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
}

impl Problem {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            errors: FieldErrors::default(),
            valid_status: Vec::new(),
        }
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
        self.kind().0
    }

    /// The body, in the form of the interface.
    pub(crate) fn body(&self, interface: Interface) -> Value {
        let (status, kind) = self.kind();
        let mut body =
            json!({ "code": self.code.as_str(), "status": status, "detail": self.detail });
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
        Self::Storage(error.to_string())
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

    /// The same, with the statuses as values of their type.
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
