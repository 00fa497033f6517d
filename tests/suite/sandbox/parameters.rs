//! Query parameters: each that the document declares has an effect or a reason why not, and what it
//! does not declare is named.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::populated::{Listed, items, lists, populate};
use super::{Caller, ada};

/// Parameters that need no value of their own here.
const COMMON: [&str; 3] = ["limit", "page_token", "sort_by"];

/// Parameters, or lists with all of theirs, without an effect on what this test makes, and why.
const WITHOUT_EFFECT: &[(&str, &str)] = &[
    ("v0 listCustomerEmployment include_history", "no employment has ended"),
    ("v0 listCustomerRiskRatings include_history", "there is one rating"),
    ("v2 listBarcodes type", "every barcode is of one type"),
    ("v2 listBatchableTransactions enabled", "every transfer of the template is in a batch"),
    ("v2 listBulkOrderConfigs", "there is no bulk order"),
    ("v2 listCrr include_history", "there is one rating"),
    ("v2 listExternalAccounts include_history", "no external account is deleted"),
    ("v2 listIncomingSyncteraPayTransfers", "there is no incoming transfer"),
    ("v2 listPendingTransactions exclude_jit_transactions", "nothing is funded just in time"),
    ("v2 listPendingTransactions include_child_transactions", "no transaction has a child"),
    ("v2 listPersonalIdConfigurations", "there is no configuration"),
    ("v2 listPersons include_console_users", "there are no users of a console"),
    ("v2 listPostedTransactions exclude_jit_transactions", "nothing is funded just in time"),
    ("v2 listPostedTransactions include_child_transactions", "no transaction has a child"),
    ("v2 listSpendControls num_related_accounts_lte", "no control has an account"),
];

/// Whether an entry of that table is about a parameter of a list.
fn is_about(entry: &str, name: &str) -> bool {
    name == entry || name.strip_prefix(entry).is_some_and(|rest| rest.starts_with(' '))
}

/// Values of which at least one should narrow a list.
fn candidates(document: &synctera_tests::document::Document, schema: &Value) -> Vec<String> {
    let schema = match schema["type"].as_str() {
        Some("array") => document.deref(&schema["items"]),
        _ => schema,
    };
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    let texts: &[&str] = match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("boolean"), _) => &["true", "false"],
        (Some("integer" | "number"), _) => &["99999999999999", "987654321", "1", "0", "-1"],
        (_, Some("uuid")) => &["00000000-0000-4000-8000-000000000000"],
        (_, Some("date")) => &["1970-01-02", "2199-01-02"],
        (_, Some("date-time")) => &["1970-01-02T00:00:00Z", "2199-01-02T00:00:00Z"],
        _ => &[
            "nothing-has-this",
            "9999",
            "00000000-0000-4000-8000-000000000000",
            "1970-01-02",
            "CA",
            "123456",
            "12345678901234567890",
        ],
    };
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// Whether a parameter changes what a list answers.
async fn acts(caller: &Caller, list: &Listed, parameter: &str, values: &[String]) -> bool {
    let all = caller.get(&list.with([("limit", "100")])).await.body;
    // What is there is what an exclusion leaves out.
    let first = items(&all).unwrap().first().map(|row| {
        let id = ["id", "uuid"].into_iter().find_map(|name| row[name].as_str());
        id.unwrap_or_default().to_owned()
    });
    for value in values.iter().chain(&first) {
        let narrowed = caller.get(&list.with([("limit", "100"), (parameter, value)])).await;
        match narrowed.status {
            // Not this value, but perhaps another one.
            400 => {}
            501 => return true,
            status => {
                assert!(status < 300, "{} {parameter}: {}", list.name, narrowed.body);
                if items(&narrowed.body) != items(&all) {
                    return true;
                }
            }
        }
    }
    false
}

#[tokio::test]
async fn every_declared_parameter_acts_or_says_why_not() {
    let caller = Caller::new().await;
    let made = populate(&caller, 0).await;
    let id = |place: &str| made.at(place).as_str().unwrap().to_owned();
    let webhook = json!({
        "url": "http://127.0.0.1:9/", "enabled_events": ["NOTE.*"], "is_enabled": true,
    });
    let path = format!("/v2/webhooks/{}", id("webhook.id"));
    caller.call("PUT", &path, webhook).await.with(200);
    let alert = json!({ "party_id": id("business.id"), "type": "WATCHLIST" });
    caller.post("/sandbox/alerts", alert).await.with(201);
    let stop = json!({ "account_id": id("checking.id"), "originator_name": "Gym" });
    caller.post("/sandbox/stop_payments", stop).await.with(201);
    let schedule = json!({
        "description": "soon", "schedule": { "frequency": "DAILY", "interval": 1,
            "start_date": "2026-11-30", "count": 2 },
        "payment_instruction": { "type": "INTERNAL_TRANSFER", "request": { "amount": 1,
            "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
            "originating_account_id": id("checking.id"),
            "receiving_account_id": id("saving.id") } },
    });
    caller.post("/v2/payment_schedules", schedule).await.with(201);
    populate(&caller, 1).await;
    caller.post("/sandbox/clock", json!({ "advance": { "days": 40 } })).await.with(200);
    let lists = lists(&caller, &made).await;
    let mut without = BTreeSet::new();
    let mut count = 0;
    for list in &lists {
        let document = match list.name.starts_with("v2") {
            true => &*synctera_tests::document::V2,
            false => &*synctera_tests::document::V0,
        };
        for (parameter, schema) in &list.optional {
            if COMMON.contains(&parameter.as_str()) {
                continue;
            }
            count += 1;
            let values = candidates(document, schema);
            if !acts(&caller, list, parameter, &values).await {
                without.insert(format!("{} {parameter}", list.name));
            }
        }
    }
    println!("{count} parameters of {} lists", lists.len());
    let entries = || WITHOUT_EFFECT.iter().map(|(entry, _)| *entry);
    let stale: Vec<&str> =
        entries().filter(|entry| !without.iter().any(|name| is_about(entry, name))).collect();
    assert!(stale.is_empty(), "these have an effect: {stale:?}");
    without.retain(|name| !entries().any(|entry| is_about(entry, name)));
    assert!(without.is_empty(), "these have no effect: {without:#?}");
    assert!(count > 200 && lists.len() > 40, "{count} of {}", lists.len());
}

