//! What was posted to one account, with the sign that it has there.

use maud::{Markup, html};
use serde_json::{Value, json};

use crate::context::{Context, encoded};
use crate::field::{Field, Shown, field, text};
use crate::table;
use crate::texts::{self, sections};

/// Rows that are shown.
const ROWS: usize = 20;

const COLUMNS: &[Field] = &[
    field(texts::ID, "/id", Shown::Id("transactions")),
    field(texts::TYPE, "/type", Shown::Status),
    field(texts::SUBTYPE, "/subtype", Shown::Status),
    text(texts::MEMO, "/memo"),
    field(texts::AMOUNT, "/amount", Shown::Money("/currency")),
    field(texts::POSTED_AFTER, "/balance", Shown::Money("/currency")),
    field(texts::TIME, "/time", Shown::Moment),
];

/// The columns of a statement, which has no balance for each line.
const OF_A_STATEMENT: &[Field] =
    &[COLUMNS[0], COLUMNS[1], COLUMNS[2], COLUMNS[3], COLUMNS[4], COLUMNS[6]];

/// The newest transactions of an account.
pub(super) async fn of_account(context: &Context, account: &str) -> Markup {
    let query = format!("account_id={}", encoded(account));
    let posted = context.rows(&format!("/v2/transactions/posted?{query}&limit={ROWS}")).await;
    let rows: Vec<Value> = posted.iter().flat_map(|it| lines(account, it)).collect();
    html! {
        @if !rows.is_empty() {
            section {
                h2 { (texts::TRANSACTIONS) }
                (table::plain_rows(context, texts::TRANSACTIONS, COLUMNS, &rows).await)
                p { a href={ (context.page("transactions")) "?" (query) } { (sections::ALL_TRANSACTIONS) } }
            }
        }
    }
}

/// The lines of a statement.
pub(super) async fn of_statement(context: &Context, id: &str) -> Markup {
    let target = format!("/v2/statements/{}/transactions", encoded(id));
    let (lines, is_more) = context.all(&target).await;
    let rows: Vec<Value> = lines.iter().map(of_line).collect();
    html! {
        section {
            h2 { (texts::TRANSACTIONS) }
            @if rows.is_empty() {
                p .empty { (sections::NO_TRANSACTIONS) }
            } @else {
                (table::plain_rows(context, texts::TRANSACTIONS, OF_A_STATEMENT, &rows).await)
                @if is_more { p { (sections::FIRST_LINES) } }
            }
        }
    }
}

/// The lines of a posted transaction that are of an account.
fn lines(account: &str, posted: &Value) -> Vec<Value> {
    let lines = posted.pointer("/data/lines").and_then(Value::as_array);
    let of_account = lines
        .into_iter()
        .flatten()
        .filter(|line| line.get("account_id").and_then(Value::as_str) == Some(account));
    of_account
        .map(|line| {
            json!({
                "id": posted.get("uuid"), "type": posted.get("type"), "subtype": posted.get("subtype"),
                "memo": posted.pointer("/data/memo"), "amount": signed(line),
                "currency": line.get("currency"), "balance": line.get("balance"),
                "time": posted.get("transaction_time"),
            })
        })
        .collect()
}

/// A line of a statement in the same form.
fn of_line(line: &Value) -> Value {
    json!({
        "id": line.get("group_id"), "type": line.get("type"), "subtype": line.get("subtype"),
        "memo": line.get("description"), "amount": signed(line), "currency": line.get("currency"),
        "time": line.get("transaction_time"),
    })
}

/// The amount of a line, negative if it is a debit.
fn signed(line: &Value) -> i64 {
    let amount = line.get("amount").and_then(Value::as_i64).unwrap_or_default();
    let side = line.get("dc_sign").and_then(Value::as_str).unwrap_or_default();
    if side.eq_ignore_ascii_case("debit") { amount.saturating_neg() } else { amount }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_sign_that_it_has_for_its_account() {
        let posted = json!({ "uuid": "t", "data": { "memo": "Rent", "lines": [
            { "account_id": "a", "dc_sign": "debit", "amount": 500, "balance": 100 },
            { "account_id": "b", "dc_sign": "credit", "amount": 500, "balance": 900 },
        ] } });
        let amounts = |account| {
            lines(account, &posted).iter().map(|it| it["amount"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(amounts("a"), [json!(-500)]);
        assert_eq!(amounts("b"), [json!(500)]);
        assert_eq!(of_line(&json!({ "amount": 7, "dc_sign": "DEBIT" }))["amount"], -7);
    }
}
