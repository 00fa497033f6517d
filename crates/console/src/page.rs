//! A page: its frame, and what is shown where there is none.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use crate::bank::Answer;
use crate::context::Context;
use crate::problem;
use crate::texts;

/// A page to be sent.
pub(crate) struct Page {
    title: String,
    content: Markup,
}

impl Page {
    pub(crate) fn new(title: impl Into<String>, content: Markup) -> Self {
        Self { title: title.into(), content }
    }

    /// The page in its frame.
    pub(crate) fn of(self, context: &Context) -> Response {
        respond(StatusCode::OK, &frame(context, &self.title, &self.content))
    }
}

/// Why there is no page.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    title: &'static str,
    content: String,
    answer: Option<(String, Answer)>,
}

impl Failure {
    fn new(status: StatusCode, title: &'static str, content: impl Into<String>) -> Self {
        Self { status, title, content: content.into(), answer: None }
    }

    pub(crate) fn not_found(content: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, texts::NOT_FOUND, content)
    }

    pub(crate) fn forbidden(content: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, texts::FORBIDDEN, content)
    }

    pub(crate) fn bad(content: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, texts::REFUSED, content)
    }

    pub(crate) fn internal(content: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, texts::FAILED, content)
    }

    /// What the bank answered to a call without which there is no page.
    pub(crate) fn of(target: &str, answer: Answer) -> Self {
        let title = if answer.status == 404 { texts::NOT_FOUND } else { texts::REFUSED };
        let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::BAD_GATEWAY);
        Self { answer: Some((target.to_owned(), answer)), ..Self::new(status, title, "") }
    }

    /// The page that says so, in the frame.
    pub(crate) fn of_page(self, context: &Context) -> Response {
        let content = self.content();
        respond(self.status, &frame(context, self.title, &content))
    }

    /// The page that says so, with other content around it.
    pub(crate) fn within(self, context: &Context, title: &str, content: &Markup) -> Response {
        respond(self.status, &frame(context, title, content))
    }

    fn content(&self) -> Markup {
        html! {
            h1 { (self.title) }
            (self.notice())
        }
    }

    /// What is wrong.
    pub(crate) fn notice(&self) -> Markup {
        html! {
            @if !self.content.is_empty() { p { (self.content) } }
            @if let Some((target, answer)) = &self.answer {
                (problem::show(target, answer))
            }
        }
    }
}

/// Without a context there is no navigation.
impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let content = self.content();
        respond(self.status, &bare("", self.title, &content))
    }
}

fn respond(status: StatusCode, page: &Markup) -> Response {
    let mut response = (status, page.0.clone()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A part of a page, for what is renewed by itself.
pub(crate) fn part(content: &Markup) -> Response {
    respond(StatusCode::OK, content)
}

fn bare(prefix: &str, title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(prefix, title))
            body { main #main { (content) } }
        }
    }
}

fn head(prefix: &str, title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " \u{b7} " (texts::NAME) }
            link rel="stylesheet" href={ (prefix) "/console/assets/console.css" };
            link rel="icon" type="image/svg+xml" href={ (prefix) "/console/assets/icon.svg" };
            script src={ (prefix) "/console/assets/htmx.js" } defer {}
            script src={ (prefix) "/console/assets/console.js" } defer {}
        }
    }
}

/// A page with the navigation around it.
fn frame(context: &Context, title: &str, content: &Markup) -> Markup {
    let link = |path: String, label: &str| {
        let path_here = context.here.split('?').next().unwrap_or_default();
        let is_here = path == path_here
            || (path_here.starts_with(&format!("{path}/")) && path != context.page(""));
        html! {
            li { a href=(path) aria-current=[is_here.then_some("page")] { (label) } }
        }
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(context.bank.prefix(), title))
            body {
                a .skip href="#main" { (texts::SKIP) }
                header {
                    a .brand href=(context.page("overview")) { (texts::NAME) }
                    form .search action=(context.page("search")) method="get" role="search" {
                        label .hidden for="search" { (texts::SEARCH) }
                        input #search type="search" name="q" placeholder=(texts::SEARCH_HINT)
                            maxlength="200" autocomplete="off";
                        button type="submit" { (texts::SEARCH) }
                    }
                    span .workspace { (texts::WORKSPACE) " " strong { (context.workspace) } }
                }
                div .columns {
                    nav aria-label=(texts::NAVIGATION) {
                        h2 { (texts::PLATFORM) }
                        ul {
                            @for (path, label) in texts::PLATFORM_PAGES {
                                (link(context.page(path), label))
                            }
                        }
                        h2 { (texts::ADMINISTRATOR) }
                        ul {
                            @for (path, label) in texts::ADMINISTRATOR_PAGES {
                                (link(context.admin(path), label))
                            }
                        }
                    }
                    main #main tabindex="-1" { (content) }
                }
            }
        }
    }
}
