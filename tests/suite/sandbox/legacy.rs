//! What only the older interface tells: a card's history, stop payments, single-use tokens.

use serde_json::json;

use super::Caller;

impl Caller {
    /// A physical card of a fresh customer's fresh account: holder, account and card.
    async fn card(&self) -> (String, String, String) {
        let holder = self.verified().await;
        let (account, _) = self.checking(&holder).await;
        let products = self.get("/v2/cards/products").await.with(200);
        let products = products["card_products"].as_array().unwrap().clone();
        let product = products.iter().find(|product| product["form"] == "PHYSICAL").unwrap();
        let body = json!({
            "type": "DEBIT",
            "card_details": {
                "form": "PHYSICAL", "account_id": account, "customer_id": holder,
                "card_product_id": product["id"],
            },
        });
        let card = self.post("/v2/cards", body).await.with(201);
        (holder, account, card["card_details"]["id"].as_str().unwrap().to_owned())
    }

    /// A card's changes: type, state, channel and reason.
    async fn changes(&self, card: &str) -> Vec<[String; 4]> {
        let changes = self.get(&format!("/v0/cards/{card}/changes")).await.with(200);
        let changes = changes["changes"].as_array().unwrap();
        let shown = changes.iter().map(|change| {
            ["change_type", "state", "channel", "reason"]
                .map(|name| change[name].as_str().unwrap_or_default().to_owned())
        });
        shown.collect()
    }
}

#[tokio::test]
async fn a_card_has_a_history() {
    let caller = Caller::new().await;
    let (holder, account, card) = caller.card().await;
    let path = format!("/v2/cards/{card}");
    let code = caller.get(&format!("{path}/barcodes")).await.text("barcode");
    let body = json!({ "card_fulfillment_status": "SHIPPED" });
    caller.post(&format!("{path}/webhook_simulations/fulfillment"), body).await.with(200);
    let body = json!({ "activation_code": code, "customer_id": holder });
    caller.post("/v2/cards/activate", body).await.with(200);
    for pin in ["1234", "4321"] {
        caller.post("/sandbox/clock", json!({ "advance": { "seconds": 1 } })).await.with(200);
        caller.post(&format!("{path}/pin"), json!({ "pin": pin })).await.with(204);
    }
    let body = json!({ "card_status": "SUSPENDED", "reason": "SUS", "memo": "looks odd" });
    caller.call("PATCH", &path, body).await.with(200);
    let body = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving" });
    caller.post(&format!("/v2/accounts/{account}/initiate_closure"), body).await.with(200);
    let expected = [
        ["STATUS", "UNACTIVATED", "API", "NEW"],
        ["FULFILLMENT", "ISSUED", "API", ""],
        ["FULFILLMENT", "SHIPPED", "API", ""],
        ["STATUS", "ACTIVE", "API", "NEW"],
        ["PIN", "SET", "API", ""],
        ["PIN", "CHANGED", "API", ""],
        ["STATUS", "SUSPENDED", "API", "SUS"],
        ["STATUS", "TERMINATED", "API", "OTH"],
    ];
    assert_eq!(caller.changes(&card).await, expected);
    let changes = caller.get(&format!("/v0/cards/{card}/changes")).await.with(200);
    assert_eq!(changes["changes"][6]["memo"], "looks odd");
    let nobody = "00000000-0000-4000-8000-000000000000";
    assert_eq!(caller.get(&format!("/v0/cards/{nobody}/changes")).await.status, 404);
}

#[tokio::test]
async fn what_happens_by_itself_has_no_one_behind_it() {
    let caller = Caller::new().await;
    let (holder, account, card) = caller.card().await;
    let path = format!("/v2/cards/{card}");
    let code = caller.get(&format!("{path}/barcodes")).await.text("barcode");
    let body = json!({ "activation_code": code, "customer_id": holder });
    caller.post("/v2/cards/activate", body).await.with(200);
    caller.post(&format!("{path}/pin"), json!({ "pin": "1234" })).await.with(204);
    let number = caller.get(&format!("/v2/accounts/{account}")).await.text("account_number");
    caller.receive(&number, 500_00, "credit").await.with(201);
    for _ in 0..3 {
        let body = json!({
            "card_id": card, "amount": 1_00, "mid": "123456789012345", "pin": "9999",
            "account_type": "checking",
        });
        caller.post("/v2/cards/transaction_simulations/financial/withdrawal", body).await.with(201);
    }
    let last = caller.changes(&card).await.pop().unwrap();
    assert_eq!(last, ["STATUS", "SUSPENDED", "SYSTEM", "PIN"]);
}

