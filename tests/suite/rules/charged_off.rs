//! What comes for an account that was charged off: it cannot be refused, and is the bank's.

use chrono::Duration;
use serde_json::json;
use synctera::types::AccountStatus;

use super::super::ledger::bank::{Bank, OTHER, PLAIN, PROGRAM, id, text};

impl Bank {
    /// Charges an account without money off.
    fn charge_off(&self, place: usize) {
        let status = AccountStatus::from("CHARGED_OFF");
        let set =
            self.sandbox.set_account_status(&self.accounts[place], &status, "a loss").unwrap();
        assert_eq!(set, status);
    }

    /// How many transactions of a subtype were posted among accounts of the bank.
    async fn of_the_bank(&self, subtype: &str) -> usize {
        let found = self.get(&format!("transactions/posted?subtype={subtype}")).await;
        let found = found["result"].as_array().unwrap().iter();
        let lines = found.map(|posted| posted["data"]["lines"].as_array().unwrap());
        lines.filter(|lines| lines.iter().all(|line| line["is_gl_acc"] == true)).count()
    }

    async fn posted_to(&self, place: usize) -> usize {
        let path = format!("transactions/posted?account_id={}", self.accounts[place]);
        self.get(&path).await["result"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn what_comes_for_a_charged_off_account_goes_to_suspense() {
    let bank = Bank::open().await;
    bank.transfer(PROGRAM, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    let bought = bank.authorize(40_00).await.unwrap();
    bank.clear(&bought, 40_00).await.unwrap();
    let purchase = bank.get("transactions/posted?type=card").await["result"][0]["uuid"].clone();
    let push = json!({ "customer_id": bank.person, "amount": 10_00, "currency": "USD",
        "dc_sign": "credit", "originating_account_id": bank.accounts[PLAIN],
        "receiving_account_id": bank.external });
    let sent = id(&bank.post("ach", push).await.unwrap());
    bank.sandbox.advance(Duration::days(2)).unwrap();
    bank.transfer(PLAIN, OTHER, 50_00, "IMMEDIATE").await.unwrap();
    let dispute = json!({ "payment_rail": "CARD", "transaction_id": purchase,
        "disputed_amount": 40_00, "date_customer_reported": "2026-11-24T14:00:00Z",
        "memo": "not mine", "reason_code": "DUPLICATE_TRANSACTION" });
    let dispute = id(&bank.post("disputes", dispute).await.unwrap());
    let chargeback = json!({ "payment_rail": "CARD", "action": "CHARGEBACK", "state": "CREATE" });
    bank.post(&format!("disputes/{dispute}/actions"), chargeback).await.unwrap();
    bank.charge_off(PLAIN);
    let before = bank.posted_to(PLAIN).await;

    // What a merchant forces.
    let body = json!({ "original_transaction_id": bought, "amount": 7_00, "force_post": true });
    bank.post("cards/transaction_simulations/clearing", body).await.unwrap();
    assert_eq!(bank.of_the_bank("pos_purchase").await, 1, "the first was the account's");
    // What another bank returns.
    let body = json!({ "ach_id": sent });
    bank.post("ach/transaction_simulations/receiving_return", body).await.unwrap();
    let entries = bank.get("ach/incoming").await;
    assert!(entries.to_string().contains("IN_SUSPENSE"), "{entries}");
    assert_eq!(bank.of_the_bank("outgoing_credit_return").await, 1);
    // What the network gives when it does not answer.
    bank.sandbox.advance(Duration::days(45)).unwrap();
    let won = bank.get(&format!("disputes/{dispute}")).await;
    assert_eq!((text(&won, "status"), text(&won, "decision")), ("CLOSED", "WON"));
    assert_eq!(bank.of_the_bank("chargeback").await, 1);

    assert_eq!(
        (bank.balance_of(&bank.accounts[PLAIN]).await, bank.posted_to(PLAIN).await),
        (0, before)
    );
    assert_eq!(bank.shown(&bank.accounts[PLAIN]).await["status"], "CHARGED_OFF");
    bank.adds_up();
}
