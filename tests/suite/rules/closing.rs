//! Closing an account: what it waits for, what becomes of its interest, of a payment that comes back,
//! and of money that comes when it has closed.

use serde_json::{Value, json};

use super::super::ledger::bank::{Answer, Bank, OTHER, PLAIN, PROGRAM, SAVING, id, text};
use super::code;

const TO_ACCOUNT: &str = "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT";

impl Bank {
    pub(super) async fn shown(&self, account: &str) -> Value {
        self.get(&format!("accounts/{account}")).await
    }

    pub(super) async fn close(&self, account: &str, method: &str, to: Option<&str>) -> Answer {
        let method = if method.is_empty() { Value::Null } else { json!(method) };
        let body = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moves away",
            "payment_method": method, "destination_id": to });
        self.post(&format!("accounts/{account}/initiate_closure"), body).await
    }

    pub(super) async fn set_status(&self, account: &str, status: &str) -> Answer {
        self.patch(&format!("accounts/{account}"), json!({ "status": status })).await
    }

    pub(super) async fn balance_of(&self, account: &str) -> i64 {
        let shown = self.shown(account).await;
        let balances = shown["balances"].as_array().unwrap();
        let posted = balances.iter().find(|balance| balance["type"] == "ACCOUNT_BALANCE");
        posted.unwrap()["balance"].as_i64().unwrap()
    }

    /// An account of a type; its id.
    pub(super) async fn open_for(&self, account_type: &str, fields: Value) -> String {
        let mut body = json!({ "account_type": account_type, "currency": "USD",
            "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER",
                "person_id": self.person }] });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        id(&self.post("accounts", body).await.unwrap())
    }

    pub(super) async fn pay(&self, from: &str, to: &str, amount: i64) -> Answer {
        let body = json!({ "amount": amount, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
            "originating_account_id": from, "receiving_account_id": to });
        self.post("transactions/internal_transfer", body).await
    }

    pub(super) fn adds_up(&self) {
        let audit = self.sandbox.audit().unwrap();
        assert!(audit.adds_up(), "{audit}");
        assert!(self.sandbox.state().unwrap().failed_jobs.is_empty());
    }

    /// The transactions of the bank's checks for a closed account, as amounts.
    async fn checks_sent(&self) -> Vec<i64> {
        let found = self.get("transactions/posted?subtype=bank_draft").await;
        let found = found["result"].as_array().unwrap();
        found.iter().map(|posted| posted["data"]["lines"][0]["amount"].as_i64().unwrap()).collect()
    }
}

/// What an account in closing waits for: the names of the checks that are not validated.
pub(super) fn waits(account: &Value) -> Vec<&str> {
    let checks = account["account_closure"]["validation_responses"].as_array().unwrap();
    let waits = checks.iter().filter(|check| check["validated"] == false);
    waits
        .map(|check| {
            assert!(!text(check, "message").is_empty(), "{check}");
            text(check, "name")
        })
        .collect()
}

#[tokio::test]
async fn closing_waits_for_a_pull_that_has_not_been_sent() {
    let bank = Bank::open().await;
    let (account, saving) = (&bank.accounts[OTHER], &bank.accounts[SAVING]);
    let pull = json!({ "customer_id": bank.person, "amount": 50_00, "currency": "USD",
        "dc_sign": "debit", "effective_date": "2026-12-04", "originating_account_id": account,
        "receiving_account_id": bank.external });
    let pulled = bank.post("ach", pull.clone()).await.unwrap();
    let closing = bank.close(account, TO_ACCOUNT, Some(saving)).await.unwrap();
    assert_eq!(
        (&closing["status"], waits(&closing)),
        (&json!("IN_CLOSING"), vec!["ach_transfers"])
    );
    let checks = closing["account_closure"]["validation_responses"].as_array().unwrap();
    let wait = checks.iter().find(|check| check["name"] == "ach_transfers").unwrap();
    assert_eq!(wait["details"]["ids"], json!([pulled["id"]]));
    // Nobody closes it sooner, and nothing new begins.
    assert_eq!(code(&bank.set_status(account, "CLOSED").await), "IMPROPER_ACCOUNT_STATUS");
    assert_eq!(code(&bank.post("ach", pull).await), "IMPROPER_ACCOUNT_STATUS");
    bank.sandbox.advance_banking_days(5).unwrap();
    assert_eq!(bank.shown(account).await["status"], "IN_CLOSING");
    // It leaves on the 3rd, and its money is free two banking days later.
    bank.sandbox.advance_banking_days(1).unwrap();
    bank.wait(12);
    let closing = bank.shown(account).await;
    assert_eq!(waits(&closing), ["pending_transactions", "balance"]);
    assert_eq!(bank.balance_of(account).await, 50_00);
    bank.sandbox.advance_banking_days(4).unwrap();
    let closed = bank.shown(account).await;
    assert_eq!((&closed["status"], waits(&closed).len()), (&json!("CLOSED"), 0));
    assert_eq!((bank.balance_of(account).await, bank.balance_of(saving).await), (0, 50_00));
    bank.adds_up();
}

