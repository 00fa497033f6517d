//! Checks of persons and businesses.

use serde_json::{Value, json};

use super::super::{Answer, Caller, ada};
use super::Seen;

/// A body with some of its members replaced.
fn with(mut body: Value, members: Value) -> Value {
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

impl Caller {
    async fn person_with(&self, members: Value) -> String {
        self.post("/v2/persons", with(ada(), members)).await.id()
    }

    async fn business_with(&self, members: Value) -> String {
        let business = json!({
            "status": "ACTIVE", "is_customer": true, "entity_name": "Analytical Engines",
            "structure": "LLC", "ein": "12-3456789", "email": "office@example.com",
            "phone_number": "+14155550124", "legal_address": ada()["legal_address"],
        });
        self.post("/v2/businesses", with(business, members)).await.id()
    }

    async fn verify(&self, members: Value) -> Answer {
        let body = with(json!({ "customer_consent": true }), members);
        self.post("/v2/verifications/verify", body).await
    }
}

pub(super) async fn person(caller: &Caller, set: &str, value: &str) -> Seen {
    let field = super::codes(set)[0];
    let person = caller.person_with(json!({ field: value })).await;
    let mut check = json!({ "person_id": person });
    if set.ends_with(", with a document") {
        let session = json!({ "person_id": person });
        let session = caller.post("/v2/verifications/docv_session", session).await.with(201);
        check["document_id"] = session["session_token"].clone();
    }
    let checked = caller.verify(check).await.with(201);
    let seen = Seen::at(caller, format!("/v2/persons/{person}"), "/verification_status").await;
    assert_eq!(checked["verification_status"], seen.first);
    seen
}

pub(super) async fn business(caller: &Caller, set: &str, value: &str) -> Seen {
    let mut address = ada()["legal_address"].clone();
    let mut businesses = vec![json!({})];
    let mut owner = Some(json!({}));
    match set {
        "`entity_name`" => businesses = vec![json!({ "entity_name": value })],
        "`ein`" => businesses = vec![json!({ "ein": value })],
        "`legal_address`" => {
            let (line, city) = value.split_once(", ").unwrap();
            let (city, place) = city.split_once(", ").unwrap();
            let (state, code) = place.split_once(' ').unwrap();
            address["address_line_1"] = json!(line);
            address["city"] = json!(city);
            address["state"] = json!(state);
            address["postal_code"] = json!(code);
            businesses = vec![json!({ "legal_address": address })];
        }
        "`address_line_1` or `address_line_2` contains" => {
            businesses.clear();
            for line in super::codes(set) {
                let mut address = address.clone();
                address[line] = json!(format!("1 {value} Road"));
                businesses.push(json!({ "legal_address": address }));
            }
        }
        "`last_name` of the owner" => owner = Some(json!({ "last_name": value })),
        "owners" => owner = None,
        set => panic!("nothing sets {set}"),
    }
    let mut seen = Vec::new();
    for members in businesses {
        let business = caller.business_with(members).await;
        if let Some(members) = &owner {
            let person = caller.person_with(members.clone()).await;
            caller.verify(json!({ "person_id": person })).await.with(201);
            let body = json!({
                "relationship_type": "BENEFICIAL_OWNER_OF", "from_person_id": person,
                "to_business_id": business, "additional_data": { "percent_ownership": 100 },
            });
            caller.post("/v2/relationships", body).await.with(201);
        }
        let checked = caller.verify(json!({ "business_id": business })).await;
        seen.push(Seen::of(&checked, "/verification_status").first);
    }
    seen.dedup();
    assert_eq!(seen.len(), 1, "{set} {value}: {seen:?}");
    Seen::now(seen.remove(0))
}

pub(super) async fn other(caller: &Caller, set: &str, value: &str) -> Seen {
    let payee = async |payee: String| {
        let body = json!({ "payer_id": caller.verified().await, "payee_id": payee });
        Seen::of(&caller.post("/v2/verifications/adhoc", body).await, "/result")
    };
    let watched = async |subscription: Value| {
        caller.post("/v2/monitoring/subscriptions", subscription).await.with(201);
        Seen::at(caller, "/v2/monitoring/alerts".to_owned(), "/alerts").await
    };
    match set {
        "`first_name` of an authorized user" => {
            let (account, _) = caller.checking(&caller.verified().await).await;
            let user = caller.person_with(json!({ "first_name": value })).await;
            let body = json!({ "relationship_type": "AUTHORIZED_USER", "customer_id": user });
            let path = format!("/v2/accounts/{account}/relationships");
            Seen::of(&caller.post(&path, body).await, "/id")
        }
        "`first_name` of a payee" => {
            payee(caller.person_with(json!({ "first_name": value })).await).await
        }
        "`entity_name` of a payee" => {
            payee(caller.business_with(json!({ "entity_name": value })).await).await
        }
        "`last_name` of a monitored person" => {
            let person = caller.person_with(json!({ "last_name": value })).await;
            watched(json!({ "person_id": person })).await
        }
        "`entity_name` of a monitored business" => {
            let business = caller.business_with(json!({ "entity_name": value })).await;
            watched(json!({ "business_id": business })).await
        }
        "`last_name` of a person with a risk rating" => {
            let person = caller.person_with(json!({ "last_name": value })).await;
            caller.verify(json!({ "person_id": person })).await.with(201);
            let path = format!("/v2/crr?customer_id={person}");
            Seen::at(caller, path, "/risk_scores/0/risk_level").await
        }
        "`ssn_last4` of a prefill" => {
            let person = caller.person_with(json!({})).await;
            let path = format!("/v0/persons/{person}/prefill");
            let filled = caller.post(&path, json!({ "ssn_last4": value })).await;
            Seen::of(&filled, "/ssn_filled")
        }
        set => panic!("nothing sets {set}"),
    }
}
