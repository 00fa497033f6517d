//! The audit log: what operators did, and what their roles did not allow.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use maud::{Markup, html};

use crate::audit_entry::AuditEntry;
use crate::context::Context;
use crate::field::time;
use crate::format::timestamp;
use crate::operators::Permission;
use crate::page::Page;
use crate::texts::{self, operators};

/// Rows of a page.
const ROWS: usize = 100;
const TITLE: &str = texts::AUDIT_LOG;

pub(super) async fn show(
    context: Context,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    if let Err(failure) = context.require(Permission::ManageOperators, TITLE, "audit").await {
        return failure.of_page(&context);
    }
    let before = query.get("before").and_then(|text| text.parse().ok());
    let rows = context.bank.audit_log(before, ROWS);
    let content = html! {
        h1 { (TITLE) }
        p { (operators::audit_about(&context.admin("log"))) }
        @if rows.is_empty() {
            div .empty { p { (texts::NOTHING_YET) } }
        } @else {
            div .scroll tabindex="0" role="region" aria-label=(TITLE) {
                table {
                    thead {
                        tr {
                            @for label in operators::AUDIT_HEADINGS { th scope="col" { (label) } }
                        }
                    }
                    tbody { @for entry in &rows { (row(entry)) } }
                }
            }
        }
        @if let Some(last) = rows.last().filter(|_| rows.len() == ROWS) {
            p .pages { a href={ (context.admin("audit")) "?before=" (last.number) } rel="next" { (texts::NEXT) } }
        }
    };
    Page::new(TITLE, content).of(&context)
}

fn row(entry: &AuditEntry) -> Markup {
    html! {
        tr {
            td {
                (time(&timestamp(entry.at)))
                @if let Some(at) = &entry.bank_time { br; span .quiet { (operators::BANK_TIME) " " (time(at)) } }
            }
            td { (entry.operator) @if !entry.role.is_empty() { " (" (entry.role) ")" } }
            td .call { (entry.action) }
            td {
                // An entry of several refusals has no status.
                @if entry.status != 0 {
                    span .status data-tone=(if entry.status < 300 { "good" } else { "care" }) { (entry.status) }
                }
            }
            td .target {
                (entry.workspace) " "
                code { @if let Some(method) = &entry.method { (method) " " } (entry.target) }
                @if let Some(body) = &entry.body { " " code { (body) } }
            }
        }
    }
}
