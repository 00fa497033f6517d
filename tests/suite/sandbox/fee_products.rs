//! Fee products: which transactions they are for, how much they charge, and where it shows.

use chrono::Duration;
use serde_json::{Value, json};

use super::{Answer, Caller};

/// The most that a transaction of the ledger moves.
const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

impl Caller {
    async fn fee_product(&self, fee_type: &str, amount: i64) -> Answer {
        let body = json!({ "product_type": "FEE", "fee_type": fee_type, "amount": amount,
            "currency": "USD" });
        self.post("/v2/accounts/products", body).await
    }

    /// Has an account charged the fees of these products.
    async fn charged(&self, account: &str, products: &[(&str, i64)]) {
        let mut ids = Vec::new();
        for (fee_type, amount) in products {
            ids.push(self.fee_product(fee_type, *amount).await.id());
        }
        let path = format!("/v2/accounts/{account}");
        self.change(&path, json!({ "fee_product_ids": ids })).await.with(200);
    }

    /// Sends 1.00 by ACH; the transfer's id.
    async fn push(&self, holder: &str, account: &str, external: &str) -> String {
        let body = json!({ "customer_id": holder, "originating_account_id": account,
            "amount": 1_00, "receiving_account_id": external, "currency": "USD",
            "dc_sign": "credit" });
        self.post("/v2/ach", body).await.id()
    }

    /// What was posted to an account: the type of each, and the marks of its lines.
    async fn lines(&self, account: &str) -> Vec<(String, Vec<bool>)> {
        let path = format!("/v2/transactions/posted?account_id={account}");
        let posted = self.get(&path).await.with(200)["result"].clone();
        let marks = |posted: &Value| {
            let lines = posted["data"]["lines"].as_array().unwrap().iter();
            lines.map(|line| line["is_fee"].as_bool().unwrap()).collect()
        };
        let all = posted.as_array().unwrap().iter();
        all.map(|it| (it["type"].as_str().unwrap().to_owned(), marks(it))).collect()
    }
}

#[tokio::test]
async fn a_transfer_that_comes_back_is_charged_once() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 100_00, "credit").await.with(201);
    caller.charged(&account, &[("ACH_FEE", 25), ("MONTHLY_FEE", 5_00)]).await;
    let external = caller.elsewhere(&holder).await;
    let returned = caller.push(&holder, &account, &external).await;
    caller.push(&holder, &account, &external).await;
    caller.sandbox.advance(Duration::days(2)).unwrap();
    let body = json!({ "ach_id": returned });
    caller.post("/v2/ach/transaction_simulations/receiving_return", body).await.with(201);
    assert_eq!(caller.balance(&account).await, 99_00);
    caller.sandbox.advance_to("2026-12-01T12:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(caller.balance(&account).await, 99_00 - 2 * 25 - 5_00);

    let lines = caller.lines(&account).await;
    let of = |kind: &str| lines.iter().filter(|(of, _)| of == kind).count();
    assert_eq!((of("ach"), of("fee")), (4, 2), "with what came in and came back: {lines:?}");
    for (kind, marks) in &lines {
        assert!(marks.iter().all(|is_fee| *is_fee == (kind == "fee")), "{kind}: {marks:?}");
    }
    assert!(caller.sandbox.audit().unwrap().adds_up());
}

#[tokio::test]
async fn a_fee_is_no_more_than_what_a_transaction_moves() {
    let caller = Caller::new().await;
    let refused = caller.fee_product("ACH_FEE", AMOUNT_MAX + 1).await;
    assert_eq!(refused.fields("invalid"), ["amount"], "{}", refused.body);
    let product = caller.fee_product("ACH_FEE", 1_00).await.id();
    let change = json!({ "product_type": "FEE", "fee_type": "ACH_FEE", "amount": AMOUNT_MAX + 1,
        "currency": "USD" });
    let refused = caller.change(&format!("/v2/accounts/products/{product}"), change).await;
    assert_eq!(refused.fields("invalid"), ["amount"], "{}", refused.body);

    // Two fees of the most are charged as far as a transaction goes, and the other fee as well.
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 100_00, "credit").await.with(201);
    caller.charged(&account, &[("ACH_FEE", AMOUNT_MAX), ("MONTHLY_FEE", 5_00)]).await;
    let external = caller.elsewhere(&holder).await;
    for _ in 0..2 {
        caller.push(&holder, &account, &external).await;
    }
    caller.sandbox.advance_to("2026-12-01T12:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(caller.balance(&account).await, 98_00 - AMOUNT_MAX - 5_00);
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn the_fees_of_a_statement_are_those_of_its_transactions() {
    let caller = Caller::new().await;
    caller.sandbox.set_setting("delinquent_after_days", 1000).unwrap();
    let line = caller.line(&caller.verified().await).await;
    let template = json!({ "currency": "USD", "description": "Upkeep", "amount": 3_00,
        "internal_account_id": caller.program("USD").await, "subtype": "MAINTENANCE" });
    let template = caller.post("/v2/fee_templates", template).await.id();
    let charge = async |amount: i64| {
        let body = json!({ "account_id": line, "template_id": template, "amount": amount });
        caller.post("/v2/fees", body).await.id()
    };
    let reverse = async |fee: &str| {
        let path = format!("/v2/fees/{fee}/reverse");
        caller.post(&path, json!({ "note": "in error" })).await.with(201);
    };
    charge(3_00).await;
    let later = charge(2_00).await;
    reverse(&charge(1_00).await).await;
    caller.sandbox.advance_to("2026-12-02T12:00:00Z".parse().unwrap()).unwrap();
    reverse(&later).await;
    // A Sunday, the last day of January: it is posted on Monday.
    caller.sandbox.advance_to("2027-01-31T15:00:00Z".parse().unwrap()).unwrap();
    charge(4_00).await;
    caller.sandbox.advance_to("2027-03-02T12:00:00Z".parse().unwrap()).unwrap();
    let listed = caller.get(&format!("/v2/statements?account_id={line}")).await.with(200);
    let mut fees = Vec::new();
    for statement in listed["statements"].as_array().unwrap() {
        let path = format!("/v2/statements/{}", statement["id"].as_str().unwrap());
        let whole = caller.get(&path).await.with(200);
        let page = caller.get(&format!("{path}/transactions")).await.with(200);
        let posted = page["transactions"].as_array().unwrap().iter();
        let posted: i64 = posted
            .filter(|posted| posted["type"] == "FEE")
            .map(|posted| {
                let amount = posted["amount"].as_i64().unwrap();
                if posted["dc_sign"] == "DEBIT" { amount } else { -amount }
            })
            .sum();
        let summary = &whole["credit_summary"];
        assert_eq!(summary["fees"], posted, "{whole}");
        let day = whole["end_date"].as_str().unwrap().to_owned();
        fees.push((day, posted, summary["fees_ytd"].as_i64().unwrap()));
    }
    fees.sort();
    let of = |day: &str, fees, ytd| (day.to_owned(), fees, ytd);
    assert_eq!(
        fees,
        [
            of("2026-11-30", 5_00, 5_00),
            of("2026-12-31", -2_00, 3_00),
            of("2027-01-31", 0, 0),
            of("2027-02-28", 4_00, 4_00),
        ]
    );
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}
