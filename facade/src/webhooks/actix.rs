//! Extractors for actix-web.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, ResponseError, web};

use super::signer::{SIGNATURE_HEADER, TIMESTAMP_HEADER};
use super::{Rejection, RouterError, VerifiedBody, VerifiedEvent, Verifier, VerifyError};

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Rejection>>>>;

/// Verifies with the [`Verifier`] in the app's data, as `web::Data<Verifier>` or by itself. Bodies
/// beyond the verifier's [`body_limit`](Verifier::body_limit) are not read to their end; the app's
/// `PayloadConfig` does not apply.
impl FromRequest for VerifiedBody {
    type Error = Rejection;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let verifier = request
            .app_data::<web::Data<Verifier>>()
            .map(|data| data.get_ref().clone())
            .or_else(|| request.app_data::<Verifier>().cloned());
        let timestamp = header(request, TIMESTAMP_HEADER);
        let signature = header(request, SIGNATURE_HEADER);
        let payload = web::Payload::from_request(request, payload).into_inner();
        Box::pin(async move {
            let verifier = verifier.ok_or(Rejection::NoVerifier)?;
            let (timestamp, signature) = (timestamp?, signature?);
            let payload = payload.map_err(|error| unreadable(&error))?;
            let limit = verifier.body_limit_bytes();
            let body = payload
                .to_bytes_limited(limit)
                .await
                .map_err(|_| Rejection::Unverified(VerifyError::TooLarge { limit }))?
                .map_err(|error| unreadable(&error))?;
            Ok(verifier.verify_parts(timestamp, signature, body)?)
        })
    }
}

fn unreadable(error: &actix_web::Error) -> Rejection {
    Rejection::Body(status(error.as_response_error().status_code()))
}

/// Verifies a delivery, then reads the event.
impl FromRequest for VerifiedEvent {
    type Error = Rejection;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = VerifiedBody::from_request(request, payload);
        Box::pin(async move { Ok(Self(body.await?.event()?)) })
    }
}

/// A header that must occur exactly once.
fn header(request: &HttpRequest, name: &'static str) -> Result<Vec<u8>, VerifyError> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (None, _) => Err(VerifyError::MissingHeader(name)),
        (Some(value), None) => Ok(value.as_bytes().to_vec()),
        (Some(_), Some(_)) => Err(VerifyError::MalformedHeader(name)),
    }
}

/// actix-web uses an older version of `http`.
fn status(status: StatusCode) -> http::StatusCode {
    http::StatusCode::from_u16(status.as_u16()).unwrap_or(http::StatusCode::BAD_REQUEST)
}

fn old_status(status: http::StatusCode) -> StatusCode {
    StatusCode::from_u16(status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        old_status(self.status())
    }
}

/// Lets a handler end with `router.handle(event).await?`.
impl ResponseError for RouterError {
    fn status_code(&self) -> StatusCode {
        old_status(self.status())
    }
}
