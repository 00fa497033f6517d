//! From a built request to a decoded answer.

use bytes::Bytes;
use progenitor_client::{ClientHooks, OperationInfo};
use reqwest::StatusCode;
use serde::de::DeserializeOwned;

use super::error::Error;
use super::hooks::Whole;
use super::place::{self, Misfit};
use super::problem::Problem;
use super::response::{ByteStream, Head, Response, retry_after};
use super::transport::{CallTrace, Failure, Inner};

/// Headers under which gateways hand out a request's id.
const REQUEST_ID_HEADERS: [&str; 2] = ["x-request-id", "request-id"];

/// Sends, and decodes a JSON answer.
pub(crate) async fn json<C, T>(
    client: &C,
    request: reqwest::Request,
    operation: &'static str,
) -> Result<Response<T>, Error>
where
    C: ClientHooks<Inner>,
    T: DeserializeOwned,
{
    let (head, body) = read(operation, exchange(client, request, operation).await?).await?;
    decode(operation, head, body)
}

/// Sends, and takes any success for an answer.
pub(crate) async fn empty<C: ClientHooks<Inner>>(
    client: &C,
    request: reqwest::Request,
    operation: &'static str,
) -> Result<Response<()>, Error> {
    let (head, body) = read(operation, exchange(client, request, operation).await?).await?;
    Ok(Response::new((), head, body))
}

/// Sends, and hands over the body as it arrives.
pub(crate) async fn bytes<C: ClientHooks<Inner>>(
    client: &C,
    request: reqwest::Request,
    operation: &'static str,
) -> Result<Response<ByteStream>, Error> {
    let mut response = exchange(client, request, operation).await?;
    let head = head_of(&response);
    let stream = match response.extensions_mut().remove::<Whole>() {
        Some(Whole(body)) => reqwest::Response::from(http::Response::new(body)),
        None => response,
    };
    let stream = ByteStream::new(operation, head.status, head.trace.clone(), stream);
    Ok(Response::new(stream, head, Bytes::new()))
}

/// Runs the hooks; the result is a success, or an error that says why not.
async fn exchange<C: ClientHooks<Inner>>(
    client: &C,
    mut request: reqwest::Request,
    operation: &'static str,
) -> Result<reqwest::Response, Error> {
    let info = OperationInfo { operation_id: operation };
    client.pre::<()>(&mut request, &info).await.map_err(|e| hook_failed(operation, &e))?;
    let result = client.exec(request, &info).await;
    client.post::<()>(&result, &info).await.map_err(|e| hook_failed(operation, &e))?;
    let mut response = result.map_err(|e| {
        Error::from_failure(operation, &Failure::from_http(e, CallTrace::default()))
    })?;
    if let Some(failure) = response.extensions_mut().remove::<Failure>() {
        return Err(Error::from_failure(operation, &failure));
    }
    if response.status().is_success() {
        return Ok(response);
    }
    let retry_after = retry_after(response.headers());
    let (head, body) = read(operation, response).await?;
    Err(Error::api(operation, head.status, Problem::read(&body), retry_after, head.trace))
}

fn hook_failed(operation: &str, error: &progenitor_client::Error<()>) -> Error {
    let why = match error {
        progenitor_client::Error::Custom(why) | progenitor_client::Error::InvalidRequest(why) => {
            why
        }
        _ => "a hook failed",
    };
    Error::refused(operation, None, why)
}

fn head_of(response: &reqwest::Response) -> Head {
    let headers = response.headers().clone();
    let mut trace = response.extensions().get::<CallTrace>().cloned().unwrap_or_default();
    if trace.request_id.is_none() {
        trace.request_id = REQUEST_ID_HEADERS
            .iter()
            .find_map(|name| headers.get(*name)?.to_str().ok())
            .map(str::to_owned);
    }
    Head { status: response.status(), headers, trace }
}

async fn read(operation: &str, mut response: reqwest::Response) -> Result<(Head, Bytes), Error> {
    let head = head_of(&response);
    if let Some(Whole(body)) = response.extensions_mut().remove() {
        return Ok((head, body));
    }
    match response.bytes().await {
        Ok(body) => Ok((head, body)),
        Err(source) => {
            let failure = Failure::from_body(source, head.status).with_trace(head.trace);
            Err(Error::from_failure(operation, &failure))
        }
    }
}

fn decode<T: DeserializeOwned>(
    operation: &str,
    head: Head,
    body: Bytes,
) -> Result<Response<T>, Error> {
    // A 204 where the document promises a body reads as the value of no properties at all.
    let text: &[u8] =
        if body.is_empty() && head.status == StatusCode::NO_CONTENT { b"{}" } else { &body };
    match place::body(text) {
        Ok(value) => Ok(Response::new(value, head, body)),
        Err(Misfit { path, reason }) => {
            Err(Error::decode(operation, head.status, path, &reason, head.trace))
        }
    }
}
