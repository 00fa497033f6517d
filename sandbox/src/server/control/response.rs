//! What the operations of the control API get and return.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::engine::without_mark;
use crate::model::ApiError;
use crate::server::AppState;
use crate::server::response::{problem, to_problem};

pub(crate) type Shared = State<Arc<AppState>>;

pub(crate) type ControlResponse = Result<Response<Body>, Refused>;

/// Why something is not done.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) StatusCode, pub(crate) String);

impl Refused {
    pub(crate) fn bad(why: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, why.into())
    }
}

impl From<ApiError> for Refused {
    fn from(refusal: ApiError) -> Self {
        let problem = to_problem(refusal);
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self(status, problem.detail)
    }
}

impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> axum::response::Response {
        problem(self.0, &self.1)
    }
}

/// A body that is a JSON object with `accepted`; no body is an empty object.
pub(crate) fn read<T: DeserializeOwned>(bytes: &Bytes, accepted: &str) -> Result<T, Refused> {
    let bytes = without_mark(bytes);
    let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
    let refused = |e: serde_json::Error| Refused::bad(format!("the body: {e}"));
    // Whatever else it is, serde would name a type of this program, or read an array as the members
    // in their order.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        serde_json::from_slice::<IgnoredAny>(bytes).map_err(refused)?;
        return Err(Refused::bad(format!("the body must be a JSON object with {accepted}")));
    }
    serde_json::from_slice(bytes).map_err(refused)
}
