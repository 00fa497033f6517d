//! Where the documents do not say what the status of an account allows, and settings decide.

use serde_json::{Value, json};

use super::super::ledger::bank::{OTHER, PLAIN};
use super::{Answer, Bank, code, text};

async fn close(bank: &Bank, place: usize, reason: &str) -> Answer {
    let path = format!("accounts/{}/initiate_closure", bank.accounts[place]);
    bank.post(&path, json!({ "reason": reason, "reason_details": "asked for" })).await
}

async fn change(bank: &Bank, place: usize, changes: Value) -> Answer {
    bank.patch(&format!("accounts/{}", bank.accounts[place]), changes).await
}

const ASKED: &str = "CUSTOMER_REQUEST_TRANSFER";

#[tokio::test]
async fn a_stopped_account_may_go_into_closing() {
    let bank = Bank::open().await;
    change(&bank, PLAIN, json!({ "access_status": "FROZEN" })).await.unwrap();
    change(&bank, OTHER, json!({ "status": "SUSPENDED", "note": "odd" })).await.unwrap();
    assert_eq!(code(&close(&bank, PLAIN, ASKED).await), "IMPROPER_ACCOUNT_ACCESS_STATUS");
    assert_eq!(code(&close(&bank, OTHER, ASKED).await), "INVALID_STATUS");
    bank.sandbox.set_setting("stopped_accounts_can_close", true).unwrap();
    for place in [PLAIN, OTHER] {
        let closing = close(&bank, place, ASKED).await.unwrap();
        assert_eq!(text(&closing, "status"), "IN_CLOSING");
    }
    bank.sandbox.audit().unwrap();
}

#[tokio::test]
async fn reasons_of_the_bank_are_for_the_bank() {
    let bank = Bank::open().await;
    for reason in ["BANK_REQUEST_FRAUD", "PROGRAM_SHUT_DOWN_BANK"] {
        assert_eq!(code(&close(&bank, PLAIN, reason).await), "FORBIDDEN", "{reason}");
    }
    close(&bank, PLAIN, "PROGRAM_SHUT_DOWN_FINTECH").await.unwrap();
    bank.sandbox.set_setting("fintech_gives_bank_reasons", true).unwrap();
    close(&bank, OTHER, "PROGRAM_SHUT_DOWN_BANK").await.unwrap();
}

#[tokio::test]
async fn a_closed_account_may_refuse_changes() {
    let bank = Bank::open().await;
    close(&bank, PLAIN, ASKED).await.unwrap();
    bank.sandbox.advance_to("2026-12-01T15:00:00Z".parse().unwrap()).unwrap();
    let closed = bank.get(&format!("accounts/{}", bank.accounts[PLAIN])).await;
    assert_eq!(text(&closed, "status"), "CLOSED");
    let named = |name: &str| json!({ "nickname": name });
    change(&bank, PLAIN, named("Old")).await.unwrap();
    bank.sandbox.set_setting("closed_accounts_can_be_changed", false).unwrap();
    assert_eq!(code(&change(&bank, PLAIN, named("Older")).await), "ACCOUNT_CLOSED");
    let frozen = json!({ "access_status": "FROZEN" });
    assert_eq!(code(&change(&bank, PLAIN, frozen).await), "ACCOUNT_CLOSED");
    change(&bank, PLAIN, named("Old")).await.unwrap();
}
