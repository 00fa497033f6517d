//! What the operations of the control API get and return.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use synctera_api::runtime::{ErrorCode, error_path, plain_reason};

use crate::engine::without_mark;
use crate::model::ApiError;
use crate::server::AppState;
use crate::server::response::{as_json, coded_problem, to_problem, usual_code};
use crate::spec::{canonical_id, dotted, parse_json};

pub(crate) type Shared = Extension<Arc<AppState>>;

pub(crate) type ControlResponse = Result<Response<Body>, Refused>;

/// Why something is not done.
#[derive(Debug)]
pub(crate) struct Refused {
    status: StatusCode,
    code: ErrorCode,
    detail: String,
}

impl Refused {
    /// A refusal of the sandbox's own.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, code: usual_code(status.as_u16()), detail: detail.into() }
    }

    pub(crate) fn bad(why: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, why)
    }
}

impl From<ApiError> for Refused {
    fn from(refusal: ApiError) -> Self {
        let problem = to_problem(refusal);
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self { status, detail: problem.explained(), code: problem.code }
    }
}

impl axum::response::IntoResponse for Refused {
    fn into_response(self) -> axum::response::Response {
        coded_problem(self.status, &self.code, &self.detail)
    }
}

/// What a path names, such as a snapshot.
#[derive(Debug)]
pub(crate) struct Named(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let named = Path::from_request_parts(parts, state).await;
        let why = "there is nothing of this name, which is not text in UTF-8";
        let nothing = |_| Refused::new(StatusCode::NOT_FOUND, why);
        named.map(|Path(name)| Self(name)).map_err(nothing)
    }
}

/// The answer to what made something.
pub(crate) fn created(body: &Value) -> Response<Body> {
    let mut response = as_json(body);
    *response.status_mut() = StatusCode::CREATED;
    response
}

/// A body that is a JSON object with `accepted`; no body is an empty object. All its numbers are
/// integers, of which `1`, `1.0` and `1e0` are the same.
pub(crate) fn read<T: DeserializeOwned>(bytes: &Bytes, accepted: &str) -> Result<T, Refused> {
    let bytes = without_mark(bytes);
    let bytes: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
    let (mut body, numbers) =
        parse_json(bytes).map_err(|why| Refused::bad(format!("the body {why}")))?;
    if !body.is_object() {
        return Err(Refused::bad(format!("the body must be a JSON object with {accepted}")));
    }
    let wrong = |field: &str, why: &str| Refused::bad(format!("the body: {field} {why}"));
    if let Some(pointer) = numbers.infinite().next() {
        return Err(wrong(&dotted(pointer), "must be a whole number"));
    }
    let is_rewritten = numbers.write_integers(&mut body);
    let is_rewritten = body.as_object_mut().is_some_and(lower_ids) || is_rewritten;
    // As it came, so that a member that is given twice is one.
    let text = match is_rewritten {
        true => Bytes::from(body.to_string()),
        false => Bytes::copy_from_slice(bytes),
    };
    error_path::body(&text).map_err(|error| match (error.path(), plain_reason(&error.what())) {
        (".", why) => Refused::bad(format!("the body: {why}")),
        // The control API has times and no dates.
        (field, why) if why.starts_with("must be a date") => {
            wrong(field, "must be a time with its zone, such as 2026-11-24T14:00:00Z")
        }
        (field, why) => {
            // The name is in both.
            let name = field.rsplit('.').next().unwrap_or_default();
            let rest = why.strip_prefix(name).and_then(|rest| rest.strip_prefix(' '));
            wrong(field, rest.unwrap_or(&why))
        }
    })
}

/// Reads a member that is an object, if it is there. By itself the decoder would take a list, too, as
/// the members in their order.
pub(crate) fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    struct Object<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
            T::deserialize(MapAccessDeserializer::new(members))
        }
    }

    deserializer.deserialize_map(Object(PhantomData)).map(Some)
}

/// Puts the ids of a body into the form in which they are stored; whether any was in another.
fn lower_ids(members: &mut Map<String, Value>) -> bool {
    let mut is_changed = false;
    for (name, value) in members {
        if let Value::String(text) = value
            && name.ends_with("_id")
            && let Some(id) = canonical_id(text).filter(|id| id != text)
        {
            *text = id;
            is_changed = true;
        }
    }
    is_changed
}
