//! Closing an account with a great balance: it is paid in parts, and no more of them than is bounded.

use serde_json::{Value, json};

use super::super::ledger::bank::{Bank, OTHER, PLAIN, PROGRAM, text};
use super::closing::waits;

/// The most of an ACH transfer and of a transaction of the ledger, and the most payments of a balance.
const ACH_MAX: i64 = 9_999_999_999;
const LEDGER_MAX: i64 = 1_000_000_000_000_000;
const PAYMENTS_MAX: i64 = 100;

/// What the balance of an account in closing waits for.
fn reason(account: &Value) -> String {
    assert!(waits(account).contains(&"balance"), "{account}");
    let checks = account["account_closure"]["validation_responses"].as_array().unwrap();
    let balance = checks.iter().find(|check| check["name"] == "balance").unwrap();
    text(balance, "message").to_owned()
}

#[tokio::test]
async fn a_balance_that_is_too_great_for_ach_waits_for_another_method() {
    let bank = Bank::open().await;
    let (account, other) = (&bank.accounts[PLAIN], &bank.accounts[OTHER]);
    let rest = ACH_MAX * PAYMENTS_MAX + 1;
    bank.transfer(PROGRAM, PLAIN, rest, "IMMEDIATE").await.unwrap();
    let closing = bank.close(account, "ACH", Some(&bank.external)).await.unwrap();
    assert!(reason(&closing).contains("more than 100 payments by ACH"), "{closing}");
    bank.sandbox.advance_banking_days(3).unwrap();
    let waiting = bank.shown(account).await;
    assert_eq!(waiting["status"], "IN_CLOSING");
    assert!(reason(&waiting).contains("name another payment_method"), "{waiting}");
    assert_eq!(bank.balance_of(account).await, rest);
    assert_eq!(bank.all("ach", "transactions").await, [] as [Value; 0]);

    let change = json!({ "payment_method": "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT",
        "destination_id": other });
    bank.patch(&format!("accounts/{account}/initiate_closure"), change).await.unwrap();
    bank.sandbox.advance_banking_days(1).unwrap();
    assert_eq!(bank.shown(account).await["status"], "CLOSED");
    assert_eq!(bank.balance_of(other).await, rest);
    bank.adds_up();
}

#[tokio::test]
async fn a_great_balance_is_paid_in_parts() {
    let bank = Bank::open().await;
    let (account, other) = (&bank.accounts[PLAIN], &bank.accounts[OTHER]);
    for _ in 0..2 {
        bank.transfer(PROGRAM, PLAIN, LEDGER_MAX, "IMMEDIATE").await.unwrap();
    }
    bank.transfer(PROGRAM, PLAIN, 1, "IMMEDIATE").await.unwrap();
    let to = "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT";
    bank.close(account, to, Some(other)).await.unwrap();
    assert_eq!(bank.balance_of(other).await, 2 * LEDGER_MAX + 1);
    bank.sandbox.advance_banking_days(1).unwrap();
    assert_eq!(bank.shown(account).await["status"], "CLOSED");

    // As much as goes by ACH.
    let rest = ACH_MAX * PAYMENTS_MAX;
    let account = bank.open_for("CHECKING", json!({})).await;
    bank.pay(&bank.accounts[PROGRAM], &account, rest).await.unwrap();
    bank.close(&account, "ACH", Some(&bank.external)).await.unwrap();
    bank.sandbox.advance_banking_days(20).unwrap();
    assert_eq!(bank.shown(&account).await["status"], "CLOSED");
    assert_eq!(bank.balance_of(&account).await, 0);
    bank.adds_up();
}
