//! Linked accounts: holds on an account below its floor, links while money is set aside behind them,
//! closing toward each other, and what is said of links that do not fit.

use serde_json::{Value, json};

use super::{Answer, Caller};

impl Caller {
    /// A checking account with these members; its id and number.
    async fn opened(&self, holder: &str, members: Value) -> (String, String) {
        let mut body = json!({ "account_type": "CHECKING", "currency": "USD",
            "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": holder }] });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let account = self.post("/v2/accounts", body).await;
        (account.id(), account.text("account_number"))
    }

    async fn moved(&self, from: &str, to: &str, amount: i64, mode: &str) -> Answer {
        let body = json!({ "originating_account_id": from, "receiving_account_id": to,
            "amount": amount, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT", "capture_mode": mode });
        self.post("/v2/transactions/internal_transfer", body).await
    }

    async fn completed(&self, transfer: &Answer) -> Answer {
        let path = format!("/v2/transactions/internal_transfer/{}", transfer.id());
        self.change(&path, json!({ "status": "COMPLETE" })).await
    }

    pub(super) async fn available(&self, account: &str) -> i64 {
        let account = self.get(&format!("/v2/accounts/{account}")).await.with(200);
        let balances = account["balances"].as_array().unwrap();
        let available = balances.iter().find(|balance| balance["type"] == "AVAILABLE_BALANCE");
        available.unwrap()["balance"].as_i64().unwrap()
    }

    async fn close_toward(&self, account: &str, destination: &str) -> Answer {
        let body = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving",
            "payment_method": "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT", "destination_id": destination });
        self.post(&format!("/v2/accounts/{account}/initiate_closure"), body).await
    }

    async fn status_of(&self, account: &str) -> Value {
        self.get(&format!("/v2/accounts/{account}")).await.with(200)["status"].clone()
    }

    #[track_caller]
    fn adds_up(&self) {
        let audit = self.sandbox.audit().unwrap();
        assert!(audit.adds_up(), "{audit}");
    }
}

fn line(balance: i64, linked: &str) -> Value {
    json!({ "balance": balance, "linked_account_id": linked })
}

fn path(account: &str) -> String {
    format!("/v2/accounts/{account}")
}

#[tokio::test]
async fn a_hold_on_an_account_below_its_floor_is_set_aside_behind_it() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (pool, number) = caller.checking(&holder).await;
    caller.receive(&number, 1_000_00, "credit").await.with(201);
    let (account, _) = caller.opened(&holder, json!({})).await;
    let card = caller.virtual_card(&account, &holder).await;
    let external = caller.elsewhere(&holder).await;
    // It is 5.00 short before anything is asked of it.
    let floor = json!({ "balance_floor": line(5_00, &pool) });
    caller.change(&path(&account), floor).await.with(200);

    let body = json!({ "card_id": card, "amount": 1_00, "mid": "123456789012345" });
    let authorized =
        caller.post("/v2/cards/transaction_simulations/authorization", body).await.with(201);
    assert!(!authorized.to_string().contains("DECLINED"), "{authorized}");
    // All that is missing is behind it, and nothing less than 0 is held on the account itself.
    assert_eq!((caller.available(&account).await, caller.available(&pool).await), (0, 994_00));
    let ach = json!({ "customer_id": holder, "originating_account_id": account,
        "receiving_account_id": external, "amount": 2_00, "currency": "USD", "dc_sign": "credit" });
    caller.post("/v2/ach", ach).await.with(201);
    assert_eq!(caller.available(&account).await, 0);
    caller.moved(&account, &pool, 50, "MANUAL").await.with(200);
    assert_eq!(caller.available(&account).await, 0);
    caller.adds_up();
    caller.sandbox.advance_banking_days(3).unwrap();
    caller.adds_up();
}

#[tokio::test]
async fn the_account_behind_a_floor_stays_while_money_is_set_aside_there() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (pool, number) = caller.checking(&holder).await;
    let (other, _) = caller.opened(&holder, json!({})).await;
    let floor = json!({ "balance_floor": line(0, &pool) });
    let (account, own_number) = caller.opened(&holder, floor).await;
    caller.receive(&number, 1_000, "credit").await.with(201);
    let held = caller.moved(&account, &other, 200, "MANUAL").await;
    assert_eq!(caller.available(&pool).await, 800);

    let without = [
        json!({ "balance_floor": { "balance": 0 } }),
        json!({ "balance_floor": line(0, &other) }),
        json!({ "balance_floor": null }),
    ];
    for change in without {
        let refused = caller.change(&path(&account), change.clone()).await;
        assert!(refused.status >= 400 && refused.status < 500, "{change}: {refused:?}");
    }
    let refused =
        caller.change(&path(&account), json!({ "balance_floor": { "balance": 0 } })).await;
    let refused = refused.with(422);
    assert_eq!(refused["code"], "BALANCE_VIOLATION");
    assert!(refused["invalid"]["balance_floor.linked_account_id"].is_string(), "{refused}");
    let whole = json!({ "account_type": "CHECKING", "relationships": [] });
    let replaced = caller.call("PUT", &path(&account), whole.clone()).await;
    assert!(replaced.status >= 400, "{replaced:?}");
    // Its balance may change, and so may the other line.
    caller.change(&path(&account), json!({ "balance_floor": line(-50, &pool) })).await.with(200);
    caller.change(&path(&account), json!({ "balance_floor": line(0, &pool) })).await.with(200);
    let ceiling = json!({ "balance_ceiling": { "balance": 900 } });
    caller.change(&path(&account), ceiling).await.with(200);

    // The hold is paid with what was set aside, and then the link is free.
    caller.completed(&held).await.with(200);
    assert_eq!((caller.balance(&account).await, caller.balance(&pool).await), (0, 800));
    caller.change(&path(&account), json!({ "balance_floor": { "balance": 0 } })).await.with(200);
    // A hold that needs no one behind it keeps no link.
    caller.receive(&own_number, 300, "credit").await.with(201);
    let own = json!({ "balance_floor": line(0, &pool) });
    caller.change(&path(&account), own).await.with(200);
    caller.moved(&account, &other, 100, "MANUAL").await.with(200);
    caller.change(&path(&account), json!({ "balance_floor": { "balance": 0 } })).await.with(200);
    caller.adds_up();
}

