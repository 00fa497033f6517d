use serde_json::{Value, json};

use super::{Console, navigation, token};

#[tokio::test]
async fn nothing_is_written_from_pages_of_others() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let page = format!("/console/1_1/persons/{person}");
    let token = token(&console.page(&page).await.ok());
    let own = console.sandbox.base_url();
    let elsewhere = "http://127.0.0.1:1".to_owned();
    let send = async |headers: &[(&str, &str)], token: &str| {
        let mut request = console.http.post(console.url(&format!("{page}/freeze")));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        console.sent(request.body(format!("_token={token}"))).await.status
    };
    for (headers, token) in [
        (vec![("origin", elsewhere.as_str()), ("sec-fetch-site", "same-site")], token.as_str()),
        (vec![("origin", elsewhere.as_str()), ("sec-fetch-site", "cross-site")], &token),
        (vec![("origin", own.as_str()), ("sec-fetch-site", "same-site")], &token),
        (vec![("origin", "null"), ("sec-fetch-site", "same-origin")], &token),
        (vec![("sec-fetch-site", "same-origin")], &token),
        (vec![], &token),
        (vec![("origin", own.as_str()), ("sec-fetch-site", "same-origin")], ""),
        (vec![("origin", own.as_str()), ("sec-fetch-site", "same-origin")], "0000"),
    ] {
        assert_eq!(send(&headers, token).await, 403, "{headers:?} {token}");
    }
    let person = console.api("GET", &format!("/v2/persons/{person}"), Value::Null).await;
    assert_eq!(person["status"], "ACTIVE");
    let same = [("origin", own.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(send(&same, &token).await, 303);
}

#[tokio::test]
async fn every_answer_says_what_a_browser_may_do() {
    let console = Console::new().await;
    let mut paths = navigation(&console).await;
    for name in ["console.css", "console.js", "htmx.js", "icon.svg"] {
        paths.push(format!("/console/assets/{name}"));
    }
    paths.push("/console/1_1/nowhere".to_owned());
    for path in paths {
        let response = console.http.get(console.url(&path)).send().await.unwrap();
        let headers = response.headers();
        let text = |name: &str| headers[name].to_str().unwrap().to_owned();
        let policy = text("content-security-policy");
        assert!(
            !policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert_eq!(
            (text("x-frame-options"), text("x-content-type-options")),
            ("DENY".into(), "nosniff".into())
        );
        assert!(!headers.contains_key("set-cookie"), "{path}");
        let page = response.text().await.unwrap();
        if !path.contains("/assets/") {
            // No script or style stands in a page.
            assert!(
                !page.contains(" style=")
                    && !page.contains(" onclick=")
                    && !page.contains("<style")
            );
            assert_eq!(page.matches("<script").count(), page.matches("<script src=").count());
        }
    }
}

#[tokio::test]
async fn what_people_are_called_is_text() {
    let console = Console::new().await;
    let long = "x".repeat(10_000);
    for name in
        ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\u{202e}abc", &long]
    {
        let body = json!({
            "status": "PROSPECT", "is_customer": true, "first_name": name, "last_name": name,
            "chosen_name": name, "metadata": { "note": name },
        });
        let request = console.http.post(console.url("/v2/persons")).json(&body);
        let answer = request.bearer_auth(console.sandbox.api_key()).send().await.unwrap();
        if !answer.status().is_success() {
            continue;
        }
        let person: Value = answer.json().await.unwrap();
        for path in ["persons".to_owned(), format!("persons/{}", person["id"].as_str().unwrap())] {
            let page = console.page(&format!("/console/1_1/{path}")).await.ok();
            assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
        }
    }
    // What is looked for, and what a filter has.
    let query = super::encoded("\"><script>alert(1)</script>");
    for path in [format!("search?q={query}"), format!("persons?last_name={query}")] {
        let page = console.page(&format!("/console/1_1/{path}")).await.ok();
        assert!(!page.contains("<script>alert"), "{page}");
    }
}

/// The host that a request names is checked before the console sees it.
#[tokio::test]
async fn another_name_is_refused() {
    let console = Console::new().await;
    let request = console.http.get(console.url("/console/1_1/overview"));
    let refused = request.header("host", "rebound.example").send().await.unwrap();
    assert_eq!(refused.status(), 421);
}

/// The key that the console acts with is known to its process alone.
#[tokio::test]
async fn no_page_has_a_key() {
    let console = Console::new().await;
    console.person("Ada", "Byron").await;
    for path in navigation(&console).await {
        let page = console.page(&path).await.text;
        assert!(!page.contains("operator-") && !page.contains(console.sandbox.api_key()), "{path}");
    }
    let guess = format!("operator-{}.1_1", "0".repeat(64));
    let refused = console.http.get(console.url("/v2/persons")).bearer_auth(guess);
    assert_eq!(refused.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn without_the_switch_there_is_no_console() {
    let sandbox = synctera_sandbox::Sandbox::start().await.unwrap();
    assert_eq!(sandbox.console_url(), None);
    let answer = reqwest::get(format!("{}/console", sandbox.base_url())).await.unwrap();
    assert_eq!(answer.status(), 404);
}
