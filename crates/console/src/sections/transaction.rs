//! A payment as one story: what happened when, and which entries it left in the ledger.

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
    text(sections::STEP, "/operation"),
    field(texts::ASKED, "/req_amount", Shown::Money("/currency")),
    field(texts::HELD, "/amount", Shown::Money("/currency")),
    field(texts::STATUS, "/status", Shown::Status),
    field(texts::REASON, "/reason", Shown::Reason),
    field(texts::TIME, "/transaction_time /created", Shown::Moment),
];

pub(super) async fn show(context: &Context, id: &str, of: &Value) -> Markup {
    let list = |at: &str| of.pointer(at).and_then(Value::as_array).cloned().unwrap_or_default();
    let (lines, history) = (list("/data/lines"), list("/data/history"));
    // What the payment was before it was posted, and what became of a hold.
    let reference = of.get("reference_id").and_then(Value::as_str).unwrap_or_default();
    let others = match reference {
        "" => Vec::new(),
        reference => {
            let query = format!("reference_id={}&limit=20", crate::context::encoded(reference));
            let mut all = Vec::new();
            for (resource, list) in [
                ("pending", "/v2/transactions/pending"),
                ("transactions", "/v2/transactions/posted"),
            ] {
                let found = context.rows(&format!("{list}?{query}")).await;
                all.extend(found.into_iter().map(|row| (resource, row)));
            }
            all.retain(|(_, row)| row.get("uuid").and_then(Value::as_str) != Some(id));
            all
        }
    };
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
        @if !others.is_empty() {
            section {
                h2 { (sections::REST_OF_PAYMENT) }
                ol .timeline {
                    @for (resource, row) in &others {
                        @let id = row.get("uuid").map(crate::format::plain).unwrap_or_default();
                        li {
                            (crate::field::id(context, resource, &id)) " "
                            (field("", "/status /data/status", Shown::Status).show(context, row)) " "
                            (field("", "/transaction_time /data/transaction_time", Shown::Moment).show(context, row))
                        }
                    }
                }
            }
        }
    }
}
