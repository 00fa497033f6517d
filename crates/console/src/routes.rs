//! Which page is at which path.

use std::sync::Arc;

use axum::Extension;
use axum::Router;
use axum::extract::State;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::html;

use crate::access::{add_headers, is_forwarded, refusal, session};
use crate::admin;
use crate::bank::{Bank, Peer};
use crate::context::encoded;
use crate::document::{PATH, bare, respond};
use crate::failure::Failure;
use crate::operators::Operators;
use crate::pages;
use crate::pages::sign_in;
use crate::texts::{self, failures};

/// The largest form, in bytes.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// Paths that need no session: pages to sign in, and what they load.
const OPEN: [&str; 2] = ["/console/sign-in", "/console/assets/"];

/// The console. Each request that is passed to it has among its extensions an `Arc<dyn Bank>`, the bank
/// that its pages show, and a [`Peer`].
///
/// `workspace` is the one that is shown first.
pub fn router(workspace: &str, operators: Arc<Operators>) -> Router {
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
        .route("/console/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/console/sign-in/{ticket}", get(sign_in::choose).post(sign_in::chosen))
        .route("/console/sign-out", post(sign_in::sign_out))
        .merge(admin::routes())
        .route("/console/{workspace}/{resource}", get(pages::list))
        .route("/console/{workspace}/{resource}/{id}", get(pages::detail))
        .route("/console/{workspace}/{resource}/{id}/reveal", post(pages::reveal))
        .route("/console/{workspace}/{resource}/{id}/{action}", post(pages::act))
        .fallback(async || Failure::not_found(failures::NO_PAGE))
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(Extension(operators.clone()))
        .layer(from_fn_with_state(operators, guard))
}

/// The first page.
fn home(request: &Request, workspace: &str) -> Response {
    let bank = request.extensions().get::<Arc<dyn Bank>>();
    let prefix = bank.map_or_else(String::new, |bank| bank.prefix().to_owned());
    Redirect::to(&format!("{prefix}/console/{workspace}/overview")).into_response()
}

/// Refuses requests from pages of other sites, and requests without a session where one is required.
async fn guard(State(operators): State<Arc<Operators>>, request: Request, next: Next) -> Response {
    let bank = request.extensions().get::<Arc<dyn Bank>>().cloned();
    let mut response = match refusal(request.method(), request.headers()) {
        Some(why) => Failure::forbidden(why).into_response(),
        None => signed_in(&operators, request, next).await,
    };
    response = with_page(bank.as_deref(), response);
    add_headers(response.headers_mut());
    response
}

/// Says why on a page where a request did not get to one: its method, its form or its path is wrong.
fn with_page(bank: Option<&dyn Bank>, response: Response) -> Response {
    let status = response.status();
    let media_type = response.headers().get(header::CONTENT_TYPE);
    let is_page = media_type.is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let prefix = bank.map_or("", Bank::prefix);
    let title = if status.is_client_error() { texts::REFUSED } else { texts::FAILED };
    let content = html! {
        h1 { (title) }
        p { (texts::sign_in::no_page_because(status.as_u16())) }
        p { a href={ (prefix) (PATH) } { (texts::OVERVIEW) } }
    };
    let mut page = respond(status, &bare(prefix, title, &content));
    if let Some(methods) = response.headers().get(header::ALLOW) {
        page.headers_mut().insert(header::ALLOW, methods.clone());
    }
    page
}

/// The page for an operator, or a redirect to the page to sign in.
async fn signed_in(operators: &Operators, mut request: Request, next: Next) -> Response {
    let is_local = request.extensions().get::<Peer>().is_some_and(|peer| peer.is_local);
    let is_local = is_local && !is_forwarded(request.headers());
    let session = session(request.headers());
    let path = request.uri().path();
    match operators.operator(session.as_deref(), is_local) {
        Some(operator) => drop(request.extensions_mut().insert(operator)),
        None if OPEN.iter().any(|open| path.starts_with(open)) => {}
        None if request.method() == Method::GET || request.method() == Method::HEAD => {
            let bank = request.extensions().get::<Arc<dyn Bank>>();
            let prefix = bank.map_or_else(String::new, |bank| bank.prefix().to_owned());
            let here = request.uri().path_and_query().map_or(path, |it| it.as_str());
            let to = encoded(&format!("{prefix}{here}"));
            return Redirect::to(&format!("{prefix}{}?to={to}", sign_in::SIGN_IN)).into_response();
        }
        None => return Failure::forbidden(failures::NOT_SIGNED_IN).into_response(),
    }
    next.run(request).await
}
