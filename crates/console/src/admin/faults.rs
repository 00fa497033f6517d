//! Failures on request.

use axum::response::Response;
use maud::html;
use serde_json::Value;

use super::command::{Command, Kind, given};
use crate::context::Context;
use crate::format::plain;
use crate::page::Page;
use crate::texts;

pub(super) static ADD: Command = Command {
    name: "add_fault",
    page: "faults",
    label: "Add",
    method: "POST",
    path: "/sandbox/faults",
    fields: &[
        given("/operation", "Operation, such as create_person; empty for all", Kind::Text),
        given("/status", "Status, 400 to 599", Kind::Number),
        given("/code", "Code", Kind::Text),
        given("/delay_ms", "Delay in milliseconds", Kind::Number),
        given("/times", "Times; empty for all", Kind::Number),
    ],
    is_final: false,
};

pub(super) static REMOVE: Command = Command {
    name: "remove_fault",
    page: "faults",
    label: "Remove",
    method: "DELETE",
    path: "/sandbox/faults/{number}",
    fields: &[given("number", "Number", Kind::Text)],
    is_final: false,
};

pub(super) async fn show(context: Context) -> Response {
    let answer = match context.control("/sandbox/faults").await {
        Ok(answer) => answer,
        Err(failure) => return failure.of_page(&context),
    };
    let faults = answer.get("faults").and_then(Value::as_array).cloned().unwrap_or_default();
    let content = html! {
        h1 { "Faults" }
        p { "Requests that fit one fail in its way. The first that fits counts." }
        @if faults.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label="Faults" {
                table {
                    thead { tr { th scope="col" { "Number" } th scope="col" { "What" } th scope="col" { "Remove" } } }
                    tbody {
                        @for fault in &faults {
                            @let number = fault.get("number").map(plain).unwrap_or_default();
                            tr {
                                th scope="row" { (number) }
                                td { (described(fault)) }
                                td { (REMOVE.form(&context, &[("number", &number)])) }
                            }
                        }
                    }
                }
            }
        }
        h2 { "Add one" }
        (ADD.form(&context, &[]))
    };
    Page::new("Faults", content).of(&context)
}

/// The members of a fault, but for those that say nothing.
fn described(fault: &Value) -> String {
    let members = fault.as_object().into_iter().flatten();
    let members = members.filter(|(name, value)| {
        *name != "number" && value.as_bool() != Some(false) && value.as_i64() != Some(0)
    });
    members.map(|(name, value)| format!("{name} {}", plain(value))).collect::<Vec<_>>().join(", ")
}
