//! What is validated is what is read: numbers, types, all errors at once, and members that are not
//! the caller's.

use serde_json::{Value, json};

use super::{Answer, Caller, ada, answer};

impl Answer {
    /// The fields that a refusal names as wrong, of one kind.
    #[track_caller]
    pub(super) fn fields(&self, kind: &str) -> Vec<String> {
        assert_eq!(self.status, 400, "{}", self.body);
        match &self.body[kind] {
            Value::Object(reasons) => reasons.keys().cloned().collect(),
            Value::Array(names) => names.iter().map(|name| name.as_str().unwrap().into()).collect(),
            _ => Vec::new(),
        }
    }

    #[track_caller]
    pub(super) fn is_invalid(&self, fields: &[&str]) {
        assert_eq!(self.fields("invalid"), fields, "{}", self.body);
    }
}

impl Caller {
    /// A template of a type of account; its id.
    pub(super) async fn template(&self, account_type: &str) -> Value {
        let templates = self.get("/v2/accounts/templates").await.with(200);
        let all = templates["account_templates"].as_array().unwrap();
        let fits = |template: &&Value| template["template"]["account_type"] == account_type;
        all.iter().find(fits).unwrap()["id"].clone()
    }

    /// The answer to opening an account with these members.
    async fn open(&self, holder: &str, members: Value) -> Answer {
        let mut body = json!({
            "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": holder }],
        });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.post("/v2/accounts", body).await
    }

    pub(super) async fn send_text(&self, method: &str, path: &str, body: &str) -> Answer {
        let request = self.request(method, path).header("content-type", "application/json");
        super::answer(request.body(body.to_owned())).await
    }
}

