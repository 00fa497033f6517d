//! The control API: the clock, the settings, the books and the sandbox as a whole, over HTTP.

use serde_json::{Value, json};
use synctera_tests::subscriber::Subscriber;

use super::{Caller, ada, answer};

#[tokio::test]
async fn the_clock_is_turned_forward_and_never_back() {
    let caller = Caller::new().await;
    let clock = caller.get("/sandbox/clock").await.with(200);
    assert_eq!(clock, json!({ "now": "2026-11-24T14:00:00.000Z", "run": "held" }));

    let turn = async |body: Value| caller.post("/sandbox/clock", body).await;
    let turned = turn(json!({ "advance": { "days": 1, "hours": 2 } })).await.with(200);
    assert_eq!(turned["now"], "2026-11-25T16:00:00.000Z");
    // Over Thanksgiving and a weekend.
    let turned = turn(json!({ "advance": { "banking_days": 2 } })).await.with(200);
    assert_eq!(turned["now"], "2026-11-30T16:00:00.000Z");
    let turned = turn(json!({ "set": "2026-12-01T09:00:00-05:00" })).await.with(200);
    assert_eq!(turned["now"], "2026-12-01T14:00:00.000Z");

    for (body, about) in [
        (json!({ "set": "2026-11-30T00:00:00Z" }), "back"),
        (json!({ "advance": { "days": 4000 } }), "3660"),
        (json!({ "advance": { "banking_days": 4_000_000_000_u32 } }), "3660"),
        (json!({ "advance": { "days": 1, "banking_days": 1 } }), "banking_days"),
        (json!({ "advance": { "weeks": 1 } }), "weeks"),
        (json!({ "set": "tomorrow" }), "the body"),
        (json!({}), "one of"),
        (json!({ "run": "real", "advance": { "days": 1 } }), "one of"),
    ] {
        let refused = turn(body.clone()).await.with(400);
        assert!(refused["detail"].as_str().unwrap().contains(about), "{body}: {refused}");
    }
    assert_eq!(turn(json!({ "run": "real" })).await.with(200)["run"], "real");
    let later = caller.get("/sandbox/clock").await.with(200);
    assert!(later["now"].as_str().unwrap() >= "2026-12-01T14:00:00.000Z", "{later}");
    assert_eq!(turn(json!({ "run": "held" })).await.with(200)["run"], "held");
}

#[tokio::test]
async fn what_is_due_happens_on_the_way_in_order() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let body = json!({
        "account_number": number, "amount": 500_00, "dc_sign": "credit",
        "effective_date": "2026-11-30",
    });
    caller.post("/v2/ach/transaction_simulations/receiving_transaction", body).await.with(201);
    assert_eq!(caller.balance(&account).await, 0);
    caller.post("/sandbox/clock", json!({ "advance": { "banking_days": 4 } })).await.with(200);
    assert_eq!(caller.balance(&account).await, 500_00);

    let posted = caller.get(&format!("/v2/transactions/posted?account_id={account}")).await;
    assert_eq!(posted.body["result"][0]["created"], "2026-11-30T17:00:00Z", "noon in the East");
}

#[tokio::test]
async fn settings_are_told_with_their_reasons_and_changed_all_or_none() {
    let caller = Caller::new().await;
    let told = caller.get("/sandbox/settings").await.with(200);
    let all = told["settings"].as_array().unwrap().clone();
    assert!(all.len() > 40);
    let returns = all.iter().find(|it| it["name"] == "ach_returns_to_suspense").unwrap();
    assert_eq!((&returns["value"], &returns["default"]), (&json!(false), &json!(false)));
    assert!(returns["reason"].as_str().unwrap().contains("suspense account"));

    let body = json!({ "refuse_read_only_properties": false, "webhook_order": "sideways" });
    let refused = caller.call("PATCH", "/sandbox/settings", body).await.with(400);
    assert_eq!(refused["detail"], "webhook_order takes per_resource, any or newest_first");
    let named = async || {
        let mut person = ada();
        person["verification_status"] = json!("ACCEPTED");
        caller.post("/v2/persons", person).await.status
    };
    assert_eq!(named().await, 400, "none was changed");
    let body = json!({ "refuse_read_only_properties": false });
    caller.call("PATCH", "/sandbox/settings", body).await.with(200);
    assert_eq!(named().await, 201);
    let refused = caller.call("PATCH", "/sandbox/settings", json!({ "mood": 1 })).await;
    assert_eq!(refused.with(400)["detail"], "there is no setting mood");
}

#[tokio::test]
async fn the_books_are_checked_from_outside() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let card = json!({
        "type": "DEBIT",
        "card_details": {
            "form": "VIRTUAL", "account_id": account, "customer_id": holder,
            "card_product_id": caller.get("/v2/cards/products").await.body["card_products"][0]["id"],
        },
    });
    let card = caller.post("/v2/cards", card).await.with(201);
    let body = json!({
        "card_id": card["card_details"]["id"], "amount": 30_00, "mid": "123456789012345",
    });
    caller.post("/v2/cards/transaction_simulations/authorization", body).await.with(201);

    let checked = caller.get("/sandbox/check").await.with(200);
    assert_eq!(
        checked,
        json!({
            "adds_up": true, "postings": 2, "sum": 0, "unbalanced_transactions": 0,
            "wrong_balances": 0, "open_holds": 1, "wrong_holds": 0,
            "workspaces": [{ "workspace": "1_1", "postings": 2, "sum": 0 }],
        })
    );
}

