//! API keys, and the workspaces that they open.

use axum::response::Response;
use maud::html;
use serde_json::Value;

use super::command::{Command, Kind, given, shown};
use crate::context::Context;
use crate::field::copied;
use crate::format::plain;
use crate::operators::Permission;
use crate::page::Page;
use crate::texts::{self, administrator};

pub(super) static ADD: Command = Command {
    name: "add_key",
    page: "keys",
    label: administrator::KEY_ADD,
    done: administrator::KEY_ADDED,
    method: "POST",
    path: "/sandbox/keys",
    fields: &[given("/workspace", administrator::KEY_WORKSPACE, Kind::Text)],
    is_final: false,
};

pub(super) static REMOVE: Command = Command {
    name: "remove_key",
    page: "keys",
    label: texts::REMOVE,
    done: administrator::KEY_REMOVED,
    method: "DELETE",
    path: "/sandbox/keys/{id}",
    fields: &[given("id", texts::ID, Kind::Text)],
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
        h1 { (texts::API_KEYS) }
        p { (administrator::KEYS_ABOUT) }
        div .scroll tabindex="0" role="region" aria-label=(texts::API_KEYS) {
            table {
                thead {
                    tr { @for label in shown(&context, administrator::KEYS_HEADINGS, 1) { th scope="col" { (label) } } }
                }
                tbody {
                    @for key in &keys {
                        @let (id, workspace) = (text(key, "id"), text(key, "workspace"));
                        tr {
                            th scope="row" { code { (id) } }
                            td { a href=(context.url(&format!("{workspace}/overview"))) { (workspace) } }
                            td { (text(key, "given_at_start")) }
                            @if context.may(Permission::Administer) {
                                td { @if text(key, "given_at_start") == texts::NO { (REMOVE.form(&context, &[("id", &id)])) } }
                            }
                        }
                    }
                }
            }
        }
        (ADD.section(&context, administrator::KEY_ADD_TITLE, ""))
    };
    Page::new(texts::API_KEYS, content).of(&context)
}

/// A key that was made just now.
pub(super) fn added(context: &Context, answer: &Value) -> Response {
    let text = |name: &str| answer.get(name).map(plain).unwrap_or_default();
    let content = html! {
        h1 { (administrator::KEY_ADDED) }
        div .notice data-tone="good" role="status" { p { (administrator::KEY_ADDED_NOTICE) } }
        dl {
            div { dt { (administrator::KEY) } dd { (copied(&text("api_key"))) } }
            div { dt { (texts::WORKSPACE) } dd { a href=(context.url(&format!("{}/overview", text("workspace")))) { (text("workspace")) } } }
        }
        p { a href=(context.admin("keys")) { (administrator::KEYS_ALL) } }
    };
    Page::new(administrator::KEY_ADDED, content).of(context)
}
