//! Lending: what is billed, what is late, and what follows; negative balances of deposit accounts.

use serde_json::{Value, json};

use super::super::ledger::bank::{LINE, OTHER, PLAIN, PROGRAM};
use super::{Bank, code, id, text};

/// The bank on a day, in the morning.
fn on(bank: &Bank, day: &str) {
    bank.sandbox.advance_to(format!("{day}T14:00:00Z").parse().unwrap()).unwrap();
}

async fn account(bank: &Bank, id: &str) -> Value {
    bank.get(&format!("accounts/{id}")).await
}

/// The status of the line of credit, the days it is late, and its three restrictions.
async fn standing(bank: &Bank) -> (String, i64, [bool; 3]) {
    standing_of(bank, &bank.accounts[LINE]).await
}

async fn standing_of(bank: &Bank, id: &str) -> (String, i64, [bool; 3]) {
    let line = account(bank, id).await;
    let restrictions = ["is_past_due", "is_delinquent", "is_revoked"]
        .map(|name| line["restrictions"][name].as_bool().unwrap());
    (text(&line, "status").to_owned(), line["days_past_due"].as_i64().unwrap(), restrictions)
}

async fn summaries(bank: &Bank, id: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let made = bank.get(&format!("statements?account_id={id}")).await;
    for statement in made["statements"].as_array().unwrap() {
        all.push(bank.get(&format!("statements/{}", text(statement, "id"))).await);
    }
    all
}

fn balance(account: &Value) -> i64 {
    account["balances"][0]["balance"].as_i64().unwrap()
}

async fn draw(bank: &Bank) -> super::Answer {
    bank.transfer(LINE, PLAIN, 1_00, "IMMEDIATE").await
}

const ACTIVE: &str = "ACTIVE_OR_DISBURSED";

