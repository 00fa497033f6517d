//! A page: its frame, and what is shown where there is none.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{DOCTYPE, Markup, html};

use crate::context::Context;
use crate::document::{head, respond};
use crate::done;
use crate::failure::Failure;
use crate::operators::Permission;
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
        let unread = context.unread.lock().clone();
        let content = html! {
            @if let Some(notice) = done::notice(context) { (notice) }
            @if !unread.is_empty() {
                div .notice data-tone="bad" role="alert" {
                    p { (texts::NOT_READ) }
                    ul { @for target in &unread { li { code { (target) } } } }
                }
            }
            (self.content)
        };
        respond(StatusCode::OK, &frame(context, &self.title, &content))
    }
}

impl Failure {
    /// The page that says so, in the frame.
    pub(crate) fn of_page(self, context: &Context) -> Response {
        let content = self.content();
        respond(self.status, &frame(context, self.title, &content))
    }

    /// The page that says so, with other content around it.
    pub(crate) fn within(self, context: &Context, title: &str, content: &Markup) -> Response {
        respond(self.status, &frame(context, title, content))
    }
}

/// A part of a page, for what is renewed by itself.
pub(crate) fn part(content: &Markup) -> Response {
    respond(StatusCode::OK, content)
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
            body data-copied=(texts::COPIED) data-final=(texts::FINAL) data-working=(texts::WORKING) {
                a .skip href="#main" { (texts::SKIP) }
                header {
                    a .brand href=(context.page("overview")) { (texts::CONSOLE) }
                    form .search action=(context.page("search")) method="get" role="search" {
                        label .hidden for="search" { (texts::SEARCH) }
                        input #search type="search" name="q" placeholder=(texts::SEARCH_HINT)
                            maxlength="200" autocomplete="off";
                        button type="submit" { (texts::SEARCH) }
                    }
                    span .workspace {
                        (texts::WORKSPACE) " "
                        a href=(context.admin("workspaces")) { strong { (context.workspace) } }
                    }
                    (operator(context))
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
                                @if context.may(Permission::ManageOperators) || !texts::OF_OPERATORS.contains(path) {
                                    (link(context.admin(path), label))
                                }
                            }
                        }
                    }
                    main #main tabindex="-1" { (content) }
                }
            }
        }
    }
}

/// Who is signed in.
fn operator(context: &Context) -> Markup {
    let operator = &context.operator;
    html! {
        @if operator.session.is_none() {
            span .operator { (operator.name) " (" (operator.role.name()) ") " a href=(context.url("sign-in")) { (texts::SIGN_IN) } }
        } @else {
            form .operator method="post" action=(context.url("sign-out")) {
                span { (operator.name) " (" (operator.role.name()) ")" }
                button type="submit" { (texts::SIGN_OUT) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::audit_entry::AuditEntry;
    use crate::bank::{Answer, Bank, BoxFuture, Call};
    use crate::names::Names;
    use crate::operators::Operators;

    /// A bank whose platform is down.
    struct Down;

    impl Bank for Down {
        fn call(&self, _: Call) -> BoxFuture<'_, Answer> {
            Box::pin(async { Answer::new(503, json!({ "code": "DOWN" })) })
        }

        fn prefix(&self) -> &str {
            ""
        }

        fn record(&self, _: AuditEntry) {}

        fn audit_log(&self, _: Option<u64>, _: usize) -> Vec<AuditEntry> {
            Vec::new()
        }

        fn send_again(&self, _: &str, _: u64) -> BoxFuture<'_, Option<Answer>> {
            Box::pin(async { None })
        }

        fn workspaces(&self) -> Vec<String> {
            vec!["1_1".to_owned()]
        }

        fn count(&self, _: &str, _: &str) -> u64 {
            0
        }

        fn ids(&self, _: &str, _: &str, _: usize) -> Vec<String> {
            Vec::new()
        }

        fn secret(&self) -> &[u8; 32] {
            &[0; 32]
        }
    }

    fn context() -> Context {
        let operators = Operators::open(None, false).unwrap();
        Context {
            bank: Arc::new(Down),
            operator: operators.operator(None, true).unwrap(),
            workspace: "1_1".to_owned(),
            revealed: None,
            here: String::new(),
            names: Names::default(),
            unread: Arc::default(),
            origin: None,
        }
    }

    #[test]
    fn what_could_not_be_read_is_named() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let page = runtime.block_on(async {
            let context = context();
            assert!(context.rows("/v2/alerts").await.is_empty());
            let page = Page::new("Cases", html! { p { "nothing" } }).of(&context);
            axum::body::to_bytes(page.into_body(), 1_000_000).await.unwrap()
        });
        let page = String::from_utf8_lossy(&page);
        assert!(page.contains(texts::NOT_READ) && page.contains("/v2/alerts"), "{page}");
    }
}
