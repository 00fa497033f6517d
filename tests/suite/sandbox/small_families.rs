//! Families of one operation, and small parts of others: merchants, Apple Pay, wallets, queues.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Caller;

#[tokio::test]
async fn a_merchant_is_known_by_its_id_or_not() {
    let caller = Caller::new().await;
    let path = "/v2/mx/merchants/MCH-7ed79542-884d-2b1b-dd74-501c5cc9d25b";
    let merchant = caller.get(path).await.with(200);
    assert_eq!(merchant["name"], "Analytical Engines");
    let refused = caller.get("/v2/mx/merchants/MCH-none").await.with(404);
    assert_eq!(refused["code"], "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn apple_pay_has_a_signing_request_for_a_merchant() {
    let caller = Caller::new().await;
    let path = "/v2/certificates/applepay/csr";
    let ask = |merchant: &str| json!({ "merchant_id": merchant, "organization_name": "Analytical Engines" });
    let mut keys = Vec::new();
    for _ in 0..2 {
        let request = caller.request("POST", path).json(&ask("merchant.com.engines"));
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers()["content-type"], "application/pkcs10");
        let pem = response.text().await.unwrap();
        let body = pem
            .strip_prefix("-----BEGIN CERTIFICATE REQUEST-----\n")
            .and_then(|rest| rest.strip_suffix("\n-----END CERTIFICATE REQUEST-----\n"))
            .unwrap();
        assert!(body.lines().all(|line| line.len() <= 64), "{pem}");
        let der = STANDARD.decode(body.replace('\n', "")).unwrap();
        let has = |bytes: &[u8]| der.windows(bytes.len()).any(|window| window == bytes);
        assert!(has(b"merchant.com.engines") && has(b"Analytical Engines"));
        // A sequence over all that follows, with its length in one byte.
        assert_eq!(der[..2], [0x30, 0x81]);
        assert_eq!(usize::from(der[2]), der.len() - 3);
        keys.push(der);
    }
    assert_ne!(keys[0], keys[1], "each has a key of its own");
    let refused = caller.post(path, ask("engines")).await.with(400);
    assert!(refused["invalid"]["merchant_id"].is_string(), "{refused}");
    let long = ask(&format!("merchant.com.{}", "x".repeat(60)));
    let refused = caller.post(path, long).await.with(400);
    assert!(refused["invalid"]["merchant_id"].is_string(), "{refused}");
}

/// An account elsewhere of a type.
fn elsewhere(holder: &str, of_type: &str, identifiers: Value) -> Value {
    json!({
        "customer_id": holder, "customer_type": "PERSONAL", "type": of_type,
        "account_owner_names": ["Ada Byron"], "account_identifiers": identifiers,
        "routing_identifiers": {
            "bank_name": "Wallets", "bank_countries": ["US"], "ach_routing_number": "021000021",
            "wire_routing_number": "021000021",
        },
    })
}

#[tokio::test]
async fn a_wallet_is_linked_and_takes_part_in_no_bank_transfer() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    caller.receive(&number, 500_00, "credit").await.with(201);
    let path = "/v2/external_accounts";
    for of_type in ["WALLET", "CRYPTO_WALLET"] {
        let identifiers = json!({ "number": format!("{of_type}-1234") });
        let body = elsewhere(&holder, of_type, identifiers);
        let wallet = caller.post(path, body.clone()).await.with(201);
        assert_eq!(
            (&wallet["type"], &wallet["account_identifiers"]["number"]),
            (&json!(of_type), &json!("1234"))
        );
        assert_eq!(caller.post(path, body).await.with(409)["code"], "DUPLICATE_RESOURCE");
        let transfer = json!({
            "customer_id": holder, "originating_account_id": account,
            "receiving_account_id": wallet["id"], "amount": 1_00, "currency": "USD",
            "dc_sign": "credit",
        });
        let refused = caller.post("/v2/ach", transfer).await.with(400);
        assert!(refused["invalid"]["receiving_account_id"].is_string(), "{refused}");
        let wire = json!({
            "customer_id": holder, "originating_account_id": account,
            "receiving_account_id": wallet["id"], "amount": 1_00, "currency": "USD",
            "recipient_message": "rent",
        });
        let refused = caller.post("/v2/wires", wire).await.with(400);
        assert!(refused["invalid"]["receiving_account_id"].is_string(), "{refused}");
    }
    // An account at another bank is one, by its IBAN, too.
    let abroad =
        elsewhere(&holder, "OTHER_BANK_ACCOUNT", json!({ "iban": "LI4476584648937N59B00" }));
    let other = caller.post(path, abroad).await.with(201);
    assert_eq!(other["account_identifiers"]["iban"], "9B00");
    let nothing = elsewhere(&holder, "WALLET", json!({}));
    let refused = caller.post(path, nothing).await.with(400);
    assert_eq!(refused["missing"], json!(["account_identifiers.number"]));
}

