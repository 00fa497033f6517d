//! Why there is no page.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

use crate::bank::Answer;
use crate::document::{bare, respond};
use crate::problem;
use crate::texts;

/// Why there is no page.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
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

    pub(crate) fn content(&self) -> Markup {
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
