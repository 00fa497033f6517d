//! What is revealed, to whom, and pulls from a phone's wallet.

use serde_json::{Value, json};

use super::Caller;

/// A point on P-256; its private key is nobody's.
const KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"hHc6zXmy_qlClnXD-tDecFkjmv_Wg3HgC3ouiJMAgWA","y":"pNL0FnWEYGGXiefa_sZOi4Ui9zhpyvNPVRnSH39lu8c"}"#;

/// The head of a JWE, which names who can read it.
fn head(answer: &Value) -> Value {
    use base64::Engine as _;
    let text = answer["ciphertext"].as_str().unwrap();
    assert_eq!(text.split('.').count(), 5, "{text}");
    let head = text.split('.').next().unwrap();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(head).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[tokio::test]
async fn numbers_are_revealed_under_a_key_that_was_agreed_upon() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let card = caller.virtual_card(&account, &holder).await;
    let path = format!("/v2/cards/{}/reveal", card.as_str().unwrap());
    assert_eq!(caller.get(&path).await.with(403)["code"], "FORBIDDEN");

    let agreed = json!({ "reveal_public_key": KEY });
    caller.call("PATCH", "/sandbox/settings", agreed).await.with(200);
    let first = head(&caller.get(&path).await.with(200));
    assert_eq!((&first["alg"], &first["enc"]), (&json!("ECDH-ES+A256KW"), &json!("A256GCM")));
    let second = head(&caller.get(&path).await.with(200));
    assert_eq!(first["kid"], second["kid"]);
    assert_ne!(first["epk"], second["epk"], "each time under another key");

    let body = json!({ "customer_id": holder, "name": "Ada Byron", "token": "good-1" });
    let external = caller.post("/v2/external_cards/tokens", body).await.id();
    let path = format!("/v2/external_cards/{external}/reveal");
    assert_eq!(head(&caller.get(&path).await.with(200))["kid"], first["kid"]);
}

#[tokio::test]
async fn personal_ids_are_revealed_under_a_configurations_key() {
    let caller = Caller::new().await;
    let person = caller.verified().await;
    let body = json!({
        "customer_id": person, "id_type": "PASSPORT_NUMBER", "identifier": "C01X00T47",
        "country_code": "DE",
    });
    let id = caller.post("/v2/persons/personal_ids", body).await.id();
    let path = format!("/v2/persons/personal_ids/{id}/reveal");
    assert_eq!(caller.get(&path).await.status, 403, "there is no key");
    let configure = async |key: &str| {
        let body = json!({ "public_encryption_key": key });
        caller.post("/v2/personal_id_configurations", body).await.id()
    };
    let wrong = configure("no key at all").await;
    assert_eq!(caller.get(&path).await.status, 403, "the oldest has no key");
    let right = configure(KEY).await;
    let asked = format!("{path}?personal_id_configuration_id={right}");
    let revealed = caller.get(&asked).await.with(200);
    assert_eq!(head(&revealed)["epk"]["crv"], "P-256");
    assert!(!revealed.to_string().contains("C01X00T47"));
    let delete = format!("/v2/personal_id_configurations/{wrong}");
    caller.call("DELETE", &delete, Value::Null).await.with(200);
    assert_eq!(head(&caller.get(&path).await.with(200))["kid"], head(&revealed)["kid"]);
}

#[tokio::test]
async fn wallets_pay_in() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let apple = async |token: &str| {
        let body = json!({
            "amount": 25_00, "originating_account_id": account, "customer_id": holder,
            "apple_pay_payment": { "token": {
                "transaction_identifier": token, "payment_method": {},
                "payment_data": {
                    "data": "b64", "signature": "b64", "version": "EC_v1", "header": {
                        "ephemeral_public_key": "b64", "public_key_hash": "b64",
                        "transaction_id": "01",
                    },
                },
            } },
        });
        caller.post("/v2/external_cards/transfers/applepay", body).await
    };
    let paid = apple("good-1").await.with(201);
    assert_eq!((&paid["type"], &paid["status"]), (&json!("APPLE_PAY_PULL"), &json!("SUCCEEDED")));
    assert_eq!(paid["card_details"]["last_four"].as_str().unwrap().len(), 4);
    assert_eq!(caller.balance(&account).await, 25_00);
    assert_eq!(apple("good-1").await.status, 400, "it is for one use");
    assert_eq!(apple("declined-1").await.with(201)["status"], "DECLINED");

    let body = json!({
        "amount": 10_00, "originating_account_id": account, "customer_id": holder,
        "google_pay_payment_data": {
            "api_version": 2, "api_version_minor": 0, "payment_method_data": {
                "type": "CARD", "description": "a card",
                "info": { "assurance_details": {}, "card_details": "1234", "card_network": "VISA" },
                "tokenization_data": { "type": "PAYMENT_GATEWAY", "token": "good-2" },
            },
        },
    });
    let paid = caller.post("/v2/external_cards/transfers/googlepay", body).await.with(201);
    assert_eq!(paid["type"], "GOOGLE_PAY_PULL");
    let path = format!("/v2/external_cards/transfers/{}", paid["id"].as_str().unwrap());
    assert_eq!(caller.get(&path).await.with(200)["status"], "SUCCEEDED");
    let body = json!({ "amount": 4_00, "currency": "USD" });
    let back = caller.post(&format!("{path}/reversals"), body).await.with(201);
    assert_eq!(back["type"], "GOOGLE_PAY_PULL_REVERSAL");
    assert_eq!(caller.balance(&account).await, 31_00);
    caller.sandbox.audit().unwrap();
}
