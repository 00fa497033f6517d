//! EFT Canada: transfers to and from accounts at Canadian banks.

use chrono::Duration;
use serde_json::{Value, json};

use super::Caller;

/// What there is on the account at first.
const FUNDS: i64 = 500_00;

/// A customer with an account in Canadian dollars and one at a Canadian bank.
pub(super) struct Canadian {
    pub(super) id: String,
    pub(super) account: String,
    pub(super) external: String,
}

impl Caller {
    /// An account at a Canadian bank, with this routing number.
    async fn in_canada(&self, holder: &str, routing: &str) -> super::Answer {
        let body = json!({
            "customer_id": holder, "customer_type": "PERSONAL", "type": "CHECKING",
            "account_owner_names": ["Ada Byron", "Mary Byron"],
            "account_identifiers": { "number": "7654321" },
            "routing_identifiers": {
                "bank_name": "Maple Bank", "bank_countries": ["CA"],
                "eft_ca_routing_number": routing,
            },
        });
        self.post("/v2/external_accounts", body).await
    }

    /// An account of a template in a currency; its id.
    pub(super) async fn account_in(&self, holder: &str, currency: &str, rail: bool) -> String {
        let templates = self.get("/v2/accounts/templates").await.with(200);
        let count = templates["account_templates"].as_array().unwrap().len();
        let template = json!({
            "name": format!("in {currency} {count}"), "is_enabled": true,
            "template": {
                "account_type": "SAVING", "currency": currency, "bank_country": "CA",
                "is_p2p_enabled": true, "is_ach_enabled": true, "is_eft_ca_enabled": rail,
            },
        });
        let template = self.post("/v2/accounts/templates", template).await.id();
        let body = json!({
            "account_template_id": template,
            "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": holder }],
        });
        self.post("/v2/accounts", body).await.id()
    }

    /// Money from the program; the transfer's id.
    pub(super) async fn fund(&self, account: &str, currency: &str, amount: i64) -> String {
        let body = json!({ "currency": currency, "status": "ACTIVE" });
        let program = self.post("/v2/internal_accounts", body).await.id();
        let body = json!({
            "amount": amount, "currency": currency, "type": "ACCOUNT_TO_ACCOUNT",
            "originating_account_id": program, "receiving_account_id": account,
        });
        self.post("/v2/transactions/internal_transfer", body).await.id()
    }

    pub(super) async fn canadian(&self) -> Canadian {
        let id = self.verified().await;
        let account = self.account_in(&id, "CAD", true).await;
        self.fund(&account, "CAD", FUNDS).await;
        let external = self.in_canada(&id, "000312345").await.id();
        Canadian { id, account, external }
    }

    pub(super) async fn eft(&self, id: &str) -> Value {
        self.get(&format!("/v2/eft_ca/{id}")).await.with(200)
    }
}

impl Canadian {
    /// A transfer of 20.00, with other members in the place of these.
    pub(super) fn transfer(&self, dc_sign: &str, members: Value) -> Value {
        let mut body = json!({
            "customer_id": self.id, "originating_account_id": self.account,
            "destination_account_id": self.external, "amount": 20_00, "dc_sign": dc_sign,
            "transaction_code": "200", "originating_account_owner_name": "Ada Byron",
            "destination_account_owner_name": "Mary Byron",
        });
        for (name, value) in members.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    }
}

