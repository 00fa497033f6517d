//! Lists of every family, read page by page while rows come, go and change.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use synctera_sandbox::Sandbox;

use super::populated::{Listed, Made, items, lists, populate};
use super::{Caller, ada};

/// A list that is being read.
struct Reading {
    list: Listed,
    /// One of the orders of the list, or its own.
    sort: Option<String>,
    token: Option<String>,
    is_over: bool,
    /// What was there at the beginning, and what was read so far.
    before: Vec<Value>,
    read: Vec<Value>,
}

impl Reading {
    async fn all(&self, caller: &Caller) -> Vec<Value> {
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let page = self.page(caller, "100", token.as_deref()).await;
            all.extend(items(&page).unwrap().iter().cloned());
            token = page["next_page_token"].as_str().map(str::to_owned);
            if token.is_none() {
                return all;
            }
        }
    }

    async fn page(&self, caller: &Caller, limit: &str, token: Option<&str>) -> Value {
        let sort = self.sort.iter().map(|sort| ("sort_by", sort.as_str()));
        let token = token.iter().map(|token| ("page_token", *token));
        let path = self.list.with([("limit", limit)].into_iter().chain(sort).chain(token));
        let page = caller.get(&path).await;
        assert!(page.status < 300, "{path}: {}", page.body);
        page.body
    }

    async fn next(&mut self, caller: &Caller) {
        if self.is_over {
            return;
        }
        let page = self.page(caller, "2", self.token.as_deref()).await;
        let items = items(&page).unwrap();
        assert!(items.len() <= 2, "{}: {}", self.list.name, items.len());
        self.read.extend(items.iter().cloned());
        self.token = page["next_page_token"].as_str().map(str::to_owned);
        self.is_over = self.token.is_none();
    }
}

/// What a row is known by.
fn id(row: &Value) -> String {
    let of = |row: &Value| {
        ["id", "uuid", "transaction_id", "card_id"]
            .into_iter()
            .find_map(|name| row.get(name).filter(|id| !id.is_null()).map(Value::to_string))
    };
    of(row).or_else(|| row.get("card_details").and_then(of)).unwrap_or_else(|| row.to_string())
}

/// What a row is sorted by.
fn key(row: &Value, sort: &str) -> Vec<Value> {
    sort.split(',').map(|field| row[field.split(':').next().unwrap()].clone()).collect()
}

/// Changes and removes some of what a round made, and makes another.
async fn change(caller: &Caller, made: &Made, round: usize) {
    let text = |place: &str| made.at(place).as_str().unwrap().to_owned();
    for (path, body) in [
        (
            format!("/v2/persons/{}", text("person.id")),
            json!({ "first_name": format!("Z{round}") }),
        ),
        (format!("/v2/persons/{}", text("prospect.id")), json!({ "status": "ACTIVE" })),
        (format!("/v2/accounts/{}", text("saving.id")), json!({ "nickname": format!("n{round}") })),
        (format!("/v2/businesses/{}", text("business.id")), json!({ "trade_names": ["Engines"] })),
    ] {
        let changed = caller.call("PATCH", &path, body).await;
        assert!(changed.status < 300, "{path}: {}", changed.body);
    }
    for path in [
        format!("/v2/webhooks/{}", text("webhook.id")),
        format!("/v2/external_accounts/{}", text("external.id")),
        format!("/v2/documents/{}", text("front.id")),
    ] {
        let removed = caller.call("DELETE", &path, Value::Null).await;
        assert!(removed.status < 500, "{path}: {}", removed.body);
    }
    populate(caller, round).await;
}

/// Lists whose answer has no place for the token of a next page, although they take one.
const PLAIN: [&str; 2] = ["v2 listBatchPaymentTemplates", "v2 listBatchPayments"];

