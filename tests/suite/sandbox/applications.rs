//! Applications of every type: who decides on them, and the account that is opened on approval.

use chrono::Duration;
use serde_json::{Value, json};
use synctera_tests::subscriber::Subscriber;

use super::{Answer, Caller, ada};

impl Caller {
    /// An application for a credit card or a line of credit.
    pub(super) async fn applied(&self, kind: &str, account_type: &str, applicant: Value) -> Answer {
        let body = json!({
            "type": kind, "tenant": "1_1", "provider": "loanpro", "applicant": applicant,
            "account_template_id": self.template(account_type).await,
            "requested_credit_limit": 900_00,
        });
        self.post("/v2/applications", body).await
    }

    /// An application for a restricted account.
    async fn restricted(&self, holder: &str, status: &str) -> Answer {
        let details = json!({ "sections": [{ "title": "Business", "pages": [{
            "title": "Purpose", "items": [
                { "type": "QUESTION", "question": "What for?", "answer": "Escrow" },
            ],
        }] }] });
        let body = json!({
            "type": "RESTRICTED_ACCOUNT", "status": status, "customer_id": holder,
            "application_details": details,
        });
        self.post("/v2/applications", body).await
    }

    /// What an operator decides.
    async fn decide(&self, application: &str, decision: &str) -> Answer {
        let body = json!({ "application_id": application, "decision": decision });
        self.post("/sandbox/application_decisions", body).await
    }

    async fn accounts_of(&self, holder: &str) -> Vec<Value> {
        let accounts = self.get(&format!("/v2/accounts?customer_id={holder}")).await.with(200);
        accounts["accounts"].as_array().unwrap().clone()
    }
}

fn personal(holder: &str) -> Value {
    json!({ "type": "personal", "personal": { "person_id": holder } })
}