#[tokio::test]
async fn what_it_serves_and_holds_is_told() {
    let caller = Caller::new().await;
    caller.post("/v2/persons", ada()).await.with(201);
    assert_eq!(caller.get("/sandbox/health").await.with(200)["status"], "ok");
    let state = caller.get("/sandbox").await.with(200);
    assert_eq!(state["resources"]["person"], 1);
    assert_eq!(state["kept"], "in memory");
    assert_eq!(state["failed_jobs"], json!([]));
    assert_eq!(state["operations"]["v0"], json!({ "served": 39, "unserved": 0 }));
    let operations = caller.get("/sandbox/operations").await.with(200);
    let unserved = operations["v2"]["unserved"].as_array().unwrap();
    assert_eq!(unserved.len(), state["operations"]["v2"]["unserved"]);
    assert_eq!(caller.get("/sandbox/nowhere").await.status, 404);
    assert_eq!(caller.post("/sandbox/health", json!({})).await.status, 405);
}

#[tokio::test]
async fn a_reset_forgets_everything() {
    let caller = Caller::new().await;
    let fresh = caller.get("/sandbox").await.with(200);
    let first = caller.post("/v2/persons", ada()).await;
    let body = json!({ "workspace": "7_7", "api_key": "another" });
    caller.post("/sandbox/keys", body).await.with(201);
    caller.post("/sandbox/faults", json!({ "status": 503 })).await.with(201);
    caller.call("PATCH", "/sandbox/settings", json!({ "ach_hold_days": 9 })).await.with(200);
    caller.post("/sandbox/clock", json!({ "advance": { "days": 3 } })).await.with(200);

    caller.post("/sandbox/reset", Value::Null).await.with(200);
    assert_eq!(caller.get("/sandbox").await.with(200), fresh);
    assert_eq!(caller.sandbox.audit().unwrap().postings, 0);
    // The same again, to the id.
    let again = caller.post("/v2/persons", ada()).await;
    assert_eq!(first.body, again.body);
    assert_eq!(first.headers["x-request-id"], again.headers["x-request-id"]);
    let gone = caller.as_key("another", "GET", "/v2/persons", Value::Null).await;
    assert_eq!(gone.status, 401);
}

#[tokio::test]
async fn deliveries_are_counted_and_made() {
    let caller = Caller::new().await;
    let subscriber = Subscriber::start().await;
    let body = json!({
        "url": subscriber.url(), "enabled_events": ["PERSON.*"], "is_enabled": true,
        "description": "all of them",
    });
    caller.post("/v2/webhooks", body).await.with(201);
    let slow = json!({ "webhook_delay_seconds": 60, "webhook_copies": 2 });
    caller.call("PATCH", "/sandbox/settings", slow).await.with(200);
    caller.post("/v2/persons", ada()).await.with(201);
    let waiting = caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    assert_eq!(waiting, json!({ "on_their_way": 1, "due": 0 }));
    assert_eq!(subscriber.take_types().len(), 0);

    caller.post("/sandbox/clock", json!({ "advance": { "minutes": 1 } })).await.with(200);
    let over = caller.post("/sandbox/deliveries/settle", Value::Null).await.with(200);
    assert_eq!(over, json!({ "on_their_way": 0, "due": 0 }));
    assert_eq!(subscriber.take_types(), ["PERSON.CREATED", "PERSON.CREATED"]);
}

#[tokio::test]
async fn what_only_a_console_can_do_is_done_here() {
    let caller = Caller::new().await;
    let person = caller.verified().await;
    let body = json!({ "person_id": person });
    caller.post("/v2/monitoring/subscriptions", body).await.with(201);
    let body = json!({ "party_id": person, "type": "WATCHLIST" });
    let raised = caller.post("/sandbox/alerts", body).await.with(201);
    let alerts = caller.get("/v2/monitoring/alerts").await.with(200);
    assert_eq!(alerts["alerts"][0]["id"], raised["alert_id"]);

    let (account, number) = caller.checking(&person).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let body = json!({ "account_id": account, "originator_name": "Sandbox Bank" });
    caller.post("/sandbox/stop_payments", body).await.with(201);
    caller.receive(&number, 20_00, "debit").await.with(201);
    assert_eq!(caller.balance(&account).await, 500_00);
    let entries = caller.get(&format!("/v2/ach/incoming?account_id={account}")).await.with(200);
    let reason = entries["transactions"][1]["decline_reason"].as_str().unwrap();
    assert!(reason.starts_with("R08"), "{reason}");
}

#[tokio::test]
async fn web_pages_are_not_listened_to() {
    let caller = Caller::new().await;
    let page = caller.request("POST", "/sandbox/reset").header("origin", "http://example.com");
    assert_eq!(answer(page).await.status, 403);
}