#[tokio::test]
async fn a_link_in_the_middle_of_a_chain_stays_too() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (far, number) = caller.checking(&holder).await;
    let (middle, _) = caller.opened(&holder, json!({ "balance_floor": line(0, &far) })).await;
    let (near, _) = caller.opened(&holder, json!({ "balance_floor": line(0, &middle) })).await;
    caller.receive(&number, 1_000, "credit").await.with(201);
    let held = caller.moved(&near, &far, 200, "MANUAL").await;
    for account in [&near, &middle] {
        let change = json!({ "balance_floor": { "balance": 0 } });
        assert_eq!(
            caller.change(&path(account), change).await.with(422)["code"],
            "BALANCE_VIOLATION"
        );
    }
    caller.completed(&held).await.with(200);
    for account in [&near, &middle] {
        assert_eq!(caller.balance(account).await, 0);
        let change = json!({ "balance_floor": { "balance": 0 } });
        caller.change(&path(account), change).await.with(200);
    }
    caller.adds_up();
}

#[tokio::test]
async fn an_account_does_not_close_toward_one_that_gives_it_back() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (pool, _) = caller.checking(&holder).await;
    let (other, _) = caller.opened(&holder, json!({})).await;
    let lines = json!({ "balance_floor": line(0, &pool), "balance_ceiling": line(0, &pool) });
    let (pooled, number) = caller.opened(&holder, lines).await;
    let lines = json!({ "balance_ceiling": line(0, &pooled) });
    let (farther, _) = caller.opened(&holder, lines).await;
    caller.receive(&number, 500, "credit").await.with(201);
    assert_eq!(caller.balance(&pool).await, 500);
    for destination in [&pooled, &farther] {
        let refused = caller.close_toward(&pool, destination).await;
        assert_eq!(refused.fields("invalid"), ["destination_id"], "{refused:?}");
    }
    caller.close_toward(&pool, &other).await.with(200);
    caller.sandbox.advance_banking_days(2).unwrap();
    assert_eq!(caller.status_of(&pool).await, "CLOSED");
    assert_eq!((caller.balance(&pool).await, caller.balance(&other).await), (0, 500));
    // What was linked to it is stopped: nothing goes to a closed account.
    caller.receive(&number, 300, "credit").await;
    assert_eq!(caller.balance(&pool).await, 0);
    caller.adds_up();
}

#[tokio::test]
async fn a_destination_that_begins_to_give_it_back_is_not_paid() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let (destination, _) = caller.opened(&holder, json!({})).await;
    let (other, _) = caller.opened(&holder, json!({})).await;
    caller.receive(&number, 500, "credit").await.with(201);
    // It waits for a hold; meanwhile the destination is linked to it.
    let held = caller.moved(&account, &other, 100, "MANUAL").await;
    caller.close_toward(&account, &destination).await.with(200);
    let ceiling = json!({ "balance_ceiling": line(0, &account) });
    caller.change(&path(&destination), ceiling).await.with(200);
    let cancel = json!({ "status": "CANCELED" });
    let transfer = format!("/v2/transactions/internal_transfer/{}", held.id());
    caller.change(&transfer, cancel).await.with(200);
    caller.sandbox.advance_banking_days(2).unwrap();
    assert_eq!(caller.status_of(&account).await, "IN_CLOSING");
    assert_eq!(caller.balance(&account).await, 500);
    let free = json!({ "balance_ceiling": { "balance": 1_000 } });
    caller.change(&path(&destination), free).await.with(200);
    caller.sandbox.advance_banking_days(2).unwrap();
    assert_eq!(caller.status_of(&account).await, "CLOSED");
    assert_eq!((caller.balance(&account).await, caller.balance(&destination).await), (0, 500));
    caller.adds_up();
}

