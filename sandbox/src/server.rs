//! The engine behind HTTP.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::routing::get;

use crate::engine::{Engine, Part, Refusal, Reply, Request};
use crate::spec::{Interface, decoded};

/// The largest body that is read: a document of 32 MB with what is said about it.
const BODY_BYTES_MAX: usize = 33 * 1024 * 1024;

pub(crate) fn router(engine: Arc<Engine>) -> Router {
    Router::new()
        .route("/widgets/cards/{token}", get(show_widget).post(use_widget))
        .fallback(answer)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(engine)
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
    let content_type = header("content-type").unwrap_or_default();
    let (body, form) = match multer::parse_boundary(&content_type) {
        Ok(boundary) => (Vec::new(), read_form(boundary, body).await.ok()),
        Err(_) => (body.to_vec(), None),
    };
    let request = Request {
        method: method.as_str().to_owned(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        authorization: header("authorization"),
        idempotency_key: header("idempotency-key"),
        content_type,
        host: header("host").unwrap_or_default(),
        body,
        form,
    };
    // The store blocks; the threads that serve connections must not.
    let reply = tokio::task::spawn_blocking(move || engine.handle(&request)).await;
    respond(reply.unwrap_or_else(|_| {
        let refusal = Refusal::Broken("the request broke its handler".to_owned());
        Reply::refusal(Interface::V2, refusal)
    }))
}

async fn show_widget(
    State(engine): State<Arc<Engine>>,
    Path(token): Path<String>,
) -> Response<Body> {
    widget(engine, token, None).await
}

async fn use_widget(
    State(engine): State<Arc<Engine>>,
    Path(token): Path<String>,
    body: String,
) -> Response<Body> {
    let fields = body.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), decoded(&value.replace('+', " "))?))
    });
    widget(engine, token, Some(fields.collect())).await
}

async fn widget(
    engine: Arc<Engine>,
    token: String,
    typed: Option<BTreeMap<String, String>>,
) -> Response<Body> {
    let page = tokio::task::spawn_blocking(move || engine.widget(&token, typed.as_ref())).await;
    let (status, page) = match page {
        Ok(Ok(Some(page))) => (StatusCode::OK, page),
        Ok(Ok(None)) => (StatusCode::NOT_FOUND, String::new()),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
    };
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

/// The parts of a form.
async fn read_form(boundary: String, body: Bytes) -> multer::Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut form = multer::Multipart::with_reader(Cursor::new(body), boundary);
    while let Some(field) = form.next_field().await? {
        parts.push(Part {
            name: field.name().unwrap_or_default().to_owned(),
            file_name: field.file_name().map(str::to_owned),
            content_type: field.content_type().map(ToString::to_string),
            bytes: field.bytes().await?.to_vec(),
        });
    }
    Ok(parts)
}

fn respond(reply: Reply) -> Response<Body> {
    let (body, media_type) = match (reply.body, reply.file) {
        (Some(body), _) if reply.is_problem => {
            (body.to_string().into(), "application/problem+json".to_owned())
        }
        (Some(body), _) => (body.to_string().into(), "application/json".to_owned()),
        (None, Some(file)) => (Body::from(file.bytes), file.media_type),
        (None, None) => (Body::empty(), String::new()),
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if let Some(media_type) =
        HeaderValue::from_str(&media_type).ok().filter(|_| !media_type.is_empty())
    {
        headers.insert(header::CONTENT_TYPE, media_type);
    }
    if let Some(id) = reply.request_id.and_then(|id| HeaderValue::from_str(&id.to_string()).ok()) {
        headers.insert("x-request-id", id);
    }
    response
}
