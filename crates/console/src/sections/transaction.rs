//! The steps of a hold, and the entries that a payment left in the ledger.

use maud::{Markup, html};
use serde_json::Value;

use crate::context::Context;
use crate::field::{Field, Shown, field, text};
use crate::table;
use crate::texts::{self, sections};

/// The entries of a transaction.
const ENTRIES: &[Field] = &[
    field(texts::ACCOUNT, "/account_id", Shown::Account),
    text(sections::SIDE, "/dc_sign"),
    field(texts::AMOUNT, "/amount", Shown::Money("/currency")),
    field(texts::POSTED_AFTER, "/balance", Shown::Money("/currency")),
    field(sections::AVAILABLE_AFTER, "/available_balance", Shown::Money("/currency")),
    field(sections::OF_THE_BANK, "/is_gl_acc", Shown::Plain),
];

/// The steps of a hold.
const STEPS: &[Field] = &[
    field(sections::STEP, "/data/operation", Shown::Status),
    field(texts::ASKED, "/data/req_amount", Shown::Money("/data/currency")),
    field(texts::HELD, "/data/amount", Shown::Money("/data/currency")),
    field(texts::STATUS, "/data/status", Shown::Status),
    field(texts::REASON, "/data/reason", Shown::Reason),
    field(texts::TIME, "/updated", Shown::Moment),
];

pub(super) async fn show(context: &Context, of: &Value) -> Markup {
    let list = |at: &str| of.pointer(at).and_then(Value::as_array).cloned().unwrap_or_default();
    let (lines, mut history) = (list("/data/lines"), list("/data/history"));
    // What the hold is now is its last step.
    if of.pointer("/data/operation").is_some() {
        history.push(of.clone());
    }
    html! {
        @if !lines.is_empty() {
            section {
                h2 { (texts::LEDGER_ENTRIES) }
                (table::plain_rows(context, texts::LEDGER_ENTRIES, ENTRIES, &lines).await)
            }
        }
        @if !history.is_empty() {
            section {
                h2 { (sections::STEPS) }
                (table::plain_rows(context, sections::STEPS, STEPS, &history).await)
            }
        }
    }
}
