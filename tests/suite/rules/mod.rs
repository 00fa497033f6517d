//! Rules of the guides that no journey meets on both sides: what they allow, and what they refuse.
//! `crates/sandbox/RULES.md` tells which test proves which rule.

mod accounts;
mod bills;
mod calls;
mod charged_off;
mod closing;
mod closing_amounts;
mod closing_property;
mod credit;
mod money;
mod parties;
mod status;
mod users;

use reqwest::Method;
use serde_json::{Value, json};

use super::ledger::bank::{Answer, Bank, id, text};

impl Bank {
    async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body), None).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, None).await
    }

    /// An account of a type that some relationships are to be on.
    async fn account_for(&self, account_type: &str, relationships: Value) -> Answer {
        let body = json!({ "account_type": account_type, "currency": "USD",
            "relationships": relationships });
        self.post("accounts", body).await
    }

    async fn prospect(&self) -> String {
        let body = json!({ "status": "PROSPECT", "is_customer": true, "first_name": "Mary",
            "last_name": "Fairfax" });
        id(&self.post("persons", body).await.unwrap())
    }

    async fn business(&self, fields: Value) -> String {
        let mut body = json!({ "status": "ACTIVE", "is_customer": true,
            "entity_name": "Analytical Engines", "structure": "LLC", "ein": "12-3456789",
            "email": "office@example.com", "phone_number": "+14155550124",
            "legal_address": address() });
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        id(&self.post("businesses", body).await.unwrap())
    }
}

fn address() -> Value {
    json!({ "address_line_1": "1 Market St", "city": "San Francisco", "state": "CA",
        "postal_code": "94105", "country_code": "US" })
}

fn code(answer: &Answer) -> &str {
    answer.as_ref().map_or_else(String::as_str, |answer| panic!("allowed: {answer}"))
}