/// What the rules of a family say of a body alone is said with what the document says of it, and
/// before anything is looked up.
#[tokio::test]
async fn the_document_and_the_rules_answer_in_one_round() {
    let caller = Caller::new().await;
    let unknown = "7d943c51-e4ff-4e57-9558-08cab6b963c7";
    let transfer = json!({
        "originating_account_id": unknown, "receiving_account_id": unknown, "amount": "much",
        "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT", "capture_mode": "MANUAL",
        "expires_at": "2020-01-01T00:00:00Z",
    });
    let refused = caller.post("/v2/transactions/internal_transfer", transfer).await;
    refused.is_invalid(&["amount", "expires_at", "receiving_account_id"]);
    let transfer = json!({ "amount": 0.5, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT" });
    let refused = caller.post("/v2/transactions/internal_transfer", transfer).await;
    refused.is_invalid(&["amount"]);
    assert_eq!(refused.fields("missing"), ["originating_account_id", "receiving_account_id"]);
    let dispute = json!({
        "payment_rail": "CARD", "transaction_id": unknown, "disputed_amount": "all", "memo": "m",
        "date_customer_reported": "2030-01-01T00:00:00Z",
    });
    let refused = caller.post("/v2/disputes", dispute).await;
    let invalid = refused.fields("invalid");
    for field in ["date_customer_reported", "disputed_amount"] {
        assert!(invalid.iter().any(|name| name == field), "{}", refused.body);
    }
    let file = json!({ "file_name": " ", "byte_data": "***" });
    caller.post("/v0/reconciliations", file).await.is_invalid(&["byte_data", "file_name"]);
}

#[tokio::test]
async fn a_whole_number_is_the_same_however_it_is_written() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    for (count, amount) in ["100", "100.0", "1e2", "1.00E+2"].into_iter().enumerate() {
        let body = format!(
            r#"{{"account_number":"{number}","amount":{amount},"dc_sign":"credit","effective_date":"2026-11-24"}}"#
        );
        let path = "/v2/ach/transaction_simulations/receiving_transaction";
        caller.send_text("POST", path, &body).await.with(201);
        assert_eq!(caller.balance(&account).await, 200 * count as i64 + 100, "{amount}");
        let body = format!(r#"{{"account_number":"{number}","amount":{amount}}}"#);
        let path = "/v2/wires/transaction_simulations/receiving_transaction";
        let wire = caller.send_text("POST", path, &body).await;
        assert!(wire.status < 300, "{wire:?}");
    }
    let incoming = caller.get("/v2/ach/incoming").await.with(200);
    let incoming = incoming["incoming_ach"].as_array().or(incoming["ach_transactions"].as_array());
    if let Some(incoming) = incoming {
        assert!(incoming.iter().all(|transfer| transfer["amount"] == 100), "{incoming:?}");
    }
    caller.get("/v2/wires/incoming").await.with(200);

    for amount in [
        "100.5",
        "1e-2",
        "\"100\"",
        "1e19",
        "1e400",
        "-1e400",
        "1e99999999999999999999",
        "0.99999999999999999999",
        "1.0000000000000000001",
        "100.00000000000000000001",
        "9223372036854775808",
        "true",
    ] {
        let body = format!(
            r#"{{"account_number":"{number}","amount":{amount},"dc_sign":"credit","effective_date":"2026-11-24"}}"#
        );
        let path = "/v2/ach/transaction_simulations/receiving_transaction";
        let refused = caller.send_text("POST", path, &body).await;
        assert_eq!(refused.status, 400, "{amount}: {refused:?}");
        refused.is_invalid(&["amount"]);
    }
    let card = caller.virtual_card(&account, &holder).await;
    let path = "/v2/cards/transaction_simulations/authorization";
    let body = format!(r#"{{"card_id":{card},"amount":99999999.0,"mid":"shop"}}"#);
    let declined = caller.send_text("POST", path, &body).await.with(201);
    assert_ne!(declined["transaction"]["state"], "PENDING", "{declined}");
    caller.sandbox.audit().unwrap();
}

#[tokio::test]
async fn whole_numbers_within_what_money_moves_by_are_read_alike() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (from, number) = caller.checking(&holder).await;
    let (to, _) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let external = caller.elsewhere(&holder).await;
    for amount in ["100", "100.0", "1e2"] {
        let ach = format!(
            r#"{{"customer_id":"{holder}","originating_account_id":"{from}","receiving_account_id":"{external}","amount":{amount},"currency":"USD","dc_sign":"credit"}}"#
        );
        let sent = caller.send_text("POST", "/v2/ach", &ach).await;
        assert_eq!(sent.body["amount"], 100, "{sent:?}");
        let schedule = |count: &str| {
            format!(
                r#"{{"description":"rent","schedule":{{"frequency":"MONTHLY","interval":{interval},"start_date":"2026-12-01","count":{count}}},"payment_instruction":{{"type":"INTERNAL_TRANSFER","request":{{"amount":{amount},"currency":"USD","type":"ACCOUNT_TO_ACCOUNT","originating_account_id":"{from}","receiving_account_id":"{to}"}}}}}}"#,
                interval = "1.0"
            )
        };
        let made = caller.send_text("POST", "/v2/payment_schedules", &schedule("3.0")).await;
        assert_eq!(made.body["schedule"]["count"], 3, "{made:?}");
        assert_eq!(made.body["payment_instruction"]["request"]["amount"], 100, "{made:?}");
        let refused = caller.send_text("POST", "/v2/payment_schedules", &schedule("3.5")).await;
        refused.is_invalid(&["schedule.count"]);
    }
}

#[tokio::test]
async fn what_is_not_quite_a_whole_number_is_none() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (from, number) = caller.checking(&holder).await;
    let (to, _) = caller.checking(&holder).await;
    caller.receive(&number, 5_00, "credit").await.with(201);
    let transfer = async |amount: &str| {
        let body = format!(
            r#"{{"originating_account_id":"{from}","receiving_account_id":"{to}","amount":{amount},"currency":"USD","type":"ACCOUNT_TO_ACCOUNT"}}"#
        );
        caller.send_text("POST", "/v2/transactions/internal_transfer", &body).await
    };
    for amount in
        ["0.99999999999999999999", "1.0000000000000000001", "1e-1", "2.5", "3.00000000000000000001"]
    {
        let refused = transfer(amount).await;
        refused.is_invalid(&["amount"]);
        assert_eq!(refused.body["invalid"]["amount"], "must be a whole number", "{amount}");
    }
    // The same whole number has the same answer, however it is written.
    let forms = [
        &["1000000000000000000", "1e18", "1.0E+18", "1000000000000000000.0"][..],
        &["9223372036854775807", "9223372036854775807.0", "9.223372036854775807e18"],
        &["9223372036854775808", "9223372036854775808.0"],
        &["0", "0.0", "0e5", "-0.0"],
        &["7", "7.0", "70e-1"],
    ];
    for forms in forms {
        let mut answers = Vec::new();
        for form in forms {
            let answer = transfer(form).await;
            answers.push((
                answer.status,
                answer.body["code"].clone(),
                answer.body["detail"].clone(),
            ));
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{forms:?}: {answers:?}");
    }
    assert_eq!(caller.balance(&from).await, 5_00 - 3 * 7);
    // A number for which there is no float is named wherever it is, also where anything goes.
    for amount in ["1e400", "-1e400", "1e99999999999999999999"] {
        let refused = transfer(amount).await;
        refused.is_invalid(&["amount"]);
        assert_eq!(refused.body["invalid"]["amount"], "is out of range");
    }
    let body = r#"{"nickname":"n","metadata":{"a/b":[1,{"c":1e400}],"fine":"1e400"}}"#;
    let path = format!("/v2/accounts/{from}");
    caller.send_text("PATCH", &path, body).await.is_invalid(&["metadata.a/b[1].c"]);
    // A number of free form stays as it is.
    let body = r#"{"metadata":{"rate":1.50,"whole":100.0,"small":1e-7}}"#;
    let changed = caller.send_text("PATCH", &path, body).await.with(200);
    assert_eq!(changed["metadata"], json!({ "rate": 1.5, "whole": 100.0, "small": 1e-7 }));
    let twice = r#"{"nickname":"a","nickname":"b","metadata":{"x":1e400}"#;
    let broken = caller.send_text("PATCH", &path, twice).await.with(400);
    assert!(broken["detail"].as_str().unwrap().contains("not JSON"), "{broken}");
}

#[tokio::test]
async fn numbers_of_a_query_are_read_alike() {
    let caller = Caller::new().await;
    for _ in 0..3 {
        caller.post("/v2/persons", ada()).await.with(201);
    }
    for limit in ["2", "2.0", "2e0"] {
        let page = caller.get(&format!("/v2/persons?limit={limit}")).await.with(200);
        assert_eq!(page["persons"].as_array().unwrap().len(), 2, "{limit}");
    }
    for limit in [
        "2.5",
        "1.0000000000000000001",
        "0.99999999999999999999",
        "x",
        "1e30",
        "NaN",
        "inf",
        "99999999999999999999",
    ] {
        caller.get(&format!("/v2/persons?limit={limit}")).await.is_invalid(&["limit"]);
    }
}

#[tokio::test]
async fn a_wrong_type_is_refused_for_every_type_of_account() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let line = caller.template("LINE_OF_CREDIT").await;
    let checking = caller.template("CHECKING").await;
    for (members, field) in [
        (json!({ "minimum_payment": { "type": "RATE_OR_AMOUNT" } }), "minimum_payment"),
        (json!({ "minimum_payment": { "type": "FULL" } }), "minimum_payment.type"),
        (json!({ "minimum_payment": { "type": 3 } }), "minimum_payment.type"),
        (json!({ "credit_limit": "x" }), "credit_limit"),
        (json!({ "credit_limit": null }), "credit_limit"),
        (json!({ "grace_period": 3 }), "grace_period"),
        (json!({ "spend_control_ids": [null] }), "spend_control_ids[0]"),
        (json!({ "security": {} }), "security"),
        (json!({ "metadata": [] }), "metadata"),
        (json!({ "nickname": 7 }), "nickname"),
        (json!({ "balance_ceiling": { "balance": "x" } }), "balance_ceiling"),
    ] {
        for (account_type, template) in [("LINE_OF_CREDIT", &line), ("CHECKING", &checking)] {
            let by_type = json!({ "account_type": account_type });
            let by_template = json!({ "account_template_id": template });
            for named in [by_type, by_template] {
                let mut members = members.clone();
                members.as_object_mut().unwrap().extend(named.as_object().unwrap().clone());
                let refused = caller.open(&holder, members.clone()).await;
                assert_eq!(refused.status, 400, "{members} {refused:?}");
                let named = refused.body.to_string().contains(&format!("\"{field}"))
                    || refused
                        .body
                        .to_string()
                        .contains(&format!("\"{}", field.split(['.', '[']).next().unwrap()));
                assert!(named, "{members}: {}", refused.body);
            }
        }
    }

    let line =
        caller.open(&holder, json!({ "account_template_id": line, "credit_limit": 5 })).await;
    let path = format!("/v2/accounts/{}", line.id());
    for (changes, field) in [
        (json!({ "grace_period": 3 }), "grace_period"),
        (json!({ "grace_period": "x" }), "grace_period"),
        (json!({ "minimum_payment": { "type": "FULL" } }), "minimum_payment.type"),
        (json!({ "credit_limit": "x" }), "credit_limit"),
        (json!({ "overdraft_limit": 5 }), "overdraft_limit"),
    ] {
        caller.call("PATCH", &path, changes).await.is_invalid(&[field]);
    }
    let checking = caller.open(&holder, json!({ "account_template_id": checking })).await;
    let path = format!("/v2/accounts/{}", checking.id());
    for changes in [json!({ "credit_limit": 5 }), json!({ "minimum_payment": { "type": "FULL" } })]
    {
        for method in ["PATCH", "PUT"] {
            let refused = caller.call(method, &path, changes.clone()).await;
            assert!(method == "PUT" || refused.status == 400, "{method} {changes}: {refused:?}");
            let after = caller.get(&path).await.with(200);
            let name = changes.as_object().unwrap().keys().next().unwrap();
            assert!(after.get(name).is_none(), "{method} {after}");
        }
    }
}

#[tokio::test]
async fn a_template_has_what_its_type_of_account_has() {
    let caller = Caller::new().await;
    let template = |fields: Value| {
        let mut all = json!({ "currency": "USD", "bank_country": "US" });
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        json!({ "name": all.to_string(), "is_enabled": true, "template": all })
    };
    let full = json!({ "type": "FULL" });
    for (fields, field) in [
        (json!({ "account_type": "CHECKING", "grace_period": 25 }), "template.grace_period"),
        (
            json!({ "account_type": "CHECKING", "minimum_payment": full }),
            "template.minimum_payment",
        ),
        (
            json!({ "account_type": "LINE_OF_CREDIT", "minimum_payment": full }),
            "template.minimum_payment",
        ),
        (
            json!({ "account_type": "CHARGE_SECURED", "minimum_payment": full, "grace_period": 3 }),
            "template.grace_period",
        ),
        (
            json!({ "account_type": "CHECKING", "spend_control_ids": [null] }),
            "template.spend_control_ids",
        ),
        (json!({ "account_type": "GOLD" }), "template.account_type"),
    ] {
        let refused = caller.post("/v2/accounts/templates", template(fields.clone())).await;
        let named = refused.fields("invalid");
        assert!(named.iter().any(|name| name.starts_with(field)), "{fields}: {named:?}");
    }
    let template = caller.template("CHECKING").await;
    let path = format!("/v2/accounts/templates/{}", template.as_str().unwrap());
    for (fields, field) in [
        (json!({ "grace_period": 25 }), "template.grace_period"),
        (json!({ "is_ach_enabled": "yes" }), "template.is_ach_enabled"),
        (json!({ "vendor_info": 1 }), "template.vendor_info"),
    ] {
        let refused = caller.call("PATCH", &path, json!({ "template": fields })).await;
        refused.is_invalid(&[field]);
    }
    caller.get("/v2/accounts/templates").await.with(200);
}

#[tokio::test]
async fn an_application_has_what_its_type_has() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let body = json!({ "type": "CREDIT", "account_type": "LINE_OF_CREDIT", "purpose": "ACCOUNT_OPENING",
        "status": "SUBMITTED", "applicants": [{ "is_primary": true, "customer_id": holder }] });
    let path = format!("/v2/applications/{}", caller.post("/v2/applications", body).await.id());
    for (changes, field) in [
        (json!({ "applicants": "x" }), "applicants"),
        (json!({ "applicants": [null] }), "applicants[0]"),
        (json!({ "credit_limit": 7 }), "credit_limit"),
        (json!({ "status": "DECIDED" }), "status"),
        (json!({ "decision": 3 }), "decision"),
    ] {
        let refused = caller.call("PATCH", &path, changes.clone()).await;
        let named = refused.fields("invalid");
        assert!(named.iter().any(|name| name == field), "{changes}: {named:?}");
    }
    let body = json!({ "type": "CREDIT", "account_type": "LINE_OF_CREDIT", "purpose": "ACCOUNT_OPENING",
        "status": "SUBMITTED", "applicants": [{ "is_primary": true }] });
    let refused = caller.post("/v2/applications", body).await;
    assert_eq!(
        refused.fields("missing"),
        ["applicants[0].business_id", "applicants[0].customer_id"]
    );
}

