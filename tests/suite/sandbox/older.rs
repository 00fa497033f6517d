//! The older interfaces: `/v0` in the form of its documents, `/v1` in v2's.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use synctera_sandbox::{Fault, served_operations};

use super::{Answer, Caller, answer};

/// Method and path of each operation of the older documents, and what else is known of it.
fn operations() -> BTreeMap<String, Value> {
    let facts: Value =
        serde_json::from_str(include_str!("../../../crates/sandbox/older.json")).unwrap();
    serde_json::from_value(facts["operations"].clone()).unwrap()
}

/// A path without the names of its parameters.
fn shape(path: &str) -> String {
    let segments = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    segments.collect::<Vec<_>>().join("/")
}

/// The pinned operation with this method and path: its interface and id.
fn pinned(method: &str, path: &str) -> (&'static str, &'static str) {
    let tables =
        [("v0", &synctera_api::v0::OPERATIONS[..]), ("v2", &synctera_api::v2::OPERATIONS[..])];
    let mut all = tables.iter().flat_map(|(name, of)| of.iter().map(move |of| (*name, of)));
    let is_it = |(_, of): &(&str, &synctera_api::Operation)| {
        of.method == method && shape(of.path) == shape(path)
    };
    let (interface, operation) = all.find(is_it).unwrap_or_else(|| panic!("{method} {path}"));
    (interface, operation.id)
}

/// A path with ids that nobody has.
fn filled(path: &str) -> String {
    let id = "00000000-0000-4000-8000-000000000000";
    shape(path).replace("{}", id)
}

impl Caller {
    async fn ask(&self, method: &str, path: &str, key: &str, body: &Value) -> Answer {
        answer(self.request(method, path).header("idempotency-key", key).json(body)).await
    }
}

#[tokio::test]
async fn every_operation_leads_to_the_one_that_serves_it() {
    let caller = Caller::new().await;
    let operations = operations();
    assert_eq!(operations.len(), 245);
    for key in operations.keys() {
        let (method, path) = key.split_once(' ').unwrap();
        let (interface, id) = pinned(method, path);
        let url = format!("/v0{}", filled(path));
        // A fault that only this operation meets.
        let fault = Fault::status(599).on_operation(id).times(1);
        caller.sandbox.add_fault(fault).unwrap();
        let met = caller.call(method, &url, Value::Null).await;
        assert_eq!(met.status, 599, "{key} does not lead to {interface} {id}: {}", met.body);
        assert_eq!(met.headers["content-type"], "application/problem+json", "{key}");
        caller.sandbox.clear_faults();
        if id == "wipe_workspace" {
            continue;
        }
        let is_served =
            served_operations().iter().any(|(of, known)| *of == interface && known.id == id);
        let given = caller.call(method, &url, Value::Null).await;
        if is_served {
            assert!(given.status < 500, "{key}: {} {}", given.status, given.body);
            let detail = given.body["detail"].as_str().unwrap_or_default();
            assert!(!detail.starts_with(&format!("there is no {method} ")), "{key}: {detail}");
        } else {
            let named = given.with(501);
            assert!(named["detail"].as_str().unwrap().contains(id), "{named}");
        }
    }
}