#[tokio::test]
async fn a_schedule_is_in_the_queue_while_a_payment_is_planned() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let (other, _) = caller.checking(&holder).await;
    let body = json!({
        "description": "savings", "schedule": {
            "start_date": "2026-11-30", "frequency": "WEEKLY", "interval": 1, "count": 9,
        },
        "payment_instruction": { "type": "INTERNAL_TRANSFER", "request": {
            "originating_account_id": account, "receiving_account_id": other, "amount": 1_00,
            "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
        } },
    });
    let ended = caller.post("/v2/payment_schedules", body.clone()).await.id();
    let planned = caller.post("/v2/payment_schedules", body).await.id();
    let path = format!("/v2/payment_schedules/{ended}");
    caller.change(&path, json!({ "status": "CANCELLED" })).await.with(200);
    for (queued, expected) in [(true, &planned), (false, &ended)] {
        let list = caller.get(&format!("/v2/payment_schedules?in_queue={queued}")).await.with(200);
        let [only] = &list["payment_schedules"].as_array().unwrap()[..] else { panic!("{list}") };
        assert_eq!(only["id"], json!(expected));
    }
}

#[tokio::test]
async fn spending_limits_are_kept_and_limit_nothing() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let limits = json!({ "description": "little", "day": { "amount": 1, "transactions": 1 } });
    let body = json!({
        "account_type": "CHECKING", "spending_limits": limits, "relationships": [
            { "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": holder },
        ],
    });
    let account = caller.post("/v2/accounts", body).await.with(201);
    assert_eq!(account["spending_limits"], limits);
    let id = account["id"].as_str().unwrap();
    let number = account["account_number"].as_str().unwrap();
    caller.receive(number, 500_00, "credit").await.with(201);
    let (other, _) = caller.checking(&holder).await;
    let spend = json!({
        "originating_account_id": id, "receiving_account_id": other, "amount": 20_00,
        "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
    });
    caller.post("/v2/transactions/internal_transfer", spend).await.with(200);
    let path = format!("/v2/accounts/{id}");
    let changed = json!({ "spending_limits": { "week": { "amount": 2 } } });
    let changed = caller.change(&path, changed).await.with(200);
    assert_eq!(changed["spending_limits"]["week"]["amount"], 2);
    let refused = json!({ "spending_limits": { "week": { "amount": -2 } } });
    let refused = caller.change(&path, refused).await.with(400);
    assert!(refused["invalid"]["spending_limits.week.amount"].is_string(), "{refused}");
    let replaced = caller.call("PUT", &path, json!({})).await.with(200);
    assert_eq!(replaced.get("spending_limits"), None, "what is not named is gone");
}

#[tokio::test]
async fn a_fresh_workspace_has_a_template_of_each_type_and_the_funding_account() {
    let caller = Caller::new().await;
    let templates = caller.get("/v2/accounts/templates").await.with(200);
    let templates = templates["account_templates"].as_array().unwrap();
    let mut types: Vec<&str> = templates
        .iter()
        .map(|template| template["template"]["account_type"].as_str().unwrap())
        .collect();
    types.sort_unstable();
    let mut wanted = synctera::types::AccountType::KNOWN.to_vec();
    // The bank's own accounts are made from no template.
    wanted.retain(|of_type| *of_type != "GENERAL_LEDGER");
    wanted.sort_unstable();
    assert_eq!(types, wanted);
    let funds = caller.get("/v2/internal_accounts").await.with(200);
    let [funds] = &funds["internal_accounts"].as_array().unwrap()[..] else { panic!("{funds}") };
    assert_eq!(funds["description"], "New Funding Account");
    assert_eq!(funds["account_type"], "NEW_FUNDING_ACCOUNT");
    // Test money comes from it, without any of its own.
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let body = json!({
        "originating_account_id": funds["id"], "receiving_account_id": account, "amount": 20_00,
        "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
    });
    caller.post("/v2/transactions/internal_transfer", body).await.with(200);
    assert_eq!(caller.balance(&account).await, 20_00);
    // A wipe takes it, and leaves the templates.
    caller.post("/v0/wipe", Value::Null).await;
    let none = caller.get("/v2/internal_accounts").await.with(200);
    assert_eq!(none["internal_accounts"], json!([]));
    let left = caller.get("/v2/accounts/templates").await.with(200);
    assert_eq!(left["account_templates"].as_array().unwrap().len(), templates.len());
}