#[tokio::test]
async fn an_operator_decides_on_a_card_or_a_line_and_approval_opens_the_account() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    for (kind, account_type) in [
        ("CREDIT_CARD", "REVOLVING_CREDIT_UNSECURED"),
        ("LOC", "LINE_OF_CREDIT"),
        ("LOC", "REVOLVING_CREDIT_UNSECURED"),
    ] {
        let made = caller.applied(kind, account_type, personal(&holder)).await.with(201);
        assert_eq!((&made["status"], &made["decision"]), (&json!("pending"), &json!("pending")));
        assert_eq!(made["customer_type"], "personal");
        assert_eq!(made["person_id"], json!(holder));
        let id = made["id"].as_str().unwrap();
        let before = caller.accounts_of(&holder).await.len();
        let decided = caller.decide(id, "APPROVED").await.with(201);
        assert_eq!(
            (&decided["status"], &decided["decision"]),
            (&json!("completed"), &json!("approved"))
        );
        assert_eq!(decided["credit_limit"], 900_00, "what was asked for");
        assert!(decided["decision_time"].is_string(), "{decided}");
        let read = caller.get(&format!("/v2/applications/{id}")).await.with(200);
        assert_eq!(read, decided);
        assert_eq!(caller.accounts_of(&holder).await.len(), before + 1);
        let account = decided["account_id"].as_str().unwrap();
        let account = caller.get(&format!("/v2/accounts/{account}")).await.with(200);
        assert_eq!(account["account_type"], account_type);
        assert_eq!(account["credit_limit"], 900_00);
        // It is decided once, and opens one account.
        assert_eq!(caller.decide(id, "APPROVED").await.with(422)["code"], "INVALID_STATUS");
        let change = json!({ "external_id": "d-1" });
        let path = format!("/v2/applications/{id}");
        let changed = caller.change(&path, change).await.with(200);
        assert_eq!(changed["account_id"], decided["account_id"]);
        let refused = caller.change(&path, json!({ "credit_limit": 1 })).await.with(422);
        assert_eq!(refused["code"], "INVALID_STATUS");
        assert_eq!(caller.accounts_of(&holder).await.len(), before + 1);
    }
    let of_type = caller.get("/v2/applications?type=LOC").await.with(200);
    assert_eq!(of_type["applications"].as_array().unwrap().len(), 2);
    let theirs = caller.get(&format!("/v2/applications?customer_id={holder}")).await.with(200);
    assert_eq!(theirs["applications"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_workflow_records_its_own_decision_by_a_change() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let made = caller.applied("LOC", "LINE_OF_CREDIT", personal(&holder)).await;
    let path = format!("/v2/applications/{}", made.id());
    caller.change(&path, json!({ "status": "processing" })).await.with(200);
    for (change, field) in [
        (json!({ "status": "completed" }), "decision"),
        (json!({ "status": "completed", "decision": "review" }), "decision"),
        (json!({ "decision": "approved", "rejection_reasons": ["no"] }), "rejection_reasons"),
        (json!({ "credit_limit": -1 }), "credit_limit"),
    ] {
        let refused = caller.change(&path, change).await.with(400);
        assert!(refused["invalid"][field].is_string(), "{refused}");
    }
    assert_eq!(caller.accounts_of(&holder).await.len(), 0);
    let change = json!({ "status": "completed", "decision": "approved", "credit_limit": 100_00, "interest_rate": 1250 });
    let approved = caller.change(&path, change).await.with(200);
    assert_eq!(approved["interest_rate"], 1250);
    let account = caller.accounts_of(&holder).await.pop().unwrap();
    assert_eq!(
        (&account["id"], &account["credit_limit"]),
        (&approved["account_id"], &json!(100_00))
    );

    let made = caller.applied("CREDIT_CARD", "REVOLVING_CREDIT_UNSECURED", personal(&holder)).await;
    let path = format!("/v2/applications/{}", made.id());
    let change =
        json!({ "status": "completed", "decision": "declined", "rejection_reasons": ["income"] });
    let declined = caller.change(&path, change).await.with(200);
    assert_eq!(declined["rejection_reasons"], json!(["income"]));
    assert_eq!(caller.accounts_of(&holder).await.len(), 1);
    let refused = caller.change(&path, json!({ "status": "processing" })).await.with(422);
    assert_eq!(refused["code"], "INVALID_STATUS");
}

#[tokio::test]
async fn an_application_for_credit_says_who_applies_and_for_what() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let nobody = "0f58e632-2630-4cc4-8661-3910eae951e6";
    for (kind, account_type, applicant, field) in [
        ("LOC", "CHECKING", personal(&holder), "account_template_id"),
        ("CREDIT_CARD", "LINE_OF_CREDIT", personal(&holder), "account_template_id"),
        ("LOC", "LINE_OF_CREDIT", json!({ "type": "personal" }), "applicant.personal"),
        (
            "LOC",
            "LINE_OF_CREDIT",
            json!({ "type": "business", "personal": { "person_id": holder } }),
            "applicant.business",
        ),
        ("LOC", "LINE_OF_CREDIT", personal(nobody), "applicant.personal.person_id"),
    ] {
        let refused = caller.applied(kind, account_type, applicant).await.with(400);
        let named = refused["invalid"][field].is_string()
            || refused["missing"].as_array().is_some_and(|all| all.contains(&json!(field)));
        assert!(named, "{field}: {refused}");
    }
    // Nobody who is not verified has an account opened; the application stays as it was.
    let stranger = caller.post("/v2/persons", ada()).await.id();
    let made = caller.applied("LOC", "LINE_OF_CREDIT", personal(&stranger)).await.with(201);
    let id = made["id"].as_str().unwrap();
    let refused = caller.decide(id, "APPROVED").await.with(422);
    assert_eq!(refused["code"], "CUSTOMER_NOT_VERIFIED");
    let read = caller.get(&format!("/v2/applications/{id}")).await.with(200);
    assert_eq!(read["status"], "pending");
    let refused = caller.decide(id, "INFO_REQUESTED").await.with(400);
    assert!(refused["detail"].is_string(), "{refused}");
    assert_eq!(caller.decide(id, "DENIED").await.with(201)["decision"], "declined");
}

#[tokio::test]
async fn an_operator_decides_on_a_restricted_account_that_the_platform_reviews() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let subscriber = Subscriber::start().await;
    let body = json!({ "url": subscriber.url(), "is_enabled": true,
        "enabled_events": ["APPLICATION.*", "CASE.*"] });
    caller.post("/v2/webhooks", body).await.with(201);
    let told = async || {
        caller.sandbox.deliver_webhooks().await.unwrap();
        subscriber.take_types()
    };
    let id = caller.restricted(&holder, "IN_PROGRESS").await.id();
    let path = format!("/v2/applications/{id}");
    assert_eq!(told().await, ["APPLICATION.CREATED"]);
    assert_eq!(caller.decide(&id, "APPROVED").await.with(422)["code"], "INVALID_STATUS");
    caller.change(&path, json!({ "status": "REVIEW_ON_SYNCTERA" })).await.with(200);
    assert_eq!(told().await.len(), 2, "the change, and the case");
    // Who is reviewed does not decide.
    for status in ["APPROVED", "DENIED", "SUBMITTED"] {
        let refused = caller.change(&path, json!({ "status": status })).await.with(422);
        assert_eq!(refused["code"], "INVALID_STATUS");
    }
    caller.decide(&id, "INFO_REQUESTED").await.with(201);
    caller.change(&path, json!({ "status": "REVIEW_ON_SYNCTERA" })).await.with(200);
    assert_eq!(caller.accounts_of(&holder).await.len(), 0);
    caller.decide(&id, "APPROVED").await.with(201);
    let account = caller.accounts_of(&holder).await.pop().unwrap();
    assert_eq!(account["account_type"], "CHECKING");
    let cases = told().await;
    assert_eq!(cases.iter().filter(|event| *event == "CASE.CREATED").count(), 1, "{cases:?}");
    assert_eq!(cases.iter().filter(|event| *event == "CASE.UPDATED").count(), 2, "{cases:?}");
    // The end is the end.
    assert_eq!(caller.decide(&id, "DENIED").await.with(422)["code"], "INVALID_STATUS");
    let refused = caller.change(&path, json!({ "status": "IN_PROGRESS" })).await.with(422);
    assert_eq!(refused["code"], "INVALID_STATUS");

    // Off the platform, the integrator decides itself.
    let id = caller.restricted(&holder, "SUBMITTED").await.id();
    let path = format!("/v2/applications/{id}");
    caller.change(&path, json!({ "status": "DENIED" })).await.with(200);
    assert_eq!(caller.accounts_of(&holder).await.len(), 1);
    let id = caller.restricted(&holder, "SUBMITTED").await.id();
    let path = format!("/v2/applications/{id}");
    caller.change(&path, json!({ "status": "APPROVED" })).await.with(200);
    assert_eq!(caller.accounts_of(&holder).await.len(), 2);
    for status in ["APPROVED", "DENIED", "REVIEW_INFO_REQUESTED"] {
        let refused = caller.restricted(&holder, status).await.with(422);
        assert_eq!(refused["code"], "INVALID_STATUS", "{status}");
    }
}