#[tokio::test]
async fn published_names_filter_like_the_documents_own() {
    let caller = Caller::new().await;
    let made = populate(&caller, 0).await;
    populate(&caller, 1).await;
    let watched = caller.get("/v2/monitoring/subscriptions").await.body;
    let checked = caller.get("/v2/verifications").await.body;
    for (path, name, id) in [
        ("/v2/persons", "uuid", made.at("person.id")),
        ("/v2/businesses", "uuid", made.at("business.id")),
        ("/v2/accounts", "account_id", made.at("checking.id")),
        ("/v2/monitoring/subscriptions", "uuid", items(&watched).unwrap()[0]["id"].clone()),
        ("/v2/verifications", "uuid", items(&checked).unwrap()[0]["id"].clone()),
    ] {
        let id = id.as_str().unwrap();
        let [published, own] = [name, "id"].map(|name| format!("{path}?{name}={id}"));
        let published = caller.get(&published).await.with(200);
        assert_eq!(items(&published).unwrap().len(), 1, "{path}");
        assert_eq!(published, caller.get(&own).await.with(200), "{path}");
    }
}

#[tokio::test]
async fn a_parameter_that_is_not_there_is_named() {
    let caller = Caller::new().await;
    caller.post("/v2/persons", ada()).await.with(201);
    let known = caller.get("/v2/persons?status=ACTIVE").await;
    assert!(!known.headers.contains_key("sandbox-unknown-parameters"));
    let ignored = caller.get("/v2/persons?statsu=PROSPECT&limit=5&first%20name=x").await;
    assert_eq!(ignored.headers["sandbox-unknown-parameters"], "statsu, first%20name");
    assert_eq!(ignored.with(200)["persons"].as_array().unwrap().len(), 1);

    let strict = json!({ "unknown_query_parameters": "refuse" });
    caller.call("PATCH", "/sandbox/settings", strict).await.with(200);
    let refused = caller.get("/v2/persons?statsu=PROSPECT&limit=0").await;
    assert_eq!(refused.headers["sandbox-unknown-parameters"], "statsu");
    let refused = refused.with(400);
    assert_eq!(refused["code"], "BAD_QUERY_PARAMETER");
    let invalid: Vec<&String> = refused["invalid"].as_object().unwrap().keys().collect();
    assert_eq!(invalid, ["limit", "statsu"], "all of it at once");
    caller.get("/v2/persons?uuid=00000000-0000-4000-8000-000000000000").await.with(200);
}

#[tokio::test]
async fn a_comma_in_a_value_is_told_from_one_between_values() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let (other, _) = caller.checking(&holder).await;
    let body = json!({
        "amount": 1_00, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
        "originating_account_id": account, "receiving_account_id": other,
    });
    for key in ["inv-1,2", "inv-3"] {
        let request = caller.request("POST", "/v2/transactions/internal_transfer");
        super::answer(request.header("idempotency-key", key).json(&body)).await.with(200);
    }
    let count = async |query: &str| {
        let page = caller.get(&format!("/v2/transactions/posted?{query}")).await.with(200);
        page["result"].as_array().unwrap().len()
    };
    assert_eq!(count("idempotency_key=inv-1%2C2").await, 1);
    assert_eq!(count("idempotency_key=inv-1%2C2,inv-3").await, 2);
    assert_eq!(count("idempotency_key=inv-1,2").await, 0);
    // Some clients escape the comma between ids as well.
    assert_eq!(count(&format!("account_id={account}%2C{other}")).await, 3);
}

#[tokio::test]
async fn a_parameter_with_one_value_is_given_once() {
    let caller = Caller::new().await;
    caller.get("/v2/persons?limit=5&limit=5").await.is_invalid(&["limit"]);
    caller.get("/v2/persons?status=ACTIVE&status=PROSPECT").await.is_invalid(&["status"]);
    // A list may come in parts.
    caller.get("/v2/persons?ban_status=ALLOWED&ban_status=SUSPENDED").await.with(200);
}
