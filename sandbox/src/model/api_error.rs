//! Refusals, in the platform's words.

use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::model::external_call::Ask;
use crate::spec::{Faults, Interface};
use crate::store;

/// Why a request is not done.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// What the platform would say, too.
    Problem(Box<Problem>),
    /// The storage failed.
    Storage(String),
    /// The sandbox itself failed.
    Broken(String),
    /// It would take long, and others wait.
    Long,
    /// It cannot be decided before somebody outside was asked.
    Ask(Box<Ask>),
}

impl Refusal {
    /// As the platform puts it; what only the engine hears of is a failure of the sandbox's own.
    pub(crate) fn into_problem(self) -> Problem {
        let broken = |why: String| Problem::new(ErrorCode::InternalError, why);
        match self {
            Self::Problem(problem) => *problem,
            Self::Storage(why) | Self::Broken(why) => broken(why),
            Self::Long => broken("no time where there is plenty".to_owned()),
            Self::Ask(ask) => broken(format!("a question to {} was not put", ask.url)),
        }
    }
}

/// A refusal as the platform puts it.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) code: ErrorCode,
    pub(crate) detail: String,
    pub(crate) faults: Faults,
    pub(crate) valid_status: Vec<String>,
}

impl Problem {
    pub(crate) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), faults: Faults::default(), valid_status: Vec::new() }
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

    /// The body, as the interface dresses it.
    pub(crate) fn body(&self, interface: Interface) -> Value {
        let (status, kind) = self.kind();
        let mut body =
            json!({ "code": self.code.as_str(), "status": status, "detail": self.detail });
        if interface == Interface::V0 {
            body["type"] = json!(format!("https://dev.synctera.com/errors/{kind}"));
            body["title"] = json!(title(kind));
        }
        if !self.faults.missing.is_empty() {
            body["missing"] = json!(self.faults.missing);
        }
        if !self.faults.invalid.is_empty() {
            body["invalid"] = json!(self.faults.invalid);
        }
        if !self.faults.immutable.is_empty() {
            body["immutable"] = json!(self.faults.immutable);
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

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Self::Storage(error.to_string())
    }
}

impl From<Faults> for Refusal {
    fn from(faults: Faults) -> Self {
        let mut problem =
            Problem::new(ErrorCode::BadRequestBody, "the body breaks the rules of its fields");
        problem.faults = faults;
        problem.into()
    }
}

impl Refusal {
    /// A rule of the platform says no.
    pub(crate) fn rule(code: ErrorCode, detail: impl Into<String>) -> Self {
        Problem::new(code, detail).into()
    }

    /// A status that this request cannot lead to, and those that it could.
    pub(crate) fn status(detail: impl Into<String>, valid: &[&str]) -> Self {
        let mut problem = Problem::new(ErrorCode::InvalidStatus, detail);
        problem.valid_status = valid.iter().map(|status| (*status).to_owned()).collect();
        problem.into()
    }

    /// Something that the sandbox does not do yet: said, never pretended.
    pub(crate) fn not_served(what: &str) -> Self {
        Self::rule(ErrorCode::NotImplemented, format!("this sandbox does not serve {what} yet"))
    }
}