#[tokio::test]
async fn a_record_of_a_credit_begins_as_what_became_of_it_unless_the_setting_says_otherwise() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let body = |status: &str| {
        json!({ "type": "CREDIT", "account_type": "CHARGE_UNSECURED", "purpose": "ACCOUNT_OPENING",
            "status": status, "applicants": [{ "is_primary": true, "customer_id": holder }] })
    };
    let accepted = caller.post("/v2/applications", body("CREDIT_ACCEPTED_BY_CUSTOMER")).await;
    let accepted = accepted.with(201);
    assert!(accepted["credit_decision_time"].is_string(), "{accepted}");
    assert!(accepted["customer_response_time"].is_string(), "{accepted}");
    let open = json!({
        "account_type": "CHARGE_UNSECURED", "application_id": accepted["id"], "relationships": [
            { "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": holder },
        ],
    });
    caller.post("/v2/accounts", open).await.with(201);
    // A credit is denied for reasons that were told.
    let refused = caller.post("/v2/applications", body("CREDIT_DENIED")).await.with(400);
    assert_eq!(refused["missing"], json!(["applicants[0].adverse_action_id"]));
    let decided = caller.decide(accepted["id"].as_str().unwrap(), "APPROVED").await;
    assert_eq!(decided.status, 400, "an operator has no say in it");

    caller.sandbox.set_setting("applications_begin_submitted", true).unwrap();
    let refused = caller.post("/v2/applications", body("CREDIT_APPROVED")).await.with(422);
    assert_eq!(refused["valid_status"], json!(["SUBMITTED"]));
    let begun = caller.post("/v2/applications", body("SUBMITTED")).await.with(201);
    assert_eq!(begun.get("credit_decision_time"), None);
}

#[tokio::test]
async fn a_line_of_credit_opens_without_an_application_unless_the_setting_says_otherwise() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let open = async || {
        let body = json!({
            "account_type": "LINE_OF_CREDIT", "relationships": [
                { "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": holder },
            ],
        });
        caller.post("/v2/accounts", body).await
    };
    open().await.with(201);
    caller.sandbox.set_setting("lines_of_credit_need_an_application", true).unwrap();
    assert_eq!(open().await.with(400)["missing"], json!(["application_id"]));
    let apply = json!({ "type": "CREDIT", "account_type": "LINE_OF_CREDIT",
        "purpose": "ACCOUNT_OPENING", "status": "CREDIT_ACCEPTED_BY_CUSTOMER",
        "applicants": [{ "is_primary": true, "customer_id": holder }] });
    caller.post("/v2/applications", apply).await.with(201);
    open().await.with(201);
}

