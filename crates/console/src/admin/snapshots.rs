//! Snapshots: everything as it was, kept and brought back; and the way back to the start.

use axum::response::Response;
use maud::html;
use serde_json::Value;

use super::command::{Command, Kind, given, shown};
use crate::context::Context;
use crate::field::time;
use crate::format::plain;
use crate::operators::Permission;
use crate::page::Page;
use crate::texts::{self, administrator};

pub(super) static TAKE: Command = Command {
    name: "take_snapshot",
    page: "snapshots",
    label: administrator::SNAPSHOT_TAKE,
    done: administrator::SNAPSHOT_TAKEN,
    method: "POST",
    path: "/sandbox/snapshots",
    fields: &[given("/name", administrator::SNAPSHOT_NAME, Kind::Text).example("before")],
    is_final: false,
};

pub(super) static RESTORE: Command = Command {
    name: "restore_snapshot",
    page: "snapshots",
    label: administrator::SNAPSHOT_RESTORE,
    done: administrator::SNAPSHOT_RESTORED,
    method: "POST",
    path: "/sandbox/snapshots/{snapshot}/restore",
    fields: &[given("snapshot", texts::NAME, Kind::Text)],
    is_final: true,
};

pub(super) static REMOVE: Command = Command {
    name: "remove_snapshot",
    page: "snapshots",
    label: texts::REMOVE,
    done: administrator::SNAPSHOT_REMOVED,
    method: "DELETE",
    path: "/sandbox/snapshots/{snapshot}",
    fields: &[given("snapshot", texts::NAME, Kind::Text)],
    is_final: true,
};

pub(super) static RESET: Command = Command {
    name: "reset",
    page: "snapshots",
    label: administrator::RESET,
    done: administrator::RESET_DONE,
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
        h1 { (texts::SNAPSHOTS) }
        @if snapshots.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(texts::SNAPSHOTS) {
                table {
                    thead {
                        tr { @for label in shown(&context, administrator::SNAPSHOTS_HEADINGS, 2) { th scope="col" { (label) } } }
                    }
                    tbody {
                        @for snapshot in &snapshots {
                            @let name = text(snapshot, "name");
                            tr {
                                th scope="row" { (name) }
                                td { (time(&text(snapshot, "taken_at"))) }
                                @if context.may(Permission::Administer) {
                                    td { (RESTORE.form(&context, &[("snapshot", &name)])) }
                                    td { (REMOVE.form(&context, &[("snapshot", &name)])) }
                                }
                            }
                        }
                    }
                }
            }
        }
        (TAKE.section(&context, administrator::SNAPSHOT_TAKE_TITLE, ""))
        (RESET.section(&context, administrator::RESET_TITLE, administrator::RESET_ABOUT))
    };
    Page::new(texts::SNAPSHOTS, content).of(&context)
}
