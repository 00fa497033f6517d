//! Extractors for axum.

use axum_core::body::Body;
use axum_core::extract::{FromRef, FromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;

use super::{Rejection, RouterError, VerifiedBody, VerifiedEvent, Verifier};

/// Verifies with the [`Verifier`] of the router's state. Larger bodies than the router's limit (2
/// MB unless set) are not read.
impl<S> FromRequest<S> for VerifiedBody
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let verifier = Verifier::from_ref(state);
        let headers = request.headers().clone();
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|error| Rejection::Body(error.into_response().status()))?;
        Ok(verifier.verify(&headers, body)?)
    }
}

/// Verifies, and then reads the event.
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

/// So that a handler can end with `router.handle(event).await?`.
impl IntoResponse for RouterError {
    fn into_response(self) -> Response {
        answer(self.status(), &self.to_string())
    }
}

fn answer(status: http::StatusCode, text: &str) -> Response {
    (status, Body::from(text.to_owned())).into_response()
}
