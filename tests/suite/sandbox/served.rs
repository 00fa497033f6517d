//! What few clients touch: the bank behind a linked account, the way in of SyncteraPay, notes that
//! the platform writes, controls that only tell, and what closing waits for.

use serde_json::{Value, json};
use synctera_tests::subscriber::Subscriber;

use super::{Answer, Caller, answer};

impl Caller {
    /// An access token of the vendor for somebody's accounts.
    pub(super) async fn access(&self, holder: &str) -> String {
        let body = json!({
            "customer_id": holder, "vendor_institution_id": "ins_1",
            "vendor_public_token": "public-sandbox-1",
        });
        self.post("/v2/external_accounts/access_tokens", body).await.text("vendor_access_token")
    }

    pub(super) async fn vendor(
        &self,
        call: &str,
        holder: &str,
        token: &str,
        ids: &[&str],
    ) -> Value {
        let body = json!({
            "vendor": "PLAID", "customer_type": "PERSONAL", "customer_id": holder,
            "vendor_access_token": token, "vendor_account_ids": ids,
        });
        self.post(&format!("/v2/external_accounts/{call}_vendor_accounts"), body).await.with(200)
    }

    async fn patch(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, body).await
    }
}

fn names(accounts: &Value) -> Vec<&str> {
    let accounts = accounts.as_array().into_iter().flatten();
    accounts.map(|account| account["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_link_is_brought_in_line_with_the_vendor() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let token = caller.access(&holder).await;
    caller.vendor("add", &holder, &token, &["one", "two"]).await;
    // The same again is a failure when adding, and nothing when bringing in line.
    let again = caller.vendor("add", &holder, &token, &["one"]).await;
    assert_eq!(again["failed_accounts"][0]["reason"], "DUPLICATE_ACCOUNT");
    let synced = caller.vendor("sync", &holder, &token, &["one", "three", "loan-1"]).await;
    assert_eq!(names(&synced["added_accounts"]), ["three"]);
    assert_eq!(names(&synced["deleted_accounts"]), ["two"]);
    assert_eq!(synced["failed_accounts"][0]["reason"], "UNSUPPORTED_ACCOUNT_TYPE");
    let left = caller.get(&format!("/v2/external_accounts?customer_id={holder}")).await.with(200);
    assert_eq!(names(&left["external_accounts"]), ["one", "three"]);
    // Another link of the same customer is another matter.
    let other = caller.access(&holder).await;
    let synced = caller.vendor("sync", &holder, &other, &["four"]).await;
    assert_eq!(names(&synced["deleted_accounts"]), [] as [&str; 0]);
}

#[tokio::test]
async fn the_bank_behind_a_link_is_asked() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let token = caller.access(&holder).await;
    let added = caller.vendor("add", &holder, &token, &["one"]).await;
    let bank = added["added_accounts"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/v2/external_accounts/{bank}");
    let balance = async || {
        let balance = caller.get(&format!("{path}/balance")).await.with(200);
        assert_eq!(balance["currency"], "USD");
        balance["current"].as_i64().unwrap()
    };
    let told = async |start: &str, end: &str| {
        let path = format!("{path}/transactions?start_date={start}&end_date={end}");
        caller.get(&path).await.with(200)["transactions"].as_array().unwrap().clone()
    };
    let before = balance().await;
    assert!((1_000_00..10_000_00).contains(&before), "{before}");
    // From the first day on, and not on the last.
    let november = told("2026-11-01", "2026-11-15").await;
    assert_eq!(november.last().unwrap()["date"], "2026-11-01");
    assert_eq!(november.last().unwrap()["amount"], -2_150_00);
    assert!(november.iter().all(|entry| entry["date"] != "2026-11-15"));
    assert_eq!(told("2026-11-15", "2026-11-15").await, [] as [Value; 0]);
    assert_eq!(told("2026-12-01", "2026-12-31").await, [] as [Value; 0], "still to come");

    // What is pulled from it is gone there, and in the list.
    let (account, _) = caller.checking(&holder).await;
    let pull = json!({
        "customer_id": holder, "originating_account_id": account, "receiving_account_id": bank,
        "amount": 321_00, "currency": "USD", "dc_sign": "debit",
    });
    caller.post("/v2/ach", pull).await.with(201);
    let refreshed = async || {
        let path = format!("{path}/refresh_transactions");
        caller.post(&path, Value::Null).await.with(200)["transactions_synced"].clone()
    };
    assert!(refreshed().await.as_i64().unwrap() > 5);
    caller.post("/sandbox/clock", json!({ "advance": { "days": 7 } })).await.with(200);
    let week = told("2026-11-25", "2026-12-02").await;
    let pulled = week.iter().find(|entry| entry["merchant_name"] == "ACH transfer").unwrap();
    assert_eq!((&pulled["amount"], &pulled["date"]), (&json!(321_00), &json!("2026-11-25")));
    let spent: i64 = week.iter().map(|entry| entry["amount"].as_i64().unwrap()).sum();
    assert_eq!(balance().await, before - spent);
    assert_eq!(refreshed().await, week.len());
    assert_eq!(refreshed().await, 0);

    let body = json!({
        "customer_id": holder, "customer_type": "PERSONAL", "type": "CHECKING",
        "account_owner_names": ["Ada"], "account_identifiers": { "number": "1234567890" },
        "routing_identifiers": {
            "bank_name": "Far Bank", "bank_countries": ["US"], "ach_routing_number": "021000021",
        },
    });
    let by_hand = caller.post("/v2/external_accounts", body).await.id();
    let refused = caller.get(&format!("/v2/external_accounts/{by_hand}/balance")).await;
    assert_eq!(refused.with(403)["code"], "FORBIDDEN");
}

#[tokio::test]
async fn routing_numbers_name_institutions() {
    let caller = Caller::new().await;
    let named = async |countries: &str, numbers: &str| {
        let path = format!("/v2/institutions?country_codes={countries}&routing_numbers={numbers}");
        caller.get(&path).await.with(200)["institutions"].clone()
    };
    let found = named("US", "112233448,021000021,112233445").await;
    assert_eq!(found.as_array().unwrap().len(), 2, "the last one has a wrong check digit");
    assert_eq!(found[0]["name"], "Sandbox Bank");
    assert_eq!(found[1]["routing_identifiers"][0]["payment_rails"], json!(["ACH", "WIRE"]));
    assert_eq!(named("CA", "112233448").await, Value::Null, "none");
    assert_eq!(caller.get("/v2/institutions?country_codes=US").await.status, 400);
}

#[tokio::test]
async fn money_comes_in_by_syncterapay() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let token = caller.access(&holder).await;
    let bank = caller.vendor("add", &holder, &token, &["one"]).await;
    let bank = bank["added_accounts"][0]["id"].clone();
    let path = "/v2/synctera_pay/incoming";
    let configuration = caller.get(&format!("{path}/configurations")).await.with(200);
    let configuration = configuration["configurations"][0]["id"].clone();
    let body = json!({
        "amount": 70_00, "configuration_id": configuration, "destination_account_id": account,
        "payee_id": holder, "payer_id": holder, "reference_id": "ref-1",
        "settlement_date": "2026-11-25", "source_external_account_id": bank,
    });
    let path = format!("{path}/transfers");
    let send = async |key: &str| {
        answer(caller.request("POST", &path).header("idempotency-key", key).json(&body)).await
    };
    let refused = caller.post(&path, body.clone()).await.with(400);
    assert_eq!(refused["missing"], json!(["Idempotency-Key"]));
    let posted = send("one").await;
    assert_eq!((posted.status, posted.text("status").as_str()), (201, "POSTED"));
    assert_eq!(send("one").await.id(), posted.id());
    assert_eq!(caller.balance(&account).await, 70_00);
    let transaction = caller.get(&format!("/v2/transactions/posted/{}", posted.id())).await;
    assert_eq!(transaction.with(200)["reference_id"], "ref-1");

    let body = json!({ "is_synctera_pay_enabled": false });
    caller.patch(&format!("/v2/accounts/{account}"), body).await.with(200);
    let declined = send("two").await;
    assert_eq!((declined.status, declined.text("status").as_str()), (201, "DECLINED"));
    assert_eq!(declined.body["transaction_id"], Value::Null);
    assert_eq!(caller.balance(&account).await, 70_00);
    let listed = caller.get(&format!("{path}?reference_id=ref-1")).await.with(200);
    assert_eq!(listed["transfers"].as_array().unwrap().len(), 2);
    let one = caller.get(&format!("{path}/{}", declined.id())).await.with(200);
    assert_eq!(one["status"], "DECLINED");
}

#[tokio::test]
async fn a_frozen_or_suspended_account_has_a_note() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let path = format!("/v2/accounts/{account}");
    caller.patch(&path, json!({ "access_status": "FROZEN" })).await.with(200);
    caller.patch(&path, json!({ "access_status": "ACTIVE" })).await.with(200);
    let body = json!({ "status": "SUSPENDED", "note": "lost contact" });
    caller.patch(&path, body).await.with(200);
    let path = format!("/v2/notes?related_resource_type=ACCOUNT&related_resource_id={account}");
    let notes = caller.get(&path).await.with(200);
    let notes = notes["notes"].as_array().unwrap();
    let shown = notes.iter().map(|note| (note["type"].clone(), note["author"].clone()));
    let system = || json!("SYSTEM");
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [(json!("ACCOUNT_FROZEN"), system()), (json!("ACCOUNT_SUSPENDED"), system())]
    );
    assert_eq!(notes[1]["content"], "lost contact");
}

