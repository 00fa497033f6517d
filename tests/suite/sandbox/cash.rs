//! Cash: paid in at stores by barcode, and ordered from a vendor.

use chrono::Duration;
use serde_json::{Value, json};

use super::Caller;

/// What a customer has on the account before an order.
const FUNDS: i64 = 500_00;

/// A customer with an account and a barcode for it.
pub(super) struct Depositor {
    pub(super) account: String,
    pub(super) barcode: String,
    /// The nearest store.
    pub(super) store: String,
}

impl Caller {
    /// Stores around a place, the nearest first.
    async fn stores(&self, query: &str) -> Vec<Value> {
        let path = format!("/v2/cash/transaction_simulations/barcodes/stores?{query}");
        self.get(&path).await.with(200)["stores"].as_array().unwrap().clone()
    }

    pub(super) async fn depositor(&self) -> Depositor {
        let id = self.verified().await;
        let (account, _) = self.checking(&id).await;
        let barcode = self.barcode(&id, &account).await.id();
        let stores = self.stores("lat=37.7749&lng=-122.4194").await;
        let store = stores[0]["id"].as_str().unwrap().to_owned();
        Depositor { account, barcode, store }
    }

    pub(super) async fn barcode(&self, holder: &str, account: &str) -> super::Answer {
        let body = json!({
            "type": "CASH_DEPOSIT", "customer_id": holder, "account_id": account,
            "customer_latitude": 37.7749, "customer_longitude": -122.4194,
        });
        self.post("/v2/cash/barcodes", body).await
    }

    /// A deposit of 20.50 dollars, with other members in the place of these.
    pub(super) async fn pay_in(&self, depositor: &Depositor, members: Value) -> super::Answer {
        let mut body = json!({
            "barcode_id": depositor.barcode, "store_id": depositor.store, "amount": 20.5,
            "type": "APPLY", "status": "PAID",
        });
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.post("/v2/cash/transaction_simulations/barcodes/deposits", body).await
    }

    /// The cash transfers, oldest first.
    pub(super) async fn cash(&self, query: &str) -> Vec<Value> {
        let found = self.get(&format!("/v2/cash?{query}")).await.with(200);
        found["transfers"].as_array().unwrap().clone()
    }

    /// An order of 120.00 for tomorrow, by someone who has 500.00; account and path.
    pub(super) async fn ordered(&self, client: &str) -> (String, String) {
        let (account, _) = self.checking(&self.verified().await).await;
        self.fund(&account, "USD", FUNDS).await;
        let body = json!({
            "authorization_type": "CASH_ORDER", "amount": 120_00, "order_date": "2026-11-25",
            "destination_account_id": account,
        });
        let order = self.post("/v2/cash/authorization", body).await.with(201);
        let path = format!("/v2/cash/authorization/{}", order["id"].as_str().unwrap());
        let body = json!({ "authorization_type": "CASH_ORDER", "client_name": client });
        self.change(&path, body).await.with(200);
        (account, path)
    }
}

