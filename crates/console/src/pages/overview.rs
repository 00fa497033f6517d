//! The first page: what there is, and what needs somebody.

use axum::response::Response;
use futures_util::future::join_all;
use maud::{Markup, html};
use serde_json::Value;

use crate::code;
use crate::context::Context;
use crate::field::{amount, id, time};
use crate::page::Page;
use crate::resources;
use crate::table;
use crate::texts::{self, platform};

/// Lists of which the newest rows are shown.
const NEWEST: [&str; 3] = ["transactions", "persons", "verifications"];
const ROWS: usize = 5;

pub(crate) async fn show(context: Context) -> Response {
    let clock = context.control("/sandbox/clock").await.unwrap_or_default();
    let internal = context.rows("/v2/internal_accounts?limit=100").await;
    let newest = join_all(NEWEST.iter().map(async |name| {
        let resource = resources::find(name)?;
        let target = format!("{}?limit={ROWS}", resource.list);
        Some((resource, context.rows(&target).await))
    }));
    let newest = newest.await;
    let content = html! {
        h1 { (texts::OVERVIEW) }
        div .grid {
            section .card {
                h2 { (texts::CLOCK) }
                p .figure { (time(text(&clock, "now"))) }
                p { @if text(&clock, "run") == "held" { (texts::HELD) } @else { (platform::RUNS) } }
            }
            @for (label, kind) in [
                (texts::PERSONS, "person"), (texts::ACCOUNTS, "account"), (texts::CARDS, "card"),
                (texts::TRANSACTIONS, "posted transaction"), (texts::WEBHOOKS, "webhook"),
            ] {
                (count(&context, label, kind))
            }
        }
        @if !internal.is_empty() { (of_the_bank(&context, &internal)) }
        @for (resource, rows) in newest.iter().flatten() {
            section {
                h2 { a href=(context.page(resource.name)) { (resource.many) } }
                @if rows.is_empty() {
                    div .empty {
                        p { (texts::NOTHING_YET) }
                        @if !resource.first.is_empty() { (code::first(&context, resource.first)) }
                    }
                } @else {
                    (table::of_resource(&context, resource, rows).await)
                }
            }
        }
    };
    Page::new(texts::OVERVIEW, content).of(&context)
}

fn text<'v>(of: &'v Value, name: &str) -> &'v str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// How many there are in the workspace.
fn count(context: &Context, label: &str, kind: &str) -> Markup {
    html! {
        section .card {
            h2 { (label) }
            p .figure { (context.bank.count(&context.workspace, kind)) }
        }
    }
}

/// The bank's own accounts.
fn of_the_bank(context: &Context, accounts: &[Value]) -> Markup {
    let balance = |account: &Value| {
        let balances = account.get("balances").and_then(Value::as_array)?;
        let posted = balances.iter().find(|it| text(it, "type") == "ACCOUNT_BALANCE")?;
        posted.get("balance").and_then(Value::as_i64)
    };
    html! {
        section {
            h2 { (texts::INTERNAL_ACCOUNTS) }
            div .scroll tabindex="0" role="region" aria-label=(texts::INTERNAL_ACCOUNTS) {
                table {
                    thead { tr { th scope="col" { (platform::PURPOSE) } th scope="col" .number { (platform::BALANCE) } } }
                    tbody {
                        @for account in accounts {
                            tr {
                                td {
                                    @match text(account, "description") {
                                        "" => (id(context, "internal_accounts", text(account, "id"))),
                                        description => (description),
                                    }
                                }
                                td .number {
                                    @if let Some(balance) = balance(account) {
                                        (amount(balance, text(account, "currency")))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
