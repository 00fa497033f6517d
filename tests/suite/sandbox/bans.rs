//! What a ban stops that was under way before it: money that was set aside, closings, personal ids.

use chrono::Duration;
use serde_json::{Value, json};

use super::Caller;

const FUNDS: i64 = 500_00;
const WHY: &str = "the person is BANNED";

/// Transfers of 20.00 on every rail that sets money aside first. The persons behind them are of one
/// identity.
struct UnderWay {
    holder: String,
    account: String,
    manual: String,
    ach: String,
    wire: String,
    canadian: String,
    eft: String,
    business: String,
    order: String,
}

impl Caller {
    async fn under_way(&self) -> UnderWay {
        let holder = self.verified().await;
        let (account, _) = self.checking(&holder).await;
        self.fund(&account, "USD", FUNDS).await;
        let (other, _) = self.checking(&holder).await;
        let manual = json!({ "originating_account_id": account, "receiving_account_id": other,
            "amount": 20_00, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
            "capture_mode": "MANUAL" });
        let manual = self.post("/v2/transactions/internal_transfer", manual).await.id();
        let mut body = json!({ "customer_id": holder, "originating_account_id": account,
            "amount": 20_00, "receiving_account_id": self.elsewhere(&holder).await,
            "currency": "USD" });
        let mut wire = body.clone();
        body["dc_sign"] = json!("credit");
        let ach = self.post("/v2/ach", body).await.id();
        wire["recipient_message"] = json!("rent");
        let wire = self.post("/v2/wires", wire).await.id();
        let canadian = self.canadian().await;
        let eft = self.post("/v2/eft_ca", canadian.transfer("CREDIT", json!({}))).await.id();
        let (business, order) = self.ordered("Corner Shop").await;
        let canadian = canadian.account;
        UnderWay { holder, account, manual, ach, wire, canadian, eft, business, order }
    }

    async fn state(&self, path: &str) -> String {
        self.get(path).await.with(200)["status"].as_str().unwrap().to_owned()
    }

    /// The states of all of them but the manual transfer, some days later.
    async fn ends(&self, under_way: &UnderWay) -> [String; 4] {
        self.sandbox.advance(Duration::days(4)).unwrap();
        [
            self.state(&format!("/v2/ach/{}", under_way.ach)).await,
            self.state(&format!("/v2/wires/{}", under_way.wire)).await,
            self.state(&format!("/v2/eft_ca/{}", under_way.eft)).await,
            self.state(&under_way.order).await,
        ]
    }

    /// Sets the status of the manual transfer.
    async fn set_manual(&self, under_way: &UnderWay, status: &str) -> super::Answer {
        let path = format!("/v2/transactions/internal_transfer/{}", under_way.manual);
        self.change(&path, json!({ "status": status })).await
    }
}

#[tokio::test]
async fn what_was_set_aside_leaves_where_nobody_was_banned() {
    let caller = Caller::new().await;
    let under_way = caller.under_way().await;
    caller.set_manual(&under_way, "COMPLETE").await.with(200);
    let ends = caller.ends(&under_way).await;
    assert_eq!(ends, ["COMPLETE", "COMPLETED", "POSTED", "COMPLETE"]);
    assert_eq!(caller.balance(&under_way.account).await, FUNDS - 60_00);
}

