//! Extractors for axum.

use std::error::Error;

use axum_core::RequestExt;
use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::verifier::signature_headers;
use super::{Rejection, RouterError, VerifiedBody, VerifiedEvent, Verifier, VerifyError};

/// Verifies with the [`Verifier`] of the router's state. Bodies beyond the verifier's
/// [`body_limit`](Verifier::body_limit), or beyond the router's `DefaultBodyLimit` (2 MB unless
/// set), are not read to their end.
impl<S> FromRequest<S> for VerifiedBody
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let verifier = Verifier::from_ref(state);
        let (timestamp, signature) = signature_headers(request.headers())?;
        let (timestamp, signature) = (timestamp.to_vec(), signature.to_vec());
        let limit = verifier.body_limit_bytes();
        let body = Limited::new(request.into_limited_body(), limit).collect().await.map_err(
            |error| match (error.is::<LengthLimitError>(), is_too_large(error.as_ref())) {
                (true, _) => Rejection::Unverified(VerifyError::TooLarge { limit }),
                (false, true) => Rejection::Body(StatusCode::PAYLOAD_TOO_LARGE),
                (false, false) => Rejection::Body(StatusCode::BAD_REQUEST),
            },
        )?;
        Ok(verifier.verify_parts(timestamp, signature, body.to_bytes())?)
    }
}

/// Whether a limit of the server ended the body.
fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Verifies a delivery, then reads the event.
impl<S> FromRequest<S> for VerifiedEvent
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let body = VerifiedBody::from_request(request, state).await?;
        Ok(Self(body.event()?))
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        answer(self.status(), &self.to_string())
    }
}

/// Lets a handler end with `router.handle(event).await?`.
impl IntoResponse for RouterError {
    fn into_response(self) -> Response {
        answer(self.status(), &self.to_string())
    }
}

fn answer(status: StatusCode, text: &str) -> Response {
    (status, Body::from(text.to_owned())).into_response()
}
