//! Fees and rewards by templates, and the fee products of accounts.

use chrono::Duration;
use serde_json::{Value, json};

use super::{Answer, Caller};

/// A family of charges: its paths, and what a charge of 3.00 does to a balance.
#[derive(Clone, Copy)]
struct Family {
    templates: &'static str,
    charges: &'static str,
    subtype: &'static str,
    sign: i64,
}

const FEES: Family = Family {
    templates: "/v2/fee_templates",
    charges: "/v2/fees",
    subtype: "MAINTENANCE",
    sign: -1,
};
const REWARDS: Family = Family {
    templates: "/v2/reward_templates",
    charges: "/v2/rewards",
    subtype: "CASHBACK",
    sign: 1,
};

impl Caller {
    /// An internal account of the program; its id.
    pub(super) async fn program(&self, currency: &str) -> String {
        let body = json!({ "currency": currency, "status": "ACTIVE" });
        self.post("/v2/internal_accounts", body).await.id()
    }

    /// A template of 3.00 with some other members.
    async fn charge_template(&self, family: Family, internal: &str, members: Value) -> Answer {
        let mut body = json!({ "currency": "USD", "description": "Upkeep", "amount": 3_00,
            "internal_account_id": internal, "subtype": family.subtype });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.post(family.templates, body).await
    }

    async fn charge(
        &self,
        family: Family,
        account: &str,
        template: &str,
        members: Value,
    ) -> Answer {
        let mut body = json!({ "account_id": account, "template_id": template });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.post(family.charges, body).await
    }

    async fn posted(&self, id: &Value) -> Value {
        let id = id.as_str().unwrap();
        self.get(&format!("/v2/transactions/posted/{id}")).await.with(200)
    }

    /// A checking account with 10.00 on it; its id.
    async fn with_ten(&self) -> String {
        let holder = self.verified().await;
        let (account, number) = self.checking(&holder).await;
        self.receive(&number, 10_00, "credit").await.with(201);
        account
    }
}

#[tokio::test]
async fn a_charge_moves_money_at_once_and_is_taken_back_once() {
    for family in [FEES, REWARDS] {
        let caller = Caller::new().await;
        let (account, program) = (caller.with_ten().await, caller.program("USD").await);
        let template = caller.charge_template(family, &program, json!({})).await.with(201);
        assert_eq!(template["is_enabled"], true);
        let id = template["id"].as_str().unwrap();
        let charge = caller.charge(family, &account, id, json!({ "note": "for May" })).await;
        let charge = charge.with(201);
        assert_eq!((&charge["amount"], &charge["currency"]), (&json!(3_00), &json!("USD")));
        assert_eq!(charge["subtype"], family.subtype);
        assert_eq!(caller.balance(&account).await, 10_00 + family.sign * 3_00);
        let transaction = caller.posted(&charge["transaction_id"]).await;
        assert_eq!(transaction["type"], if family.sign < 0 { "fee" } else { "reward" });
        assert_eq!(transaction["subtype"], family.subtype.to_lowercase());
        let lines = transaction["data"]["lines"].as_array().unwrap();
        assert!(lines.iter().all(|line| line["is_fee"] == (family.sign < 0)), "{lines:?}");
        assert!(lines.iter().any(|line| line["account_id"] == json!(program)), "{lines:?}");

        let charge = charge["id"].as_str().unwrap();
        let path = format!("{}/{charge}", family.charges);
        let reverse = format!("{path}/reverse");
        let blank = caller.post(&reverse, json!({ "note": " " })).await;
        assert_eq!(blank.fields("invalid"), ["note"]);
        let reversal = caller.post(&reverse, json!({ "note": "in error" })).await.with(201);
        assert_eq!(reversal["subtype"], format!("{}_REVERSAL", family.subtype));
        assert_eq!((&reversal["note"], &reversal["amount"]), (&json!("in error"), &json!(3_00)));
        assert_eq!(caller.balance(&account).await, 10_00);
        let taken_back = caller.posted(&reversal["transaction_id"]).await;
        assert_eq!(taken_back["data"]["original_trx"], transaction["uuid"]);
        // Neither again, nor the reversal itself.
        let again = caller.post(&reverse, json!({ "note": "again" })).await.with(409);
        assert_eq!(again["code"], "DUPLICATE_RESOURCE");
        let reversal = reversal["id"].as_str().unwrap();
        let back = format!("{}/{reversal}/reverse", family.charges);
        let back = caller.post(&back, json!({ "note": "back" })).await.with(422);
        assert_eq!(back["code"], "UNABLE_TO_TRANSACT");
        assert_eq!(caller.balance(&account).await, 10_00);
        assert_eq!(caller.get(&path).await.with(200)["note"], "for May");
        assert!(caller.sandbox.audit().unwrap().adds_up());
    }
}