#[tokio::test]
async fn a_version_has_what_its_documents_have() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    for path in ["/v0/persons", "/v1/persons", "/v2/persons", "/v0/customers", "/v1/customers"] {
        let one = caller.get(&format!("{path}/{holder}")).await.with(200);
        assert_eq!(one["first_name"], "Ada", "{path}");
    }
    for (path, there) in [("/v0/disputes", "/v2/disputes"), ("/v2/customers", "/v0/customers")] {
        let refused = caller.get(path).await.with(404);
        let detail = refused["detail"].as_str().unwrap();
        assert_eq!(detail, format!("there is no GET {path}; there is GET {there}"));
    }
    for path in ["/v0/nowhere", "/v1/nowhere", "/v2/nowhere", "/v3/persons"] {
        let refused = caller.get(path).await.with(404);
        assert_eq!(refused["detail"], format!("there is no GET {path}"));
    }
    // A literal path is no id, whichever document has it.
    for version in ["v0", "v1"] {
        let path = format!("/{version}/cards/single_use_token");
        let refused = caller.get(&path).await;
        assert_eq!(
            (refused.status, &refused.headers["allow"]),
            (405, &"POST, OPTIONS".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn a_refusal_has_the_form_of_its_version() {
    let caller = Caller::new().await;
    for (version, is_problem) in [("v0", true), ("v1", false), ("v2", false)] {
        let refused =
            caller.post(&format!("/{version}/persons"), json!({ "status": "ACTIVE" })).await;
        let kind = refused.headers["content-type"].to_str().unwrap();
        assert_eq!(kind == "application/problem+json", is_problem, "{version}");
        assert_eq!(refused.body["type"].is_string(), is_problem, "{version}");
        assert_eq!(refused.with(400)["missing"], json!(["is_customer"]), "{version}");
        let path = format!("/{version}/persons/00000000-0000-4000-8000-000000000000");
        let refused = caller.get(&path).await;
        assert_eq!(refused.body["title"].is_string(), is_problem, "{version}");
        assert_eq!(refused.with(404)["code"], "RESOURCE_NOT_FOUND");
        let url = format!("{}/{version}/persons", caller.sandbox.base_url());
        let nobody = answer(caller.http.get(url)).await;
        assert_eq!(nobody.body["type"].is_string(), is_problem, "{version}");
        assert_eq!(nobody.status, 401);
    }
}

#[tokio::test]
async fn a_key_is_good_for_one_request_of_one_version() {
    let caller = Caller::new().await;
    let body = json!({ "status": "ACTIVE", "is_customer": true, "first_name": "Ada" });
    let first = caller.ask("POST", "/v0/persons", "one", &body).await;
    let again = caller.ask("POST", "/v0/persons", "one", &body).await;
    assert_eq!(first.id(), again.id());
    let other = caller.ask("POST", "/v2/persons", "one", &body).await;
    assert_eq!(other.with(422)["code"], "IDEMPOTENCY_INVALID_REUSE");
    // What was refused is refused again, in the same form.
    let refused = caller.ask("POST", "/v0/persons", "two", &json!({})).await;
    let again = caller.ask("POST", "/v0/persons", "two", &json!({})).await;
    assert_eq!(again.headers["content-type"], "application/problem+json");
    assert_eq!(refused.with(400), again.with(400));
}

#[tokio::test]
async fn a_card_of_v0_has_no_details_of_their_own() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let products = caller.get("/v0/cards/products").await.with(200);
    let product = &products["card_products"][0];
    assert!(product["last_modified_time"].is_string(), "{product}");
    let body = json!({
        "type": "DEBIT", "form": "VIRTUAL", "account_id": account, "customer_id": holder,
        "card_product_id": product["id"],
    });
    let card = caller.ask("POST", "/v0/cards", "card", &body).await;
    assert_eq!((card.status, card.text("card_status").as_str()), (201, "ACTIVE"));
    assert_eq!(card.body, caller.ask("POST", "/v0/cards", "card", &body).await.body);
    let id = card.id();
    let path = format!("/v0/cards/{id}");
    let read = caller.get(&path).await.with(200);
    assert_eq!(read, card.body);
    assert_eq!(read["account_id"], account);
    for absent in ["card_details", "last_updated_time"] {
        assert_eq!(read[absent], Value::Null, "{read}");
    }
    let ours = caller.get(&format!("/v2/cards/{id}")).await.with(200);
    assert_eq!(ours["card_details"]["last_updated_time"], read["last_modified_time"]);
    let changed =
        caller.change(&path, json!({ "card_status": "SUSPENDED", "reason": "SUS" })).await;
    assert_eq!(changed.with(200)["card_status"], "SUSPENDED");

    let found = async |query: &str| {
        let list = caller.get(&format!("/v0/cards?{query}")).await;
        assert!(!list.headers.contains_key("sandbox-unknown-parameters"), "{list:?}");
        list.with(200)["cards"].as_array().unwrap().clone()
    };
    assert_eq!(found("card_type=DEBIT").await[0]["id"], id);
    assert!(found("card_type=PREPAID").await.is_empty());
    assert!(found("postal_code=10001").await.is_empty());

    // What is wrong is named as it was sent.
    let wrong =
        json!({ "type": "DEBIT", "form": "VIRTUAL", "account_id": "x", "customer_id": holder });
    let refused = caller.post("/v0/cards", wrong).await.with(400);
    assert!(refused["invalid"]["account_id"].is_string(), "{refused}");
    assert_eq!(refused["missing"], json!(["card_product_id"]));
    let flat = caller.post("/v2/cards", body).await.with(400);
    assert!(flat.to_string().contains("card_details"), "v2 has another form: {flat}");
}

#[tokio::test]
async fn members_have_their_older_names() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let gateway = json!({ "url": "http://127.0.0.1:9/", "card_products": [] });
    let gateway = caller.post("/v0/cards/gateways", gateway).await.with(201);
    assert_eq!(gateway["active"], true, "by default");
    assert!(gateway["last_modified_time"].is_string() && gateway.get("is_active").is_none());
    let path = format!("/cards/gateways/{}", gateway["id"].as_str().unwrap());
    let changed = caller.change(&format!("/v0{path}"), json!({ "active": false })).await.with(200);
    assert_eq!(changed["active"], false);
    assert_eq!(caller.get(&format!("/v2{path}")).await.with(200)["is_active"], false);
    let refused = caller.change(&format!("/v0{path}"), json!({ "active": "no" })).await.with(400);
    assert!(refused["invalid"]["active"].is_string(), "{refused}");
    let listed = caller.get("/v0/cards/gateways").await.with(201);
    assert_eq!(listed["gateways"][0]["active"], false);

    let body = json!({
        "name": "cap", "is_active": true, "action_case": false, "action_decline": true,
        "amount_limit": 10_00, "time_range": { "time_range_type": "SINGLE_TRANSACTION" },
    });
    let control = caller.post("/v0/spend_controls", body.clone()).await.with(201);
    assert_eq!(control["direction"], "DEBITS");
    assert_eq!(
        caller.post("/v2/spend_controls", body).await.with(400)["missing"],
        json!(["direction"])
    );

    let body = json!({
        "name": "old ~", "is_enabled": true, "application_type": "LINE_OF_CREDIT",
        "template": {
            "account_type": "LINE_OF_CREDIT", "currency": "USD", "bank_country": "US",
            "minimum_payment": { "type": "RATE_OR_AMOUNT", "rate": 500, "min_amount": 25_00 },
        },
    });
    let template = caller.post("/v0/accounts/templates", body.clone()).await.with(201);
    assert_eq!(template["application_type"], "CREDIT", "as its document says");
    caller.post("/v2/accounts/templates", body).await.with(400);

    let transfer = json!({
        "type": "PULL", "originating_account_id": account, "amount": 5_00, "currency": "EUR",
        "external_card_id": "00000000-0000-4000-8000-000000000000",
    });
    let refused = caller.post("/v0/external_cards/transfers", transfer).await.with(400);
    assert_eq!(refused["invalid"]["currency"], "must be USD");
}

#[tokio::test]
async fn parameters_have_their_older_names_and_may_be_left_out() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let body = json!({
        "related_resource_type": "CUSTOMER", "related_resource_id": holder, "content": "called",
    });
    let note = caller.post("/v0/notes", body).await.with(201)["id"].as_str().unwrap().to_owned();
    let notes = caller.get("/v0/notes").await.with(200)["notes"].clone();
    assert!(notes.as_array().unwrap().iter().any(|it| it["id"] == note.as_str()), "{notes}");
    caller.change(&format!("/v0/notes/{note}"), json!({})).await.with(200);
    assert_eq!(
        caller.get("/v2/notes").await.with(400)["missing"],
        json!(["related_resource_type"])
    );

    let path = "/v0/addresses?Address+type=BILLING";
    let found = caller.get(path).await;
    assert!(!found.headers.contains_key("sandbox-unknown-parameters"), "{found:?}");
    let refused = caller.get("/v0/addresses?Address%20type=CASTLE").await.with(400);
    assert!(
        refused["invalid"].as_object().unwrap().keys().any(|name| name.starts_with("Address type"))
    );
}

