//! What the sandbox says when it says no, byte for byte as the platform's error body has it.

use insta::{assert_snapshot, with_settings};
use reqwest::Method;
use serde_json::{Value, json};
use synctera_tests::World;

/// Sends as anybody with a socket could, and shows the answer.
async fn answer(
    world: &World,
    method: Method,
    path: &str,
    key: Option<&str>,
    body: Option<&str>,
) -> String {
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let mut request = http.request(method.clone(), format!("{}{path}", world.sandbox.base_url()));
    if let Some(key) = key {
        request = request.bearer_auth(key);
    }
    if let Some(body) = body {
        request = request.header("content-type", "application/json").body(body.to_owned());
    }
    let answer = request.send().await.unwrap();
    let media_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    let body = serde_json::to_string_pretty(&body).unwrap();
    format!("{method} {path}\n{status}\n{media_type}\n{body}\n")
}

macro_rules! assert_bodies {
    ($name:literal, $texts:expr) => {
        with_settings!({
            snapshot_path => "snapshots/errors",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            assert_snapshot!($name, $texts.join("\n"));
        });
    };
}

const KEY: Option<&str> = Some("sandbox-key");
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn nobody_comes_in_without_a_key() {
    let world = World::new().await;
    let texts = [
        answer(&world, Method::GET, "/v2/persons", None, None).await,
        answer(&world, Method::GET, "/v2/persons", Some("wrong"), None).await,
    ];
    assert_bodies!("key", texts);
}

#[tokio::test]
async fn what_is_not_there_says_what_is_not() {
    let world = World::new().await;
    let texts = [
        answer(&world, Method::GET, "/v2/nothing", KEY, None).await,
        answer(&world, Method::PUT, "/v2/persons", KEY, Some("{}")).await,
        answer(&world, Method::GET, &format!("/v2/persons/{NOBODY}"), KEY, None).await,
        answer(&world, Method::GET, "/v2/persons/ada", KEY, None).await,
        answer(&world, Method::GET, "/v0/nothing", KEY, None).await,
    ];
    assert_bodies!("routes", texts);
}

#[tokio::test]
async fn a_body_is_checked_against_the_document() {
    let world = World::new().await;
    let wrong = json!({
        "status": "ACTIVE", "is_customer": "yes", "dob": "10/12/1985", "ssn": "123456789",
        "legal_address": {"city": "San Francisco"},
    });
    let texts = [
        answer(&world, Method::POST, "/v2/persons", KEY, None).await,
        answer(&world, Method::POST, "/v2/persons", KEY, Some("{\"status\": ")).await,
        answer(&world, Method::POST, "/v2/persons", KEY, Some("[]")).await,
        answer(&world, Method::POST, "/v2/persons", KEY, Some("{}")).await,
        answer(&world, Method::POST, "/v2/persons", KEY, Some(&wrong.to_string())).await,
        answer(&world, Method::GET, "/v2/persons?limit=many", KEY, None).await,
    ];
    assert_bodies!("bodies", texts);
}

#[tokio::test]
async fn a_rule_has_a_code() {
    let world = World::new().await;
    let prospect = world.prospect().await;
    let account = json!({
        "account_type": "CHECKING",
        "relationships": [
            {"relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": prospect},
        ],
    });
    let verify = json!({"person_id": prospect, "customer_consent": true});
    let unknown = json!({"person_id": NOBODY, "customer_consent": true});
    let texts = [
        answer(&world, Method::POST, "/v2/accounts", KEY, Some(&account.to_string())).await,
        answer(&world, Method::POST, "/v2/verifications/verify", KEY, Some(&verify.to_string()))
            .await,
        answer(&world, Method::POST, "/v2/verifications/verify", KEY, Some(&unknown.to_string()))
            .await,
    ];
    assert_bodies!("rules", texts);
}