#[tokio::test]
async fn a_nullable_member_says_what_is_wrong_with_it() {
    let caller = Caller::new().await;
    let transfer = json!({
        "customer_id": "0f58e632-2630-4cc4-8661-3910eae951e6",
        "originating_account_id": "0f58e632-2630-4cc4-8661-3910eae951e6",
        "receiving_account_id": "0f58e632-2630-4cc4-8661-3910eae951e6",
        "amount": 100, "currency": "USD", "dc_sign": "credit",
        "effective_date": "2026-02-30", "company_entry_description": "sixteen letters!",
    });
    let refused = caller.post("/v2/ach", transfer).await;
    refused.is_invalid(&["company_entry_description", "effective_date"]);
    assert!(!refused.body.to_string().contains("null"), "{}", refused.body);
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let caller = Caller::new().await;
    let mut person = ada();
    for (name, value) in [("phone_number", "55"), ("ssn", "12"), ("dob", "1850-01-01")] {
        person[name] = json!(value);
    }
    person["personal_ids"] = json!([{ "id_type": "SSN", "identifier": "1" }]);
    let fields = ["dob", "personal_ids[0].identifier", "phone_number", "ssn"];
    caller.post("/v2/persons", person.clone()).await.is_invalid(&fields);
    person.as_object_mut().unwrap().remove("personal_ids");
    let known = caller.post("/v2/persons", ada()).await.id();
    let path = format!("/v2/persons/{known}");
    caller.call("PATCH", &path, person).await.is_invalid(&["dob", "phone_number", "ssn"]);

    let business = json!({ "status": "ACTIVE", "is_customer": "yes", "ein": "1", "formation_state": "California" });
    let refused = caller.post("/v2/businesses", business).await;
    refused.is_invalid(&["ein", "formation_state", "is_customer"]);

    let holder = caller.verified().await;
    let account = json!({ "account_template_id": caller.template("CHECKING").await,
        "nickname": 3, "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER" },
            { "relationship_type": "JOINT_ACCOUNT_HOLDER", "customer_id": holder, "business_id": holder }] });
    let refused = caller.post("/v2/accounts", account).await;
    let parties = ["business_id", "customer_id", "person_id"];
    assert_eq!(refused.fields("missing"), parties.map(|party| format!("relationships[0].{party}")));
    assert!(refused.fields("invalid").contains(&"nickname".to_owned()), "{}", refused.body);
    assert!(refused.fields("invalid").contains(&"relationships[1].customer_id".to_owned()));

    let disclosure =
        json!({ "type": "NEWS", "version": "7", "event_type": "VIEWED", "disclosure_date": "x" });
    let refused = caller.post("/v2/disclosures", disclosure).await;
    assert_eq!(refused.fields("missing"), ["business_id", "person_id"]);
    refused.is_invalid(&["disclosure_date", "type", "version"]);
}