#[tokio::test]
async fn a_template_is_enabled_and_of_the_program_and_its_currency() {
    for family in [FEES, REWARDS] {
        let caller = Caller::new().await;
        let (account, program) = (caller.with_ten().await, caller.program("USD").await);
        for (members, field) in [
            (json!({ "currency": "CAD" }), "currency"),
            (json!({ "amount": 0 }), "amount"),
            (json!({ "internal_account_id": account }), "internal_account_id"),
        ] {
            let refused = caller.charge_template(family, &program, members).await;
            assert_eq!(refused.fields("invalid"), [field], "{}", refused.body);
        }
        let system = json!({ "currency": "USD", "status": "ACTIVE", "is_system_acc": true });
        let system = caller.post("/v2/internal_accounts", system).await.id();
        let refused = caller.charge_template(family, &system, json!({})).await;
        assert_eq!(refused.fields("invalid"), ["internal_account_id"]);

        let without =
            caller.charge_template(family, &program, json!({ "description": "Free" })).await;
        let template = without.id();
        let path = format!("{}/{template}", family.templates);
        let off = json!({ "is_enabled": false, "amount": 1_00 });
        assert_eq!(caller.change(&path, off).await.with(200)["amount"], 1_00);
        let refused = caller.charge(family, &account, &template, json!({})).await;
        assert_eq!(refused.fields("invalid"), ["template_id"]);
        assert_eq!(caller.balance(&account).await, 10_00);
        let refused = caller.change(&path, json!({ "currency": "CAD" })).await;
        assert_eq!(refused.fields("invalid"), ["currency"]);
        caller.change(&path, json!({ "is_enabled": true })).await.with(200);
        let charge = caller.charge(family, &account, &template, json!({})).await.with(201);
        assert_eq!(charge["amount"], 1_00);
        // What was made stays as it was.
        caller.change(&path, json!({ "amount": 2_00, "description": "Other" })).await.with(200);
        let path = format!("{}/{}", family.charges, charge["id"].as_str().unwrap());
        assert_eq!(caller.get(&path).await.with(200), charge);
        let own = caller.charge(family, &account, &template, json!({ "amount": 50 })).await;
        assert_eq!(own.with(201)["amount"], 50);
    }
}

#[tokio::test]
async fn a_charge_obeys_the_account() {
    let caller = Caller::new().await;
    let (account, program) = (caller.with_ten().await, caller.program("USD").await);
    let fee = caller.charge_template(FEES, &program, json!({})).await.id();
    let reward = caller.charge_template(REWARDS, &program, json!({})).await.id();
    let mut body = json!({ "currency": "USD", "description": "Any", "subtype": "OVERDRAFT",
        "internal_account_id": program });
    let bare_template = caller.post(FEES.templates, body.clone()).await.id();
    let refused = caller.charge(FEES, &account, &bare_template, json!({})).await;
    assert_eq!(refused.fields("missing"), ["amount"]);
    let too_much = caller.charge(FEES, &account, &fee, json!({ "amount": 10_01 })).await.with(422);
    assert_eq!(too_much["code"], "INSUFFICIENT_FUNDS");
    caller.charge(FEES, &account, &fee, json!({ "reference_id": "fee-1" })).await.with(201);
    let twice = caller.charge(FEES, &account, &fee, json!({ "reference_id": "fee-1" })).await;
    let twice = twice.with(409);
    assert_eq!(twice["code"], "DUPLICATE_RESOURCE");
    assert!(twice["invalid"]["reference_id"].is_string(), "{twice}");

    // A frozen account pays no fee, and takes a reward.
    let path = format!("/v2/accounts/{account}");
    caller.change(&path, json!({ "access_status": "FROZEN" })).await.with(200);
    let refused = caller.charge(FEES, &account, &fee, json!({})).await.with(422);
    assert_eq!(refused["code"], "IMPROPER_ACCOUNT_ACCESS_STATUS");
    caller.charge(REWARDS, &account, &reward, json!({})).await.with(201);
    caller.change(&path, json!({ "access_status": "ACTIVE" })).await.with(200);
    assert_eq!(caller.balance(&account).await, 10_00);

    // A ceiling without an account above it takes no reward.
    let ceiling = json!({ "balance_ceiling": { "balance": 11_00 } });
    caller.change(&path, ceiling).await.with(200);
    let refused = caller.charge(REWARDS, &account, &reward, json!({})).await.with(422);
    assert_eq!(refused["code"], "BALANCE_VIOLATION");

    let settings = json!({ "charges_need_funds": false, "charge_templates_start_enabled": false });
    caller.call("PATCH", "/sandbox/settings", settings).await.with(200);
    caller.charge(FEES, &account, &fee, json!({ "amount": 10_01 })).await.with(201);
    assert_eq!(caller.balance(&account).await, -1);
    body["description"] = json!("Later");
    assert_eq!(caller.post(FEES.templates, body).await.with(201)["is_enabled"], false);
    let nobody = "00000000-0000-4000-8000-000000000000";
    let refused = caller.charge(FEES, nobody, &fee, json!({})).await.with(400);
    assert_eq!(refused["code"], "ACCOUNT_NOT_FOUND");
    let refused = caller.charge(FEES, &account, nobody, json!({})).await;
    assert_eq!(refused.fields("invalid"), ["template_id"]);
    assert!(caller.sandbox.audit().unwrap().adds_up());
}

