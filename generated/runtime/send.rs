//! From a built request to a decoded answer.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, HeaderName};
use serde::de::DeserializeOwned;

use super::error::Error;
use super::operation::Operation;
use super::place::{self, Misfit};
use super::problem::Problem;
use super::response::{ByteStream, Head, Response, retry_after};
use super::route::Route;
use super::transport::{Answer, BoxFuture, Failure};

/// Headers under which gateways hand out a request's id.
static REQUEST_ID_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("x-request-id"), HeaderName::from_static("request-id")];

/// Sends, and decodes a JSON answer.
pub(crate) fn json<T: DeserializeOwned>(
    route: Route<'_>,
    request: reqwest::Request,
) -> BoxFuture<'_, Result<Response<T>, Error>> {
    Box::pin(async move {
        let (head, body) = whole(&route, request).await?;
        decode(route.operation, head, body)
    })
}

/// Sends, and takes any success for an answer.
pub(crate) fn empty(
    route: Route<'_>,
    request: reqwest::Request,
) -> BoxFuture<'_, Result<Response<()>, Error>> {
    Box::pin(async move {
        let (head, body) = whole(&route, request).await?;
        Ok(Response::new((), head, body))
    })
}

/// Sends, and hands over the body as it arrives.
pub(crate) fn bytes(
    route: Route<'_>,
    request: reqwest::Request,
) -> BoxFuture<'_, Result<Response<ByteStream>, Error>> {
    Box::pin(async move {
        let operation = route.operation.id;
        let (head, body) = parted(exchange(&route, request).await?);
        let stream = match body {
            Body::Read(body) => reqwest::Response::from(http::Response::new(body)),
            Body::Coming(response) => response,
        };
        let stream = ByteStream::new(operation, head.status, head.trace.clone(), stream);
        Ok(Response::new(stream, head, Bytes::new()))
    })
}

/// A success with its whole body.
async fn whole(route: &Route<'_>, request: reqwest::Request) -> Result<(Head, Bytes), Error> {
    read(route.operation, exchange(route, request).await?).await
}

/// Sends; the result is a success, or an error that says why not.
async fn exchange(route: &Route<'_>, request: reqwest::Request) -> Result<Answer, Error> {
    let operation = route.operation;
    let carried = route.carry(request).await;
    let answer = carried
        .map_err(|failure| Error::from_failure(operation.id, &failure).of_call(operation))?;
    if answer.response.status().is_success() {
        return Ok(answer);
    }
    let retry_after = retry_after(answer.response.headers());
    let (head, body) = read(operation, answer).await?;
    let problem = Problem::read(&body);
    let error = Error::api(operation.id, head.status, problem, retry_after, head.trace);
    Err(error.of_call(operation))
}

/// A body that the transport has read, or that is still to come.
enum Body {
    Read(Bytes),
    Coming(reqwest::Response),
}

/// Parts an answer into what comes before the body, and the body.
fn parted(answer: Answer) -> (Head, Body) {
    let Answer { mut response, body, mut trace } = answer;
    let headers = std::mem::take(response.headers_mut());
    if trace.request_id.is_none() {
        trace.request_id = REQUEST_ID_HEADERS
            .iter()
            .find_map(|name| headers.get(name)?.to_str().ok())
            .map(str::to_owned);
    }
    let head = Head { status: response.status(), headers, trace };
    (head, body.map_or(Body::Coming(response), Body::Read))
}

async fn read(operation: &'static Operation, answer: Answer) -> Result<(Head, Bytes), Error> {
    let (head, body) = parted(answer);
    let response = match body {
        Body::Read(body) => return Ok((head, body)),
        Body::Coming(response) => response,
    };
    match response.bytes().await {
        Ok(body) => Ok((head, body)),
        Err(source) => {
            let failure = Failure::from_body(source, head.status).with_trace(head.trace);
            Err(Error::from_failure(operation.id, &failure).of_call(operation))
        }
    }
}

fn decode<T: DeserializeOwned>(
    operation: &'static Operation,
    head: Head,
    body: Bytes,
) -> Result<Response<T>, Error> {
    // A 204 where the document promises a body reads as the value of no properties at all.
    let is_nothing = body.is_empty() && head.status == StatusCode::NO_CONTENT;
    let text = if is_nothing { Bytes::from_static(b"{}") } else { body.clone() };
    match place::body(&text) {
        Ok(value) => Ok(Response::new(value, head, body)),
        Err(Misfit { path, reason }) => {
            let content_type = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let (id, status, trace) = (operation.id, head.status, head.trace.clone());
            let error = Error::decode(id, status, path, &reason, content_type, trace);
            Err(error.of_call(operation))
        }
    }
}
