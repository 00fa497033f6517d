//! What pays a bill of a credit account: payments, less what was taken back of them.

use serde_json::{Value, json};

use super::super::ledger::bank::{LINE, PLAIN, PROGRAM};
use super::{Bank, id};

/// The bank on a day, in the morning.
fn on(bank: &Bank, day: &str) {
    bank.sandbox.advance_to(format!("{day}T14:00:00Z").parse().unwrap()).unwrap();
}

/// The days that an account is late, and what was paid on it this month.
async fn paid_on(bank: &Bank, account: &str) -> (i64, i64) {
    let account = bank.get(&format!("accounts/{account}")).await;
    let balances = account["balances"].as_array().unwrap();
    let received = balances.iter().find(|balance| balance["type"] == "PAYMENTS_RECEIVED_MTD");
    let received = received.unwrap()["balance"].as_i64().unwrap();
    (account["days_past_due"].as_i64().unwrap(), received)
}

async fn paid(bank: &Bank) -> (i64, i64) {
    paid_on(bank, &bank.accounts[LINE]).await
}

/// Charges or rewards an account with 25.00; the id of the charge.
async fn charge(bank: &Bank, family: &str, account: &str) -> String {
    let (subtype, template) = match family {
        "fees" => ("MAINTENANCE", "fee_templates"),
        _ => ("CASHBACK", "reward_templates"),
    };
    let body = json!({ "currency": "USD", "description": "Any", "amount": 25_00,
        "subtype": subtype, "internal_account_id": bank.accounts[PROGRAM] });
    let template = id(&bank.post(template, body).await.unwrap());
    let body = json!({ "account_id": account, "template_id": template });
    id(&bank.post(family, body).await.unwrap())
}

async fn take_back(bank: &Bank, family: &str, charge: &str) {
    let path = format!("{family}/{charge}/reverse");
    bank.post(&path, json!({ "note": "in error" })).await.unwrap();
}

/// Pulls 25.00 to the line of credit; the id of the transfer.
async fn pull(bank: &Bank) -> String {
    let body = json!({ "customer_id": bank.person, "originating_account_id": bank.accounts[LINE],
        "receiving_account_id": bank.external, "amount": 25_00, "currency": "USD",
        "dc_sign": "debit" });
    id(&bank.post("ach", body).await.unwrap())
}

async fn return_of(bank: &Bank, transfer: &str) {
    let body = json!({ "ach_id": transfer });
    bank.post("ach/transaction_simulations/receiving_return", body).await.unwrap();
}

#[tokio::test]
async fn what_takes_a_charge_back_or_is_a_reward_pays_no_bill() {
    let bank = Bank::open().await;
    bank.transfer(LINE, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    on(&bank, "2026-12-02");
    let line = bank.accounts[LINE].clone();
    let fee = charge(&bank, "fees", &line).await;
    take_back(&bank, "fees", &fee).await;
    let reward = charge(&bank, "rewards", &line).await;
    assert_eq!(paid(&bank).await, (0, 0));
    on(&bank, "2026-12-22");
    assert_eq!(paid(&bank).await, (1, 0), "November's bill of 25.00 was due on the 21st");
    take_back(&bank, "rewards", &reward).await;
    assert_eq!(paid(&bank).await, (1, 0));
    bank.transfer(PROGRAM, LINE, 24_99, "IMMEDIATE").await.unwrap();
    assert_eq!(paid(&bank).await, (1, 24_99));
    bank.transfer(PROGRAM, LINE, 1, "IMMEDIATE").await.unwrap();
    assert_eq!(paid(&bank).await, (0, 25_00));
}

#[tokio::test]
async fn a_reward_pays_a_bill_by_a_setting() {
    let bank = Bank::open().await;
    bank.sandbox.set_setting("rewards_are_payments", true).unwrap();
    bank.transfer(LINE, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    on(&bank, "2026-12-02");
    let reward = charge(&bank, "rewards", &bank.accounts[LINE].clone()).await;
    on(&bank, "2026-12-22");
    assert_eq!(paid(&bank).await, (0, 25_00));
    take_back(&bank, "rewards", &reward).await;
    assert_eq!(paid(&bank).await, (1, 0));
}

#[tokio::test]
async fn a_payment_that_came_back_paid_no_bill() {
    let bank = Bank::open().await;
    bank.transfer(LINE, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    on(&bank, "2026-12-15");
    let pulled = pull(&bank).await;
    on(&bank, "2026-12-22");
    assert_eq!(paid(&bank).await, (0, 25_00));
    return_of(&bank, &pulled).await;
    on(&bank, "2026-12-23");
    assert_eq!(paid(&bank).await, (2, 0));
    let line = bank.get(&format!("accounts/{}", bank.accounts[LINE])).await;
    assert_eq!(line["restrictions"]["is_past_due"], true);
    bank.sandbox.audit().unwrap();
}

#[tokio::test]
async fn a_payment_that_comes_back_after_the_next_statement_opens_its_bill_again() {
    let bank = Bank::open().await;
    bank.transfer(LINE, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    on(&bank, "2026-12-18");
    let pulled = pull(&bank).await;
    on(&bank, "2027-01-05");
    assert_eq!(paid(&bank).await, (0, 0), "paid in December");
    return_of(&bank, &pulled).await;
    assert_eq!(paid(&bank).await, (15, 0), "since December 21");
    bank.transfer(PROGRAM, LINE, 25_00, "IMMEDIATE").await.unwrap();
    assert_eq!(paid(&bank).await.0, 0);
    // The next bill is not paid by that.
    on(&bank, "2027-01-22");
    assert_eq!(paid(&bank).await.0, 1);
}

/// A line of credit on which everything that is owed is billed; its id.
async fn charge_account(bank: &Bank) -> String {
    let body = json!({ "account_type": "LINE_OF_CREDIT", "currency": "USD",
        "credit_limit": 500_00, "is_p2p_enabled": true,
        "minimum_payment": { "type": "RATE_OR_AMOUNT", "rate": 10_000, "min_amount": 25_00 },
        "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER",
            "person_id": bank.person }] });
    id(&bank.post("accounts", body).await.unwrap())
}

async fn transfer(bank: &Bank, from: &str, to: &str, amount: i64) {
    let mut body = bank.transfer_body(PROGRAM, PROGRAM, amount, "IMMEDIATE");
    body["originating_account_id"] = json!(from);
    body["receiving_account_id"] = json!(to);
    bank.post("transactions/internal_transfer", body).await.unwrap();
}

#[tokio::test]
async fn a_bill_asks_for_nothing_that_is_not_owed_any_more() {
    for (is_charged_before, late) in [(true, 0), (false, 1)] {
        let bank = Bank::open().await;
        let (line, plain) = (charge_account(&bank).await, bank.accounts[PLAIN].clone());
        transfer(&bank, &line, &plain, 100_00).await;
        let mut fee = String::new();
        if is_charged_before {
            fee = charge(&bank, "fees", &line).await;
        }
        on(&bank, "2026-12-02");
        if !is_charged_before {
            fee = charge(&bank, "fees", &line).await;
        }
        take_back(&bank, "fees", &fee).await;
        // What is drawn since then is for the next bill.
        transfer(&bank, &line, &plain, 50_00).await;
        let amount = if is_charged_before { 100_00 } else { 75_00 };
        transfer(&bank, &bank.accounts[PROGRAM].clone(), &line, amount).await;
        on(&bank, "2026-12-22");
        let days: Value = json!(paid_on(&bank, &line).await.0);
        assert_eq!(days, json!(late), "{is_charged_before}");
    }
}
