//! Bodies and queries of `/v0` are read as those of v2 are: numbers as they are written, all that is
//! wrong at once, ids in any case.

use serde_json::{Value, json};

use super::Caller;

#[tokio::test]
async fn a_number_of_an_older_body_is_what_is_written() {
    let caller = Caller::new().await;
    let body = |limit: &str| {
        format!(
            r#"{{"name":"cap","is_active":true,"action_case":false,"action_decline":true,
            "amount_limit":{limit},"time_range":{{"time_range_type":"SINGLE_TRANSACTION"}}}}"#
        )
    };
    for path in ["/v0/spend_controls", "/v1/spend_controls"] {
        let refused = caller.send_text("POST", path, &body("100.00000000000000001")).await;
        refused.is_invalid(&["amount_limit"]);
        assert_eq!(refused.body["invalid"]["amount_limit"], "must be a whole number");
    }
    let made = caller.send_text("POST", "/v0/spend_controls", &body("1e2")).await.with(201);
    assert_eq!(made["amount_limit"], 100);
}

#[tokio::test]
async fn a_number_that_is_out_of_range_does_not_hide_the_other_members() {
    let caller = Caller::new().await;
    let body = r#"{"url":"http://127.0.0.1:9/","card_products":[],"standin":1e400}"#;
    let refused = caller.send_text("POST", "/v0/cards/gateways", body).await;
    refused.is_invalid(&["standin"]);
    assert_eq!(refused.fields("missing"), [] as [&str; 0], "active is true by default");
    // The number moves with its member.
    let body = r#"{"url":"http://127.0.0.1:9/","card_products":[],"active":1e400}"#;
    caller.send_text("POST", "/v0/cards/gateways", body).await.is_invalid(&["active"]);
    let body = r#"{"type":"DEBIT","form":"VIRTUAL","metadata":{"a/b":[1e400]}}"#;
    let refused = caller.send_text("POST", "/v0/cards", body).await;
    assert_eq!(refused.body["invalid"]["metadata.a/b[0]"], "is out of range", "{refused:?}");
    assert_eq!(refused.fields("missing"), ["account_id", "card_product_id"]);
}

#[tokio::test]
async fn all_that_is_wrong_with_an_older_body_is_named_at_once() {
    let caller = Caller::new().await;
    let body = json!({ "type": "PULL", "currency": "CAD", "amount": -5 });
    let refused = caller.post("/v0/external_cards/transfers", body).await;
    refused.is_invalid(&["amount", "currency"]);
    assert_eq!(refused.fields("missing"), ["external_card_id", "originating_account_id"]);
    let body = json!({ "currency": "CAD", "amount": -5 });
    let refused = caller.post("/v0/external_cards/transfers", body).await;
    assert_eq!(refused.body["invalid"]["currency"], "must be USD", "{refused:?}");
    assert!(refused.fields("missing").contains(&"type".to_owned()), "{refused:?}");
}

#[tokio::test]
async fn an_older_filter_takes_ids_in_any_case_and_values_that_there_are() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let body = json!({
        "person_id": holder, "account_id": account, "check_amount": 75_00, "deposit_currency": "USD",
        "front_image_id": caller.image("front.jpg", "front").await,
        "back_image_id": caller.image("back.jpg", "back").await,
    });
    caller.post("/v0/rdc/deposits", body).await.with(201);
    let found = async |account: &str| {
        let page = caller.get(&format!("/v0/rdc/deposits?account_id={account}")).await.with(200);
        page["deposits"].as_array().unwrap().clone()
    };
    assert_eq!(found(&account).await.len(), 1);
    assert_eq!(found(&account.to_uppercase()).await, found(&account).await);
    assert_eq!(found(&holder).await, [] as [Value; 0]);

    let refused = caller.get("/v0/rdc/deposits?account_id=mine").await;
    refused.is_invalid(&["account_id"]);
    assert_eq!(refused.body["code"], "BAD_QUERY_PARAMETER");
    for (query, reason) in [
        ("card_type=LIBRARY", "must be one of CREDIT, DEBIT, PREPAID"),
        ("card_type=debit", "must be one of CREDIT, DEBIT, PREPAID"),
        ("card_type=DEBIT&card_type=CREDIT", "must be given once"),
    ] {
        let refused = caller.get(&format!("/v0/cards?{query}")).await;
        refused.is_invalid(&["card_type"]);
        assert_eq!(refused.body["code"], "BAD_QUERY_PARAMETER");
        assert_eq!(refused.body["invalid"]["card_type"], reason, "{query}");
    }
    // With all else that is wrong with the query.
    let refused = caller.get("/v0/cards?card_type=LIBRARY&limit=0").await;
    refused.is_invalid(&["card_type", "limit"]);
}