#[tokio::test]
async fn a_statement_of_v0_is_whole() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let signer = caller.verified().await;
    let body = json!({ "relationship_type": "AUTHORIZED_SIGNER", "customer_id": signer });
    caller.post(&format!("/v0/accounts/{account}/relationships"), body).await.with(201);
    caller.receive(&number, 500_00, "credit").await.with(201);
    caller.post("/sandbox/clock", json!({ "set": "2026-12-02T12:00:00Z" })).await.with(200);
    let path = format!("/v0/statements?account_id={account}");
    let statement = caller.get(&path).await.with(200)["statements"][0]["id"].clone();
    let path = format!("/v0/statements/{}", statement.as_str().unwrap());
    let whole = caller.get(&path).await.with(200);
    assert_eq!(whole["transactions_omitted"], false);
    assert_eq!(whole["authorized_signer"][0]["first_name"], "Ada", "{whole}");
    let listed = caller.get(&format!("{path}/transactions")).await.with(200);
    assert_eq!(whole["transactions"], listed["transactions"]);
    let posted = &listed["transactions"][0];
    assert!(posted["id"].is_i64() && posted["uuid"].is_string(), "{posted}");
    let lines = posted["data"]["lines"].as_array().unwrap();
    assert!(
        lines.iter().any(|line| line["account_id"] == account.as_str() && line["amount"] == 500_00)
    );
    assert!(lines.iter().all(|line| line["account_no"].is_string() && line["uuid"].is_string()));
}
