//! Cash that is moved: orders to another day, deposits to another account.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::Caller;

impl Caller {
    fn until(&self, moment: &str) {
        self.sandbox.advance_to(moment.parse::<DateTime<Utc>>().unwrap()).unwrap();
    }

    async fn status_of_order(&self, order: &str) -> Value {
        self.get(order).await.with(200)["status"].clone()
    }
}

#[tokio::test]
async fn an_order_that_was_moved_expires_by_its_last_day() {
    let moved = json!({ "authorization_type": "CASH_ORDER", "order_date": "2026-11-30" });
    // Before its first day, and after the vendor did not take it up then.
    for at in ["2026-11-24T15:00:00Z", "2026-11-27T15:00:00Z"] {
        let caller = Caller::new().await;
        let (account, order) = caller.ordered("Unfilled Shop").await;
        caller.until(at);
        caller.change(&order, moved.clone()).await.with(200);
        let hold = caller.get(&order).await.with(200)["hold_id"].as_str().unwrap().to_owned();
        let hold = caller.get(&format!("/v2/transactions/pending/{hold}")).await.with(200);
        assert_eq!(hold["data"]["expires_at"], "2026-12-05T14:00:00Z", "{at}");
        // Five days after the 25th, and after the 30th, at 9:00 Eastern.
        caller.until("2026-11-30T14:00:01Z");
        assert_eq!(caller.status_of_order(&order).await, "PENDING", "{at}");
        caller.until("2026-12-05T13:59:59Z");
        assert_eq!(caller.status_of_order(&order).await, "PENDING", "{at}");
        assert_eq!(caller.available(&account).await, 380_00);
        caller.until("2026-12-05T14:00:00Z");
        assert_eq!(caller.status_of_order(&order).await, "EXPIRED", "{at}");
        assert_eq!(caller.available(&account).await, 500_00);
        assert!(caller.sandbox.audit().unwrap().adds_up());
        assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
    }
}

#[tokio::test]
async fn a_deposit_that_is_moved_is_one_of_its_new_account() {
    let caller = Caller::new().await;
    let depositor = caller.depositor().await;
    let path = format!("/v2/accounts/{}", depositor.account);
    caller.change(&path, json!({ "status": "SUSPENDED", "note": "looks odd" })).await.with(200);
    caller.pay_in(&depositor, json!({})).await.with(204);
    let transfer = caller.cash("").await.remove(0);
    let path = format!("/v2/cash/{}", transfer["id"].as_str().unwrap());

    let other = caller.verified().await;
    let (account, _) = caller.checking(&other).await;
    // The spend controls of the new account apply.
    let control = json!({ "name": "no cash", "is_active": true, "action_case": false,
        "action_decline": true, "amount_limit": 20_00, "direction": "CREDITS",
        "payment_types": ["CASH"], "time_range": { "time_range_type": "SINGLE_TRANSACTION" } });
    let control = caller.post("/v2/spend_controls", control).await.id();
    let attached = json!({ "spend_control_ids": [control] });
    caller.change(&format!("/v2/accounts/{account}"), attached).await.with(200);
    let to = json!({ "destination_account_id": account });
    let refused = caller.change(&path, to.clone()).await.with(422);
    assert_eq!(refused["code"], "SPEND_CONTROL_VIOLATION", "{refused}");
    assert_eq!(caller.cash("").await[0], transfer, "nothing changed");
    assert_eq!(caller.balance(&account).await, 0);

    let change = json!({ "amount_limit": 20_50 });
    caller.change(&format!("/v2/spend_controls/{control}"), change).await.with(200);
    let moved = caller.change(&path, to).await.with(200);
    let masked = caller.get(&format!("/v2/accounts/{account}")).await.with(200);
    assert_eq!(moved["customer_id"], other);
    assert_ne!(moved["customer_id"], transfer["customer_id"]);
    assert_eq!(moved["client_bank_account"], masked["account_number_masked"]);
    assert_ne!(moved["client_bank_account"], transfer["client_bank_account"]);
    assert_eq!(caller.balance(&account).await, 20_50);
    assert_eq!(caller.cash(&format!("customer_id={other}")).await.len(), 1);
    assert!(caller.sandbox.audit().unwrap().adds_up());
}

#[tokio::test]
async fn a_barcode_is_for_an_account_that_takes_money() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let path = format!("/v2/accounts/{account}");
    // What a frozen account takes in does not leave it.
    caller.change(&path, json!({ "access_status": "FROZEN" })).await.with(200);
    caller.barcode(&holder, &account).await.with(201);
    caller.change(&path, json!({ "access_status": "ACTIVE" })).await.with(200);
    caller.change(&path, json!({ "status": "SUSPENDED", "note": "looks odd" })).await.with(200);
    let refused = caller.barcode(&holder, &account).await.with(422);
    assert_eq!(refused["code"], "IMPROPER_ACCOUNT_STATUS");
    caller
        .change(&path, json!({ "status": "ACTIVE_OR_DISBURSED", "note": "fine" }))
        .await
        .with(200);
    let body = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving" });
    caller.post(&format!("{path}/initiate_closure"), body).await.with(200);
    let refused = caller.barcode(&holder, &account).await.with(422);
    assert_eq!(refused["code"], "IMPROPER_ACCOUNT_STATUS");
    caller.sandbox.advance_banking_days(1).unwrap();
    assert_eq!(caller.get(&path).await.with(200)["status"], "CLOSED");
    let refused = caller.barcode(&holder, &account).await.with(422);
    assert_eq!(refused["code"], "ACCOUNT_CLOSED");
}
