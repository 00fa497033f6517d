//! Snapshots: everything as it was, kept and brought back; and the way back to the start.

use axum::response::Response;
use maud::html;
use serde_json::Value;

use super::command::{Command, Kind, given};
use crate::context::Context;
use crate::field::time;
use crate::format::plain;
use crate::page::Page;
use crate::texts;

pub(super) static TAKE: Command = Command {
    name: "take_snapshot",
    page: "snapshots",
    label: "Take",
    method: "POST",
    path: "/sandbox/snapshots",
    fields: &[given("/name", "Name; empty for a number", Kind::Text)],
    is_final: false,
};

pub(super) static RESTORE: Command = Command {
    name: "restore_snapshot",
    page: "snapshots",
    label: "Restore",
    method: "POST",
    path: "/sandbox/snapshots/{snapshot}/restore",
    fields: &[given("snapshot", "Name", Kind::Text)],
    is_final: true,
};

pub(super) static REMOVE: Command = Command {
    name: "remove_snapshot",
    page: "snapshots",
    label: "Remove",
    method: "DELETE",
    path: "/sandbox/snapshots/{snapshot}",
    fields: &[given("snapshot", "Name", Kind::Text)],
    is_final: true,
};

pub(super) static RESET: Command = Command {
    name: "reset",
    page: "snapshots",
    label: "Reset the sandbox",
    method: "POST",
    path: "/sandbox/reset",
    fields: &[],
    is_final: true,
};

pub(super) async fn show(context: Context) -> Response {
    let answer = match context.control("/sandbox/snapshots").await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(&context),
    };
    let snapshots = answer.get("snapshots").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |of: &Value, name: &str| of.get(name).map(plain).unwrap_or_default();
    let content = html! {
        h1 { "Snapshots" }
        @if snapshots.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label="Snapshots" {
                table {
                    thead {
                        tr { th scope="col" { "Name" } th scope="col" { "Clock" } th scope="col" { "Restore" } th scope="col" { "Remove" } }
                    }
                    tbody {
                        @for snapshot in &snapshots {
                            @let name = text(snapshot, "name");
                            tr {
                                th scope="row" { (name) }
                                td { (time(&text(snapshot, "now"))) }
                                td { (RESTORE.form(&context, &[("snapshot", &name)])) }
                                td { (REMOVE.form(&context, &[("snapshot", &name)])) }
                            }
                        }
                    }
                }
            }
        }
        h2 { "Take one" }
        (TAKE.form(&context, &[]))
        h2 { "Back to the start" }
        p { "Deletes everything, and what the sandbox began with is there again." }
        (RESET.form(&context, &[]))
    };
    Page::new("Snapshots", content).of(&context)
}
