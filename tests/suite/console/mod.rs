//! The console over plain HTTP: every page, every action, and who is kept out.

mod actions;
mod empty;
mod figures;
mod operators;
mod pages;
mod practice;
mod security;
mod words;

use std::collections::BTreeMap;

use reqwest::StatusCode;
use serde_json::{Value, json};
use synctera_sandbox::Sandbox;
use synctera_tests::world::{now, repeatable};

/// A sandbox with the console, and a browser without scripts.
struct Console {
    sandbox: Sandbox,
    http: reqwest::Client,
}

/// A page.
struct Page {
    status: StatusCode,
    text: String,
    location: Option<String>,
}

impl Page {
    #[track_caller]
    fn ok(self) -> String {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self.text
    }
}

impl Console {
    async fn new() -> Self {
        let builder = repeatable().console(true).request_log(true);
        Self::with(builder.clock_held_at(now()).start().await.unwrap())
    }

    fn with(sandbox: Sandbox) -> Self {
        let redirects = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().redirect(redirects).no_proxy().build().unwrap();
        Self { sandbox, http }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    async fn page(&self, path: &str) -> Page {
        self.sent(self.http.get(self.url(path))).await
    }

    async fn sent(&self, request: reqwest::RequestBuilder) -> Page {
        let response = request.send().await.unwrap();
        let location = response.headers().get("location");
        let location = location.map(|it| it.to_str().unwrap().to_owned());
        Page { status: response.status(), location, text: response.text().await.unwrap() }
    }

    /// Sends a form as the browser does that got it from this page.
    async fn post(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = token(&self.page(page).await.ok());
        let fields = fields.iter().copied().chain([("_token", token.as_str())]);
        let form = fields.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let request = self
            .http
            .post(self.url(path))
            .header("origin", self.sandbox.base_url())
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded");
        self.sent(request.body(form.collect::<Vec<_>>().join("&"))).await
    }

    /// What the API answers.
    async fn api(&self, method: &str, path: &str, body: Value) -> Value {
        let method = method.parse().unwrap();
        let request = self.http.request(method, self.url(path)).bearer_auth(self.sandbox.api_key());
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.unwrap();
        let status = response.status();
        let answer: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// A verified person.
    async fn person(&self, first_name: &str, last_name: &str) -> String {
        let person = json!({
            "first_name": first_name, "last_name": last_name, "dob": "1985-12-10",
            "email": "ada@example.com", "phone_number": "+14155550123", "ssn": "456-78-9012",
            "status": "ACTIVE", "is_customer": true,
            "legal_address": {
                "address_line_1": "1 Market St", "city": "San Francisco", "state": "CA",
                "postal_code": "94105", "country_code": "US",
            },
        });
        let id = self.api("POST", "/v2/persons", person).await["id"].as_str().unwrap().to_owned();
        let verify = json!({ "person_id": id, "customer_consent": true });
        self.api("POST", "/v2/verifications/verify", verify).await;
        id
    }

    /// A checking account with this much money.
    async fn account(&self, holder: &str, nickname: &str, cents: i64) -> String {
        let templates = self.api("GET", "/v2/accounts/templates", Value::Null).await;
        let templates = templates["account_templates"].as_array().unwrap();
        let checking = templates.iter().find(|it| it["template"]["account_type"] == "CHECKING");
        let account = json!({
            "account_template_id": checking.unwrap()["id"], "nickname": nickname,
            "relationships": [
                { "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "person_id": holder },
            ],
        });
        let account = self.api("POST", "/v2/accounts", account).await;
        let bank = self.api("GET", "/v2/internal_accounts", Value::Null).await;
        let transfer = json!({
            "originating_account_id": bank["internal_accounts"][0]["id"],
            "receiving_account_id": account["id"], "amount": cents, "currency": "USD",
            "type": "ACCOUNT_TO_ACCOUNT",
        });
        self.api("POST", "/v2/transactions/internal_transfer", transfer).await;
        account["id"].as_str().unwrap().to_owned()
    }

    /// A virtual card.
    async fn card(&self, account: &str, holder: &str) -> String {
        let products = self.api("GET", "/v2/cards/products", Value::Null).await;
        let products = products["card_products"].as_array().unwrap();
        let product = products.iter().find(|it| it["form"] == "VIRTUAL").unwrap();
        let card = json!({
            "type": "DEBIT",
            "card_details": {
                "form": "VIRTUAL", "account_id": account, "customer_id": holder,
                "card_product_id": product["id"],
            },
        });
        let card = self.api("POST", "/v2/cards", card).await;
        card["card_details"]["id"].as_str().unwrap().to_owned()
    }
}

/// The token of a page's forms.
fn token(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"_token\" value=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let of = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(of).collect()
}

/// The paths of the navigation.
async fn navigation(console: &Console) -> Vec<String> {
    let page = console.page("/console/1_1/overview").await.ok();
    let nav = page.split("<nav").nth(1).unwrap().split("</nav>").next().unwrap();
    let links = nav.split("href=\"").skip(1);
    links.map(|link| link.split('"').next().unwrap().to_owned()).collect()
}

/// The links of a page to pages of resources.
fn links(page: &str) -> BTreeMap<String, ()> {
    let main = page.split("<main").nth(1).unwrap_or_default();
    let links = main.split("href=\"").skip(1).map(|link| link.split('"').next().unwrap());
    links
        .filter(|link| link.starts_with("/console/"))
        .map(|it| (it.replace("&amp;", "&"), ()))
        .collect()
}
