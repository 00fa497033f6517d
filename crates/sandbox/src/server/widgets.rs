//! The pages on which a cardholder types what the integrator must not see.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::routing::get;
use axum::{Extension, Router};

use super::AppState;
use super::response::to_problem;
use crate::engine::Engine;
use crate::model::ApiError;
use crate::spec::decoded;

type Shared = Extension<Arc<AppState>>;

/// Its requests carry the sandbox that they are for.
pub(super) fn router() -> Router {
    Router::new().route("/widgets/cards/{token}", get(show).post(submit))
}

async fn show(Extension(app): Shared, Path(token): Path<String>) -> Response<Body> {
    page(app.engine.clone(), token, None).await
}

async fn submit(Extension(app): Shared, Path(token): Path<String>, body: String) -> Response<Body> {
    let fields = body.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), decoded(&value.replace('+', " "))?))
    });
    page(app.engine.clone(), token, Some(fields.collect())).await
}

fn failed(refusal: ApiError) -> (StatusCode, String) {
    let problem = to_problem(refusal);
    let status = StatusCode::from_u16(problem.status());
    (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), problem.detail.replace('<', "&lt;"))
}

async fn page(
    engine: Arc<Engine>,
    token: String,
    typed: Option<BTreeMap<String, String>>,
) -> Response<Body> {
    let page = tokio::task::spawn_blocking(move || engine.widget(&token, typed.as_ref())).await;
    let (status, page) = match page {
        Ok(Ok(Some(page))) => (StatusCode::OK, page),
        Ok(Ok(None)) => (StatusCode::NOT_FOUND, String::new()),
        Ok(Err(refusal)) => failed(refusal),
        Err(why) => failed(ApiError::Internal(why.to_string())),
    };
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}