#[tokio::test]
async fn a_body_is_judged_before_the_state() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let path = format!("/v0/customers/{holder}/watchlists/subscriptions");
    caller.post(&path, json!({ "customer_consent": true })).await.with(201);
    caller
        .post(&path, json!({ "customer_consent": false }))
        .await
        .is_invalid(&["customer_consent"]);

    let (account, _) = caller.checking(&holder).await;
    let url = format!(
        "/v2/cards/card_widget_url?widget_type=SET_PIN&account_id={account}&customer_id={holder}"
    );
    assert_eq!(caller.get(&url).await.fields("missing"), ["card_id"]);
}

#[tokio::test]
async fn null_is_no_body_where_there_need_be_none() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let path = format!("/v0/customers/{holder}/risk_ratings");
    let without = caller.send_text("POST", &path, "").await;
    let with = caller.send_text("POST", &path, "null").await;
    assert_eq!(with.status, without.status, "{with:?}");
    assert!(with.status < 300, "{with:?}");
    caller.send_text("POST", "/v2/persons", "null").await.is_invalid(&["body"]);
}

/// The document lets these bodies be left out as a whole, although something in them is needed.
#[tokio::test]
async fn a_body_that_is_left_out_is_no_failure_of_the_sandbox() {
    let caller = Caller::new().await;
    for path in [
        "/v2/cards/transaction_simulations/authorization",
        "/v2/cards/transaction_simulations/authorization/advice",
        "/v2/cards/transaction_simulations/clearing",
        "/v2/rdc/deposits",
        "/v2/synctera_pay",
        "/v2/synctera_pay/incoming/transfers",
        "/v0/reconciliations",
    ] {
        for body in ["", "null"] {
            let answer = caller.send_text("POST", path, body).await;
            assert!((400..500).contains(&answer.status), "{path}: {answer:?}");
        }
    }
    caller.send_text("POST", "/v0/reconciliations", "").await.is_invalid(&["file_name"]);
}