#[tokio::test]
async fn charges_are_listed_by_what_is_asked_for() {
    for family in [FEES, REWARDS] {
        let caller = Caller::new().await;
        let (account, program) = (caller.with_ten().await, caller.program("USD").await);
        let template = caller.charge_template(family, &program, json!({})).await.id();
        let first = caller.charge(family, &account, &template, json!({})).await.with(201);
        let moment = first["creation_time"].as_str().unwrap().to_owned();
        caller.sandbox.advance(Duration::hours(1)).unwrap();
        caller.charge(family, &account, &template, json!({})).await.with(201);
        let name = family.charges.trim_start_matches("/v2/");
        let count = async |query: String| {
            let page = caller.get(&format!("{}?{query}", family.charges)).await.with(200);
            page[name].as_array().unwrap().len()
        };
        assert_eq!(count(format!("account_id={account}")).await, 2);
        assert_eq!(count(format!("start_time={moment}")).await, 2);
        // The end is not in the period.
        assert_eq!(count(format!("end_time={moment}")).await, 0);
        assert_eq!(count("description=up*".to_owned()).await, 2);
        assert_eq!(count(format!("subtype={}_REVERSAL", family.subtype)).await, 0);
        // Another workspace sees none of it.
        let other = caller.sandbox.create_api_key("9_9").unwrap();
        for path in [family.charges, family.templates] {
            let request = caller.http.get(format!("{}{path}", caller.sandbox.base_url()));
            let page = super::answer(request.bearer_auth(&other.api_key)).await.with(200);
            assert!(page.as_object().unwrap().values().all(|items| items == &json!([])), "{page}");
        }
    }
}

