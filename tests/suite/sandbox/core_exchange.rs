//! Plaid Core Exchange: who is granted what, and the tokens for it.

use serde_json::{Value, json};

use synctera_sandbox::{Sandbox, Settings};

use super::Caller;

impl Caller {
    /// A request as Plaid makes one; its id.
    async fn asked_for_access(&self) -> String {
        let test = self.get("/v2/fdx_auth_requests/authorization_test").await.with(201);
        let url = test["redirect_url"].as_str().unwrap().to_owned();
        let (page, id) = url.split_once("?auth_request_id=").unwrap();
        assert_eq!(page, "https://fintech.example.com/fdx");
        id.to_owned()
    }

    /// Where a customer is sent when the fintech has decided.
    async fn authorized(&self, body: Value) -> String {
        let granted = self.post("/v2/fdx_auth_requests/authorize", body).await.with(201);
        granted["redirect_uri"].as_str().unwrap().to_owned()
    }

    async fn auth_request(&self, id: &str) -> Value {
        let all = self.get("/v2/fdx_auth_requests").await.with(200);
        let all = all["fdx_auth_requests"].as_array().unwrap().clone();
        all.into_iter().find(|request| request["id"] == id).unwrap()
    }

    /// A code that was granted for somebody's data.
    pub(super) async fn granted_code(&self, holder: &str) -> String {
        let id = self.asked_for_access().await;
        let body = json!({ "auth_request_id": id, "status": "GRANTED", "customer_id": holder });
        self.authorized(body).await;
        self.auth_request(&id).await["code"].as_str().unwrap().to_owned()
    }

    async fn token(&self, id: &str) -> Value {
        self.get(&format!("/v2/fdx_tokens/{id}")).await.with(200)
    }
}

#[tokio::test]
async fn a_request_is_granted_or_denied_once_and_in_time() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let id = caller.asked_for_access().await;
    let request = caller.auth_request(&id).await;
    assert_eq!(request["status"], "PENDING");
    let grant = json!({ "auth_request_id": id, "status": "GRANTED", "customer_id": holder });
    for (change, field) in [
        (json!({ "customer_id": null }), "customer_id"),
        (json!({ "business_id": holder }), "business_id"),
        (json!({ "customer_id": "ada" }), "customer_id"),
        (json!({ "customer_id": id }), "customer_id"),
        (json!({ "auth_request_id": holder }), "auth_request_id"),
    ] {
        let mut body = grant.clone();
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => body.as_object_mut().unwrap().remove(name),
                value => body.as_object_mut().unwrap().insert(name.clone(), value.clone()),
            };
        }
        let refused = caller.post("/v2/fdx_auth_requests/authorize", body).await.with(400);
        assert!(refused.to_string().contains(field), "{field}: {refused}");
    }
    let end = caller.authorized(grant.clone()).await;
    let request = caller.auth_request(&id).await;
    assert_eq!(request["status"], "GRANTED");
    assert_eq!(request["customer_id"], json!(holder));
    let text = |name: &str| request[name].as_str().unwrap();
    let (code, state) = (text("code"), text("oauth2_state"));
    assert!(end.ends_with(&format!("?code={code}&state={state}")), "{end}");
    let again = caller.post("/v2/fdx_auth_requests/authorize", grant).await;
    assert_eq!(again.with(409)["code"], "DUPLICATE_RESOURCE");

    for (status, error) in [("DENIED", "access_denied"), ("ERROR", "server_error")] {
        let id = caller.asked_for_access().await;
        let end = caller.authorized(json!({ "auth_request_id": id, "status": status })).await;
        assert!(end.contains(&format!("?error={error}&state=")), "{end}");
        let request = caller.auth_request(&id).await;
        assert_eq!(request["status"], "DENIED");
        assert_eq!(request.get("code"), None);
    }

    let id = caller.asked_for_access().await;
    caller.sandbox.advance(chrono::Duration::minutes(10)).unwrap();
    let late = json!({ "auth_request_id": id, "status": "DENIED" });
    let refused = caller.post("/v2/fdx_auth_requests/authorize", late).await.with(400);
    assert!(refused["invalid"]["auth_request_id"].is_string(), "{refused}");
}