#[tokio::test]
async fn a_credit_is_held_and_posted_once_the_other_bank_answers() {
    let caller = Caller::new().await;
    let canadian = caller.canadian().await;
    let account = &canadian.account;
    let body = canadian.transfer("CREDIT", json!({ "is_same_day": true }));
    let made = caller.post("/v2/eft_ca", body).await.with(201);
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        (&made["status"], &made["network_status"]),
        (&json!("INITIATED"), &json!("PENDING"))
    );
    assert_eq!(made["subtype"], "OUTGOING_CREDIT");
    assert_eq!(made["effective_date"], "2026-11-24");
    assert_eq!(made["destination_account_number"], "4321", "masked");
    assert_eq!((caller.balance(account).await, caller.available(account).await), (500_00, 480_00));

    // Its window closes at 15:15 Eastern.
    caller.sandbox.advance(Duration::minutes(6 * 60 + 14)).unwrap();
    assert_eq!(caller.eft(id).await["status"], "INITIATED");
    caller.sandbox.advance(Duration::minutes(1)).unwrap();
    assert_eq!(caller.eft(id).await["status"], "PENDING");
    caller.sandbox.advance(Duration::minutes(60)).unwrap();
    let posted = caller.eft(id).await;
    assert_eq!(
        (&posted["status"], &posted["network_status"]),
        (&json!("POSTED"), &json!("POSTED"))
    );
    assert_eq!(posted["posting_date"], "2026-11-24");
    assert_eq!(posted["history"].as_array().unwrap().len(), 3, "created, sent, posted");
    assert_eq!((caller.balance(account).await, caller.available(account).await), (480_00, 480_00));
    let entry = posted["transaction_id"].as_str().unwrap();
    let entry = caller.get(&format!("/v2/transactions/posted/{entry}")).await.with(200);
    assert_eq!((&entry["type"], &entry["subtype"]), (&json!("eft_ca"), &json!("outgoing_credit")));

    // What is posted is not canceled.
    let path = format!("/v2/eft_ca/{id}");
    let refused = caller.change(&path, json!({ "status": "CANCELLED" })).await;
    assert_eq!(refused.with(422)["code"], "INVALID_STATUS");
    let noted = caller.change(&path, json!({ "source_data": { "invoice": 7 } })).await.with(200);
    assert_eq!(noted["source_data"]["invoice"], 7);
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn a_debit_brings_money_on_its_day() {
    let caller = Caller::new().await;
    let canadian = caller.canadian().await;
    // A Saturday: for the Monday after.
    let body = canadian.transfer("DEBIT", json!({ "effective_date": "2026-11-28" }));
    let made = caller.post("/v2/eft_ca", body).await.with(201);
    assert_eq!(made["subtype"], "OUTGOING_DEBIT");
    assert_eq!(made["effective_date"], "2026-11-30");
    caller.sandbox.advance(Duration::days(6) - Duration::seconds(1)).unwrap();
    assert_eq!(caller.balance(&canadian.account).await, FUNDS);
    caller.sandbox.advance(Duration::seconds(1)).unwrap();
    assert_eq!(caller.balance(&canadian.account).await, FUNDS + 20_00);
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn a_transfer_is_canceled_until_it_is_posted() {
    let caller = Caller::new().await;
    let canadian = caller.canadian().await;
    let canceled = json!({ "status": "CANCELLED" });
    for wait in [Duration::zero(), Duration::hours(7)] {
        let body = canadian.transfer("CREDIT", json!({}));
        let path = format!("/v2/eft_ca/{}", caller.post("/v2/eft_ca", body).await.id());
        caller.sandbox.advance(wait).unwrap();
        assert_eq!(caller.available(&canadian.account).await, FUNDS - 20_00);
        let answer = caller.change(&path, canceled.clone()).await.with(200);
        assert_eq!(answer["status"], "CANCELLED");
        assert_eq!(caller.available(&canadian.account).await, FUNDS);
        let again = caller.change(&path, canceled.clone()).await;
        assert_eq!(again.with(422)["code"], "INVALID_STATUS");
    }
    caller.sandbox.advance(Duration::days(7)).unwrap();
    assert_eq!(caller.balance(&canadian.account).await, FUNDS, "it never leaves");
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn the_other_bank_may_reject_return_or_not_answer() {
    let caller = Caller::new().await;
    let canadian = caller.canadian().await;
    let ends = async |sign: &str, name: &str| {
        let members = json!({ "destination_account_owner_name": format!("{name} Byron") });
        let body = canadian.transfer(sign, members);
        let id = caller.post("/v2/eft_ca", body).await.id();
        caller.sandbox.advance(Duration::days(8)).unwrap();
        let transfer = caller.eft(&id).await;
        let text = |member: &str| transfer[member].as_str().unwrap().to_owned();
        (id, text("status"), text("network_status"))
    };
    for sign in ["CREDIT", "DEBIT"] {
        let (rejected, status, _) = ends(sign, "Rejected").await;
        assert_eq!(status, "CANCELLED");
        assert_eq!(caller.eft(&rejected).await["failed"], true);
        let (_, status, _) = ends(sign, "Unanswered").await;
        assert_eq!(status, "EXPIRED");
        let (_, status, network) = ends(sign, "Returned").await;
        assert_eq!((&*status, &*network), ("POSTED", "RETURNED"));
        let path = format!("/v2/eft_ca?subtype=OUTGOING_{sign}_RETURN");
        let returns = caller.get(&path).await.with(200)["transfers"].clone();
        assert_eq!(returns.as_array().unwrap().len(), 1);
        assert_eq!(returns[0]["status"], "POSTED");
        assert_eq!(caller.balance(&canadian.account).await, FUNDS, "{sign}");
        assert_eq!(caller.available(&canadian.account).await, FUNDS, "{sign}");
    }
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn a_debit_for_an_account_that_takes_nothing_waits_in_suspense() {
    let caller = Caller::new().await;
    let canadian = caller.canadian().await;
    let body = canadian.transfer("DEBIT", json!({}));
    let id = caller.post("/v2/eft_ca", body).await.id();
    let path = format!("/v2/accounts/{}", canadian.account);
    let body = json!({ "status": "SUSPENDED", "note": "looks odd" });
    caller.change(&path, body).await.with(200);
    caller.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(caller.eft(&id).await["status"], "IN_SUSPENSE");
    assert_eq!(caller.balance(&canadian.account).await, FUNDS);
    caller.sandbox.advance_banking_days(3).unwrap();
    assert_eq!(caller.eft(&id).await["status"], "IN_SUSPENSE");
    // It is posted on the banking day after the account takes it again.
    let body = json!({ "status": "ACTIVE_OR_DISBURSED", "note": "is fine" });
    caller.change(&path, body).await.with(200);
    caller.sandbox.advance_banking_days(1).unwrap();
    let posted = caller.eft(&id).await;
    assert_eq!(
        (&posted["status"], &posted["network_status"]),
        (&json!("POSTED"), &json!("POSTED"))
    );
    assert_eq!(caller.balance(&canadian.account).await, FUNDS + 20_00);
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn what_an_account_never_takes_goes_back_from_suspense() {
    let caller = Caller::new().await;
    caller.sandbox.set_setting("eft_ca_suspense_days", 5).unwrap();
    let canadian = caller.canadian().await;
    let id = caller.post("/v2/eft_ca", canadian.transfer("DEBIT", json!({}))).await.id();
    let path = format!("/v2/accounts/{}", canadian.account);
    let body = json!({ "status": "SUSPENDED", "note": "looks odd" });
    caller.change(&path, body).await.with(200);
    caller.sandbox.advance(Duration::days(3)).unwrap();
    assert_eq!(caller.eft(&id).await["status"], "IN_SUSPENSE");
    caller.sandbox.advance(Duration::days(5)).unwrap();
    let ended = caller.eft(&id).await;
    assert_eq!(
        (&ended["status"], &ended["network_status"]),
        (&json!("CANCELLED"), &json!("RETURNED"))
    );
    let history = ended["history"].as_array().unwrap();
    let why = "given back: the account does not take it";
    assert_eq!(history.last().unwrap()["message"], why);
    let returns = caller.get("/v2/eft_ca?subtype=OUTGOING_DEBIT_RETURN").await.with(200);
    assert_eq!(returns["transfers"][0]["status"], "POSTED");
    assert_eq!(caller.balance(&canadian.account).await, FUNDS);
    assert!(caller.sandbox.audit().unwrap().adds_up());
    assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
}

#[tokio::test]
async fn closing_waits_for_what_is_in_suspense() {
    let caller = Caller::new().await;
    caller.sandbox.set_setting("stopped_accounts_can_close", true).unwrap();
    let canadian = caller.canadian().await;
    let id = caller.post("/v2/eft_ca", canadian.transfer("DEBIT", json!({}))).await.id();
    let path = format!("/v2/accounts/{}", canadian.account);
    let body = json!({ "status": "SUSPENDED", "note": "looks odd" });
    caller.change(&path, body).await.with(200);
    caller.sandbox.advance(Duration::days(1)).unwrap();
    assert_eq!(caller.eft(&id).await["status"], "IN_SUSPENSE");
    let body = json!({ "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving",
        "payment_method": "BANK_DRAFT" });
    let closing = caller.post(&format!("{path}/initiate_closure"), body).await.with(200);
    let checks = closing["account_closure"]["validation_responses"].as_array().unwrap();
    let waits = checks.iter().find(|check| check["validated"] == false).unwrap();
    assert_eq!(
        (&waits["name"], &waits["details"]["ids"]),
        (&json!("eft_ca_transfers"), &json!([id]))
    );
    caller.sandbox.advance_banking_days(3).unwrap();
    assert_eq!(caller.eft(&id).await["status"], "POSTED");
    assert_eq!(caller.get(&path).await.with(200)["status"], "CLOSED");
    assert_eq!(caller.balance(&canadian.account).await, 0);
    assert!(caller.sandbox.audit().unwrap().adds_up());
}

#[tokio::test]
async fn closing_waits_for_a_debit_and_a_return_finds_the_account_closed() {
    for name in ["Mary", "Returned"] {
        let caller = Caller::new().await;
        let canadian = caller.canadian().await;
        let account = caller.account_in(&canadian.id, "CAD", true).await;
        let members = json!({
            "originating_account_id": account, "effective_date": "2026-11-30",
            "destination_account_owner_name": name,
        });
        let id = caller.post("/v2/eft_ca", canadian.transfer("DEBIT", members)).await.id();
        let body = json!({
            "reason": "CUSTOMER_REQUEST_TRANSFER", "reason_details": "moving",
            "payment_method": "INTERNAL_TRANSFER_TO_CUSTOMER_ACCOUNT",
            "destination_id": canadian.account,
        });
        let path = format!("/v2/accounts/{account}");
        let closing = caller.post(&format!("{path}/initiate_closure"), body).await.with(200);
        let checks = closing["account_closure"]["validation_responses"].as_array().unwrap();
        let waits = checks.iter().find(|check| check["validated"] == false).unwrap();
        assert_eq!(
            (&waits["name"], &waits["details"]["ids"]),
            (&json!("eft_ca_transfers"), &json!([id]))
        );
        caller.sandbox.advance_banking_days(2).unwrap();
        assert_eq!(caller.get(&path).await.with(200)["status"], "IN_CLOSING");
        caller.sandbox.advance_banking_days(3).unwrap();
        assert_eq!(caller.get(&path).await.with(200)["status"], "CLOSED");
        assert_eq!(caller.balance(&account).await, 0);
        let paid = caller.balance(&canadian.account).await;
        let transfer = caller.eft(&id).await;
        assert_eq!(transfer["status"], "POSTED");
        if name == "Returned" {
            assert_eq!(transfer["network_status"], "RETURNED");
        } else {
            assert_eq!(paid, FUNDS + 20_00);
        }
        assert!(caller.sandbox.audit().unwrap().adds_up());
        assert!(caller.sandbox.state().unwrap().failed_jobs.is_empty());
    }
}

#[tokio::test]
async fn transfers_that_break_the_rules_are_refused() {
    let caller = Caller::new().await;
    let canadian = caller.canadian().await;
    let refused = async |sign: &str, members: Value| {
        let answer = caller.post("/v2/eft_ca", canadian.transfer(sign, members)).await;
        assert!((400..500).contains(&answer.status), "{answer:?}");
        let fields = answer.body["invalid"].as_object();
        let field = fields.and_then(|fields| fields.keys().next().cloned());
        (answer.text("code"), field.unwrap_or_default())
    };
    let of_field = |field: &str| ("BAD_REQUEST_BODY".to_owned(), field.to_owned());
    for (members, field) in [
        (json!({ "transaction_code": "20" }), "transaction_code"),
        (json!({ "transaction_code": "2OO" }), "transaction_code"),
        (json!({ "amount": 10_000_000_000_i64 }), "amount"),
        (json!({ "effective_date": "2026-11-23" }), "effective_date"),
        (json!({ "effective_date": "9000-01-01" }), "effective_date"),
        (json!({ "effective_date": "2199-01-01" }), "effective_date"),
        (json!({ "effective_date": "2026-11-30", "is_same_day": true }), "effective_date"),
        (
            json!({ "originating_account_owner_name": "ada byron" }),
            "originating_account_owner_name",
        ),
        (json!({ "destination_account_owner_name": " " }), "destination_account_owner_name"),
        (json!({ "destination_account_id": canadian.account }), "destination_account_id"),
    ] {
        assert_eq!(refused("CREDIT", members.clone()).await, of_field(field), "{members}");
    }
    // An account without a number for this network.
    let american = json!({ "destination_account_id": caller.elsewhere(&canadian.id).await });
    assert_eq!(refused("CREDIT", american).await, of_field("destination_account_id"));

    let code = async |sign: &str, members: Value| refused(sign, members).await.0;
    assert_eq!(code("CREDIT", json!({ "amount": FUNDS + 1 })).await, "INSUFFICIENT_FUNDS");
    let stranger = caller.post("/v2/persons", super::ada()).await.id();
    let members = json!({ "customer_id": stranger });
    assert_eq!(code("CREDIT", members).await, "IMPROPER_ACCOUNT_CUSTOMER_RELATIONSHIP");
    let without = caller.account_in(&canadian.id, "CAD", false).await;
    let members = json!({ "originating_account_id": without });
    assert_eq!(code("DEBIT", members).await, "PAYMENT_RAIL_NOT_ENABLED");

    // Another currency, unless the setting lets it pass.
    let american = caller.account_in(&canadian.id, "USD", true).await;
    let members = json!({ "originating_account_id": american });
    assert_eq!(refused("DEBIT", members.clone()).await, of_field("originating_account_id"));
    caller.sandbox.set_setting("eft_ca_needs_canadian_dollars", false).unwrap();
    caller.post("/v2/eft_ca", canadian.transfer("DEBIT", members)).await.with(201);

    caller.sandbox.set_setting("eft_ca_debits_need_a_verified_account", true).unwrap();
    assert_eq!(code("DEBIT", json!({})).await, "EXTERNAL_ACCOUNT_NOT_VERIFIED");
    let path = format!("/v2/external_accounts/{}", canadian.external);
    caller.call("DELETE", &path, Value::Null).await.with(200);
    assert_eq!(code("CREDIT", json!({})).await, "EXTERNAL_ACCOUNT_NOT_ACTIVE");
    assert_eq!(caller.balance(&canadian.account).await, FUNDS);
}

#[tokio::test]
async fn transfers_are_found_by_what_they_have() {
    let caller = Caller::new().await;
    let canadian = caller.canadian().await;
    for (sign, amount) in [("CREDIT", 10_00), ("DEBIT", 30_00)] {
        let body = canadian.transfer(sign, json!({ "amount": amount }));
        caller.post("/v2/eft_ca", body).await.with(201);
    }
    for (query, count) in [
        ("dc_sign=DEBIT", 1),
        ("min_amount=1000", 2),
        ("min_amount=1001", 1),
        ("max_amount=999", 0),
        ("currency=CAD", 2),
        ("currency=USD", 0),
        ("is_same_day=false", 2),
        ("is_same_day=true", 0),
        ("status=INITIATED", 2),
        ("status=POSTED", 0),
        ("from_effective_date=2026-11-25&to_effective_date=2026-11-25", 2),
        ("from_effective_date=2026-11-26", 0),
        ("bank_id=999999", 0),
    ] {
        let found = caller.get(&format!("/v2/eft_ca?{query}")).await.with(200);
        assert_eq!(found["transfers"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn a_canadian_routing_number_has_an_institution_and_a_branch() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let account = caller.in_canada(&holder, "000312345").await.with(201);
    assert_eq!(account["routing_identifiers"]["eft_ca_routing_number"], "2345", "masked");
    let path = format!("/v2/external_accounts/{}", account["id"].as_str().unwrap());
    for wrong in ["100312345", "0003l2345", "0210114", "0021011400"] {
        let refused = caller.in_canada(&holder, wrong).await.with(400);
        let field = "routing_identifiers.eft_ca_routing_number";
        assert!(refused["invalid"].get(field).is_some(), "{refused}");
        let body = json!({ "routing_identifiers": { "eft_ca_routing_number": wrong } });
        let refused = caller.change(&path, body).await.with(400);
        assert!(refused["invalid"].get(field).is_some(), "{refused}");
    }
    // Neither do other numbers become wrong by a change.
    for (field, wrong) in [("ach_routing_number", "021000022"), ("wire_routing_number", "12345678")]
    {
        let body = json!({ "routing_identifiers": { field: wrong } });
        let refused = caller.change(&path, body).await.with(400);
        assert!(refused["invalid"].get(format!("routing_identifiers.{field}")).is_some());
    }
    // With the zero before the institution or, as in the document's own example, without.
    for right in ["001654321", "02101140"] {
        let body = json!({ "routing_identifiers": { "eft_ca_routing_number": right } });
        caller.change(&path, body).await.with(200);
    }
    let other = caller.verified().await;
    caller.in_canada(&other, "02101140").await.with(201);
}
