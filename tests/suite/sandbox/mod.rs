//! The sandbox by itself, over plain HTTP: what any language's client meets.

mod applications;
mod autopay;
mod bans;
mod batch_templates;
mod batches;
mod bodies;
mod calendar_ends;
mod cash;
mod cash_moved;
mod control;
mod control_document;
mod core_exchange;
mod credit_scores;
mod eft_ca;
mod events;
mod faults;
mod fee_products;
mod fees;
mod forks;
mod fresh;
mod hostile;
mod http;
mod idempotency;
mod immutable;
mod legacy;
mod limits;
mod linked;
mod lists;
mod older;
mod older_bodies;
mod outbound;
mod paging;
mod parameters;
mod parity;
mod populated;
mod repeat;
mod request_log;
mod restarts;
mod reveal;
mod served;
mod small_families;
mod snapshots;
mod steering;
mod templates;
mod workspaces;

use std::time::Duration;

use ::http::HeaderMap;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use synctera_sandbox::{Sandbox, SandboxBuilder};
use synctera_tests::world::{now, repeatable};

/// A sandbox and somebody who calls it with a key.
struct Caller {
    sandbox: Sandbox,
    http: reqwest::Client,
    key: String,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    /// The body's id.
    fn id(&self) -> String {
        self.text("id")
    }

    fn text(&self, name: &str) -> String {
        let text = self.body[name].as_str();
        text.unwrap_or_else(|| panic!("no {name} in {self:?}")).to_owned()
    }

    /// The body, if the status is what it should be.
    #[track_caller]
    fn with(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }
}

impl Caller {
    async fn new() -> Self {
        Self::on(repeatable()).await
    }

    async fn on(builder: SandboxBuilder) -> Self {
        Self::of(builder.clock_held_at(now()).start().await.unwrap())
    }

    fn of(sandbox: Sandbox) -> Self {
        let key = sandbox.api_key().to_owned();
        Self { sandbox, http: client(), key }
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method: Method = method.parse().unwrap();
        let url = format!("{}{path}", self.sandbox.base_url());
        self.http.request(method, url).bearer_auth(&self.key)
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Answer {
        let request = self.request(method, path);
        let request = if body.is_null() { request } else { request.json(&body) };
        answer(request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, body).await
    }

    /// Somebody who may do everything; their id.
    async fn verified(&self) -> String {
        let person = self.post("/v2/persons", ada()).await;
        let body = json!({ "person_id": person.id(), "customer_consent": true });
        self.post("/v2/verifications/verify", body).await.with(201);
        person.id()
    }

    /// A checking account; its id and number.
    async fn checking(&self, holder: &str) -> (String, String) {
        let templates = self.get("/v2/accounts/templates").await.with(200);
        let templates = templates["account_templates"].as_array().unwrap().clone();
        let template = templates
            .iter()
            .find(|template| template["template"]["account_type"] == "CHECKING")
            .unwrap();
        let body = json!({
            "account_template_id": template["id"],
            "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "customer_id": holder }],
        });
        let account = self.post("/v2/accounts", body).await;
        (account.id(), account.text("account_number"))
    }

    /// A virtual debit card; its id.
    async fn virtual_card(&self, account: &str, holder: &str) -> Value {
        let products = self.get("/v2/cards/products").await.with(200);
        let body = json!({
            "type": "DEBIT",
            "card_details": {
                "form": "VIRTUAL", "account_id": account, "customer_id": holder,
                "card_product_id": products["card_products"][0]["id"],
            },
        });
        self.post("/v2/cards", body).await.with(201)["card_details"]["id"].clone()
    }

    /// A change; the answer.
    async fn change(&self, path: &str, body: Value) -> Answer {
        self.call("PATCH", path, body).await
    }

    /// An account elsewhere that money is sent to; its id.
    async fn elsewhere(&self, holder: &str) -> String {
        let body = json!({
            "customer_id": holder, "customer_type": "PERSONAL", "type": "CHECKING",
            "account_owner_names": ["Ada Byron"], "account_identifiers": { "number": "1234567890" },
            "routing_identifiers": {
                "bank_name": "Community Bank", "bank_countries": ["US"],
                "ach_routing_number": "021000021", "wire_routing_number": "021000021",
            },
        });
        self.post("/v2/external_accounts", body).await.id()
    }

    /// Lets money come in from outside; the answer.
    async fn receive(&self, number: &str, amount: i64, dc_sign: &str) -> Answer {
        let body = json!({
            "account_number": number, "amount": amount, "dc_sign": dc_sign,
            "effective_date": "2026-11-24",
        });
        self.post("/v2/ach/transaction_simulations/receiving_transaction", body).await
    }

    /// An account's balance, in minor units.
    async fn balance(&self, account: &str) -> i64 {
        let account = self.get(&format!("/v2/accounts/{account}")).await.with(200);
        let balances = account["balances"].as_array().unwrap();
        let posted = balances.iter().find(|balance| balance["type"] == "ACCOUNT_BALANCE");
        posted.unwrap()["balance"].as_i64().unwrap()
    }
}

/// A client that lets go of a connection before a sandbox of little patience hangs up on it, which
/// a request under way would not survive.
fn client() -> reqwest::Client {
    let idle = Duration::from_millis(100);
    reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .pool_idle_timeout(idle)
        .build()
        .unwrap()
}

async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let bytes = response.bytes().await.unwrap();
    let is_json = headers.get("content-type").is_some_and(|media_type| {
        media_type
            .to_str()
            .is_ok_and(|name| name.starts_with("application/") && name.contains("json"))
    });
    let body = if bytes.is_empty() {
        Value::Null
    } else if is_json {
        serde_json::from_slice(&bytes).unwrap()
    } else {
        Value::String(String::from_utf8_lossy(&bytes).into_owned())
    };
    Answer { status, headers, body }
}

fn ada() -> Value {
    json!({
        "status": "ACTIVE", "is_customer": true, "first_name": "Ada", "last_name": "Byron",
        "dob": "1985-12-10", "email": "ada@example.com", "phone_number": "+14155550123",
        "ssn": "456-78-9012",
        "legal_address": {
            "address_line_1": "1 Market St", "city": "San Francisco", "state": "CA",
            "postal_code": "94105", "country_code": "US",
        },
    })
}
