//! A sandbox as any client sees it, with accounts of every kind that a rule of money knows.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use synctera_sandbox::Sandbox;
use synctera_tests::world::now;

/// The places of the accounts; the program's own comes last.
pub(crate) const PLAIN: usize = 0;
pub(crate) const OTHER: usize = 1;
/// What is missing comes from [`SAVING`].
pub(crate) const SWEPT: usize = 2;
pub(crate) const SAVING: usize = 3;
/// What is too much goes to [`SAVING`].
pub(crate) const CAPPED: usize = 4;
/// Nothing comes in from anywhere.
pub(crate) const FLOORED: usize = 5;
/// Money is owed on it.
pub(crate) const LINE: usize = 6;
pub(crate) const PROGRAM: usize = 7;
pub(crate) const ACCOUNTS: usize = 8;

pub(crate) const FLOOR: i64 = 50_00;
pub(crate) const CEILING: i64 = 300_00;
pub(crate) const CREDIT: i64 = 200_00;

pub(crate) struct Bank {
    pub(crate) sandbox: Sandbox,
    http: reqwest::Client,
    pub(crate) accounts: Vec<String>,
    pub(crate) person: String,
    pub(crate) external: String,
    /// Pays from [`PLAIN`].
    pub(crate) card: String,
}

/// What was answered: a success, or the code of the refusal.
pub(crate) type Answer = Result<Value, String>;

impl Bank {
    pub(crate) async fn open() -> Self {
        let sandbox = Sandbox::builder().clock_held_at(now()).start().await.unwrap();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        let none = String::new;
        let mut bank = Self {
            sandbox,
            http,
            accounts: Vec::new(),
            person: none(),
            external: none(),
            card: none(),
        };
        bank.furnish().await;
        bank
    }

