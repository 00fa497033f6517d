//! The document around what a page has.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use crate::texts;

/// The path under which the console is.
pub const PATH: &str = "/console";

/// An answer with a page.
pub(crate) fn respond(status: StatusCode, page: &Markup) -> Response {
    let mut response = (status, page.0.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page without navigation.
pub(crate) fn bare(prefix: &str, title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(prefix, title))
            body { main #main { (content) } }
        }
    }
}

/// What a browser is told of a page.
pub(crate) fn head(prefix: &str, title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " \u{b7} " (texts::CONSOLE) }
            link rel="stylesheet" href={ (prefix) "/console/assets/console.css" };
            link rel="icon" type="image/svg+xml" href={ (prefix) "/console/assets/icon.svg" };
            script src={ (prefix) "/console/assets/htmx.js" } defer {}
            script src={ (prefix) "/console/assets/console.js" } defer {}
        }
    }
}
