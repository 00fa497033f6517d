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

#[tokio::test]
async fn nothing_comes_in_above_a_ceiling_without_an_account_above_it() {
    let bank = Bank::open().await;
    let account = &bank.accounts[PLAIN];
    let ceiling = json!({ "balance_ceiling": { "balance": 1_000_00 } });
    bank.patch(&format!("accounts/{account}"), ceiling).await.unwrap();
    let number = bank.get(&format!("accounts/{account}")).await["account_number"].clone();
    let enter = async |amount: i64| {
        let entry = json!({ "account_number": number, "amount": amount, "dc_sign": "credit",
            "effective_date": "2026-11-24" });
        let path = "ach/transaction_simulations/receiving_transaction";
        let entry = bank.post(path, entry).await.unwrap();
        bank.get(&format!("ach/incoming/{}", text(&entry, "id"))).await
    };
    let returned = enter(1_200_00).await;
    assert_eq!(returned["status"], "RETURNED");
    assert!(text(&returned, "decline_reason").starts_with("R23"), "{returned}");
    assert_eq!(enter(800_00).await["status"], "POSTED");
    // An entry of no money comes in whatever the balance is.
    assert_eq!(enter(0).await["status"], "POSTED");

    for (amount, status) in [(200_01, "RETURNED"), (150_00, "POSTED")] {
        let wire = json!({ "account_number": number, "amount": amount });
        bank.post("wires/transaction_simulations/receiving_transaction", wire).await.unwrap();
        let wires = bank.get("wires/incoming").await["wires"].clone();
        let wire = wires.as_array().unwrap().iter().find(|wire| wire["amount"] == amount).unwrap();
        assert_eq!(wire["status"], status);
    }
    let pull = |amount: i64| {
        let body = json!({ "customer_id": bank.person, "amount": amount, "currency": "USD",
            "dc_sign": "debit", "originating_account_id": account,
            "receiving_account_id": bank.external });
        bank.post("ach", body)
    };
    assert_eq!(code(&pull(50_01).await), "BALANCE_VIOLATION");
    let token = json!({ "customer_id": bank.person, "name": "Ada Byron", "token": "good-1" });
    let card = bank.post("external_cards/tokens", token).await.unwrap();
    let from_card = |amount: i64| {
        let body = json!({ "type": "PULL", "originating_account_id": account,
            "external_card_id": card["id"], "amount": amount, "currency": "USD" });
        bank.post("external_cards/transfers", body)
    };
    assert_eq!(code(&from_card(50_01).await), "BALANCE_VIOLATION");
    from_card(10_00).await.unwrap();
    let credit = async |amount: i64| {
        let body = json!({ "card_id": bank.card, "amount": amount, "mid": "shop",
            "type": "disbursement" });
        let path = "cards/transaction_simulations/financial/original_credit";
        let answer = bank.post(path, body).await.unwrap();
        text(&answer["transaction"], "state").to_owned()
    };
    assert_eq!(credit(40_01).await, "DECLINED");
    assert_eq!(credit(10_00).await, "COMPLETION");
    pull(30_00).await.unwrap();
    bank.sandbox.audit().unwrap();
}

#[tokio::test]
async fn an_alias_names_a_kind_of_account_that_the_bank_has() {
    let bank = Bank::open().await;
    let transfer = |fields: serde_json::Value| {
        let mut body = json!({ "amount": 5_00, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        bank.post("transactions/internal_transfer", body)
    };
    let (plain, other) = (&bank.accounts[PLAIN], &bank.accounts[OTHER]);
    for alias in ["ach_suspense", "ACH_SUSPENSE", "rewards"] {
        let fields = json!({ "originating_account_alias": alias, "receiving_account_id": plain });
        transfer(fields).await.unwrap();
    }
    for alias in ["ach_suspence_typo", "ach suspense", " "] {
        let fields = json!({ "originating_account_alias": alias, "receiving_account_id": other });
        assert_eq!(code(&transfer(fields).await), "ACCOUNT_NOT_FOUND", "{alias}");
        let fields = json!({ "originating_account_id": plain, "receiving_account_alias": alias });
        assert_eq!(code(&transfer(fields).await), "ACCOUNT_NOT_FOUND", "{alias}");
    }
    assert_eq!(bank.balances().await[PLAIN].0, 15_00);
    bank.sandbox.audit().unwrap();
}