#[tokio::test]
async fn ids_are_the_same_in_capitals() {
    let caller = Caller::new().await;
    let holder = caller.verified().await.to_uppercase();
    let opened = caller
        .open(&holder, json!({ "account_template_id": caller.template("CHECKING").await }))
        .await;
    opened.id();
    let found = caller.get(&format!("/v2/accounts?customer_id={holder}")).await.with(200);
    assert_eq!(found["accounts"].as_array().unwrap().len(), 1, "{found}");
    let path = format!("/v2/persons/{holder}");
    assert_eq!(caller.get(&path).await.with(200)["id"], holder.to_lowercase());
}

/// What a record says of itself, by the names that the documents have for it, and what the sandbox
/// could keep beside it.
const OWN: [&str; 12] = [
    "id",
    "tenant",
    "uuid",
    "created",
    "updated",
    "created_at",
    "updated_at",
    "creation_time",
    "last_updated_time",
    "done",
    "number_key",
    "is_security",
];

#[tokio::test]
async fn what_a_record_says_of_itself_is_not_the_callers() {
    let caller = Caller::new().await;
    let foreign = "0f58e632-2630-4cc4-8661-3910eae951e6";
    let facts =
        || OWN.map(|name| (name.to_owned(), json!(if name == "id" { foreign } else { "mine" })));
    let gateway = json!({ "url": "http://127.0.0.1:9/ach" });
    for _ in 0..2 {
        let mut body = gateway.clone();
        body.as_object_mut().unwrap().extend(facts());
        let made = caller.post("/v2/ach/gateways", body).await.with(201);
        assert_ne!(made["id"], foreign);
        assert!(!made.to_string().contains("mine"), "{made}");
    }
    let made = caller.post("/v2/ach/gateways", gateway).await;
    let path = format!("/v2/ach/gateways/{}", made.id());
    let body = json!({ "disabled": true, "id": foreign, "tenant": "mine" });
    let changed = caller.call("PATCH", &path, body).await;
    assert!(!changed.body.to_string().contains("mine"), "{changed:?}");
    assert_eq!(caller.get(&path).await.with(200)["id"], made.body["id"]);
    let person = caller.post("/v2/persons", ada()).await;
    let path = format!("/v2/persons/{}", person.id());
    let refused = caller.call("PATCH", &path, json!({ "tenant": "9_9" })).await;
    assert_eq!(refused.fields("immutable"), ["tenant"]);
    // Of the right type it is not used; of a wrong one it is refused like any other member.
    let hook = |tenant: Value| {
        json!({
            "enabled_events": ["ACCOUNT.CREATED"],
            "is_enabled": true,
            "tenant": tenant,
            "url": "http://127.0.0.1:9/hook",
        })
    };
    let made = caller.post("/v2/webhooks", hook(json!("9_9"))).await.with(201);
    assert_ne!(made["tenant"], "9_9");
    let refused = caller.post("/v2/webhooks", hook(json!({}))).await;
    assert_eq!((refused.status, refused.fields("invalid")), (400, vec!["tenant".to_owned()]));
}

