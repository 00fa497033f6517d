//! The engine behind HTTP.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};

use crate::engine::{Engine, Refusal, Reply, Request};
use crate::spec::Interface;

/// The largest body that is read.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

pub(crate) fn router(engine: Arc<Engine>) -> Router {
    Router::new().fallback(answer).layer(DefaultBodyLimit::max(BODY_BYTES_MAX)).with_state(engine)
}

async fn answer(
    State(engine): State<Arc<Engine>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let request = Request {
        method: method.as_str().to_owned(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        authorization: header("authorization"),
        idempotency_key: header("idempotency-key"),
        body: body.to_vec(),
    };
    // The store blocks; the threads that serve connections must not.
    let reply = tokio::task::spawn_blocking(move || engine.handle(&request)).await;
    respond(reply.unwrap_or_else(|_| {
        let refusal = Refusal::Broken("the request broke its handler".to_owned());
        Reply::refusal(Interface::V2, refusal)
    }))
}

fn respond(reply: Reply) -> Response<Body> {
    let mut response = Response::new(match &reply.body {
        Some(body) => Body::from(body.to_string()),
        None => Body::empty(),
    });
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if reply.body.is_some() {
        let media_type =
            if reply.is_problem { "application/problem+json" } else { "application/json" };
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    }
    if let Some(id) = reply.request_id.and_then(|id| HeaderValue::from_str(&id.to_string()).ok()) {
        headers.insert("x-request-id", id);
    }
    response
}
