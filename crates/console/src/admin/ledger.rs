//! Whether the books add up.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use crate::bank::Call;
use crate::code;
use crate::context::Context;
use crate::format::plain;
use crate::page::Page;
use crate::texts::{self, administrator};

/// The figures of the check, and which of them must be zero.
const FIGURES: &[(&str, &str, bool)] = &[
    (administrator::LEDGER_POSTINGS, "postings", false),
    (administrator::LEDGER_SUM, "sum", true),
    (administrator::LEDGER_UNBALANCED, "unbalanced_transactions", true),
    (administrator::LEDGER_WRONG_BALANCES, "wrong_balances", true),
    (administrator::LEDGER_OPEN_HOLDS, "open_holds", false),
    (administrator::LEDGER_WRONG_HOLDS, "wrong_holds", true),
    (administrator::LEDGER_CLOSED_WITH_BALANCE, "closed_with_balance", true),
];

/// The member of a query that asks for the check.
const RUN: &str = "run";

/// The check reads every posting, which takes seconds in a large bank: it is done when it is asked for.
pub(super) async fn show(
    context: Context,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let content = html! {
        h1 { (texts::LEDGER_CHECK) }
        p { (administrator::LEDGER_ABOUT) }
        form .command method="get" {
            button type="submit" name=(RUN) value="1" { (administrator::LEDGER_RUN) }
        }
        @if query.contains_key(RUN) { (figures(&context).await) }
        (code::show(&context, "GET", "/sandbox/check", None))
    };
    Page::new(texts::LEDGER_CHECK, content).of(&context)
}

async fn figures(context: &Context) -> Markup {
    // The response is 500 when they do not add up, with the figures.
    let answer = context.bank.call(Call::control("GET", "/sandbox/check", None)).await;
    let adds_up = answer.body.get("adds_up") == Some(&Value::Bool(true));
    html! {
        div .notice data-tone=(if adds_up { "good" } else { "bad" }) role="status" {
            p { @if adds_up { (administrator::LEDGER_ADDS_UP) } @else { (administrator::LEDGER_DOES_NOT_ADD_UP) } }
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
    }
}