#[tokio::test]
async fn a_broken_spend_control_is_told_whether_it_declines_or_not() {
    let caller = Caller::new().await;
    let subscriber = Subscriber::start().await;
    let body = json!({
        "url": subscriber.url(), "enabled_events": ["SPEND_CONTROL.*"], "is_enabled": true,
    });
    caller.post("/v2/webhooks", body).await.with(201);
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let mut ids = Vec::new();
    for (name, declines, limit) in [("tells", false, 10_00), ("declines", true, 50_00)] {
        let body = json!({
            "name": name, "is_active": true, "action_case": false, "action_decline": declines,
            "amount_limit": limit, "direction": "DEBITS",
            "time_range": { "time_range_type": "SINGLE_TRANSACTION" },
        });
        ids.push(caller.post("/v2/spend_controls", body).await.id());
    }
    let body = json!({ "spend_control_ids": ids });
    caller.patch(&format!("/v2/accounts/{account}"), body).await.with(200);
    caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    subscriber.take();

    let to = caller.post("/v2/internal_accounts", json!({ "currency": "USD", "status": "ACTIVE" }));
    let to = to.await.id();
    let spend = async |amount: i64| {
        let body = json!({
            "originating_account_id": account, "receiving_account_id": to, "amount": amount,
            "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
        });
        let status = caller.post("/v2/transactions/internal_transfer", body).await.status;
        caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
        let mut told: Vec<String> = subscriber
            .take()
            .iter()
            .filter(|event| event.text("type") == "SPEND_CONTROL.VIOLATED")
            .map(|event| event.resource()["name"].as_str().unwrap().to_owned())
            .collect();
        told.sort();
        (status, told)
    };
    let both = vec!["declines".to_owned(), "tells".to_owned()];
    assert_eq!(spend(5_00).await, (200, Vec::new()));
    assert_eq!(spend(20_00).await, (200, vec!["tells".to_owned()]));
    assert_eq!(spend(60_00).await, (422, both), "told of a refusal, too");
    assert_eq!(caller.balance(&account).await, 475_00);
}