#[tokio::test]
async fn a_destination_that_has_closed_is_not_paid() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let (destination, _) = caller.opened(&holder, json!({})).await;
    let (other, _) = caller.opened(&holder, json!({})).await;
    caller.receive(&number, 500, "credit").await.with(201);
    let held = caller.moved(&account, &other, 100, "MANUAL").await;
    caller.close_toward(&account, &destination).await.with(200);
    caller.close_toward(&destination, &other).await.with(200);
    caller.sandbox.advance_banking_days(2).unwrap();
    assert_eq!(caller.status_of(&destination).await, "CLOSED");
    caller.completed(&held).await;
    caller.sandbox.advance_banking_days(9).unwrap();
    assert_eq!(caller.balance(&destination).await, 0);
    assert_eq!(caller.status_of(&account).await, "IN_CLOSING");
    caller.adds_up();
    let toward = json!({ "payment_method": "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT",
        "destination_id": other });
    caller.change(&format!("{}/initiate_closure", path(&account)), toward).await.with(200);
    caller.sandbox.advance_banking_days(2).unwrap();
    assert_eq!(caller.status_of(&account).await, "CLOSED");
    caller.adds_up();
}

#[tokio::test]
async fn a_closed_account_takes_nothing_back() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let (other, _) = caller.opened(&holder, json!({})).await;
    caller.receive(&number, 500, "credit").await.with(201);
    let external = caller.elsewhere(&holder).await;
    let ach = json!({ "customer_id": holder, "originating_account_id": account,
        "receiving_account_id": external, "amount": 200, "currency": "USD", "dc_sign": "credit" });
    let sent = caller.post("/v2/ach", ach).await;
    caller.sandbox.advance_banking_days(3).unwrap();
    caller.close_toward(&account, &other).await.with(200);
    caller.sandbox.advance_banking_days(2).unwrap();
    assert_eq!(caller.status_of(&account).await, "CLOSED");
    let path = "/v2/ach/transaction_simulations/receiving_return";
    let returned = caller.post(path, json!({ "ach_id": sent.id() })).await.with(201);
    let id = returned["id"].as_str().unwrap();
    let entry = caller.get(&format!("/v2/ach/incoming/{id}")).await.with(200);
    assert_eq!(entry["status"], "IN_SUSPENSE");
    assert_eq!(caller.balance(&account).await, 0);
    caller.adds_up();
}

#[tokio::test]
async fn what_is_wrong_with_a_link_is_said_of_the_member_that_was_sent() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (root, _) = caller.checking(&holder).await;
    let (leaf, _) = caller.opened(&holder, json!({ "balance_floor": line(0, &root) })).await;
    let nowhere = "0f58e632-2630-4cc4-8661-3910eae951e6";
    for (line, old) in
        [("balance_floor", "overdraft_account_id"), ("balance_ceiling", "overflow_account_id")]
    {
        for member in ["linked_account_id", old] {
            for (id, reason) in [
                (leaf.as_str(), "leads back to this account"),
                (root.as_str(), "must be another account"),
                (nowhere, "does not exist"),
            ] {
                let change = json!({ line: { "balance": 0, member: id } });
                let refused = caller.change(&path(&root), change).await;
                let field = format!("{line}.{member}");
                assert_eq!(
                    refused.fields("invalid"),
                    std::slice::from_ref(&field),
                    "{}",
                    refused.body
                );
                assert_eq!(refused.body["invalid"][&field], reason);
            }
        }
    }
    // Of two lines that cross, the one that was sent.
    let lines = json!({ "balance_floor": { "balance": 10 }, "balance_ceiling": { "balance": 20 } });
    caller.change(&path(&leaf), lines).await.with(200);
    let low = json!({ "balance_ceiling": { "balance": 5 } });
    assert_eq!(
        caller.change(&path(&leaf), low).await.fields("invalid"),
        ["balance_ceiling.balance"]
    );
    let high = json!({ "balance_floor": { "balance": 25 } });
    assert_eq!(
        caller.change(&path(&leaf), high).await.fields("invalid"),
        ["balance_floor.balance"]
    );
}

#[tokio::test]
async fn a_chain_over_the_older_names_has_an_end_too() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let old = |to: &str| json!({ "balance_ceiling": { "balance": 0, "overflow_account_id": to } });
    let mut chain = vec![caller.checking(&holder).await.0];
    for _ in 0..8 {
        let last = chain.last().unwrap().clone();
        chain.push(caller.opened(&holder, old(&last)).await.0);
    }
    // One link more at either end.
    let (new, _) = caller.opened(&holder, json!({})).await;
    for (account, to) in [(&new, &chain[8]), (&chain[0], &new)] {
        let refused = caller.change(&path(account), old(to)).await;
        assert_eq!(refused.fields("invalid"), ["balance_ceiling.overflow_account_id"]);
    }
    // They are found by it, by either name of the filter.
    for filter in ["overflow_account_id", "linked_account_id"] {
        let found = caller.get(&format!("/v2/accounts?{filter}={}", chain[0])).await.with(200);
        assert_eq!(found["accounts"].as_array().unwrap().len(), 1, "{filter}");
    }
}
