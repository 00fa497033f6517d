//! Responses that are not the platform's own.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};
use synctera_api::runtime::ErrorCode;

use crate::model::{ApiError, Problem};

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("no answer, as a fault asks for")]
pub(super) struct NoAnswer;

/// A refusal of the sandbox's own, not in the platform's words.
pub(super) fn problem(status: StatusCode, detail: &str) -> Response<Body> {
    coded_problem(status, &usual_code(status.as_u16()), detail)
}

/// The platform's code that mostly goes with a status.
pub(super) fn usual_code(status: u16) -> ErrorCode {
    match status {
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::Forbidden,
        404 => ErrorCode::ResourceNotFound,
        409 => ErrorCode::DuplicateResource,
        422 => ErrorCode::UnableToTransact,
        429 => ErrorCode::TooManyRequests,
        501 => ErrorCode::NotImplemented,
        504 => ErrorCode::GatewayTimeout,
        500..=599 => ErrorCode::InternalError,
        _ => ErrorCode::BadRequest,
    }
}

/// The same for a reason that the platform has a code for.
pub(super) fn coded_problem(status: StatusCode, code: &ErrorCode, detail: &str) -> Response<Body> {
    let mut response =
        as_json(&json!({ "code": code, "status": status.as_u16(), "detail": detail }));
    *response.status_mut() = status;
    response
}

/// A refusal outside of the platform's operations; a failure is logged under an id of its own.
pub(super) fn to_problem(refusal: ApiError) -> Problem {
    static FAILURES: AtomicU64 = AtomicU64::new(0);
    let number =
        if refusal.is_failure() { FAILURES.fetch_add(1, Ordering::Relaxed) + 1 } else { 0 };
    refusal.into_problem(format!("failure-{number}"))
}

pub(super) fn as_json(body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