#[tokio::test]
async fn fee_products_are_charged_at_the_end_of_the_month() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 100_00, "credit").await.with(201);
    let product = async |fee_type: &str, amount: i64, currency: &str| {
        let body = json!({ "product_type": "FEE", "fee_type": fee_type, "amount": amount,
            "currency": currency });
        caller.post("/v2/accounts/products", body).await
    };
    let refused = product("WIRE_FEE", 0, "USD").await;
    assert_eq!(refused.fields("invalid"), ["amount"]);
    let monthly = product("MONTHLY_FEE", 5_00, "USD").await.id();
    let ach = product("ACH_FEE", 25, "USD").await.id();
    let foreign = product("ACH_FEE", 25, "CAD").await.id();
    let listed = caller.get("/v2/accounts/products?product_type=FEE").await.with(200);
    assert_eq!(listed["account_products"].as_array().unwrap().len(), 3);
    let interest = json!({ "product_type": "INTEREST", "calculation_method": "COMPOUNDED_DAILY",
        "accrual_payout_schedule": "MONTHLY",
        "rates": [{ "rate": 250, "accrual_period": "DAILY", "valid_from": "2026-01-01" }] });
    let interest = caller.post("/v2/accounts/products", interest).await.id();

    let path = format!("/v2/accounts/{account}");
    let nobody = "00000000-0000-4000-8000-000000000000";
    for wrong in [&foreign, &interest, nobody] {
        let refused = caller.change(&path, json!({ "fee_product_ids": [monthly, wrong] })).await;
        assert_eq!(refused.fields("invalid"), ["fee_product_ids[1]"], "{}", refused.body);
    }
    let set = json!({ "fee_product_ids": [monthly, ach] });
    assert_eq!(
        caller.change(&path, set.clone()).await.with(200)["fee_product_ids"],
        set["fee_product_ids"]
    );
    let external = caller.elsewhere(&holder).await;
    let push = json!({ "customer_id": holder, "originating_account_id": account, "amount": 1_00,
        "receiving_account_id": external, "currency": "USD", "dc_sign": "credit" });
    for _ in 0..2 {
        caller.post("/v2/ach", push.clone()).await.with(201);
    }
    // From 24 November: the end of the month, and the end of the next one without a transfer.
    caller.sandbox.advance(Duration::days(6)).unwrap();
    assert_eq!(caller.balance(&account).await, 98_00);
    caller.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(caller.balance(&account).await, 98_00 - 5_00 - 50);
    let change = json!({ "product_type": "FEE", "fee_type": "MONTHLY_FEE", "amount": 6_00,
        "currency": "USD" });
    let changed = caller.change(&format!("/v2/accounts/products/{monthly}"), change).await;
    assert_eq!(changed.with(200)["amount"], 6_00);
    caller.sandbox.advance(Duration::days(31)).unwrap();
    assert_eq!(caller.balance(&account).await, 92_50 - 6_00);
    // Without fee products nothing more is charged.
    caller.change(&path, json!({ "fee_product_ids": [] })).await.with(200);
    caller.sandbox.advance(Duration::days(31)).unwrap();
    assert_eq!(caller.balance(&account).await, 86_50);
    assert!(caller.sandbox.audit().unwrap().adds_up());
}

#[tokio::test]
async fn a_fee_that_the_program_paid_is_given_back_to_the_program() {
    let caller = Caller::new().await;
    caller.sandbox.set_setting("charges_need_funds", false).unwrap();
    let (account, program) = (caller.with_ten().await, caller.program("USD").await);
    let template = caller.charge_template(FEES, &program, json!({})).await.id();
    let fee = caller.charge(FEES, &account, &template, json!({ "amount": 50_00 })).await.id();
    assert_eq!(caller.balance(&account).await, -40_00);
    caller.sandbox.advance(Duration::days(9)).unwrap();
    assert_eq!(caller.balance(&account).await, 0, "written off");
    let reward = caller.charge_template(REWARDS, &program, json!({})).await.id();
    caller.charge(REWARDS, &account, &reward, json!({})).await.with(201);
    let path = format!("/v2/fees/{fee}/reverse");
    caller.post(&path, json!({ "note": "in error" })).await.with(201);
    assert_eq!(caller.balance(&account).await, 10_00 + 3_00, "what the customer paid of it");
    // A fee of a later day was paid, and comes back as a whole.
    let fee = caller.charge(FEES, &account, &template, json!({})).await.id();
    caller.post(&format!("/v2/fees/{fee}/reverse"), json!({ "note": "too" })).await.with(201);
    assert_eq!(caller.balance(&account).await, 10_00 + 3_00);
    assert!(caller.sandbox.audit().unwrap().adds_up());
}

#[tokio::test]
async fn a_reward_is_taken_back_until_its_account_is_closed() {
    let caller = Caller::new().await;
    let (account, program) = (caller.with_ten().await, caller.program("USD").await);
    let template = caller.charge_template(REWARDS, &program, json!({})).await.id();
    let reward = caller.charge(REWARDS, &account, &template, json!({})).await.id();
    let closure = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving" });
    let path = format!("/v2/accounts/{account}");
    caller.post(&format!("{path}/initiate_closure"), closure).await.with(200);
    let reverse = format!("/v2/rewards/{reward}/reverse");
    caller.post(&reverse, json!({ "note": "in error" })).await.with(201);
    assert_eq!(caller.balance(&account).await, 10_00);
    assert_eq!(caller.charge(REWARDS, &account, &template, json!({})).await.status, 422);
}
