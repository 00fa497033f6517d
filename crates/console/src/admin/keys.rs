//! API keys, and the workspaces that they open.

use axum::response::Response;
use maud::html;
use serde_json::Value;

use super::command::{Command, Kind, given};
use crate::context::Context;
use crate::field::copied;
use crate::format::plain;
use crate::page::Page;

pub(super) static ADD: Command = Command {
    name: "add_key",
    page: "keys",
    label: "Make a key",
    method: "POST",
    path: "/sandbox/keys",
    fields: &[given("/workspace", "Workspace; empty for a new one", Kind::Text)],
    is_final: false,
};

pub(super) static REMOVE: Command = Command {
    name: "remove_key",
    page: "keys",
    label: "Remove",
    method: "DELETE",
    path: "/sandbox/keys/{id}",
    fields: &[given("id", "Id", Kind::Text)],
    is_final: true,
};

pub(super) async fn show(context: Context) -> Response {
    let answer = match context.control("/sandbox/keys").await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(&context),
    };
    let keys = answer.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |of: &Value, name: &str| of.get(name).map(plain).unwrap_or_default();
    let content = html! {
        h1 { "API keys" }
        p { "A key opens one workspace. It is shown once, when it is made; afterward its id stands for it." }
        div .scroll tabindex="0" role="region" aria-label="API keys" {
            table {
                thead {
                    tr { th scope="col" { "Id" } th scope="col" { "Workspace" } th scope="col" { "Given at the start" } th scope="col" { "Remove" } }
                }
                tbody {
                    @for key in &keys {
                        @let (id, workspace) = (text(key, "id"), text(key, "workspace"));
                        tr {
                            th scope="row" { code { (id) } }
                            td { a href=(context.url(&format!("{workspace}/overview"))) { (workspace) } }
                            td { (text(key, "given_at_start")) }
                            td { @if text(key, "given_at_start") == "no" { (REMOVE.form(&context, &[("id", &id)])) } }
                        }
                    }
                }
            }
        }
        h2 { "Another one" }
        (ADD.form(&context, &[]))
    };
    Page::new("API keys", content).of(&context)
}

/// A key that was made just now.
pub(super) fn added(context: &Context, answer: &Value) -> Response {
    let text = |name: &str| answer.get(name).map(plain).unwrap_or_default();
    let content = html! {
        h1 { "A new API key" }
        div .notice data-tone="good" role="status" { p { "This page alone shows it. Copy it now." } }
        dl {
            div { dt { "Key" } dd { (copied(&text("api_key"))) } }
            div { dt { "Workspace" } dd { a href=(context.url(&format!("{}/overview", text("workspace")))) { (text("workspace")) } } }
        }
        p { a href=(context.admin("keys")) { "All keys" } }
    };
    Page::new("A new API key", content).of(context)
}
