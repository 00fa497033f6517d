//! Whether the books add up.

use axum::response::Response;
use maud::html;
use serde_json::Value;

use crate::bank::Call;
use crate::code;
use crate::context::Context;
use crate::format::plain;
use crate::page::Page;

/// The figures of the check, and which of them must be zero.
const FIGURES: &[(&str, &str, bool)] = &[
    ("Postings", "postings", false),
    ("Sum of all postings", "sum", true),
    ("Transactions that do not balance", "unbalanced_transactions", true),
    ("Balances that differ from their postings", "wrong_balances", true),
    ("Open holds", "open_holds", false),
    ("Holds that differ", "wrong_holds", true),
    ("Closed accounts with a balance", "closed_with_balance", true),
];

pub(super) async fn show(context: Context) -> Response {
    // It answers 500 when they do not, with the figures.
    let answer = context.bank.call(Call::control("GET", "/sandbox/check", None)).await;
    let adds_up = answer.body.get("adds_up") == Some(&Value::Bool(true));
    let content = html! {
        h1 { "Ledger check" }
        div .notice data-tone=(if adds_up { "good" } else { "bad" }) role="status" {
            p { @if adds_up { "The books add up." } @else { "The books do not add up." } }
        }
        table .sum {
            tbody {
                @for (label, name, must_be_zero) in FIGURES {
                    @let value = answer.body.get(*name).map(plain).unwrap_or_default();
                    tr {
                        th scope="row" { (label) }
                        td .number {
                            @if *must_be_zero && value != "0" { strong { (value) } } @else { (value) }
                        }
                    }
                }
            }
        }
        p { "Every balance and hold is computed again from the postings." }
        (code::show(&context, "GET", "/sandbox/check", None))
    };
    Page::new("Ledger check", content).of(&context)
}