#[tokio::test]
async fn closing_waits_for_disputes_and_ends_schedules() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let (other, _) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    caller.receive(&number, 20_00, "debit").await.with(201);
    let path = format!("/v2/transactions/posted?account_id={account}&subtype=incoming_debit");
    let debit = caller.get(&path).await.with(200)["result"][0]["uuid"].clone();
    let body = json!({
        "payment_rail": "ACH", "transaction_id": debit, "disputed_amount": 20_00,
        "date_customer_reported": "2026-11-24T13:00:00Z", "memo": "not mine",
    });
    let dispute = caller.post("/v2/disputes", body).await.id();
    let body = json!({
        "description": "savings", "schedule": {
            "start_date": "2026-11-30", "frequency": "WEEKLY", "interval": 1, "count": 9,
        },
        "payment_instruction": { "type": "INTERNAL_TRANSFER", "request": {
            "originating_account_id": account, "receiving_account_id": other, "amount": 1_00,
            "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
        } },
    });
    let schedule = caller.post("/v2/payment_schedules", body).await.id();

    let body = json!({
        "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving",
        "payment_method": "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT", "destination_id": other,
    });
    caller.post(&format!("/v2/accounts/{account}/initiate_closure"), body).await.with(200);
    let path = format!("/v2/payment_schedules?id={schedule}");
    let schedules = caller.get(&path).await.with(200);
    assert_eq!(schedules["payment_schedules"][0]["status"], "CANCELLED");
    let status = async || {
        caller.post("/sandbox/clock", json!({ "advance": { "banking_days": 2 } })).await.with(200);
        caller.get(&format!("/v2/accounts/{account}")).await.text("status")
    };
    assert_eq!(status().await, "IN_CLOSING");
    assert_eq!(caller.balance(&account).await, 480_00, "nothing leaves before it is decided");
    let body = json!({ "status": "CLOSED" });
    caller.patch(&format!("/v2/disputes/{dispute}"), body).await.with(200);
    assert_eq!(status().await, "CLOSED");
    assert_eq!(caller.balance(&other).await, 480_00);
    assert_eq!(caller.get("/sandbox").await.body["failed_jobs"], json!([]));
}

#[tokio::test]
async fn a_clearing_can_say_more() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let card = caller.virtual_card(&account, &holder).await;
    let simulate = async |what: &str, body: Value| {
        caller.post(&format!("/v2/cards/transaction_simulations/{what}"), body).await
    };
    let body = json!({ "card_id": card, "amount": 30_00, "mid": "123456789012345" });
    let authorized = simulate("authorization", body).await.with(201);
    let token = &authorized["transaction"]["token"];
    let body = json!({ "original_transaction_id": token, "amount": 30_00 });
    let cleared = simulate("clearing", body).await.with(201);
    let enhanced = |token: &Value| {
        json!({
            "original_transaction_id": token, "purchase_order": "po-1",
            "financial": { "total_tax_amount": 2_40 },
        })
    };
    let refused = simulate("clearing/l2l3", enhanced(token)).await.with(400);
    assert!(refused["invalid"]["original_transaction_id"].is_string(), "{refused}");
    simulate("clearing/l2l3", enhanced(&cleared["transaction"]["token"])).await.with(201);
    let path = format!("/v2/transactions/posted?account_id={account}&type=card");
    let posted = caller.get(&path).await.with(200)["result"][0].clone();
    let told = &posted["data"]["user_data"]["enhanced_data"];
    assert_eq!(
        told,
        &json!({ "purchase_order": "po-1", "financial": { "total_tax_amount": 2_40 } })
    );
}