#[tokio::test]
async fn cash_is_paid_in_at_a_store() {
    let caller = Caller::new().await;
    let depositor = caller.depositor().await;
    let path = format!("/v2/cash/barcodes/{}", depositor.barcode);
    let barcode = caller.get(&path).await.with(200);
    assert_eq!(barcode["status"], "AVAILABLE");
    assert_eq!(barcode["timestamp_valid_to"], "2026-11-24T14:15:00Z");
    assert_eq!(barcode["barcode_number"].as_str().unwrap().len(), 30);

    // Trying changes nothing.
    caller.pay_in(&depositor, json!({ "type": "TEST" })).await.with(204);
    assert_eq!(caller.balance(&depositor.account).await, 0);
    caller.pay_in(&depositor, json!({})).await.with(204);
    assert_eq!(caller.balance(&depositor.account).await, 20_50);
    assert_eq!(caller.get(&path).await.with(200)["status"], "REDEEMED");
    let transfers = caller.cash("").await;
    assert_eq!(transfers.len(), 1);
    let transfer = &transfers[0];
    assert_eq!((&transfer["subtype"], &transfer["status"]), (&json!("DEPOSIT"), &json!("POSTED")));
    assert_eq!((&transfer["amount"], &transfer["dc_sign"]), (&json!(20_50), &json!("CREDIT")));
    let entry = transfer["transaction_id"].as_str().unwrap();
    let entry = caller.get(&format!("/v2/transactions/posted/{entry}")).await.with(200);
    assert_eq!((&entry["type"], &entry["subtype"]), (&json!("cash"), &json!("deposit")));

    // A barcode is for one deposit.
    let again = caller.pay_in(&depositor, json!({})).await;
    assert_eq!(again.with(422)["code"], "INVALID_STATUS");

    // The store takes it back.
    let void = json!({ "status": "VOID" });
    let wrong =
        caller.pay_in(&depositor, json!({ "status": "VOID", "amount": 20 })).await.with(400);
    assert!(wrong["invalid"]["amount"].is_string());
    caller.pay_in(&depositor, json!({ "status": "VOID", "type": "TEST" })).await.with(204);
    assert_eq!(caller.balance(&depositor.account).await, 20_50);
    caller.pay_in(&depositor, void.clone()).await.with(204);
    assert_eq!(caller.balance(&depositor.account).await, 0);
    assert_eq!(caller.pay_in(&depositor, void).await.status, 422);
    let reversal = &caller.cash("subtype=DEPOSIT_REVERSAL").await[0];
    assert_eq!(reversal["original_reference_id"], transfer["reference_id"]);
    assert_eq!(caller.cash("network_status=REVERSED").await.len(), 1);
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn a_barcode_is_good_for_a_while_and_near_where_it_was_made() {
    let caller = Caller::new().await;
    let mut depositor = caller.depositor().await;
    let path = format!("/v2/cash/barcodes/{}", depositor.barcode);
    for amount in [0.99, 999.01, 20.505] {
        let refused = caller.pay_in(&depositor, json!({ "amount": amount })).await.with(400);
        assert!(refused["invalid"]["amount"].is_string(), "{refused}");
    }
    let refused = caller.pay_in(&depositor, json!({ "store_id": "store-1" })).await.with(400);
    assert!(refused["invalid"]["store_id"].is_string());
    // In Sacramento.
    let far = caller.stores("lat=38.5816&lng=-121.4944").await[0]["id"].clone();
    let refused = caller.pay_in(&depositor, json!({ "store_id": far })).await;
    assert_eq!(refused.with(422)["code"], "UNABLE_TO_TRANSACT");
    let refused = caller.pay_in(&depositor, json!({ "status": "VOID" })).await;
    assert_eq!(refused.with(422)["code"], "INVALID_STATUS", "nothing was paid in");

    caller.sandbox.advance(Duration::minutes(15)).unwrap();
    let refused = caller.pay_in(&depositor, json!({})).await;
    assert_eq!(refused.with(422)["code"], "UNABLE_TO_TRANSACT");
    let blocked = caller.change(&path, json!({ "status": "BLOCKED" })).await.with(200);
    assert_eq!(blocked["status"], "BLOCKED");
    let again = caller.change(&path, json!({ "status": "BLOCKED" })).await;
    assert_eq!(again.with(422)["code"], "INVALID_STATUS");

    // One that is blocked is of no use, however new it is.
    let holder = blocked["customer_id"].as_str().unwrap();
    depositor.barcode = caller.barcode(holder, &depositor.account).await.id();
    let path = format!("/v2/cash/barcodes/{}", depositor.barcode);
    caller.change(&path, json!({ "status": "BLOCKED" })).await.with(200);
    assert_eq!(caller.pay_in(&depositor, json!({})).await.status, 422);
    assert_eq!(caller.balance(&depositor.account).await, 0);

    let count = async |query: &str| {
        let found = caller.get(&format!("/v2/cash/barcodes?{query}")).await.with(200);
        found["barcodes"].as_array().unwrap().len()
    };
    assert_eq!(count("status=BLOCKED").await, 2);
    assert_eq!(count("status=AVAILABLE").await, 0);
    let number = blocked["barcode_number"].as_str().unwrap();
    assert_eq!(count(&format!("barcode_number_like={}", &number[3..12])).await, 1);
    assert_eq!(count(&format!("barcode_number={number}")).await, 1);
    assert_eq!(count("upc_like=nothing").await, 0);

    // Barcodes are for accounts in US dollars, of the customer who is named.
    let canadian = caller.account_in(holder, "CAD", false).await;
    let refused = caller.barcode(holder, &canadian).await.with(400);
    assert!(refused["invalid"]["account_id"].is_string());
    let stranger = caller.post("/v2/persons", super::ada()).await.id();
    let refused = caller.barcode(&stranger, &depositor.account).await;
    assert_eq!(refused.text("code"), "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP");
}

#[tokio::test]
async fn stores_are_listed_by_distance() {
    let caller = Caller::new().await;
    let near = caller.stores("lat=37.7749&lng=-122.4194").await;
    let miles: Vec<f64> = near.iter().map(|store| store["distance"].as_f64().unwrap()).collect();
    assert!(miles.is_sorted() && *miles.last().unwrap() <= 5.0, "{miles:?}");
    let far = caller.stores("lat=37.7749&lng=-122.4194&radius=25").await;
    assert!(far.len() > near.len());
    assert_eq!(caller.stores("lat=37.7749&lng=-122.4194&radius=25&limit=3").await, far[..3]);
    for query in ["lat=91&lng=0", "lat=0&lng=-181", "lat=0", "lng=0"] {
        for what in ["transaction_simulations/barcodes/stores", "barcodes/retailer_map_url"] {
            let refused = caller.get(&format!("/v2/cash/{what}?{query}")).await;
            assert_eq!(refused.with(400)["code"], "BAD_QUERY_PARAMETER", "{query} {what}");
        }
    }
    let map = caller.get("/v2/cash/barcodes/retailer_map_url?lat=37.5&lng=-122.25").await.with(200);
    assert!(map["url"].as_str().unwrap().contains("37.5"), "{map}");
    caller.get("/v2/cash/barcodes/retailer_map_url").await.with(200);
}

#[tokio::test]
async fn cash_that_an_account_does_not_take_is_kept_and_moved() {
    let caller = Caller::new().await;
    let depositor = caller.depositor().await;
    let path = format!("/v2/accounts/{}", depositor.account);
    caller.change(&path, json!({ "status": "SUSPENDED", "note": "looks odd" })).await.with(200);
    // Whoever only tries is told; whoever pays has paid.
    assert_eq!(caller.pay_in(&depositor, json!({ "type": "TEST" })).await.status, 422);
    caller.pay_in(&depositor, json!({})).await.with(204);
    let transfer = caller.cash("").await.remove(0);
    assert_eq!((&transfer["suspended"], &transfer["status"]), (&json!(true), &json!("PENDING")));
    assert_eq!(caller.balance(&depositor.account).await, 0);

    let path = format!("/v2/cash/{}", transfer["id"].as_str().unwrap());
    let holder = transfer["customer_id"].as_str().unwrap();
    let refused =
        caller.change(&path, json!({ "destination_account_id": depositor.account })).await;
    assert_eq!(refused.status, 422, "it still takes nothing");
    let canadian = caller.account_in(holder, "CAD", false).await;
    let refused =
        caller.change(&path, json!({ "destination_account_id": canadian })).await.with(400);
    assert!(refused["invalid"]["destination_account_id"].is_string());
    let (other, _) = caller.checking(holder).await;
    let body = json!({ "destination_account_id": other, "status": "CANCELLED" });
    caller.change(&path, body).await.with(400);
    let moved = caller.change(&path, json!({ "destination_account_id": other })).await.with(200);
    assert_eq!((&moved["suspended"], &moved["status"]), (&json!(false), &json!("POSTED")));
    assert_eq!(moved["destination_account_id"], other);
    assert_eq!(caller.balance(&other).await, 20_50);
    // Only while it is suspended.
    let again = caller.change(&path, json!({ "destination_account_id": other })).await;
    assert_eq!(again.with(422)["code"], "INVALID_STATUS");
    assert_eq!(caller.change(&path, json!({ "status": "CANCELLED" })).await.status, 422);
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn cash_that_is_kept_goes_back_when_it_is_canceled() {
    let caller = Caller::new().await;
    let depositor = caller.depositor().await;
    let path = format!("/v2/accounts/{}", depositor.account);
    caller.change(&path, json!({ "status": "SUSPENDED", "note": "looks odd" })).await.with(200);
    caller.pay_in(&depositor, json!({})).await.with(204);
    let path = format!("/v2/cash/{}", caller.cash("").await[0]["id"].as_str().unwrap());
    let canceled = caller.change(&path, json!({ "status": "CANCELLED" })).await.with(200);
    assert_eq!(canceled["status"], "CANCELLED");
    assert_eq!(canceled["network_status"], "RETURNED");
    assert_eq!(caller.pay_in(&depositor, json!({ "status": "VOID" })).await.status, 422);
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn an_order_is_held_shipped_and_delivered() {
    let caller = Caller::new().await;
    let (account, order) = caller.ordered("Corner Shop").await;
    let read = caller.get(&order).await.with(200);
    assert_eq!((&read["status"], &read["client_name"]), (&json!("PENDING"), &json!("Corner Shop")));
    assert_eq!(read["originating_account_id"], account);
    assert_eq!(
        (caller.balance(&account).await, caller.available(&account).await),
        (500_00, 380_00)
    );
    let hold = format!("/v2/transactions/pending/{}", read["hold_id"].as_str().unwrap());
    assert_eq!(caller.get(&hold).await.with(200)["data"]["status"], "PENDING");

    // Tomorrow at 9:00 the vendor has it, at 17:00 the client.
    caller.sandbox.advance(Duration::days(1)).unwrap();
    let transfer = caller.cash("subtype=CASH_ORDER").await.remove(0);
    assert_eq!((&transfer["status"], &transfer["dc_sign"]), (&json!("PENDING"), &json!("DEBIT")));
    let body = json!({ "authorization_type": "CASH_ORDER", "order_date": "2026-11-27" });
    caller.change(&order, body).await.with(400);
    caller.sandbox.advance(Duration::hours(8)).unwrap();
    assert_eq!(caller.get(&order).await.with(200)["status"], "COMPLETE");
    assert_eq!(
        (caller.balance(&account).await, caller.available(&account).await),
        (380_00, 380_00)
    );
    let transfer = caller.cash("").await.remove(0);
    assert_eq!((&transfer["status"], &transfer["amount"]), (&json!("POSTED"), &json!(120_00)));
    let body = json!({ "authorization_type": "CASH_ORDER", "status": "CANCELLED" });
    assert_eq!(caller.change(&order, body).await.with(422)["code"], "INVALID_STATUS");
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn an_order_is_moved_and_canceled_until_it_is_delivered() {
    let canceled = json!({ "authorization_type": "CASH_ORDER", "status": "CANCELLED" });
    // Before the vendor has it; by the order while the vendor has it; by the transfer.
    for (is_shipped, by_transfer) in [(false, false), (true, false), (true, true)] {
        let caller = Caller::new().await;
        let (account, order) = caller.ordered("Corner Shop").await;
        let body = json!({ "authorization_type": "CASH_ORDER", "order_date": "2026-11-27" });
        let moved = caller.change(&order, body).await.with(200);
        assert_eq!(moved["order_date"], "2026-11-27");
        caller.sandbox.advance(Duration::days(2)).unwrap();
        assert_eq!(caller.cash("").await, [] as [Value; 0], "not on the first day");
        if is_shipped {
            caller.sandbox.advance(Duration::days(1)).unwrap();
        }
        if by_transfer {
            let transfers = caller.cash("status=PENDING").await;
            let path = format!("/v2/cash/{}", transfers[0]["id"].as_str().unwrap());
            caller.change(&path, json!({ "status": "CANCELLED" })).await.with(200);
        } else {
            caller.change(&order, canceled.clone()).await.with(200);
        }
        assert_eq!(caller.get(&order).await.with(200)["status"], "CANCELLED");
        assert_eq!(caller.available(&account).await, FUNDS);
        caller.sandbox.advance(Duration::days(7)).unwrap();
        assert_eq!(caller.balance(&account).await, FUNDS);
        assert_eq!(caller.cash("status=PENDING").await, [] as [Value; 0]);
        assert!(caller.sandbox.audit().unwrap().adds_up());
        assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
    }
}

#[tokio::test]
async fn a_vendor_may_reject_bring_back_or_forget_an_order() {
    for (client, status) in [
        ("Rejected Shop", "CANCELLED"),
        ("Returned Shop", "COMPLETE"),
        ("Unfilled Shop", "EXPIRED"),
    ] {
        let caller = Caller::new().await;
        let (account, order) = caller.ordered(client).await;
        caller.sandbox.advance(Duration::days(14)).unwrap();
        assert_eq!(caller.get(&order).await.with(200)["status"], status);
        assert_eq!(caller.balance(&account).await, FUNDS, "{client}");
        assert_eq!(caller.available(&account).await, FUNDS, "{client}");
        let reversals = caller.cash("subtype=CASH_ORDER_REVERSAL").await;
        assert_eq!(reversals.len(), usize::from(client == "Returned Shop"));
        assert!(caller.sandbox.audit().unwrap().adds_up());
        assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
    }
}

#[tokio::test]
async fn orders_that_break_the_rules_are_refused() {
    let caller = Caller::new().await;
    let (account, order) = caller.ordered("Corner Shop").await;
    let refused = async |members: Value| {
        let mut body = json!({
            "authorization_type": "CASH_ORDER", "amount": 10_00, "order_date": "2026-11-25",
            "destination_account_id": account,
        });
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        caller.post("/v2/cash/authorization", body).await
    };
    for (name, value) in [
        ("order_date", json!("2026-11-23")),
        ("order_date", json!("9000-01-01")),
        ("order_date", json!("2199-01-01")),
        ("authorization_type", json!("DEPOSIT")),
        ("amount", json!(0)),
    ] {
        let answer = refused(json!({ name: value })).await.with(400);
        assert!(answer["invalid"][name].is_string(), "{answer}");
    }
    // What is held for another order is not there.
    let answer = refused(json!({ "amount": FUNDS - 120_00 + 1 })).await;
    assert_eq!(answer.with(422)["code"], "INSUFFICIENT_FUNDS");
    let body = json!({ "authorization_type": "DEPOSIT", "client_name": "Shop" });
    let answer = caller.change(&order, body).await.with(400);
    assert!(answer["immutable"].to_string().contains("authorization_type"), "{answer}");
    let body = json!({ "authorization_type": "CASH_ORDER", "order_date": "2026-11-20" });
    let answer = caller.change(&order, body).await.with(400);
    assert!(answer["invalid"]["order_date"].is_string());
    let count = async |query: &str| {
        let found = caller.get(&format!("/v2/cash/authorization?{query}")).await.with(200);
        found["authorizations"].as_array().unwrap().len()
    };
    assert_eq!(count("from_order_date=2026-11-25&max_amount=12000").await, 1);
    assert_eq!(count("order_date=2026-11-26").await, 0);
    assert_eq!(count("client_name=Corner%20Shop").await, 1);
}

#[tokio::test]
async fn an_order_that_is_renamed_after_its_day_is_shipped() {
    for (client, status) in [("Corner Shop", "COMPLETE"), ("Unfilled Store", "EXPIRED")] {
        let caller = Caller::new().await;
        let (_, order) = caller.ordered("Unfilled Shop").await;
        caller.sandbox.advance(Duration::days(2)).unwrap();
        assert_eq!(caller.get(&order).await.with(200)["status"], "PENDING");
        let body = json!({ "authorization_type": "CASH_ORDER", "client_name": client });
        caller.change(&order, body).await.with(200);
        caller.sandbox.advance(Duration::days(12)).unwrap();
        assert_eq!(caller.get(&order).await.with(200)["status"], status);
        assert!(caller.sandbox.audit().unwrap().adds_up());
        assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
    }
}