#[tokio::test]
async fn what_was_set_aside_does_not_leave_after_a_ban() {
    let caller = Caller::new().await;
    let under_way = caller.under_way().await;
    let UnderWay { account, canadian, business, .. } = &under_way;
    caller.sandbox.ban_person(&under_way.holder).unwrap();
    let refused = caller.set_manual(&under_way, "COMPLETE").await.with(422);
    assert_eq!(refused["code"], "IMPROPER_CUSTOMER_STATUS");
    caller.set_manual(&under_way, "CANCELED").await.with(200);
    let ends = caller.ends(&under_way).await;
    assert_eq!(ends, ["DECLINED", "DECLINED", "CANCELLED", "CANCELLED"]);
    for account in [account, canadian, business] {
        let (balance, available) = (caller.balance(account).await, caller.available(account).await);
        assert_eq!(balance, available, "what was set aside is free");
        assert!(balance >= FUNDS - 100_00, "{balance}");
    }
    assert_eq!(caller.balance(account).await, FUNDS);
    assert_eq!(caller.balance(canadian).await, FUNDS);
    // Each says why.
    for hold in [&under_way.ach, &under_way.wire, &under_way.eft] {
        let hold = caller.get(&format!("/v2/transactions/pending/{hold}")).await.with(200);
        assert_eq!(hold["data"]["reason"], WHY, "{hold}");
    }
    let eft = caller.eft(&under_way.eft).await;
    assert_eq!((&eft["failed"], eft["history"].as_array().unwrap().len()), (&json!(true), 3));
    assert_eq!(eft["history"][2]["message"], WHY);
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn the_rest_of_a_closing_account_is_not_paid_to_who_is_banned() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    caller.fund(&account, "USD", FUNDS).await;
    caller.sandbox.ban_person(&holder).unwrap();
    let path = format!("/v2/accounts/{account}");
    let body = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving",
        "payment_method": "BANK_DRAFT" });
    let closing = caller.post(&format!("{path}/initiate_closure"), body).await.with(200);
    let waits = |account: &Value| {
        let checks = account["account_closure"]["validation_responses"].as_array().unwrap();
        let waits = checks.iter().find(|check| check["validated"] == false).unwrap();
        waits["message"].as_str().unwrap().to_owned()
    };
    let why = "the holder is BANNED: the balance stays until the ban is lifted";
    assert_eq!(waits(&closing), why);
    caller.sandbox.advance_banking_days(2).unwrap();
    let closing = caller.get(&path).await.with(200);
    assert_eq!((&closing["status"], &*waits(&closing)), (&json!("IN_CLOSING"), why));
    assert_eq!(caller.balance(&account).await, FUNDS);
    caller.sandbox.lift_ban(&holder).unwrap();
    caller.sandbox.advance_banking_days(2).unwrap();
    assert_eq!(caller.get(&path).await.with(200)["status"], "CLOSED");
}

#[tokio::test]
async fn a_payout_by_ach_does_not_leave_after_a_ban() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    caller.fund(&account, "USD", FUNDS).await;
    let path = format!("/v2/accounts/{account}");
    let body = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving",
        "payment_method": "ACH", "destination_id": caller.elsewhere(&holder).await });
    caller.post(&format!("{path}/initiate_closure"), body).await.with(200);
    caller.sandbox.ban_person(&holder).unwrap();
    caller.sandbox.advance_banking_days(3).unwrap();
    let sent = caller.get("/v2/ach").await.with(200)["transactions"].clone();
    assert_eq!((sent.as_array().unwrap().len(), &sent[0]["status"]), (1, &json!("DECLINED")));
    assert_eq!(caller.get(&path).await.with(200)["status"], "IN_CLOSING");
    assert_eq!(caller.balance(&account).await, FUNDS);
}

#[tokio::test]
async fn a_personal_id_of_a_banned_identity_bans() {
    let caller = Caller::new().await;
    let mut body = super::ada();
    let passport = |number: &str| json!({ "id_type": "PASSPORT_NUMBER", "identifier": number, "country_code": "GB" });
    body["personal_ids"] = json!([passport("G1234567")]);
    let banned = caller.post("/v2/persons", body.clone()).await.id();
    caller.sandbox.ban_person(&banned).unwrap();

    let somebody = |personal_ids: Value| {
        let mut body = super::ada();
        body["first_name"] = json!("Mary");
        body["ssn"] = json!("456-78-1111");
        body["personal_ids"] = personal_ids;
        body
    };
    let status = async |person: &str| {
        let person = caller.get(&format!("/v2/persons/{person}")).await.with(200);
        person["ban_status"].as_str().unwrap().to_owned()
    };
    let ssn = json!({ "id_type": "SSN", "identifier": "456-78-9012" });
    for ids in [json!([ssn]), json!([passport("G1234567")])] {
        let made = caller.post("/v2/persons", somebody(ids)).await.with(201);
        assert_eq!(made["ban_status"], "BANNED");
    }
    for ids in [json!([ssn]), json!([passport("G1234567")])] {
        let made = caller.post("/v2/persons", somebody(json!([passport("G7654321")]))).await.id();
        assert_eq!(status(&made).await, "ALLOWED");
        let mut id = ids[0].clone();
        id["customer_id"] = json!(made);
        caller.post("/v2/persons/personal_ids", id).await.with(201);
        assert_eq!(status(&made).await, "BANNED");
    }
    // By a change, too.
    let made = caller.post("/v2/persons", somebody(json!([passport("G7654321")]))).await;
    let (made, id) = (made.id(), made.body["personal_ids"][0]["id"].clone());
    let path = format!("/v2/persons/personal_ids/{}", id.as_str().unwrap());
    caller.change(&path, passport("G1234567")).await.with(201);
    assert_eq!(status(&made).await, "BANNED");
    caller.sandbox.lift_ban(&banned).unwrap();
    assert_eq!(status(&made).await, "ALLOWED");
}