#[tokio::test]
async fn a_charge_account_has_the_grace_period_of_its_template() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    for account_type in ["CHARGE_SECURED", "CHARGE_UNSECURED"] {
        let members = json!({ "account_type": account_type, "grace_period": 25 });
        let refused = caller.open(&holder, members).await.with(400);
        let reason = "is set by the template of the account";
        assert_eq!(refused["invalid"]["grace_period"], reason, "{refused}");
    }
    let own = json!({ "account_type": "LINE_OF_CREDIT", "grace_period": 25 });
    assert_eq!(caller.open(&holder, own).await.with(201)["grace_period"], 25);
}

/// What is stored is inside others when it is read again: a list or an event must not fail because of it.
#[tokio::test]
async fn a_body_is_not_nested_without_end() {
    let caller = Caller::new().await;
    let nested = |levels: usize| {
        let (open, close) = ("{\"a\":".repeat(levels), "}".repeat(levels));
        // The body and its metadata are the first two levels.
        format!(r#"{{"status":"PROSPECT","is_customer":true,"metadata":{open}1{close}}}"#)
    };
    let send = async |levels: usize| {
        answer(caller.request("POST", "/v2/persons").body(nested(levels))).await
    };
    let webhook = json!({
        "url": "http://127.0.0.1:9/", "enabled_events": ["PERSON.*"], "is_enabled": true,
    });
    let webhook = caller.post("/v2/webhooks", webhook).await.id();
    let person = send(63).await.with(201);
    for levels in [64, 120, 127, 128, 5_000] {
        let refused = send(levels).await.with(400);
        assert_eq!(
            refused["detail"],
            "the body has lists and objects more than 64 levels inside one another",
            "{levels}"
        );
    }
    let listed = caller.get("/v2/persons").await.with(200);
    assert_eq!(listed["persons"][0], person);
    let events = caller.get(&format!("/v2/webhooks/{webhook}/events")).await.with(200);
    assert_eq!(events["event_list"].as_array().unwrap().len(), 1);

    let refused = answer(caller.request("POST", "/sandbox/clock").body(nested(64))).await.with(400);
    assert!(refused["detail"].as_str().unwrap().contains("more than 64 levels"), "{refused}");
}
