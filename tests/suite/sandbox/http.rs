//! HTTP as its standards have it: methods, schemes, encodings, names, ids in capitals.

use serde_json::{Value, json};
use synctera_sandbox::Sandbox;

use super::populated::populate;
use super::{Answer, Caller, ada, answer};

#[tokio::test]
async fn the_scheme_of_a_key_is_a_word_in_any_case() {
    let caller = Caller::new().await;
    let with = async |value: &str| {
        let url = format!("{}/v2/persons", caller.sandbox.base_url());
        answer(caller.http.get(url).header("authorization", value)).await.status
    };
    let key = &caller.key;
    for right in ["bearer", "BEARER", "Bearer ", "bearer   "] {
        assert_eq!(with(&format!("{right} {key}")).await, 200, "{right:?}");
    }
    for wrong in ["Basic", "Bearer x", ""] {
        assert_eq!(with(&format!("{wrong} {key}")).await, 401, "{wrong:?}");
    }
    assert_eq!(with(&format!("Bearer{key}")).await, 401);
    assert_eq!(with("Bearer").await, 401);
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_told_with_those_it_has() {
    let caller = Caller::new().await;
    let id = caller.post("/v2/persons", ada()).await.id();
    for (method, path, allow) in [
        ("PUT", "/v2/persons".to_owned(), "GET, HEAD, POST, OPTIONS"),
        ("TRACE", "/v2/persons".to_owned(), "GET, HEAD, POST, OPTIONS"),
        ("POST", format!("/v2/persons/{id}"), "GET, HEAD, PATCH, OPTIONS"),
        (
            "HEAD",
            "/v2/ach/transaction_simulations/receiving_transaction".to_owned(),
            "POST, OPTIONS",
        ),
        // A literal path has its own methods, and not those of `/v2/verifications/{id}`.
        ("HEAD", "/v2/verifications/verify".to_owned(), "POST, OPTIONS"),
        ("GET", "/v2/webhooks/trigger".to_owned(), "POST, OPTIONS"),
        ("PATCH", "/v2/cards/products".to_owned(), "GET, HEAD, OPTIONS"),
        ("DELETE", "/v0/customers".to_owned(), "GET, HEAD, POST, OPTIONS"),
    ] {
        let refused = caller.call(method, &path, Value::Null).await;
        assert_eq!(refused.status, 405, "{method} {path}: {}", refused.body);
        assert_eq!(refused.headers["allow"], allow, "{method} {path}");
        if method != "HEAD" {
            assert_eq!(refused.body["status"], 405);
        }
        let options = caller.call("OPTIONS", &path, Value::Null).await;
        assert_eq!((options.status, &options.headers["allow"]), (204, &refused.headers["allow"]));
    }
    for path in ["/v2/nowhere", "/v2"] {
        for method in ["PUT", "OPTIONS"] {
            assert_eq!(caller.call(method, path, Value::Null).await.status, 404, "{path}");
        }
    }
    for (method, status) in [("PUT", 405), ("OPTIONS", 204)] {
        let control = caller.call(method, "/sandbox/clock", Value::Null).await;
        assert_eq!(control.status, status, "{}", control.body);
        let allow = control.headers["allow"].to_str().unwrap();
        assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    }
}

#[tokio::test]
async fn head_is_get_without_its_body() {
    let caller = Caller::new().await;
    let id = caller.post("/v2/persons", ada()).await.id();
    for path in
        ["/v2/persons", &format!("/v2/persons/{id}"), "/sandbox/clock", "/v2/persons?limit=0"]
    {
        let (get, head) = (caller.get(path).await, caller.call("HEAD", path, Value::Null).await);
        assert_eq!((head.status, &head.body), (get.status, &Value::Null), "{path}");
        for name in ["content-type", "content-length"] {
            assert_eq!(head.headers[name], get.headers[name], "{path}");
        }
    }
}

#[tokio::test]
async fn bodies_are_text_in_utf_8_with_or_without_a_mark() {
    let caller = Caller::new().await;
    let marked = [b"\xef\xbb\xbf".to_vec(), ada().to_string().into_bytes()].concat();
    let send = async |body: Vec<u8>, encoding: &str| {
        let request = caller.request("POST", "/v2/persons").header("content-encoding", encoding);
        answer(request.header("content-type", "application/json").body(body)).await
    };
    send(marked, "identity").await.with(201);
    for encoding in ["gzip", "br", "identity, gzip"] {
        let refused = send(b"\x1f\x8b\x08".to_vec(), encoding).await.with(415);
        assert!(refused["detail"].as_str().unwrap().contains(encoding), "{refused}");
    }
    let clock = [b"\xef\xbb\xbf".to_vec(), br#"{"advance":{"days":1}}"#.to_vec()].concat();
    answer(caller.request("POST", "/sandbox/clock").body(clock)).await.with(200);
}

#[tokio::test]
async fn ids_are_the_same_in_capitals() {
    let caller = Caller::new().await;
    let made = populate(&caller, 0).await;
    let id = |place: &str| made.at(place).as_str().unwrap().to_owned();
    let capitals = |place: &str| id(place).to_uppercase();
    let found = caller.get(&format!("/v2/persons/{}", capitals("person.id"))).await;
    assert_eq!(found.with(200)["id"], id("person.id"));
    for (path, items) in [
        (format!("/v2/accounts?customer_id={}", capitals("person.id")), "accounts"),
        (format!("/v2/persons?id={},{}", capitals("person.id"), id("prospect.id")), "persons"),
        (format!("/v2/transactions/posted?account_id={}", capitals("checking.id")), "result"),
    ] {
        let lower = path.to_lowercase();
        let (capital, lower) =
            (caller.get(&path).await.with(200), caller.get(&lower).await.with(200));
        assert!(!capital[items].as_array().unwrap().is_empty(), "{path}");
        assert_eq!(capital, lower, "{path}");
    }
    let body = json!({
        "amount": 1_00, "currency": "USD", "type": "ACCOUNT_TO_ACCOUNT",
        "originating_account_id": capitals("checking.id"),
        "receiving_account_id": capitals("saving.id"),
        "metadata": { "theirs": capitals("saving.id") },
    });
    let moved = caller.post("/v2/transactions/internal_transfer", body).await.with(200);
    assert_eq!(moved["originating_account_id"], id("checking.id"));
    let note = json!({
        "related_resource_type": "CUSTOMER", "related_resource_id": id("person.id"),
        "content": capitals("person.id"),
    });
    let note = caller.post("/v2/notes", note).await.with(201);
    assert_eq!(note["content"], capitals("person.id"), "free text is the caller's");
    // An id has its hyphens.
    let bare = id("person.id").replace('-', "");
    let refused = caller.get(&format!("/v2/persons/{bare}")).await.with(400);
    assert_eq!(refused["invalid"]["person_id"], "must be a valid uuid");
}

#[tokio::test]
async fn ids_that_are_described_as_text_are_the_same_in_capitals() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let (account, number) = caller.checking(&holder).await;
    let capitals = |id: &Value| id.as_str().unwrap().to_uppercase();

    let note = json!({
        "related_resource_type": "CUSTOMER", "related_resource_id": holder.to_uppercase(),
        "content": "called", "metadata": { "customer_id": holder.to_uppercase() },
    });
    let note = caller.post("/v2/notes", note).await.with(201);
    assert_eq!(note["related_resource_id"], holder);
    assert_eq!(note["metadata"]["customer_id"], holder.to_uppercase(), "that is the caller's");
    let listed = async |id: &str| {
        let query = format!("related_resource_type=CUSTOMER&related_resource_id={id}");
        caller.get(&format!("/v2/notes?{query}")).await.with(200)["notes"].clone()
    };
    let upper = listed(&holder.to_uppercase()).await;
    assert!(upper.as_array().unwrap().contains(&note), "{upper}");
    assert_eq!(upper, listed(&holder).await);
    let other = account.to_uppercase();
    assert_eq!(listed(&other).await, json!([]), "no customer has the id of an account");

    caller.receive(&number, 500_00, "credit").await.with(201);
    let card = caller.virtual_card(&account, &holder).await;
    let simulate = async |what: &str, body: Value| {
        caller.post(&format!("/v2/cards/transaction_simulations/{what}"), body).await
    };
    let body = json!({ "card_id": card, "amount": 30_00, "mid": "123456789012345" });
    let bought = simulate("authorization", body).await.with(201);
    let original = capitals(&bought["transaction"]["token"]);
    let body = json!({ "original_transaction_id": original, "amount": 30_00 });
    let cleared = simulate("clearing", body).await.with(201);
    let body = |id: &str| json!({ "original_transaction_id": id, "purchase_order": "po-1" });
    let id = capitals(&cleared["transaction"]["token"]);
    simulate("clearing/l2l3", body(&id)).await.with(201);
    let refused = simulate("clearing/l2l3", body(&other)).await.with(400);
    assert!(refused["invalid"]["original_transaction_id"].is_string(), "{refused}");

    let path = format!("/v0/customers/{holder}/watchlists");
    let consent = json!({ "customer_consent": true });
    caller.post(&format!("{path}/subscriptions"), consent).await.with(201);
    let body = |id: &str| json!({ "party_id": id.to_uppercase(), "type": "WATCHLIST" });
    caller.post("/sandbox/alerts", body(&holder)).await.with(201);
    let unknown = caller.post("/sandbox/alerts", body(&account)).await;
    assert!(unknown.status >= 400, "an account is no party: {}", unknown.body);
    let alerts = caller.get(&format!("{path}/alerts")).await.with(200);
    let alert = &alerts["alerts"][0];
    let suppression = |subject: String| {
        json!({
            "provider_subject_id": subject, "status": "SUPPRESS",
            "provider_subscription_id": alert["provider_subscription_id"],
        })
    };
    let path = format!("{path}/suppressions");
    caller.post(&path, suppression(other)).await.with(400);
    let suppressed = caller.post(&path, suppression(capitals(&alert["provider_subject_id"]))).await;
    assert_eq!(suppressed.status, 200, "{}", suppressed.body);

    let stop = json!({ "account_id": account.to_uppercase(), "originator_name": "Sandbox Bank" });
    let stop = caller.post("/sandbox/stop_payments", stop).await.with(201);
    assert_eq!(stop["account_id"], account);
    let stop = json!({ "account_id": holder.to_uppercase(), "originator_name": "Sandbox Bank" });
    assert!(caller.post("/sandbox/stop_payments", stop).await.status >= 400);
    // By the Rust interface too.
    let sandbox = &caller.sandbox;
    let watchlist = &synctera_api::v2::types::MonitoringAlertType::Watchlist;
    sandbox.raise_alert(holder.to_uppercase(), watchlist).unwrap();
    sandbox.raise_alert(account.to_uppercase(), watchlist).unwrap_err();
    sandbox.stop_payment(account.to_uppercase(), "Another Bank").unwrap();
    sandbox.stop_payment(holder.to_uppercase(), "Another Bank").unwrap_err();
    let status = &synctera_api::v2::types::AccountStatus::Suspended;
    sandbox.set_account_status(account.to_uppercase(), status, "").unwrap();
    sandbox.set_account_status(holder.to_uppercase(), status, "").unwrap_err();
    assert!(!sandbox.ban_person(holder.to_uppercase()).unwrap().is_empty());
    let ban = |id: &str| format!("/sandbox/bans/{}", id.to_uppercase());
    let lifted = caller.call("DELETE", &ban(&holder), Value::Null).await.with(200);
    assert_eq!(lifted["person_ids"], json!([holder]));
    assert!(caller.call("DELETE", &ban(&account), Value::Null).await.status >= 400);
    assert!(sandbox.lift_ban(holder.to_uppercase()).unwrap().is_empty());
}

#[tokio::test]
async fn no_text_has_the_character_nul() {
    let caller = Caller::new().await;
    let mut person = ada();
    person["first_name"] = json!("A\0da");
    person["legal_address"]["city"] = json!("\0");
    person["metadata"] = json!({ "a": ["b", "c\0"], "d\0": 1 });
    person["phone_number"] = json!("55");
    let refused = caller.post("/v2/persons", person).await.with(400);
    let invalid: Vec<&String> = refused["invalid"].as_object().unwrap().keys().collect();
    let fields =
        ["first_name", "legal_address.city", "metadata.a[1]", "metadata.d\\u0000", "phone_number"];
    assert_eq!(invalid, fields);
    let refused = caller.get("/v2/persons?first_name=a%00").await.with(400);
    assert!(refused["invalid"]["first_name"].is_string(), "{refused}");
    // Each parameter that cannot be read is named; by its text, if that cannot be read either.
    let refused =
        caller.get("/v2/persons?first_name=%ff&last%20=%zz&b%ff=x&limit=0").await.with(400);
    let reason = "is not percent-encoded UTF-8";
    assert_eq!(
        refused["invalid"],
        json!({
            "first_name": reason, "last ": reason, "b%ff": reason, "limit": "must be at least 1",
        })
    );
    let form = reqwest::multipart::Form::new()
        .text("type", "CHECK_IMAGE")
        .text("name", "a\0b")
        .part("file", reqwest::multipart::Part::bytes(b"\0".to_vec()).file_name("a.jpg"));
    let refused = answer(caller.request("POST", "/v2/documents").multipart(form)).await.with(400);
    assert!(refused["invalid"]["name"].is_string(), "{refused}");
}

impl Caller {
    async fn get_as_host(&self, path: &str, host: &str) -> Answer {
        answer(self.request("GET", path).header("host", host)).await
    }
}

/// A page whose name was made to point here reads nothing.
#[tokio::test]
async fn only_its_own_names_are_answered() {
    let caller = Caller::on(Sandbox::builder().allow_host("Bank.Example")).await;
    caller.post("/v2/persons", ada()).await.with(201);
    for path in ["/v2/persons", "/sandbox/keys", "/sandbox", "/widgets/cards/x", "/nowhere"] {
        let refused = caller.get_as_host(path, "evil.example").await;
        assert_eq!(refused.status, 421, "{path}");
        assert!(refused.body["detail"].as_str().unwrap().contains("--allow-host"), "{refused:?}");
    }
    let port = caller.sandbox.address().port();
    for host in ["localhost", "127.0.0.1", "[::1]", "bank.example", "localhost.", "a.localhost"] {
        for host in [host.to_owned(), format!("{host}:{port}")] {
            assert_eq!(caller.get_as_host("/v2/persons", &host).await.status, 200, "{host}");
        }
    }
    let wrong = Sandbox::builder().allow_host("no host").start().await.unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "no host is not the name of a host, like sandbox or bank.example"
    );
}