#[tokio::test]
async fn a_code_is_traded_for_tokens_which_are_renewed_and_revoked() {
    let caller = Caller::new().await;
    let holder = caller.verified().await;
    let code = caller.granted_code(&holder).await;
    let step = async |what: &str, of: &str| {
        let made = caller.post("/sandbox/fdx_tokens", json!({ what: of })).await;
        assert_eq!(made.status, 201, "{made:?}");
        let tokens = made.body["fdx_tokens"].as_array().unwrap();
        tokens.iter().map(|token| token["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let refused = async |what: &str, of: &str, status: u16| {
        let refused = caller.post("/sandbox/fdx_tokens", json!({ what: of })).await;
        assert_eq!(refused.status, status, "{refused:?}");
    };
    let tokens = step("authorization_code", &code).await;
    let [access, refresh] = &tokens[..] else { panic!("{tokens:?}") };
    let token = caller.token(access).await;
    assert_eq!((&token["token_type"], &token["status"]), (&json!("ACCESS"), &json!("ENABLED")));
    assert_eq!(token["customer_id"], json!(holder));
    assert_eq!(token["token_expiry_time"], "2026-11-24T14:15:00Z");
    assert_eq!(caller.token(refresh).await["token_type"], "REFRESH");
    // A code is for one use, and an access token renews nothing.
    refused("authorization_code", &code, 422).await;
    refused("authorization_code", "none", 400).await;
    refused("refresh_token", access, 400).await;

    let renewed = step("refresh_token", refresh).await;
    assert_eq!(caller.token(&renewed[0]).await["parent_token_id"], json!(refresh));
    assert_eq!(caller.token(refresh).await["status"], "USED");
    refused("refresh_token", refresh, 422).await;
    let list = caller.get("/v2/fdx_tokens").await.with(200);
    assert_eq!(list["fdx_tokens"].as_array().unwrap().len(), 4);

    // What goes back to one request is revoked together; another one's tokens stay.
    let other = step("authorization_code", &caller.granted_code(&holder).await).await;
    assert_eq!(step("revoke", &renewed[0]).await.len(), 3);
    for token in [access, &renewed[0], &renewed[1]] {
        assert_eq!(caller.token(token).await["status"], "REVOKED");
    }
    assert_eq!(caller.token(&other[0]).await["status"], "ENABLED");
    refused("refresh_token", &renewed[1], 422).await;
    refused("revoke", &holder, 400).await;
    // A year later nothing is renewed.
    caller.sandbox.advance(chrono::Duration::days(365)).unwrap();
    refused("refresh_token", &other[1], 400).await;
    let nothing = caller.get(&format!("/v2/fdx_tokens/{holder}")).await;
    assert_eq!(nothing.status, 404);
}

#[tokio::test]
async fn a_code_is_used_in_its_workspace_whatever_other_workspaces_there_are() {
    for (own, other) in [("1_1", "1_2"), ("1_2", "1_1")] {
        let builder = Sandbox::builder().api_key("own", own).api_key("other", other);
        let caller = Caller { key: "own".to_owned(), ..Caller::on(builder).await };
        let code = caller.granted_code(&caller.verified().await).await;
        let exchange = async || {
            let body = json!({ "authorization_code": code });
            caller.post("/sandbox/fdx_tokens", body).await
        };
        assert_eq!(exchange().await.status, 201);
        let again = exchange().await.with(422);
        assert_eq!(again["code"], "INVALID_STATUS");
        assert!(again["detail"].as_str().unwrap().contains("USED"), "{again}");
        // What no workspace has is unknown.
        let unknown = caller.post("/sandbox/fdx_tokens", json!({ "revoke": code })).await;
        assert_eq!(unknown.status, 400, "{unknown:?}");
    }
}

#[tokio::test]
async fn tokens_are_named_in_any_case() {
    let caller = Caller::new().await;
    let code = caller.granted_code(&caller.verified().await).await;
    let step = async |what: &str, of: &str| {
        let tokens = caller.post("/sandbox/fdx_tokens", json!({ what: of })).await.with(201);
        tokens["fdx_tokens"].as_array().unwrap().clone()
    };
    let made = step("authorization_code", &code).await;
    let refresh = made[1]["id"].as_str().unwrap();
    let renewed = step("refresh_token", &refresh.to_uppercase()).await;
    assert_eq!(renewed[0]["parent_token_id"], refresh);
    let access = renewed[0]["id"].as_str().unwrap();
    assert_eq!(step("revoke", &access.to_uppercase()).await.len(), 3);
    assert_eq!(caller.token(access).await["status"], "REVOKED");
}

#[tokio::test]
async fn the_page_of_the_fintech_is_a_url() {
    let caller = Caller::new().await;
    let set = async |url: &str| {
        let body = json!({ "fdx_authentication_url": url, "fdx_auth_request_minutes": 11 });
        caller.change("/sandbox/settings", body).await
    };
    let takes = "fdx_authentication_url takes an http or https URL of at most 2000 characters";
    for wrong in ["", "fintech.example.com/fdx", "mailto:ada@example.com", "https://"] {
        assert_eq!(set(wrong).await.with(400)["detail"], takes, "{wrong}");
        let mut settings = Settings::default();
        settings.fdx_authentication_url = wrong.to_owned();
        let error = Sandbox::builder().settings(settings).start().await.unwrap_err();
        assert_eq!(error.to_string(), takes);
    }
    // What the page has already stays.
    set("http://localhost:8080/fdx?lang=fr#begin").await.with(200);
    let test = caller.get("/v2/fdx_auth_requests/authorization_test").await.with(201);
    let url = test["redirect_url"].as_str().unwrap();
    assert!(url.starts_with("http://localhost:8080/fdx?lang=fr&auth_request_id="), "{url}");
    assert!(url.ends_with("#begin"), "{url}");
}