#[tokio::test]
async fn a_single_use_token_is_for_somebody_of_the_account() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let ask = async |account: &str, customer: &str| {
        let body = json!({ "account_id": account, "customer_id": customer });
        caller.post("/v0/cards/single_use_token", body).await
    };
    let token = ask(&account, &holder).await.with(201);
    assert_eq!(token["expires"], "2026-11-24T14:05:00Z");
    let ties = caller.get(&format!("/v2/accounts/{account}/relationships")).await.with(200);
    let ties = ties["account_relationships"].as_array().or(ties["relationships"].as_array());
    assert_eq!(token["customer_account_mapping_id"], ties.unwrap()[0]["id"]);
    assert_ne!(ask(&account, &holder).await.with(201)["token"], token["token"]);

    let stranger = caller.verified().await;
    let refused = ask(&account, &stranger).await.with(422);
    assert_eq!(refused["code"], "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP");
    let refused = ask(&stranger, &holder).await.with(400);
    assert_eq!(refused["code"], "ACCOUNT_NOT_FOUND");
}

#[tokio::test]
async fn who_debits_without_leave_is_stopped() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let debits = async || {
        caller.receive(&number, 20_00, "debit").await.with(201);
        let path = format!("/v2/transactions/posted?account_id={account}&subtype=incoming_debit");
        let posted = caller.get(&path).await.with(200)["result"].as_array().unwrap().clone();
        posted.into_iter().map(|transaction| transaction["uuid"].clone()).collect::<Vec<_>>()
    };
    let first = debits().await;
    let body = json!({
        "payment_rail": "ACH", "transaction_id": first[0], "disputed_amount": 20_00,
        "date_customer_reported": "2026-11-24T13:00:00Z", "memo": "not mine",
    });
    let dispute = caller.post("/v2/disputes", body).await.with(201);
    assert_eq!(debits().await.len(), 2, "a dispute alone stops nothing");
    let path = format!("/v2/disputes/{}/actions", dispute["id"].as_str().unwrap());
    let stop = json!({ "payment_rail": "ACH", "action": "STOP_PAYMENT", "state": "CREATE" });
    for _ in 0..2 {
        caller.post(&path, stop.clone()).await.with(201);
    }
    let listed = caller.get("/v0/accounts/stop_payments").await.with(200);
    assert_eq!(listed["stop_payments"].as_array().unwrap().len(), 1, "one is enough");
    let path = format!("/v0/accounts/stop_payments?account_id={account}");
    let stop = caller.get(&path).await.with(200)["stop_payments"][0].clone();
    assert_eq!((&stop["dispute_id"], &stop["transaction_id"]), (&dispute["id"], &first[0]));
    assert_eq!(stop["originator_name"], "SANDBOX BANK");
    let shown = caller.get(&format!("/v2/accounts/{account}")).await.with(200);
    assert_eq!(shown["stop_payments"][0]["stop_payment_id"], stop["stop_payment_id"]);
    let none = "/v0/accounts/stop_payments?originator_name=SOMEBODY%20ELSE";
    assert_eq!(caller.get(none).await.with(200)["stop_payments"], json!([]));

    assert_eq!(debits().await.len(), 2, "a third one goes back");
    let entries = caller.get(&format!("/v2/ach/incoming?account_id={account}")).await.with(200);
    let last = entries["transactions"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["status"], "RETURNED");
    assert!(last["decline_reason"].as_str().unwrap().starts_with("R08"), "{last}");
    caller.receive(&number, 1_00, "credit").await.with(201);
    caller.sandbox.audit().unwrap();
}
