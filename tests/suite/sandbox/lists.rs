//! Lists, over what is quick to find and what is not.

use super::*;

async fn prospect(caller: &Caller, first: &str, last: &str) {
    let body = json!({
        "status": "PROSPECT", "is_customer": true, "first_name": first, "last_name": last,
    });
    caller.post("/v2/persons", body).await.with(201);
}

/// First and last names, page by page.
async fn named(caller: &Caller, query: &str) -> Vec<Vec<String>> {
    let (mut pages, mut token) = (Vec::new(), String::new());
    loop {
        let page = caller.get(&format!("/v2/persons?{query}{token}")).await.with(200);
        let text = |person: &Value, name: &str| person[name].as_str().unwrap().to_owned();
        let persons = page["persons"].as_array().unwrap().iter();
        let names = persons.map(|p| format!("{} {}", text(p, "first_name"), text(p, "last_name")));
        pages.push(names.collect());
        match page["next_page_token"].as_str() {
            Some(next) => token = format!("&page_token={next}"),
            None => return pages,
        }
    }
}

#[tokio::test]
async fn a_list_has_the_order_that_is_asked_for() {
    let caller = Caller::new().await;
    for (first, last) in [("Ada", "Byron"), ("Alan", "Turing"), ("Sara", "Turing"), ("Kurt", "G")] {
        prospect(&caller, first, last).await;
    }
    let sorted = named(&caller, "sort_by=last_name:desc,first_name:asc&limit=3").await;
    assert_eq!(sorted, [vec!["Alan Turing", "Sara Turing", "Kurt G"], vec!["Ada Byron"]]);
    let made = named(&caller, "limit=3").await;
    assert_eq!(made, [vec!["Ada Byron", "Alan Turing", "Sara Turing"], vec!["Kurt G"]]);
    let refused = caller.get("/v2/persons?sort_by=shoe_size:asc").await.with(400);
    assert_eq!(refused["code"], "BAD_QUERY_PARAMETER");
}

#[tokio::test]
async fn one_is_found_behind_many_that_do_not_fit() {
    let caller = Caller::new().await;
    for _ in 0..450 {
        prospect(&caller, "Ada", "Byron").await;
    }
    prospect(&caller, "Konrad", "Zuse").await;
    assert_eq!(named(&caller, "last_name=Z*e").await, [vec!["Konrad Zuse"]]);
    assert_eq!(named(&caller, "last_name=Q*").await, [Vec::<String>::new()]);
}

#[tokio::test]
async fn what_many_share_narrows_a_list_too() {
    let caller = Caller::new().await;
    prospect(&caller, "Ada", "Byron").await;
    for (first, is_customer, ban) in [("Alan", true, "SUSPENDED"), ("Kurt", false, "ALLOWED")] {
        let body = json!({
            "status": "PROSPECT", "is_customer": is_customer, "first_name": first, "last_name": "G",
            "ban_status": ban, "note": "as asked by letter",
        });
        caller.post("/v2/persons", body).await.with(201);
    }
    for (query, found) in [
        ("is_customer=true", vec!["Ada Byron", "Alan G"]),
        ("is_customer=false", vec!["Kurt G"]),
        ("ban_status=SUSPENDED", vec!["Alan G"]),
        ("ban_status=ALLOWED,SUSPENDED", vec!["Ada Byron", "Alan G", "Kurt G"]),
        ("ban_status=ALLOWED&is_customer=true", vec!["Ada Byron"]),
        ("ban_status=BANNED", vec![]),
    ] {
        assert_eq!(named(&caller, query).await, [found], "{query}");
    }
}

#[tokio::test]
async fn addresses_are_told_apart_by_type_and_by_being_active() {
    let caller = Caller::new().await;
    let person = caller.verified().await;
    let moved =
        json!({ "legal_address": { "address_line_1": "2 Market St", "country_code": "US" } });
    caller.call("PATCH", &format!("/v2/persons/{person}"), moved).await.with(200);
    for (query, found) in [
        ("address_type=LEGAL", vec!["1 Market St", "2 Market St"]),
        ("address_type=LEGAL&is_active=true", vec!["2 Market St"]),
        ("address_type=SHIPPING", vec!["1 Market St"]),
        ("address_type=LEGAL,SHIPPING&is_active=false", vec!["1 Market St"]),
        ("address_type=OTHER", vec![]),
    ] {
        let page = caller.get(&format!("/v2/addresses?customer_id={person}&{query}")).await;
        let page = page.with(200);
        let addresses = page["addresses"].as_array().unwrap().iter();
        let lines: Vec<_> = addresses.map(|it| it["address_line_1"].as_str().unwrap()).collect();
        assert_eq!(lines, found, "{query}");
    }
}

#[tokio::test]
async fn what_a_page_shows_is_what_each_answers() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    for _ in 0..3 {
        caller.receive(&number, 5_00, "credit").await.with(201);
    }
    let path = format!("/v2/transactions/posted?account_id={account}");
    // The second time from what was worked out the first time; the last time one by one.
    for query in ["", "", "&is_batched=false"] {
        let page = caller.get(&format!("{path}{query}")).await.with(200);
        assert_eq!(page["next_page_token"], Value::Null);
        let items = page["result"].as_array().unwrap();
        assert_eq!(items.len(), 3, "{query}");
        for item in items {
            let id = item["uuid"].as_str().unwrap();
            let alone = caller.get(&format!("/v2/transactions/posted/{id}")).await.with(200);
            assert_eq!(*item, alone, "{query}");
        }
    }
}