#[tokio::test]
async fn every_list_gives_each_row_that_stays_once() {
    let caller = Caller::new().await;
    let mut rounds = Vec::new();
    for round in 0..4 {
        rounds.push(populate(&caller, round).await);
    }
    // Statements are made.
    caller.post("/sandbox/clock", json!({ "advance": { "days": 40 } })).await.with(200);
    let mut readings = Vec::new();
    let lists = lists(&caller, &rounds[0]).await;
    let has_pages = |list: &Listed| list.takes("page_token") && !PLAIN.contains(&&*list.name);
    for list in lists.into_iter().filter(has_pages) {
        let schema = list.optional.iter().find(|(name, _)| name == "sort_by");
        let sorts = schema.and_then(|(_, schema)| {
            let document = if list.name.starts_with("v2") {
                &*synctera_tests::document::V2
            } else {
                &*synctera_tests::document::V0
            };
            document.deref(&schema["items"])["enum"].as_array()
        });
        let sorts = sorts.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        for sort in std::iter::once(None).chain(sorts.map(Some)) {
            readings.push(Reading {
                list: list.clone(),
                sort,
                token: None,
                is_over: false,
                before: Vec::new(),
                read: Vec::new(),
            });
        }
    }
    for reading in &mut readings {
        reading.before = reading.all(&caller).await;
        reading.next(&caller).await;
    }
    for (round, made) in rounds.iter().enumerate().skip(1) {
        change(&caller, made, 100 + round).await;
        for reading in &mut readings {
            reading.next(&caller).await;
        }
    }
    let (mut failures, mut pages, mut sorted) = (Vec::new(), 0, 0);
    for reading in &mut readings {
        while !reading.is_over {
            reading.next(&caller).await;
        }
        let name = format!("{} {:?}", reading.list.name, reading.sort);
        let after: BTreeMap<String, Value> =
            reading.all(&caller).await.into_iter().map(|row| (id(&row), row)).collect();
        let mut read: BTreeMap<String, usize> = BTreeMap::new();
        for row in &reading.read {
            *read.entry(id(row)).or_default() += 1;
        }
        let stayed = reading.before.iter().filter(|row| {
            let now = after.get(&id(row));
            // Who was moved to another place in the order did not stay.
            now.is_some_and(|now| {
                reading.sort.as_ref().is_none_or(|sort| key(now, sort) == key(row, sort))
            })
        });
        let stayed: Vec<String> = stayed.map(id).collect();
        for row in &stayed {
            let times = read.get(row).copied().unwrap_or_default();
            if times != 1 {
                failures.push(format!("{name}: {row} came {times} times"));
            }
        }
        if stayed.len() > 2 {
            pages += 1;
            sorted += usize::from(reading.sort.is_some());
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
    // Enough of the lists have several pages for this to mean something.
    println!("{} readings, {pages} of several pages, {sorted} of those sorted", readings.len());
    assert!(pages >= 40 && sorted >= 20, "{pages} {sorted} of {}", readings.len());
}

#[tokio::test]
async fn what_leaves_a_sorted_list_takes_no_other_with_it() {
    let caller = Caller::new().await;
    for number in 1..=6 {
        prospect(&caller, &format!("A{number}")).await;
    }
    let path = "/v2/persons?status=PROSPECT&sort_by=first_name:asc&limit=2";
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let page = caller.get(&format!("{path}{token}")).await.with(200);
        for person in page["persons"].as_array().unwrap() {
            names.push(person["first_name"].as_str().unwrap().to_owned());
            let path = format!("/v2/persons/{}", person["id"].as_str().unwrap());
            caller.call("PATCH", &path, json!({ "status": "ACTIVE" })).await.with(200);
        }
        // One who comes in front of the page is not in the next one.
        prospect(&caller, "A0").await;
        let Some(next) = page["next_page_token"].as_str() else { break };
        token = format!("&page_token={next}");
    }
    assert_eq!(names, ["A1", "A2", "A3", "A4", "A5", "A6"]);
}

async fn prospect(caller: &Caller, name: &str) {
    let body = json!({ "status": "PROSPECT", "is_customer": true, "first_name": name });
    caller.post("/v2/persons", body).await.with(201);
}

#[tokio::test]
async fn only_tokens_that_were_given_are_taken() {
    let builder = Sandbox::builder().seed(0).api_key("one", "1_1").api_key("two", "2_1");
    let caller = Caller::on(builder).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(caller.post("/v2/persons", ada()).await.id());
        let business =
            json!({ "status": "PROSPECT", "is_customer": true, "entity_name": "Engines" });
        caller.post("/v2/businesses", business).await.with(201);
    }
    let token = async |path: &str| caller.get(path).await.text("next_page_token");
    let given = token("/v2/persons?limit=1&status=ACTIVE").await;
    let sorted = token("/v2/persons?limit=1&status=ACTIVE&sort_by=last_name:asc").await;
    assert_ne!(given, sorted);
    for plain in [&given, &sorted] {
        let bytes = URL_SAFE_NO_PAD.decode(plain).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains("Byron") && !text.contains(&ids[0]), "{text}");
    }
    let mut altered = given.clone().into_bytes();
    altered[3] ^= 1;
    let altered = String::from_utf8(altered).unwrap();
    let counted = URL_SAFE_NO_PAD.encode("p999999");
    for (path, token) in [
        ("/v2/persons?limit=1&status=ACTIVE", altered.as_str()),
        ("/v2/persons?limit=1&status=ACTIVE", "p999999"),
        ("/v2/persons?limit=1&status=ACTIVE", &counted),
        ("/v2/persons?limit=1&status=ACTIVE", ""),
        ("/v2/persons?limit=1&status=ACTIVE", &"A".repeat(20_000)),
        ("/v2/persons?limit=1&status=ACTIVE", &sorted),
        ("/v2/persons?limit=1", &given),
        ("/v2/persons?limit=1&status=PROSPECT", &given),
        ("/v2/persons?limit=1&status=ACTIVE&sort_by=last_name:asc", &given),
        ("/v2/persons?limit=1&status=ACTIVE&sort_by=last_name:desc", &sorted),
        ("/v2/businesses?limit=1&status=ACTIVE", &given),
        ("/v0/customers?limit=1&status=ACTIVE", &given),
    ] {
        let refused = caller.get(&format!("{path}&page_token={token}")).await.with(400);
        assert_eq!(refused["code"], "BAD_QUERY_PARAMETER", "{path}");
        assert!(refused["invalid"]["page_token"].is_string(), "{refused}");
    }
    // The size of pages may change on the way.
    let rest = format!("/v2/persons?limit=5&status=ACTIVE&page_token={given}");
    let rest = caller.get(&rest).await.with(200);
    assert_eq!(rest["persons"].as_array().unwrap().len(), 2);

    let other = Caller { key: "two".to_owned(), ..caller };
    let path = format!("/v2/persons?limit=1&status=ACTIVE&page_token={given}");
    other.get(&path).await.with(400);
}

#[tokio::test]
async fn tokens_outlive_the_process_where_the_data_does() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let caller = Caller::on(Sandbox::builder().data(&file)).await;
    for _ in 0..3 {
        caller.post("/v2/persons", ada()).await.with(201);
    }
    let token = caller.get("/v2/persons?limit=1").await.text("next_page_token");
    drop(caller);
    let caller = Caller::on(Sandbox::builder().data(&file)).await;
    let rest = caller.get(&format!("/v2/persons?page_token={token}")).await.with(200);
    assert_eq!(rest["persons"].as_array().unwrap().len(), 2);
    // Forgotten with the rest.
    caller.post("/sandbox/reset", Value::Null).await.with(200);
    caller.get(&format!("/v2/persons?page_token={token}")).await.with(400);
}