    async fn furnish(&mut self) {
        let address = json!({ "address_line_1": "1 Market St", "city": "San Francisco",
            "state": "CA", "postal_code": "94105", "country_code": "US" });
        let person = json!({ "status": "ACTIVE", "is_customer": true, "first_name": "Ada",
            "last_name": "Byron", "dob": "1985-12-10", "email": "ada@example.com",
            "phone_number": "+14155550123", "ssn": "456-78-9012", "legal_address": address });
        self.person = id(&self.post("persons", person).await.unwrap());
        let verify = json!({ "person_id": self.person, "customer_consent": true });
        self.post("verifications/verify", verify).await.unwrap();
        for place in 0..PROGRAM {
            let mut account = json!({ "account_type": "CHECKING", "currency": "USD",
                "relationships": [{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER",
                    "person_id": self.person }] });
            match place {
                SAVING => account["account_type"] = json!("SAVING"),
                FLOORED => account["balance_floor"] = json!({ "balance": FLOOR }),
                LINE => {
                    account["account_type"] = json!("LINE_OF_CREDIT");
                    account["credit_limit"] = json!(CREDIT);
                }
                _ => {}
            }
            let account = self.post("accounts", account).await.unwrap();
            self.accounts.push(id(&account));
        }
        for (place, line, balance) in
            [(SWEPT, "balance_floor", 0), (CAPPED, "balance_ceiling", CEILING)]
        {
            let link = json!({ "balance": balance, "linked_account_id": self.accounts[SAVING] });
            let path = format!("accounts/{}", self.accounts[place]);
            self.send(Method::PATCH, &path, Some(json!({ line: link })), None).await.unwrap();
        }
        let program = json!({ "currency": "USD", "status": "ACTIVE" });
        self.accounts.push(id(&self.post("internal_accounts", program).await.unwrap()));
        let token = json!({ "customer_id": self.person, "vendor_public_token": "public-sandbox-1",
            "vendor_institution_id": "ins_1" });
        let token = self.post("external_accounts/access_tokens", token).await.unwrap();
        let link = json!({ "customer_id": self.person, "customer_type": "PERSONAL",
            "vendor": "PLAID", "vendor_access_token": token["vendor_access_token"],
            "vendor_account_ids": ["one"] });
        let linked = self.post("external_accounts/add_vendor_accounts", link).await.unwrap();
        self.external = id(&linked["added_accounts"][0]);
        let products = self.get("cards/products").await;
        let card = json!({ "type": "DEBIT", "card_details": { "form": "VIRTUAL",
            "account_id": self.accounts[PLAIN], "customer_id": self.person,
            "card_product_id": products["card_products"][0]["id"] } });
        self.card = id(&self.post("cards", card).await.unwrap()["card_details"]);
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body), None).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.send(Method::GET, path, None, None).await.unwrap()
    }

    /// Sends a request; fails the test when the answer is neither a success nor a refusal by rule.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> Answer {
        let url = format!("{}/v2/{path}", self.sandbox.base_url());
        let mut request = self.http.request(method, url).bearer_auth(self.sandbox.api_key());
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let bytes = answer.bytes().await.unwrap();
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        assert!(!status.is_server_error(), "{path}: {body}");
        if status.is_success() { Ok(body) } else { Err(text(&body, "code").to_owned()) }
    }

    pub(crate) async fn transfer(&self, from: usize, to: usize, amount: i64, mode: &str) -> Answer {
        self.post("transactions/internal_transfer", self.transfer_body(from, to, amount, mode))
            .await
    }

    pub(crate) fn transfer_body(&self, from: usize, to: usize, amount: i64, mode: &str) -> Value {
        json!({ "amount": amount, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
            "capture_mode": mode, "originating_account_id": self.accounts[from],
            "receiving_account_id": self.accounts[to] })
    }

    pub(crate) async fn end_transfer(&self, transfer: &str, status: &str) -> Answer {
        let path = format!("transactions/internal_transfer/{transfer}");
        self.send(Method::PATCH, &path, Some(json!({ "status": status })), None).await
    }

    /// What the card asks the network for: the id of what was authorized, or why it was not.
    pub(crate) async fn authorize(&self, amount: i64) -> Result<String, String> {
        let body = json!({ "card_id": self.card, "amount": amount, "mid": "shop" });
        let answer = self.post("cards/transaction_simulations/authorization", body).await?;
        let transaction = &answer["transaction"];
        if transaction["state"] == "DECLINED" {
            return Err(text(&transaction["response"], "memo").to_owned());
        }
        Ok(text(transaction, "token").to_owned())
    }

    pub(crate) async fn clear(&self, authorized: &str, amount: i64) -> Answer {
        let body = json!({ "original_transaction_id": authorized, "amount": amount });
        self.post("cards/transaction_simulations/clearing", body).await
    }

    pub(crate) async fn reverse(&self, authorized: &str, amount: i64) -> Answer {
        let body = json!({ "original_transaction_id": authorized, "amount": amount });
        self.post("cards/transaction_simulations/reversal", body).await
    }

    pub(crate) fn wait(&self, hours: i64) {
        self.sandbox.advance(Duration::hours(hours)).unwrap();
    }

    /// Both balances of every account of the customer: what is there or owed, and what is
    /// available.
    pub(crate) async fn balances(&self) -> Vec<(i64, i64)> {
        let page = self.get("accounts").await;
        let found = |id: &str| {
            let accounts = page["accounts"].as_array().unwrap();
            let account = accounts.iter().find(|account| text(account, "id") == id).unwrap();
            let of = |kind: &str| {
                let balances = account["balances"].as_array().unwrap();
                let balance = balances.iter().find(|balance| text(balance, "type") == kind);
                balance.unwrap()["balance"].as_i64().unwrap()
            };
            (of("ACCOUNT_BALANCE"), of("AVAILABLE_BALANCE"))
        };
        self.accounts[..PROGRAM].iter().map(|id| found(id)).collect()
    }

    /// Every item of a list, page by page.
    pub(crate) async fn all(&self, path: &str, items: &str) -> Vec<Value> {
        let mut all = Vec::new();
        let mut token = String::new();
        loop {
            let from = if token.is_empty() { token } else { format!("?page_token={token}") };
            let page = self.get(&format!("{path}{from}")).await;
            all.extend(page[items].as_array().unwrap().iter().cloned());
            match page["next_page_token"].as_str() {
                Some(next) => token = next.to_owned(),
                None => return all,
            }
            assert!(!token.is_empty());
        }
    }
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

pub(crate) fn id(value: &Value) -> String {
    text(value, "id").to_owned()
}