#[tokio::test]
async fn a_line_of_credit_is_due_then_late_then_delinquent_until_it_is_paid() {
    let bank = Bank::open().await;
    bank.transfer(LINE, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    let fine = |days| (ACTIVE.to_owned(), days, [false; 3]);
    assert_eq!(standing(&bank).await, fine(0));
    // November's bill of 25.00 is due 21 days after the 30th.
    on(&bank, "2026-12-21");
    assert_eq!(standing(&bank).await, fine(0));
    on(&bank, "2026-12-22");
    assert_eq!(standing(&bank).await, (ACTIVE.to_owned(), 1, [true, false, false]));
    draw(&bank).await.unwrap();
    on(&bank, "2027-01-20");
    assert_eq!(standing(&bank).await, (ACTIVE.to_owned(), 30, [true, false, false]));
    draw(&bank).await.unwrap();
    on(&bank, "2027-01-21");
    assert_eq!(standing(&bank).await, ("DELINQUENT".to_owned(), 31, [true, true, false]));
    assert_eq!(code(&draw(&bank).await), "IMPROPER_ACCOUNT_STATUS");
    // A part does not do.
    bank.transfer(PROGRAM, LINE, 24_99, "IMMEDIATE").await.unwrap();
    assert_eq!(standing(&bank).await.0, "DELINQUENT");
    bank.transfer(PROGRAM, LINE, 1, "IMMEDIATE").await.unwrap();
    assert_eq!(standing(&bank).await, fine(0));
    draw(&bank).await.unwrap();

    let statements = summaries(&bank, &bank.accounts[LINE]).await;
    let told: Vec<_> = statements
        .iter()
        .map(|statement| {
            let summary = &statement["credit_summary"];
            (
                summary["is_past_due"].as_bool().unwrap(),
                summary["amount_past_due"].as_i64().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [(false, 0), (true, 25_00)], "of November and December");
    bank.sandbox.audit().unwrap();
}

#[tokio::test]
async fn what_is_paid_in_time_is_never_late() {
    let bank = Bank::open().await;
    bank.transfer(LINE, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    // A payment before the period ends is part of what is billed, and does not pay the bill.
    bank.transfer(PROGRAM, LINE, 25_00, "IMMEDIATE").await.unwrap();
    on(&bank, "2026-12-20");
    bank.transfer(PROGRAM, LINE, 75_00, "IMMEDIATE").await.unwrap();
    on(&bank, "2027-03-01");
    assert_eq!(standing(&bank).await, (ACTIVE.to_owned(), 0, [false; 3]));
    let statements = summaries(&bank, &bank.accounts[LINE]).await;
    let due = |place: usize| statements[place]["credit_summary"]["minimum_payment_due"].clone();
    assert_eq!((due(0), due(1)), (json!(25_00), json!(0)));
}

#[tokio::test]
async fn who_does_not_pay_is_revoked_and_charged_off() {
    let bank = Bank::open().await;
    let product = json!({ "product_type": "INTEREST", "calculation_method": "COMPOUNDED_DAILY",
        "accrual_payout_schedule": "MONTHLY", "rates": [{ "rate": 3650,
            "accrual_period": "DAILY", "valid_from": "2026-01-01" }] });
    let product = bank.post("accounts/products", product).await.unwrap();
    let line = json!({ "account_type": "LINE_OF_CREDIT", "currency": "USD",
        "credit_limit": 500_00, "interest_product_id": id(&product), "is_p2p_enabled": true,
        "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER",
            "person_id": bank.person }] });
    let line = id(&bank.post("accounts", line).await.unwrap());
    pay(&bank, &line, &bank.accounts[PLAIN], 100_00).await;
    on(&bank, "2027-03-21");
    let (status, days, restrictions) = standing_of(&bank, &line).await;
    assert_eq!((&*status, days, restrictions), ("DELINQUENT", 90, [true, true, false]));
    let owed = balance(&account(&bank, &line).await);
    on(&bank, "2027-03-22");
    assert_eq!(standing_of(&bank, &line).await.2, [true; 3]);
    let revoked = balance(&account(&bank, &line).await);
    assert!(revoked > owed, "the interest until then is charged: {owed}, {revoked}");
    on(&bank, "2027-06-19");
    let late = account(&bank, &line).await;
    assert_eq!(balance(&late), revoked, "it bears no interest any more");
    assert_eq!(late["days_past_due"], 180);
    on(&bank, "2027-06-20");
    let ended = account(&bank, &line).await;
    assert_eq!((text(&ended, "status"), balance(&ended)), ("CHARGED_OFF", 0));
    assert_eq!(ended["close_date"], "2027-06-20");
    let received = ended["balances"].as_array().unwrap();
    let received = received.iter().find(|balance| balance["type"] == "PAYMENTS_RECEIVED_MTD");
    assert_eq!(received.unwrap()["balance"], 0, "what is written off is not paid");
    let mut paid = bank.transfer_body(PROGRAM, LINE, 1_00, "IMMEDIATE");
    paid["receiving_account_id"] = json!(line);
    assert_eq!(code(&bank.post("transactions/internal_transfer", paid).await), "ACCOUNT_CLOSED");
    bank.sandbox.audit().unwrap();
}

#[tokio::test]
async fn an_account_that_was_revoked_bears_interest_again_once_it_is_paid() {
    let bank = Bank::open().await;
    bank.sandbox.set_setting("delinquent_after_days", 1).unwrap();
    bank.sandbox.set_setting("revoked_after_days", 3).unwrap();
    bank.transfer(LINE, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    on(&bank, "2026-12-25");
    assert_eq!(standing(&bank).await, ("DELINQUENT".to_owned(), 4, [true; 3]));
    bank.transfer(PROGRAM, LINE, 100_00, "IMMEDIATE").await.unwrap();
    assert_eq!(standing(&bank).await, (ACTIVE.to_owned(), 0, [false; 3]));
    draw(&bank).await.unwrap();
}

#[tokio::test]
async fn a_line_of_credit_may_need_an_application() {
    let bank = Bank::open().await;
    let open = async |application: Option<&str>| {
        let mut body = json!({ "account_type": "LINE_OF_CREDIT", "currency": "USD",
            "credit_limit": 100_00, "relationships": [{
                "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "person_id": bank.person }] });
        if let Some(application) = application {
            body["application_id"] = json!(application);
        }
        bank.post("accounts", body).await
    };
    open(None).await.unwrap();
    bank.sandbox.set_setting("lines_of_credit_need_an_application", true).unwrap();
    assert_eq!(code(&open(None).await), "BAD_REQUEST_BODY");
}

/// A charge account that the account PLAIN secures, of a template with these days.
async fn charge(bank: &Bank, days: i64) -> String {
    let template = json!({ "name": "Charge", "is_enabled": true, "template": {
        "account_type": "CHARGE_SECURED", "currency": "USD", "bank_country": "US",
        "auto_payment_period": days, "minimum_payment": { "type": "FULL" },
        "is_card_enabled": true, "is_p2p_enabled": true } });
    let template = bank.post("accounts/templates", template).await.unwrap();
    let body = json!({ "account_template_id": id(&template),
        "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER",
            "person_id": bank.person }],
        "security": { "linked_account_id": bank.accounts[PLAIN] } });
    id(&bank.post("accounts", body).await.unwrap())
}

async fn pay(bank: &Bank, from: &str, to: &str, amount: i64) {
    let mut body = bank.transfer_body(PLAIN, OTHER, amount, "IMMEDIATE");
    body["originating_account_id"] = json!(from);
    body["receiving_account_id"] = json!(to);
    bank.post("transactions/internal_transfer", body).await.unwrap();
}

#[tokio::test]
async fn a_charge_account_pays_itself_some_days_after_its_statement() {
    let bank = Bank::open().await;
    bank.transfer(PROGRAM, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    let charge = charge(&bank, 5).await;
    pay(&bank, &charge, &bank.accounts[OTHER], 40_00).await;
    on(&bank, "2026-12-05");
    assert_eq!(balance(&account(&bank, &charge).await), 40_00);
    on(&bank, "2026-12-06");
    assert_eq!(balance(&account(&bank, &charge).await), 0);
    let security = account(&bank, &bank.accounts[PLAIN]).await;
    assert_eq!(
        (balance(&security), security["balances"][1]["balance"].clone()),
        (60_00, json!(60_00))
    );

    // What was paid by hand is not paid again,
    pay(&bank, &charge, &bank.accounts[OTHER], 10_00).await;
    on(&bank, "2027-01-02");
    pay(&bank, &bank.accounts[PLAIN], &charge, 10_00).await;
    on(&bank, "2027-01-08");
    assert_eq!(balance(&account(&bank, &bank.accounts[PLAIN]).await), 50_00);
    assert_eq!(balance(&account(&bank, &charge).await), 0);
    // and nothing is where it is switched off.
    pay(&bank, &charge, &bank.accounts[OTHER], 10_00).await;
    let off = json!({ "is_system_auto_pay_enabled": false });
    bank.patch(&format!("accounts/{charge}"), off).await.unwrap();
    on(&bank, "2027-02-23");
    let late = account(&bank, &charge).await;
    assert_eq!((balance(&late), late["restrictions"]["is_past_due"].clone()), (10_00, json!(true)));
    bank.sandbox.audit().unwrap();
}

#[tokio::test]
async fn an_automatic_payment_may_need_to_be_switched_on() {
    let bank = Bank::open().await;
    bank.sandbox.set_setting("auto_payments_need_opt_in", true).unwrap();
    bank.transfer(PROGRAM, PLAIN, 100_00, "IMMEDIATE").await.unwrap();
    let charge = charge(&bank, 0).await;
    pay(&bank, &charge, &bank.accounts[OTHER], 40_00).await;
    on(&bank, "2026-12-10");
    assert_eq!(balance(&account(&bank, &charge).await), 40_00);
    let on_again = json!({ "is_system_auto_pay_enabled": true });
    bank.patch(&format!("accounts/{charge}"), on_again).await.unwrap();
    on(&bank, "2027-01-01");
    assert_eq!(balance(&account(&bank, &charge).await), 0, "on the day of the statement");
}

#[tokio::test]
async fn a_statement_of_revolving_credit_is_that_of_a_line() {
    let bank = Bank::open().await;
    let servicer = json!({ "vendor_type": "LOANPRO", "vendor_data": { "loanpro": {
        "tenant_id": "t", "loc_product_id": 1, "purchases_bucket_id": 2,
        "cash_advance_bucket_id": 3 } } });
    let template = json!({ "name": "Revolving", "is_enabled": true, "template": {
        "account_type": "REVOLVING_CREDIT_UNSECURED", "currency": "USD", "bank_country": "US",
        "vendor_info": servicer,
        "application_workflow_id": "0f58e632-2630-4cc4-8661-3910eae951e6",
        "is_p2p_enabled": true } });
    let template = bank.post("accounts/templates", template).await.unwrap();
    let body = json!({ "account_template_id": id(&template), "credit_limit": 100_00,
        "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER",
            "person_id": bank.person }] });
    let revolving = id(&bank.post("accounts", body).await.unwrap());
    pay(&bank, &revolving, &bank.accounts[OTHER], 10_00).await;
    on(&bank, "2026-12-02");
    let statement = summaries(&bank, &revolving).await.remove(0);
    assert_eq!(statement["statement_type"], "LINE_OF_CREDIT");
    assert_eq!(statement["account_summary"]["account_type"], "REVOLVING_CREDIT_UNSECURED");
}

/// Has a card paid with more than there is: the account is 20.00 short.
async fn overdraw(bank: &Bank) {
    bank.transfer(PROGRAM, PLAIN, 10_00, "IMMEDIATE").await.unwrap();
    let authorized = bank.authorize(10_00).await.unwrap();
    bank.clear(&authorized, 30_00).await.unwrap();
    assert_eq!(balance(&account(bank, &bank.accounts[PLAIN]).await), -20_00);
}

/// The amounts of the transactions of a subtype.
async fn posted(bank: &Bank, subtype: &str) -> Vec<i64> {
    let all = bank.all("transactions/posted", "result").await;
    let of = all.iter().filter(|it| it["subtype"].as_str() == Some(subtype));
    of.map(|it| it["data"]["lines"][0]["amount"].as_i64().unwrap()).collect()
}

const RESERVE: &str = "negative_balance_reserve";
const WRITE_OFF: &str = "negative_balance_writeoff";

#[tokio::test]
async fn a_negative_balance_is_covered_and_after_a_week_written_off() {
    let bank = Bank::open().await;
    overdraw(&bank).await;
    assert!(posted(&bank, RESERVE).await.is_empty(), "it is looked at in the evening");
    on(&bank, "2026-11-25");
    assert_eq!(posted(&bank, RESERVE).await, [20_00]);
    on(&bank, "2026-12-01");
    assert_eq!(balance(&account(&bank, &bank.accounts[PLAIN]).await), -20_00);
    on(&bank, "2026-12-02");
    assert_eq!(balance(&account(&bank, &bank.accounts[PLAIN]).await), 0);
    assert_eq!(posted(&bank, WRITE_OFF).await, [20_00]);
    bank.sandbox.audit().unwrap();
}

#[tokio::test]
async fn money_that_comes_in_meanwhile_is_not_written_off() {
    let bank = Bank::open().await;
    overdraw(&bank).await;
    on(&bank, "2026-11-26");
    bank.transfer(PROGRAM, PLAIN, 15_00, "IMMEDIATE").await.unwrap();
    on(&bank, "2026-11-27");
    assert_eq!(posted(&bank, RESERVE).await, [20_00, 15_00], "covered, and given back in part");
    bank.transfer(PROGRAM, PLAIN, 25_00, "IMMEDIATE").await.unwrap();
    on(&bank, "2026-12-15");
    assert_eq!(posted(&bank, RESERVE).await, [20_00, 15_00, 5_00]);
    assert!(posted(&bank, WRITE_OFF).await.is_empty());
    assert_eq!(balance(&account(&bank, &bank.accounts[PLAIN]).await), 20_00);
    bank.sandbox.audit().unwrap();
}

#[tokio::test]
async fn the_negative_balance_of_a_frozen_account_is_written_off_at_once() {
    let bank = Bank::open().await;
    overdraw(&bank).await;
    let path = format!("accounts/{}", bank.accounts[PLAIN]);
    bank.patch(&path, json!({ "access_status": "FROZEN" })).await.unwrap();
    on(&bank, "2026-11-25");
    assert_eq!(posted(&bank, WRITE_OFF).await, [20_00]);
    assert_eq!(balance(&account(&bank, &bank.accounts[PLAIN]).await), 0);
}

#[tokio::test]
async fn the_negative_balance_of_an_account_in_closing_is_written_off_at_once() {
    let bank = Bank::open().await;
    overdraw(&bank).await;
    on(&bank, "2026-11-25");
    bank.close(&bank.accounts[PLAIN], "", None).await.unwrap();
    assert_eq!(balance(&account(&bank, &bank.accounts[PLAIN]).await), 0);
    on(&bank, "2026-12-15");
    assert_eq!(posted(&bank, WRITE_OFF).await, [20_00]);
    assert_eq!(posted(&bank, RESERVE).await, [20_00], "what was kept for it is used up");
    assert_eq!(account(&bank, &bank.accounts[PLAIN]).await["status"], "CLOSED");
    bank.adds_up();
}

#[tokio::test]
async fn what_is_available_may_be_shown_as_nothing_at_least() {
    let bank = Bank::open().await;
    overdraw(&bank).await;
    let available = async || {
        account(&bank, &bank.accounts[PLAIN]).await["balances"][1]["balance"].as_i64().unwrap()
    };
    assert_eq!(available().await, -20_00);
    bank.sandbox.set_setting("available_balance_can_be_negative", false).unwrap();
    assert_eq!(available().await, 0);
}
