//! From a request to a decoded response.

use std::time::SystemTime;

use bytes::Bytes;
use reqwest::StatusCode;
use serde::de::DeserializeOwned;

use super::answer::Answer;
use super::error::Error;
use super::error_path;
use super::failure::Failure;
use super::head::Head;
use super::operation::Operation;
use super::problem::Problem;
use super::quote::quoted;
use super::response::{ByteStream, Response};
use super::retry_after::retry_after;
use super::retry_class::{RetryClass, is_html, is_web_page, media_type};
use super::route::Route;
use super::transport::BoxFuture;

/// The number of characters of a media type that are quoted.
const MEDIA_TYPE_MAX: usize = 100;

/// Sends a request, and decodes a JSON response.
// Each of these is one future without others inside: a future is copied into the one that awaits it,
// and these are large.
pub fn json<T: DeserializeOwned>(
    route: Route<'_>,
    request: reqwest::Request,
) -> BoxFuture<'_, Result<Response<T>, Error>> {
    Box::pin(async move {
        let answer = route.transport().execute(route.call(request)).await;
        let (head, body) = match ready(answer) {
            Ok(ready) => ready,
            Err(rest) => whole(route.operation, rest).await?,
        };
        decode(route.operation, head, body)
    })
}

/// Sends a request whose successful response has no documented body.
pub fn empty(
    route: Route<'_>,
    request: reqwest::Request,
) -> BoxFuture<'_, Result<Response<()>, Error>> {
    Box::pin(async move {
        let answer = route.transport().execute(route.call(request)).await;
        let (head, body) = match ready(answer) {
            Ok(ready) => ready,
            Err(rest) => whole(route.operation, rest).await?,
        };
        if is_web_page(&head.headers, &body) {
            return Err(unexpected(route.operation, head, &body, "no body is expected"));
        }
        Ok(Response::new((), head, body))
    })
}

/// Sends a request, and returns the body as a stream.
pub fn bytes(
    route: Route<'_>,
    request: reqwest::Request,
) -> BoxFuture<'_, Result<Response<ByteStream>, Error>> {
    Box::pin(async move {
        let operation = route.operation;
        let answer = route.transport().execute(route.call(request)).await;
        let mut answer = match answer {
            Ok(answer) if answer.response.status().is_success() => answer,
            other => return Err(refused(operation, other).await),
        };
        let body = answer.body.take();
        let (head, response) = parted(answer);
        if is_html(&head.headers) {
            // Of a proxy; no file of the platform is one.
            return Err(unexpected(operation, head, &[], "a file is expected"));
        }
        let response = match body {
            Some(body) => reqwest::Response::from(http::Response::new(body)),
            None => response,
        };
        let stream = ByteStream::new(operation, &head, response);
        Ok(Response::new(stream, head, Bytes::new()))
    })
}

/// A success whose body the transport has read already, or what needs more work.
fn ready(
    mut answer: Result<Answer, Failure>,
) -> Result<(Head, Bytes), Box<Result<Answer, Failure>>> {
    let body = match &mut answer {
        Ok(answer) if answer.response.status().is_success() => {
            let bytes_max = answer.limits.success_body;
            answer.body.take_if(|body| body.len() <= bytes_max)
        }
        _ => None,
    };
    match (answer, body) {
        (Ok(answer), Some(body)) => Ok((parted(answer).0, body)),
        (answer, _) => Err(Box::new(answer)),
    }
}

/// A successful response with its complete body.
fn whole(
    operation: &'static Operation,
    answer: Box<Result<Answer, Failure>>,
) -> BoxFuture<'static, Result<(Head, Bytes), Error>> {
    Box::pin(async move {
        match *answer {
            Ok(answer) if answer.response.status().is_success() => read(operation, answer).await,
            other => Err(refused(operation, other).await),
        }
    })
}

/// The error that a failure or a response other than a success becomes.
async fn refused(operation: &'static Operation, answer: Result<Answer, Failure>) -> Error {
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => return Error::from_failure(operation, &failure),
    };
    let wait = answer
        .retry_after
        .or_else(|| retry_after(answer.response.headers(), SystemTime::now().into()));
    match read(operation, answer).await {
        Ok((head, body)) => {
            let problem = Problem::read(&body);
            let note = if problem == Problem::default() { note(&head, &body) } else { None };
            Error::api(operation, head, problem, wait, note)
        }
        Err(error) => error,
    }
}

/// Splits a response into the part before the body, and the rest.
fn parted(answer: Answer) -> (Head, reqwest::Response) {
    let request_id = answer.request_id().map(str::to_owned);
    let Answer { mut response, mut trace, limits, .. } = answer;
    trace.request_id = request_id;
    let headers = std::mem::take(response.headers_mut());
    (Head { status: response.status(), headers, trace, limits }, response)
}

/// Reads the complete body, within its limit.
async fn read(operation: &'static Operation, mut answer: Answer) -> Result<(Head, Bytes), Error> {
    let outcome = answer.read_body().await;
    let body = answer.body.take().unwrap_or_default();
    let (head, _) = parted(answer);
    match outcome {
        Ok(()) => Ok((head, body)),
        Err(failure) => Err(Error::from_failure(operation, &failure.with_trace(head.trace))),
    }
}

fn decode<T: DeserializeOwned>(
    operation: &'static Operation,
    head: Head,
    body: Bytes,
) -> Result<Response<T>, Error> {
    // A 204 although a body is documented is decoded as an object without properties.
    let is_nothing = body.is_empty() && head.status == StatusCode::NO_CONTENT;
    let text = if is_nothing { Bytes::from_static(b"{}") } else { body.clone() };
    match error_path::body(&text) {
        Ok(value) => Ok(Response::new(value, head, body)),
        Err(error) => {
            let note = if error.is_json { None } else { note(&head, &body) };
            let class = RetryClass::of_success(operation, head.status, &head.headers, &body);
            Err(Error::decode(operation, head, error, class, note))
        }
    }
}

/// A web page instead of the empty answer or the file of a success.
fn unexpected(operation: &'static Operation, head: Head, body: &[u8], expected: &str) -> Error {
    let class = RetryClass::of_success(operation, head.status, &head.headers, body);
    let what = media_type(&head.headers).unwrap_or_default();
    let note = format!("{} where {expected}", quoted(what, MEDIA_TYPE_MAX));
    Error::decode(operation, head, error_path::DecodeError::unexpected_body(), class, Some(note))
}

/// Describes a body that is not JSON by its media type; `None` if the media type is JSON.
fn note(head: &Head, body: &[u8]) -> Option<String> {
    let media_type = media_type(&head.headers);
    if body.is_empty() || media_type.is_some_and(is_json) {
        return None;
    }
    let what = media_type.unwrap_or("a body without a content type");
    Some(format!("{} instead of JSON", quoted(what, MEDIA_TYPE_MAX)))
}

/// Whether it is `application/json`, or another media type of JSON such as
/// `application/problem+json`.
fn is_json(media_type: &str) -> bool {
    let ending = media_type.get(media_type.len().saturating_sub(4)..);
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}