#[tokio::test]
async fn a_pull_that_comes_back_while_an_account_closes_does_not_stop_it() {
    let bank = Bank::open().await;
    let (account, saving) = (&bank.accounts[OTHER], &bank.accounts[SAVING]);
    let pull = json!({ "customer_id": bank.person, "amount": 50_00, "currency": "USD",
        "dc_sign": "debit", "originating_account_id": account,
        "receiving_account_id": bank.external });
    let pulled = bank.post("ach", pull).await.unwrap();
    bank.close(account, TO_ACCOUNT, Some(saving)).await.unwrap();
    bank.wait(12);
    let back = json!({ "ach_id": pulled["id"] });
    bank.post("ach/transaction_simulations/receiving_return", back).await.unwrap();
    bank.sandbox.advance_banking_days(2).unwrap();
    assert_eq!(bank.shown(account).await["status"], "CLOSED");
    assert_eq!((bank.balance_of(account).await, bank.balance_of(saving).await), (0, 0));
    bank.adds_up();
}

#[tokio::test]
async fn closing_waits_for_money_that_is_set_aside_elsewhere_for_it() {
    let bank = Bank::open().await;
    let (account, saving) = (&bank.accounts[OTHER], &bank.accounts[SAVING]);
    bank.transfer(PROGRAM, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    let held = bank.transfer(PLAIN, OTHER, 30_00, "MANUAL").await.unwrap();
    let given_up = bank.transfer(PLAIN, OTHER, 5_00, "MANUAL").await.unwrap();
    let closing = bank.close(account, TO_ACCOUNT, Some(saving)).await.unwrap();
    assert_eq!(waits(&closing), ["pending_transactions"]);
    bank.sandbox.advance_banking_days(2).unwrap();
    assert_eq!(bank.shown(account).await["status"], "IN_CLOSING");
    bank.end_transfer(&id(&held), "COMPLETE").await.unwrap();
    bank.end_transfer(&id(&given_up), "CANCELED").await.unwrap();
    bank.sandbox.advance_banking_days(1).unwrap();
    assert_eq!(bank.shown(account).await["status"], "CLOSED");
    assert_eq!((bank.balance_of(account).await, bank.balance_of(saving).await), (0, 30_00));
    bank.adds_up();
}

#[tokio::test]
async fn what_comes_for_a_closed_account_goes_out_by_check() {
    let bank = Bank::open().await;
    let (account, other) = (&bank.accounts[PLAIN], &bank.accounts[OTHER]);
    bank.transfer(PROGRAM, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    let bought = bank.authorize(40_00).await.unwrap();
    bank.clear(&bought, 40_00).await.unwrap();
    bank.close(account, TO_ACCOUNT, Some(other)).await.unwrap();
    bank.sandbox.advance_banking_days(1).unwrap();
    assert_eq!(bank.shown(account).await["status"], "CLOSED");

    let clearing = |fields: Value| {
        let mut body = json!({ "original_transaction_id": bought });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        bank.post("cards/transaction_simulations/clearing", body)
    };
    clearing(json!({ "amount": 15_00, "is_refund": true })).await.unwrap();
    assert_eq!(bank.checks_sent().await, [15_00]);
    bank.reverse(&bought, 10_00).await.unwrap();
    assert_eq!(bank.checks_sent().await.len(), 2);
    // What is taken stays with the bank, and so does what comes in when the bank wants it so.
    clearing(json!({ "amount": 3_00, "force_post": true })).await.unwrap();
    bank.sandbox.set_setting("closed_account_money_goes_by_check", false).unwrap();
    clearing(json!({ "amount": 8_00, "is_refund": true })).await.unwrap();
    assert_eq!(bank.checks_sent().await.len(), 2);
    assert_eq!((bank.balance_of(account).await, bank.balance_of(other).await), (0, 60_00));
    let from_suspense = json!({ "originating_account_alias": "allocated_suspense",
        "receiving_account_id": other, "amount": 5_00, "currency": "USD",
        "type": "ACCOUNT_TO_ACCOUNT" });
    bank.post("transactions/internal_transfer", from_suspense).await.unwrap();
    assert_eq!(bank.balance_of(other).await, 65_00);
    // Nothing that somebody asks for moves on it.
    assert_eq!(code(&bank.pay(other, account, 1).await), "ACCOUNT_CLOSED");
    assert_eq!(code(&bank.pay(account, other, 1).await), "ACCOUNT_CLOSED");
    bank.adds_up();
}

#[tokio::test]
async fn what_comes_in_for_a_closed_account_goes_back() {
    let bank = Bank::open().await;
    let (account, other) = (&bank.accounts[PLAIN], &bank.accounts[OTHER]);
    let number = bank.shown(account).await["account_number"].clone();
    let enter = async |effective_date: &str| {
        let entry = json!({ "account_number": number, "amount": 10_00, "dc_sign": "credit",
            "effective_date": effective_date });
        let path = "ach/transaction_simulations/receiving_transaction";
        id(&bank.post(path, entry).await.unwrap())
    };
    let wire = async || {
        let wire = json!({ "account_number": number, "amount": 10_00 });
        bank.post("wires/transaction_simulations/receiving_transaction", wire).await.unwrap();
        let wires = bank.get("wires/incoming").await["wires"].clone();
        let mut found: Vec<String> =
            wires.as_array().unwrap().iter().map(|wire| text(wire, "status").to_owned()).collect();
        found.sort();
        found
    };
    let entry = async |id: &str| bank.get(&format!("ach/incoming/{id}")).await;
    let today = enter("2026-11-24").await;
    assert_eq!(entry(&today).await["status"], "POSTED");
    assert_eq!(wire().await, ["POSTED"]);
    let ahead = enter("2026-12-02").await;
    assert_eq!(entry(&ahead).await["status"], "INIT");
    bank.close(account, TO_ACCOUNT, Some(other)).await.unwrap();
    bank.sandbox.advance_banking_days(1).unwrap();
    assert_eq!(bank.shown(account).await["status"], "CLOSED");

    let late = enter("2026-11-25").await;
    bank.sandbox.advance_banking_days(6).unwrap();
    for returned in [&late, &ahead] {
        let returned = entry(returned).await;
        assert_eq!(returned["status"], "RETURNED");
        assert!(text(&returned, "decline_reason").starts_with("R02"), "{returned}");
    }
    assert_eq!(wire().await, ["POSTED", "RETURNED"]);
    assert_eq!((bank.balance_of(account).await, bank.balance_of(other).await), (0, 20_00));
    bank.adds_up();
}

#[tokio::test]
async fn a_dispute_that_is_decided_after_closing_is_paid_by_check() {
    let bank = Bank::open().await;
    let (account, other) = (&bank.accounts[PLAIN], &bank.accounts[OTHER]);
    bank.transfer(PROGRAM, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    for _ in 0..2 {
        let bought = bank.authorize(40_00).await.unwrap();
        bank.clear(&bought, 40_00).await.unwrap();
    }
    let found = bank.get("transactions/posted?type=card").await;
    let found = found["result"].as_array().unwrap().iter();
    let purchases: Vec<Value> = found.map(|posted| posted["uuid"].clone()).collect();
    bank.close(account, TO_ACCOUNT, Some(other)).await.unwrap();
    bank.sandbox.advance_banking_days(1).unwrap();
    assert_eq!(bank.shown(account).await["status"], "CLOSED");
    for (purchase, end) in purchases.iter().zip(["WON", "LOST"]) {
        let dispute = json!({ "payment_rail": "CARD", "transaction_id": purchase,
            "disputed_amount": 40_00, "date_customer_reported": "2026-11-24T14:00:00Z",
            "memo": "not mine", "reason_code": "DUPLICATE_TRANSACTION" });
        let dispute = id(&bank.post("disputes", dispute).await.unwrap());
        let act = async |path: &str, action: &str, state: &str| {
            let body = json!({ "payment_rail": "CARD", "action": action, "state": state });
            bank.post(path, body).await.unwrap();
        };
        let own = format!("disputes/{dispute}/actions");
        let before = bank.checks_sent().await.len();
        act(&own, "PROVISIONAL_CREDIT", "CREATE").await;
        act(&own, "CHARGEBACK", "CREATE").await;
        assert_eq!(bank.checks_sent().await.len(), before, "nothing is decided");
        act(&format!("disputes/simulations/{dispute}/actions"), "CHARGEBACK", end).await;
        let is_won = usize::from(end == "WON");
        assert_eq!(bank.checks_sent().await.len(), before + is_won, "{end}");
    }
    assert_eq!(bank.checks_sent().await, [40_00]);
    assert_eq!(bank.balance_of(account).await, 0);
    bank.adds_up();
}

/// A savings account that earns 1.00 a day, with its money.
async fn saver(bank: &Bank) -> String {
    let product = json!({ "product_type": "INTEREST", "calculation_method": "COMPOUNDED_MONTHLY",
        "accrual_payout_schedule": "MONTHLY",
        "rates": [{ "rate": 365, "accrual_period": "DAILY", "valid_from": "2026-01-01" }] });
    let product = id(&bank.post("accounts/products", product).await.unwrap());
    let account = bank.open_for("SAVING", json!({ "interest_product_id": product })).await;
    bank.pay(&bank.accounts[PROGRAM], &account, 10_000_00).await.unwrap();
    account
}

#[tokio::test]
async fn interest_is_paid_at_the_end_of_the_month_in_which_closing_began() {
    let bank = Bank::open().await;
    let account = saver(&bank).await;
    let other = &bank.accounts[OTHER];
    bank.wait(3 * 24);
    // What is there goes at once; three days have earned 3.00.
    let closing = bank.close(&account, TO_ACCOUNT, Some(other)).await.unwrap();
    assert_eq!(bank.balance_of(other).await, 10_000_00);
    assert_eq!(waits(&closing), ["interest"]);
    let checks = closing["account_closure"]["validation_responses"].as_array().unwrap();
    let interest = checks.iter().find(|check| check["name"] == "interest").unwrap();
    assert_eq!(interest["details"], json!({ "amount": 3_00, "payment_date": "2026-12-01" }));
    assert_eq!(code(&bank.set_status(&account, "CLOSED").await), "IMPROPER_ACCOUNT_STATUS");
    bank.wait(3 * 24);
    assert_eq!(bank.shown(&account).await["status"], "IN_CLOSING");
    bank.wait(2 * 24);
    assert_eq!(bank.shown(&account).await["status"], "CLOSED");
    assert_eq!((bank.balance_of(&account).await, bank.balance_of(other).await), (0, 10_003_00));
    // Nothing accrues, and nothing is paid, on a closed account.
    bank.wait(40 * 24);
    assert_eq!((bank.balance_of(&account).await, bank.balance_of(other).await), (0, 10_003_00));
    bank.adds_up();
}

#[tokio::test]
async fn an_account_whose_closing_has_no_destination_earns_until_it_began() {
    let bank = Bank::open().await;
    let account = saver(&bank).await;
    bank.wait(3 * 24);
    let closing = bank.close(&account, "", None).await.unwrap();
    assert_eq!(waits(&closing), ["interest", "balance"]);
    // The 24th to the 27th are four days; those that follow earn nothing.
    bank.wait(60 * 24);
    let closing = bank.shown(&account).await;
    assert_eq!(waits(&closing), ["balance"]);
    assert_eq!(bank.balance_of(&account).await, 10_004_00);
    bank.adds_up();
}

#[tokio::test]
async fn an_account_that_is_closed_by_hand_has_a_way_out_for_its_interest() {
    let bank = Bank::open().await;
    let account = saver(&bank).await;
    let other = &bank.accounts[OTHER];
    bank.wait(3 * 24);
    assert_eq!(code(&bank.set_status(&account, "IN_CLOSING").await), "BALANCE_VIOLATION");
    bank.pay(&account, other, 10_000_00).await.unwrap();
    let closing = bank.set_status(&account, "IN_CLOSING").await.unwrap();
    assert_eq!(closing["status"], "IN_CLOSING");
    assert_eq!(code(&bank.set_status(&account, "CLOSED").await), "IMPROPER_ACCOUNT_STATUS");
    bank.wait(4 * 24);
    assert_eq!(bank.balance_of(&account).await, 3_00);
    assert_eq!(code(&bank.set_status(&account, "CLOSED").await), "BALANCE_VIOLATION");
    // Money comes out of it, and none goes in.
    assert_eq!(code(&bank.pay(other, &account, 1).await), "IMPROPER_ACCOUNT_STATUS");
    bank.pay(&account, other, 3_00).await.unwrap();
    let closed = bank.set_status(&account, "CLOSED").await.unwrap();
    assert_eq!((&closed["status"], text(&closed, "close_date")), (&json!("CLOSED"), "2026-12-01"));
    assert_eq!(code(&bank.pay(&account, other, 1).await), "ACCOUNT_CLOSED");
    assert_eq!(code(&bank.set_status(&account, "IN_CLOSING").await), "INVALID_STATUS");
    assert_eq!(bank.balance_of(other).await, 10_003_00);
    bank.adds_up();
}

#[tokio::test]
async fn a_closing_by_hand_gets_a_destination_later() {
    let bank = Bank::open().await;
    let account = saver(&bank).await;
    let other = &bank.accounts[OTHER];
    bank.wait(3 * 24);
    bank.pay(&account, other, 10_000_00).await.unwrap();
    bank.set_status(&account, "IN_CLOSING").await.unwrap();
    bank.sandbox.set_setting("fintech_closes_accounts", false).unwrap();
    assert_eq!(code(&bank.set_status(&account, "CLOSED").await), "INVALID_STATUS");
    let closing = bank.close(&account, TO_ACCOUNT, Some(other)).await.unwrap();
    assert_eq!(waits(&closing), ["interest"]);
    assert_eq!(code(&bank.close(&account, TO_ACCOUNT, Some(other)).await), "INVALID_STATUS");
    // With a destination, the platform alone moves the money.
    assert_eq!(code(&bank.pay(&account, other, 1).await), "IMPROPER_ACCOUNT_STATUS");
    bank.wait(5 * 24);
    assert_eq!(bank.shown(&account).await["status"], "CLOSED");
    assert_eq!(bank.balance_of(other).await, 10_003_00);
    bank.adds_up();
}

#[tokio::test]
async fn a_payout_by_ach_is_a_transfer_that_can_come_back() {
    let bank = Bank::open().await;
    let (account, other) = (&bank.accounts[PLAIN], &bank.accounts[OTHER]);
    bank.transfer(PROGRAM, PLAIN, 75_00, "IMMEDIATE").await.unwrap();
    let closing = bank.close(account, "ACH", Some(&bank.external)).await.unwrap();
    assert_eq!(waits(&closing), ["pending_transactions", "balance", "returns"]);
    let sent = bank.get("ach").await["transactions"][0].clone();
    assert_eq!(
        (&sent["amount"], &sent["status"], text(&sent, "source_account_id")),
        (&json!(75_00), &json!("PENDING"), account.as_str())
    );
    assert_eq!(sent["account_id"], json!(bank.external));
    let back = json!({ "ach_id": sent["id"] });
    let too_soon = bank.post("ach/transaction_simulations/receiving_return", back.clone()).await;
    assert_eq!(code(&too_soon), "INVALID_STATUS");
    bank.wait(12);
    assert_eq!(bank.balance_of(account).await, 0);
    assert_eq!(waits(&bank.shown(account).await), ["returns"]);
    bank.post("ach/transaction_simulations/receiving_return", back).await.unwrap();
    assert_eq!(bank.balance_of(account).await, 75_00);

    // It is not sent there again by itself.
    bank.sandbox.advance_banking_days(5).unwrap();
    let closing = bank.shown(account).await;
    assert_eq!((&closing["status"], waits(&closing)), (&json!("IN_CLOSING"), vec!["balance"]));
    assert_eq!(bank.get("ach").await["transactions"].as_array().unwrap().len(), 1);
    let path = format!("accounts/{account}/initiate_closure");
    let anew = json!({ "payment_method": TO_ACCOUNT, "destination_id": other });
    bank.patch(&path, anew).await.unwrap();
    bank.sandbox.advance_banking_days(1).unwrap();
    assert_eq!(bank.shown(account).await["status"], "CLOSED");
    assert_eq!(bank.balance_of(other).await, 75_00);
    bank.adds_up();
}

#[tokio::test]
async fn a_payout_by_ach_that_stays_away_closes_the_account_two_days_later() {
    let bank = Bank::open().await;
    let account = &bank.accounts[PLAIN];
    bank.transfer(PROGRAM, PLAIN, 75_00, "IMMEDIATE").await.unwrap();
    bank.close(account, "ACH", Some(&bank.external)).await.unwrap();
    // It is sent on the 24th; the 26th is Thanksgiving.
    bank.sandbox.advance_banking_days(1).unwrap();
    assert_eq!(waits(&bank.shown(account).await), ["returns"]);
    bank.sandbox.advance_banking_days(1).unwrap();
    bank.wait(12);
    assert_eq!(bank.shown(account).await["status"], "CLOSED");
    // A return now goes to the suspense account.
    let sent = bank.get("ach").await["transactions"][0].clone();
    let back = json!({ "ach_id": sent["id"] });
    let returned = bank.post("ach/transaction_simulations/receiving_return", back).await.unwrap();
    let entry = bank.get(&format!("ach/incoming/{}", id(&returned))).await;
    assert_eq!(entry["status"], "IN_SUSPENSE");
    assert_eq!(bank.balance_of(account).await, 0);
    bank.adds_up();
}

#[tokio::test]
async fn a_payout_that_is_canceled_waits_for_a_destination() {
    let bank = Bank::open().await;
    let account = &bank.accounts[PLAIN];
    bank.transfer(PROGRAM, PLAIN, 75_00, "IMMEDIATE").await.unwrap();
    bank.close(account, "ACH", Some(&bank.external)).await.unwrap();
    let sent = id(&bank.get("ach").await["transactions"][0]);
    bank.patch(&format!("ach/{sent}"), json!({ "status": "CANCELED" })).await.unwrap();
    bank.sandbox.advance_banking_days(3).unwrap();
    assert_eq!(waits(&bank.shown(account).await), ["balance"]);
    let path = format!("accounts/{account}/initiate_closure");
    let check = json!({ "payment_method": "BANK_DRAFT", "destination_id": null });
    bank.patch(&path, check).await.unwrap();
    assert_eq!(bank.checks_sent().await, [75_00]);
    bank.sandbox.advance_banking_days(1).unwrap();
    assert_eq!(bank.shown(account).await["status"], "CLOSED");
    bank.adds_up();
}

#[tokio::test]
async fn a_bank_draft_takes_the_place_of_a_destination() {
    let bank = Bank::open().await;
    let account = &bank.accounts[PLAIN];
    bank.transfer(PROGRAM, PLAIN, 30_00, "IMMEDIATE").await.unwrap();
    // Something that closing waits for.
    let held = id(&bank.transfer(PLAIN, OTHER, 10_00, "MANUAL").await.unwrap());
    bank.close(account, TO_ACCOUNT, Some(&bank.accounts[OTHER])).await.unwrap();
    let path = format!("accounts/{account}/initiate_closure");
    let both = json!({ "payment_method": "BANK_DRAFT", "destination_id": bank.accounts[OTHER] });
    assert_eq!(code(&bank.patch(&path, both).await), "BAD_REQUEST_BODY");
    let drafted = bank.patch(&path, json!({ "payment_method": "BANK_DRAFT" })).await.unwrap();
    let closure = &drafted["account_closure"];
    assert_eq!(closure["payment_method"], "BANK_DRAFT");
    assert!(closure["destination_id"].is_null(), "{closure}");
    bank.end_transfer(&held, "CANCELED").await.unwrap();
    bank.wait(48);
    assert_eq!(text(&bank.shown(account).await, "status"), "CLOSED");
    assert_eq!(bank.checks_sent().await, [30_00]);
    bank.adds_up();
}
