//! What holds for every call: keys, pages, and properties that are not the caller's.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Bank, code, id};

#[tokio::test]
async fn an_answer_is_kept_for_a_week_a_refusal_too() {
    let bank = Bank::open().await;
    let note = |content: &str, about: &str| {
        json!({ "related_resource_type": "CUSTOMER", "related_resource_id": about,
            "content": content })
    };
    let send =
        |body: Value, key: &'static str| bank.send(Method::POST, "notes", Some(body), Some(key));
    let first = send(note("called", &bank.person), "k-1").await.unwrap();
    let again = send(note("called", &bank.person), "k-1").await.unwrap();
    assert_eq!(id(&first), id(&again));
    let other = send(note("wrote", &bank.person), "k-1").await;
    assert_eq!(code(&other), "IDEMPOTENCY_INVALID_REUSE");
    // What was refused stays refused, though the reason is gone.
    bank.send(Method::POST, "webhook_secrets", None, Some("k-2")).await.unwrap();
    let twice = bank.send(Method::POST, "webhook_secrets", None, Some("k-3")).await;
    assert_eq!(code(&twice), "DUPLICATE_RESOURCE");
    bank.send(Method::DELETE, "webhook_secrets", None, None).await.ok();
    let still = bank.send(Method::POST, "webhook_secrets", None, Some("k-3")).await;
    assert_eq!(code(&still), "DUPLICATE_RESOURCE");
    bank.wait(24 * 7 + 1);
    bank.send(Method::POST, "webhook_secrets", None, Some("k-3")).await.unwrap();
    let fresh = send(note("called", &bank.person), "k-1").await.unwrap();
    assert_ne!(id(&first), id(&fresh));
}

#[tokio::test]
async fn a_page_has_one_to_a_hundred_items() {
    let bank = Bank::open().await;
    for _ in 0..101 {
        bank.prospect().await;
    }
    let count = async |limit: &str| {
        let page = bank.send(Method::GET, &format!("persons?limit={limit}"), None, None).await?;
        Ok::<_, String>(page["persons"].as_array().unwrap().len())
    };
    assert_eq!(count("1").await, Ok(1));
    assert_eq!(count("100").await, Ok(100));
    // More is lowered, not refused.
    assert_eq!(count("500").await, Ok(100));
    for limit in ["0", "-1", "many"] {
        assert_eq!(count(limit).await, Err("BAD_QUERY_PARAMETER".to_owned()), "{limit}");
    }
    let page = bank.send(Method::GET, "persons?page_token=made-up", None, None).await;
    assert_eq!(code(&page), "BAD_QUERY_PARAMETER");
    assert_eq!(bank.all("persons", "persons").await.len(), 102);
}

#[tokio::test]
async fn what_only_the_platform_sets_is_refused() {
    let bank = Bank::open().await;
    let body = json!({ "status": "PROSPECT", "is_customer": true });
    let made = bank.post("persons", body.clone()).await.unwrap();
    for (field, value) in [
        ("id", json!(id(&made))),
        ("verification_status", json!("ACCEPTED")),
        ("creation_time", json!("2026-01-01T00:00:00Z")),
    ] {
        let mut body = body.clone();
        body[field] = value.clone();
        assert_eq!(code(&bank.post("persons", body).await), "BAD_REQUEST_BODY", "{field}");
        let path = format!("persons/{}", id(&made));
        // Sent back as it was read, it is no change.
        let known = json!({ field: made[field] });
        bank.patch(&path, known).await.unwrap();
        let another = match field {
            "id" => json!(bank.person),
            _ => value,
        };
        let patched = bank.patch(&path, json!({ field: another })).await;
        assert_eq!(code(&patched), "BAD_REQUEST_BODY", "{field}");
    }
}

#[tokio::test]
async fn a_cause_in_the_url_is_not_found_and_one_in_the_body_is_bad() {
    let bank = Bank::open().await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    let read = bank.send(Method::GET, &format!("persons/{nobody}"), None, None).await;
    assert_eq!(code(&read), "RESOURCE_NOT_FOUND");
    let read = bank.send(Method::GET, "persons/nobody", None, None).await;
    assert_eq!(code(&read), "BAD_REQUEST");
    let holder = json!([{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "person_id": nobody }]);
    assert_eq!(code(&bank.account_for("CHECKING", holder).await), "CUSTOMER_NOT_FOUND");
    let holder =
        json!([{ "relationship_type": "PRIMARY_ACCOUNT_HOLDER", "person_id": bank.person }]);
    bank.account_for("CHECKING", holder).await.unwrap();
}
