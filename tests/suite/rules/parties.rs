//! Persons, businesses, what they were shown and how they belong together.

use serde_json::json;

use super::super::ledger::bank::{OTHER, PLAIN, PROGRAM};
use super::{Bank, address, code, id, text};

#[tokio::test]
async fn somebody_was_born_from_1900_on_and_before_today() {
    let bank = Bank::open().await;
    let born = |dob: &str| {
        let body = json!({ "status": "PROSPECT", "is_customer": true, "dob": dob });
        bank.post("persons", body)
    };
    // The sandbox's clock stands at 2026-11-24.
    for dob in ["1900-01-01", "2026-11-23"] {
        born(dob).await.unwrap();
    }
    for dob in ["1899-12-31", "2026-11-24", "2030-01-01", "1985-13-01"] {
        assert_eq!(code(&born(dob).await), "BAD_REQUEST_BODY", "{dob}");
    }
}

#[tokio::test]
async fn who_is_suspended_is_told_why_and_only_the_platform_bans() {
    let bank = Bank::open().await;
    let person = format!("persons/{}", bank.prospect().await);
    let ban = |status: &str, note: &str| {
        let body = if note.is_empty() {
            json!({ "ban_status": status })
        } else {
            json!({ "ban_status": status, "note": note })
        };
        bank.patch(&person, body)
    };
    assert_eq!(code(&ban("SUSPENDED", "").await), "BAD_REQUEST_BODY");
    let suspended = ban("SUSPENDED", "looks odd").await.unwrap();
    assert_eq!(suspended["ban_status"], "SUSPENDED");
    assert_eq!(code(&ban("ALLOWED", "").await), "BAD_REQUEST_BODY");
    ban("ALLOWED", "was a mistake").await.unwrap();
    assert_eq!(code(&ban("BANNED", "never again").await), "INVALID_STATUS");
}

#[tokio::test]
async fn a_shipping_address_is_copied_only_where_there_is_none() {
    let bank = Bank::open().await;
    let legal = json!({ "status": "PROSPECT", "is_customer": true, "legal_address": address() });
    let person = bank.post("persons", legal).await.unwrap();
    assert_eq!(person["shipping_address"]["city"], "San Francisco");
    let path = format!("persons/{}", id(&person));
    let mut moved = address();
    moved["city"] = json!("Oakland");
    let person = bank.patch(&path, json!({ "legal_address": moved })).await.unwrap();
    assert_eq!(person["legal_address"]["city"], "Oakland");
    assert_eq!(person["shipping_address"]["city"], "San Francisco");
    let path = format!("persons/{}", bank.prospect().await);
    let person = bank.patch(&path, json!({ "legal_address": moved })).await.unwrap();
    assert_eq!(person["shipping_address"]["city"], "Oakland");
}

#[tokio::test]
async fn a_check_of_a_business_ends_as_its_data_steers_it() {
    let bank = Bank::open().await;
    let at = |line: &str| {
        json!({ "legal_address": { "address_line_1": line, "city": "New York",
        "state": "NY", "postal_code": "10013", "country_code": "US" } })
    };
    let named = |name: &str| json!({ "entity_name": name });
    let taxed = |ein: &str| json!({ "ein": ein });
    for (fields, outcome) in [
        (json!({}), "ACCEPTED"),
        (named("Unregistered Business"), "REJECTED"),
        (named("Similar Name Business"), "REVIEW"),
        (at("123 Grand St."), "REJECTED"),
        (at("223 Grand St."), "REVIEW"),
        (at("423 Grand St."), "REVIEW"),
        (at("1 cmra Road"), "REVIEW"),
        (at("1 registered agent Road"), "REVIEW"),
        (at("1 undeliverable Road"), "REJECTED"),
        (taxed("11-0000099"), "REJECTED"),
        (taxed("11-1222333"), "REJECTED"),
    ] {
        let business = bank.business(fields.clone()).await;
        let owner = json!({ "relationship_type": "BENEFICIAL_OWNER_OF",
            "from_person_id": bank.person, "to_business_id": business,
            "additional_data": { "percent_ownership": 100 } });
        bank.post("relationships", owner).await.unwrap();
        let verify = json!({ "business_id": business, "customer_consent": true });
        let outcomes = bank.post("verifications/verify", verify).await.unwrap();
        assert_eq!(text(&outcomes, "verification_status"), outcome, "{fields}");
    }
}

