//! Failures on request.

use axum::response::Response;
use maud::html;
use serde_json::Value;

use super::command::{Command, Kind, given, shown};
use crate::context::Context;
use crate::format::plain;
use crate::operators::Permission;
use crate::page::Page;
use crate::texts::{self, administrator};

pub(super) static ADD: Command = Command {
    name: "add_fault",
    page: "faults",
    label: administrator::FAULT_ADD,
    done: administrator::FAULT_ADDED,
    method: "POST",
    path: "/sandbox/faults",
    fields: &[
        given("/operation", administrator::FAULT_OPERATION, Kind::Text).example("create_person"),
        given("/status", administrator::FAULT_STATUS, Kind::Number).example("503"),
        given("/code", texts::CODE, Kind::Text),
        given("/delay_ms", administrator::FAULT_DELAY, Kind::Number).example(""),
        given("/retry_after", administrator::FAULT_RETRY_AFTER, Kind::Number).example(""),
        given("/drop", administrator::FAULT_DROP, Kind::Flag),
        given("/truncate", administrator::FAULT_TRUNCATE, Kind::Number).example(""),
        given("/after", administrator::FAULT_AFTER, Kind::Flag),
        given("/method", administrator::FAULT_METHOD, Kind::Text),
        given("/path", administrator::FAULT_PATH, Kind::Text),
        given("/times", administrator::FAULT_TIMES, Kind::Number),
    ],
    is_final: false,
};

pub(super) static REMOVE: Command = Command {
    name: "remove_fault",
    page: "faults",
    label: texts::REMOVE,
    done: administrator::FAULT_REMOVED,
    method: "DELETE",
    path: "/sandbox/faults/{number}",
    fields: &[given("number", administrator::FAULT_NUMBER, Kind::Text)],
    is_final: false,
};

pub(super) async fn show(context: Context) -> Response {
    let answer = match context.control("/sandbox/faults").await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(&context),
    };
    let faults = answer.get("faults").and_then(Value::as_array).cloned().unwrap_or_default();
    let content = html! {
        h1 { (texts::FAULTS) }
        p { (administrator::FAULTS_ABOUT) }
        @if faults.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(texts::FAULTS) {
                table {
                    thead { tr { @for label in shown(&context, administrator::FAULTS_HEADINGS, 1) { th scope="col" { (label) } } } }
                    tbody {
                        @for fault in &faults {
                            @let number = fault.get("number").map(plain).unwrap_or_default();
                            tr {
                                th scope="row" { (number) }
                                td { (described(fault)) }
                                @if context.may(Permission::Administer) { td { (REMOVE.form(&context, &[("number", &number)])) } }
                            }
                        }
                    }
                }
            }
        }
        (ADD.section(&context, administrator::FAULT_ADD_TITLE, ""))
    };
    Page::new(texts::FAULTS, content).of(&context)
}

/// The members of a fault, but for those that say nothing.
fn described(fault: &Value) -> String {
    let members = fault.as_object().into_iter().flatten();
    let members = members.filter(|(name, value)| {
        *name != "number" && value.as_bool() != Some(false) && value.as_i64() != Some(0)
    });
    members.map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(", ")
}
