//! Money by ACH: when it goes, and with which code it comes back.

use serde_json::json;

use super::super::ledger::bank::{CAPPED, OTHER, PLAIN, PROGRAM, SAVING};
use super::{Bank, code, text};

#[tokio::test]
async fn a_transfer_leaves_the_same_day_or_on_a_date() {
    let bank = Bank::open().await;
    bank.transfer(PROGRAM, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    let push = |fields: serde_json::Value| {
        let mut body = json!({ "customer_id": bank.person, "amount": 1_00, "currency": "USD",
            "dc_sign": "credit", "originating_account_id": bank.accounts[PLAIN],
            "receiving_account_id": bank.external });
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        bank.post("ach", body)
    };
    push(json!({ "is_same_day": true })).await.unwrap();
    push(json!({ "effective_date": "2026-11-30" })).await.unwrap();
    let both = push(json!({ "is_same_day": true, "effective_date": "2026-11-30" })).await;
    assert_eq!(code(&both), "BAD_REQUEST_BODY");
    for (field, value) in
        [("company_name", "A name that is too long"), ("company_entry_description", "ELEVENCHARS")]
    {
        assert_eq!(code(&push(json!({ field: value })).await), "BAD_REQUEST_BODY", "{field}");
    }
}

#[tokio::test]
async fn an_entry_that_cannot_be_posted_goes_back_with_its_reason() {
    let bank = Bank::open().await;
    let number = async |place: usize| {
        let account = bank.get(&format!("accounts/{}", bank.accounts[place])).await;
        text(&account, "account_number").to_owned()
    };
    let enter = async |number: &str, dc_sign: &str| {
        let entry = json!({ "account_number": number, "amount": 5_00, "dc_sign": dc_sign,
            "effective_date": "2026-11-24" });
        bank.post("ach/transaction_simulations/receiving_transaction", entry).await.unwrap();
        let entries = bank.all("ach/incoming", "transactions").await;
        let entry = entries.last().unwrap();
        let code = text(entry, "decline_reason").chars().take(3).collect();
        (text(entry, "status").to_owned(), code)
    };
    let posted = ("POSTED".to_owned(), String::new());
    let returned = |code: &str| ("RETURNED".to_owned(), code.to_owned());
    let plain = number(PLAIN).await;
    assert_eq!(enter(&plain, "credit").await, posted);
    assert_eq!(enter(&plain, "debit").await, posted);
    assert_eq!(enter(&plain, "debit").await, returned("R01"));
    assert_eq!(enter("790000000000", "credit").await, returned("R03"));
    let frozen = format!("accounts/{}", bank.accounts[OTHER]);
    bank.patch(&frozen, json!({ "access_status": "FROZEN" })).await.unwrap();
    assert_eq!(enter(&number(OTHER).await, "debit").await, returned("R16"));
    let closing = format!("accounts/{}/initiate_closure", bank.accounts[SAVING]);
    let close = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moves away",
        "payment_method": null, "destination_id": null });
    let saving = number(SAVING).await;
    bank.post(&closing, close).await.unwrap();
    bank.wait(24 * 5);
    assert_eq!(enter(&saving, "credit").await, returned("R02"));
    bank.sandbox.audit().unwrap();
}

#[tokio::test]
async fn nothing_moves_beyond_what_sums_can_hold() {
    let bank = Bank::open().await;
    let most = 1_000_000_000_000_000;
    bank.transfer(PROGRAM, PLAIN, most, "IMMEDIATE").await.unwrap();
    for (amount, mode) in [(most + 1, "IMMEDIATE"), (i64::MAX, "IMMEDIATE"), (i64::MAX, "MANUAL")] {
        let refused = bank.transfer(PROGRAM, CAPPED, amount, mode).await;
        assert_eq!(code(&refused), "BAD_REQUEST_BODY");
    }
    bank.sandbox.audit().unwrap();
}