#[tokio::test]
async fn a_disclosure_is_of_a_known_version_to_one_party() {
    let bank = Bank::open().await;
    let business = bank.business(json!({})).await;
    let shown = |fields: serde_json::Value| {
        let mut body = json!({ "type": "REG_DD", "version": "1.0", "event_type": "DISPLAYED",
            "disclosure_date": "2026-11-24T13:00:00Z" });
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        bank.post("disclosures", body)
    };
    let person = json!({ "person_id": bank.person });
    shown(person.clone()).await.unwrap();
    assert_eq!(code(&shown(json!({})).await), "BAD_REQUEST_BODY");
    let both = json!({ "person_id": bank.person, "business_id": business });
    assert_eq!(code(&shown(both).await), "BAD_REQUEST_BODY");
    let newer = json!({ "person_id": bank.person, "version": "9.9" });
    assert_eq!(code(&shown(newer).await), "BAD_REQUEST_BODY");
    // Owners are certified by a person.
    let certified = json!({ "type": "OWNER_CERTIFICATION", "event_type": "ACKNOWLEDGED",
        "business_id": business });
    assert_eq!(code(&shown(certified.clone()).await), "BAD_REQUEST_BODY");
    let mut certified = certified;
    certified["acknowledging_person_id"] = json!(bank.person);
    shown(certified).await.unwrap();
}

#[tokio::test]
async fn parties_belong_together_once_and_the_right_way_round() {
    let bank = Bank::open().await;
    let business = bank.business(json!({})).await;
    let owns = |percent: i64| {
        bank.post(
            "relationships",
            json!({ "relationship_type": "BENEFICIAL_OWNER_OF", "from_person_id": bank.person,
                "to_business_id": business, "additional_data": { "percent_ownership": percent } }),
        )
    };
    assert_eq!(code(&owns(101).await), "BAD_REQUEST_BODY");
    owns(60).await.unwrap();
    assert_eq!(code(&owns(60).await), "DUPLICATE_RESOURCE");
    let backwards = json!({ "relationship_type": "BENEFICIAL_OWNER_OF",
        "from_business_id": business, "to_person_id": bank.person,
        "additional_data": { "percent_ownership": 10 } });
    assert_eq!(code(&bank.post("relationships", backwards).await), "BAD_REQUEST_BODY");
}

#[tokio::test]
async fn a_ban_is_on_an_identity_and_stops_everybody_who_matches_it() {
    let bank = Bank::open().await;
    bank.transfer(PROGRAM, PLAIN, 10_00, "IMMEDIATE").await.unwrap();
    let new = async |first: &str, last: &str, ssn: &str| {
        let body = json!({ "status": "ACTIVE", "is_customer": true, "first_name": first,
            "last_name": last, "dob": "1985-12-10", "email": "someone@example.com",
            "phone_number": "+14155550127", "ssn": ssn, "legal_address": address() });
        bank.post("persons", body).await.unwrap()
    };
    let verify = async |person: &str| {
        let body = json!({ "person_id": person, "customer_consent": true });
        bank.post("verifications/verify", body).await
    };
    let stranger = id(&new("Grace", "Murray", "456-78-9999").await);
    let banned = bank.sandbox.ban_person(&bank.person).unwrap();
    assert_eq!(
        banned.iter().map(ToString::to_string).collect::<Vec<_>>(),
        std::slice::from_ref(&bank.person)
    );
    let paid = bank.transfer(PLAIN, OTHER, 1_00, "IMMEDIATE").await;
    assert_eq!(code(&paid), "IMPROPER_CUSTOMER_STATUS");
    let open = json!([{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "person_id": bank.person }]);
    assert_eq!(code(&bank.account_for("CHECKING", open).await), "IMPROPER_CUSTOMER_STATUS");

    // Under another name with the same number, or with another number under the same name.
    for (first, last, ssn) in [("Bob", "Byte", "456-78-9012"), ("ada", "BYRON ", "456-78-1111")] {
        let again = new(first, last, ssn).await;
        assert_eq!(again["ban_status"], "BANNED", "{first}");
        assert_eq!(code(&verify(&id(&again)).await), "IMPROPER_CUSTOMER_STATUS", "{first}");
        let lift = json!({ "ban_status": "ALLOWED", "note": "please" });
        let lifted = bank.patch(&format!("persons/{}", id(&again)), lift).await;
        assert_eq!(code(&lifted), "INVALID_STATUS");
    }
    // Somebody else is not concerned, until they take the banned number.
    verify(&stranger).await.unwrap();
    let path = format!("persons/{stranger}");
    let changed = bank.patch(&path, json!({ "ssn": "456-78-9012" })).await.unwrap();
    assert_eq!(changed["ban_status"], "BANNED");

    let allowed = bank.sandbox.lift_ban(&bank.person).unwrap();
    assert_eq!(allowed.len(), 4);
    bank.transfer(PLAIN, OTHER, 1_00, "IMMEDIATE").await.unwrap();
    assert_eq!(new("Ada", "Byron", "456-78-9012").await["ban_status"], "ALLOWED");
    assert!(bank.sandbox.ban_person(&bank.accounts[PLAIN]).is_err(), "no person");
}
