//! What the files of `--fixtures` created.

use axum::response::Response;
use maud::html;
use serde_json::Value;

use crate::context::Context;
use crate::field::copied;
use crate::format::plain;
use crate::page::Page;
use crate::texts::{self, administrator};

pub(super) async fn show(context: Context) -> Response {
    let answer = match context.control("/sandbox/fixtures").await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(&context),
    };
    let fixtures = answer.get("fixtures").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |of: &Value, name: &str| of.get(name).map(plain).unwrap_or_default();
    let content = html! {
        h1 { (texts::FIXTURES) }
        @if fixtures.is_empty() {
            div .empty {
                p { (texts::NOTHING_YET) }
                pre tabindex="0" { code { (administrator::FIXTURES_COMMAND) } }
            }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(texts::FIXTURES) {
                table {
                    thead { tr { @for label in administrator::FIXTURES_HEADINGS { th scope="col" { (label) } } } }
                    tbody {
                        @for fixture in &fixtures {
                            tr {
                                th scope="row" { (text(fixture, "name")) }
                                td { (text(fixture, "journey")) }
                                td {
                                    @if !text(fixture, "id").is_empty() {
                                        a href={ (context.page("search")) "?q=" (text(fixture, "id")) } { (administrator::FIXTURE_FIND) } " "
                                        (copied(&text(fixture, "id")))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    Page::new(texts::FIXTURES, content).of(&context)
}