#[tokio::test]
async fn a_line_of_credit_bears_the_interest_that_was_decided() {
    for (rate, bears) in [(2_000, true), (0, false)] {
        let caller = Caller::new().await;
        let holder = caller.verified().await;
        let made = caller.applied("LOC", "LINE_OF_CREDIT", personal(&holder)).await.id();
        let decision = json!({ "application_id": made, "decision": "APPROVED",
            "credit_limit": 500_00, "interest_rate": rate });
        let decided = caller.post("/sandbox/application_decisions", decision).await.with(201);
        let account = decided["account_id"].as_str().unwrap();
        let line = caller.get(&format!("/v2/accounts/{account}")).await.with(200);
        assert!(line["interest_product_id"].is_string(), "{line}");
        let program = caller.program("USD").await;
        let draw = json!({ "originating_account_id": account, "receiving_account_id": program,
            "amount": 400_00, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT" });
        caller.post("/v2/transactions/internal_transfer", draw).await.with(200);
        caller.sandbox.advance(Duration::days(40)).unwrap();
        assert_eq!(caller.balance(account).await > 400_00, bears);
        let made = caller.get(&format!("/v2/statements?account_id={account}")).await.with(200);
        let id = made["statements"][0]["id"].as_str().unwrap();
        let statement = caller.get(&format!("/v2/statements/{id}")).await.with(200);
        assert_eq!(statement["credit_summary"]["apr"], rate);
    }
    // A rate that no product has is refused, and nothing is decided.
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let made = caller.applied("LOC", "LINE_OF_CREDIT", personal(&holder)).await.id();
    for rate in [-1, 2_147_483_648_i64] {
        let decision = json!({ "application_id": made, "decision": "APPROVED",
            "interest_rate": rate });
        let refused = caller.post("/sandbox/application_decisions", decision).await.with(400);
        assert!(refused["detail"].as_str().unwrap().contains("interest_rate"), "{refused}");
    }
    assert_eq!(caller.accounts_of(&holder).await.len(), 0);
    // The servicer of a revolving account charges its own.
    let made = caller.applied("LOC", "REVOLVING_CREDIT_UNSECURED", personal(&holder)).await.id();
    let decision =
        json!({ "application_id": made, "decision": "APPROVED", "interest_rate": 2_000 });
    let decided = caller.post("/sandbox/application_decisions", decision).await.with(201);
    assert_eq!(decided["interest_rate"], 2_000);
    assert_eq!(caller.accounts_of(&holder).await[0].get("interest_product_id"), None);
}

#[tokio::test]
async fn what_an_application_refers_to_is_there() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    let credit = |members: Value| {
        let mut applicant = json!({ "is_primary": true, "customer_id": holder });
        for (name, value) in members.as_object().unwrap() {
            applicant[name] = value.clone();
        }
        json!({ "type": "CREDIT", "account_type": "LINE_OF_CREDIT", "purpose": "ACCOUNT_OPENING",
            "status": "SUBMITTED", "applicants": [applicant] })
    };
    for (members, field) in [
        (json!({ "credit_score_ids": [nobody] }), "applicants[0].credit_score_ids[0]"),
        (json!({ "adverse_action_id": nobody }), "applicants[0].adverse_action_id"),
    ] {
        let refused = caller.post("/v2/applications", credit(members)).await.with(400);
        assert!(refused["invalid"][field].is_string(), "{refused}");
    }
    let action = json!({ "purpose": "OTHER", "notification_time": "2026-11-24T14:00:00Z",
        "related_resource_id": holder, "related_resource_type": "CUSTOMER",
        "reasons": ["too little income"] });
    let action = caller.post("/v2/adverse_actions", action).await.with(201)["id"].clone();
    let made = credit(json!({ "adverse_action_id": action }));
    let id = caller.post("/v2/applications", made).await.id();
    let path = format!("/v2/applications/{id}");
    let change =
        json!({ "applicants": credit(json!({ "adverse_action_id": nobody }))["applicants"] });
    caller.change(&path, change).await.with(400);

    let details = json!({ "sections": [{ "title": "Business", "pages": [{ "title": "Papers",
        "items": [{ "type": "DOCUMENT", "description": "Deed", "document_id": nobody }] }] }] });
    let body = json!({ "type": "RESTRICTED_ACCOUNT", "status": "SUBMITTED", "customer_id": holder,
        "application_details": details });
    let refused = caller.post("/v2/applications", body).await.with(400);
    let field = "application_details.sections[0].pages[0].items[0].document_id";
    assert!(refused["invalid"][field].is_string(), "{refused}");
    let made = caller.restricted(&holder, "SUBMITTED").await.id();
    let change = json!({ "application_details": details });
    let refused = caller.change(&format!("/v2/applications/{made}"), change).await.with(400);
    assert!(refused["invalid"][field].is_string(), "{refused}");
}

#[tokio::test]
async fn a_template_stays_while_an_application_waits_for_it() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let made = caller.applied("LOC", "LINE_OF_CREDIT", personal(&holder)).await.with(201);
    let template = made["account_template_id"].as_str().unwrap();
    let path = format!("/v2/accounts/templates/{template}");
    let refused = caller.call("DELETE", &path, Value::Null).await.with(422);
    assert_eq!(refused["code"], "UNABLE_TO_TRANSACT");
    caller.decide(made["id"].as_str().unwrap(), "APPROVED").await.with(201);
    caller.call("DELETE", &path, Value::Null).await.with(200);
}
