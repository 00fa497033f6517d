//! Which page is at which path.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::access::{add_headers, refusal};
use crate::admin;
use crate::bank::Bank;
use crate::failure::Failure;
use crate::pages;

/// The path under which the console is.
pub const PATH: &str = "/console";

/// The largest form, in bytes.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// The console. Each request that is passed to it has an `Arc<dyn Bank>` among its extensions: the bank
/// that its pages show.
///
/// `workspace` is the one that is shown first.
pub fn router(workspace: &str) -> Router {
    let first = workspace.to_owned();
    let home = async move |request: Request| home(&request, &first);
    Router::new()
        .route("/console", get(home.clone()))
        .route("/console/", get(home))
        .route("/console/assets/console.css", get(pages::style))
        .route("/console/assets/console.js", get(pages::script))
        .route("/console/assets/htmx.js", get(pages::vendored))
        .route("/console/assets/icon.svg", get(pages::icon))
        .route("/console/{workspace}/overview", get(pages::overview))
        .route("/console/{workspace}/cases", get(pages::cases))
        .route("/console/{workspace}/search", get(pages::search))
        .merge(admin::routes())
        .route("/console/{workspace}/{resource}", get(pages::list))
        .route("/console/{workspace}/{resource}/{id}", get(pages::detail))
        .route("/console/{workspace}/{resource}/{id}/{action}", post(pages::act))
        .fallback(async || Failure::not_found("there is no such page"))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(from_fn(guard))
}

/// The first page.
fn home(request: &Request, workspace: &str) -> Response {
    let bank = request.extensions().get::<Arc<dyn Bank>>();
    let prefix = bank.map_or_else(String::new, |bank| bank.prefix().to_owned());
    Redirect::to(&format!("{prefix}/console/{workspace}/overview")).into_response()
}

/// Refuses what comes from pages of others.
async fn guard(request: Request, next: Next) -> Response {
    let mut response = match refusal(request.method(), request.headers()) {
        Some(why) => Failure::forbidden(why).into_response(),
        None => next.run(request).await,
    };
    add_headers(response.headers_mut());
    response
}