#[tokio::test]
async fn schedules_are_found_by_what_is_not_shown_of_them() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, _) = caller.checking(&holder).await;
    let (other, _) = caller.checking(&holder).await;
    let body = json!({
        "customer_id": holder, "customer_type": "PERSONAL", "type": "CHECKING",
        "account_owner_names": ["Ada"], "account_identifiers": { "number": "1234567890" },
        "routing_identifiers": {
            "bank_name": "Far Bank", "bank_countries": ["US"], "ach_routing_number": "021000021",
        },
    });
    let external = caller.post("/v2/external_accounts", body).await.id();
    let ach = json!({
        "originating_account_id": account, "receiving_account_id": external, "amount": 1_00,
        "currency": "USD", "customer_id": holder, "dc_sign": "credit",
    });
    let transfer = json!({
        "originating_account_id": account, "receiving_account_id": other, "amount": 1_00,
        "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
    });
    // The second of January 2027 is a Saturday, which is executed on a Monday.
    for (description, kind, request, start) in [
        ("own", "INTERNAL_TRANSFER", &transfer, "2027-01-02"),
        ("far", "ACH", &ach, "2026-12-01"),
        ("own, later", "INTERNAL_TRANSFER", &transfer, "2027-02-02"),
    ] {
        let body = json!({
            "description": description,
            "schedule": { "start_date": start, "frequency": "DAILY", "interval": 1, "count": 1 },
            "payment_instruction": { "type": kind, "request": request },
        });
        caller.post("/v2/payment_schedules", body).await.with(201);
    }
    for (query, found) in [
        ("sort_by=payment_type:asc", &["far", "own", "own, later"][..]),
        ("sort_by=payment_type:desc", &["own", "own, later", "far"]),
        ("from_next_schedule_date=2027-01-03T00:00:00Z", &["own, later"]),
        ("to_next_schedule_date=2027-01-03T00:00:00Z", &["own", "far"]),
        ("from_next_execution_date=2027-01-03T00:00:00Z", &["own", "own, later"]),
        ("to_next_execution_date=2027-01-03T00:00:00Z", &["far"]),
    ] {
        let page = caller.get(&format!("/v2/payment_schedules?{query}")).await.with(200);
        let schedules = page["payment_schedules"].as_array().unwrap().iter();
        let names: Vec<_> = schedules.map(|it| it["description"].as_str().unwrap()).collect();
        assert_eq!(names, found, "{query}");
        assert_eq!(page["payment_schedules"][0].get("payment_type"), None);
    }
}

/// All pages of a list, by the tokens that it gives out.
async fn all(caller: &Caller, path: &str, items: &str) -> Vec<Value> {
    let (mut all, mut next) = (Vec::new(), String::new());
    for _ in 0..10 {
        let page = caller.get(&format!("{path}?limit=40{next}")).await.with(200);
        all.extend(page[items].as_array().unwrap().clone());
        match page["next_page_token"].as_str() {
            Some(token) => next = format!("&page_token={token}"),
            None => return all,
        }
    }
    panic!("{path} does not end: {} items", all.len())
}

#[tokio::test]
async fn lists_that_give_out_a_token_take_it_though_no_document_says_so() {
    let caller = Caller::new().await;
    let strict = json!({ "unknown_query_parameters": "refuse" });
    caller.call("PATCH", "/sandbox/settings", strict).await.with(200);
    let (account, _) = caller.checking(&caller.verified().await).await;
    caller.fund(&account, "USD", 500_00).await;
    let body = json!({
        "authorization_type": "CASH_ORDER", "amount": 1_00, "order_date": "2026-11-25",
        "destination_account_id": account,
    });
    let mut made = Vec::new();
    for _ in 0..103 {
        made.push(
            caller.post("/v2/cash/authorization", body.clone()).await.with(201)["id"].clone(),
        );
    }
    caller.sandbox.advance(chrono::Duration::days(2)).unwrap();
    let orders = all(&caller, "/v2/cash/authorization", "authorizations").await;
    assert_eq!(orders.iter().map(|order| order["id"].clone()).collect::<Vec<_>>(), made);
    assert_eq!(all(&caller, "/v2/cash", "transfers").await.len(), 103);
    let first = caller.get("/v2/cash/authorization").await.with(200);
    assert_eq!(first["authorizations"].as_array().unwrap().len(), 100);
    caller.get("/v2/cash?page_token=guessed").await.with(400);
    caller.get("/v2/cash?limit=0").await.with(400);
}

#[tokio::test]
async fn lists_that_have_no_place_for_a_token_are_answered_whole() {
    let caller = Caller::new().await;
    let collector = caller.collector(json!({ "name": "first" })).await;
    let first = caller.get(&format!("/v2/batch_templates/{}", collector.template)).await.with(200);
    for number in 0..104 {
        let mut body = first.clone();
        body["name"] = json!(format!("template {number}"));
        body.as_object_mut().unwrap().remove("id");
        caller.post("/v2/batch_templates", body).await.with(201);
    }
    let whole = caller.get("/v2/batch_templates").await.with(200);
    assert_eq!(whole.as_array().unwrap().len(), 105);
    let some = caller.get("/v2/batch_templates?limit=7").await.with(200);
    assert_eq!(some.as_array().unwrap().len(), 7);
}
