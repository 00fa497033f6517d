//! Requests that the console refuses, and what they cannot do to others.

use futures_util::future::join_all;
use serde_json::{Value, json};
use synctera_tests::world::{now, repeatable};

use super::operators::{PASSWORD, administrator, invited, link, strict};
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

#[tokio::test]
async fn a_request_that_a_proxy_passed_on_is_not_local() {
    let console = Console::new().await;
    let (clock, advance) = ("/console/1_1/admin/clock", "/console/1_1/admin/do/advance");
    let token = token(&console.page(clock).await.ok());
    for name in ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"] {
        let request = console.http.get(console.url(clock)).header(name, "1.1 proxy");
        let page = console.sent(request).await;
        assert_eq!(page.status, 303, "{name}");
        assert!(page.location.unwrap().starts_with("/console/sign-in?"), "{name}");
        let request = console
            .http
            .post(console.url(advance))
            .header("origin", console.sandbox.base_url())
            .header("content-type", "application/x-www-form-urlencoded")
            .header(name, "1.1 proxy")
            .body(format!("_token={token}&%2Fadvance%2Fdays=1"));
        assert_eq!(console.sent(request).await.status, 403, "{name}");
    }
    assert_eq!(console.sandbox.now(), now());
}

#[tokio::test]
async fn behind_another_name_everybody_signs_in_and_https_stays_https() {
    let builder = repeatable().console(true).allow_host("bank.example");
    let console = Console::with(builder.start().await.unwrap());
    assert_eq!(console.page("/console/1_1/overview").await.status, 303);
    let url = console.sandbox.console_sign_in_url().unwrap();
    let request = console
        .http
        .post(console.url(&link(&url)))
        .header("host", "bank.example")
        .header("origin", "https://bank.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("password={}", super::encoded(PASSWORD)));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 303);
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("; Secure"), "{cookie}");
}

/// Refusals are cheap to make, so they do not displace what was done.
#[tokio::test]
async fn the_audit_log_cannot_be_flooded() {
    let console = strict().await;
    let mut admin = administrator(&console).await;
    let mut viewer = invited(&console, &mut admin, "victor", "view").await;
    let token = token(&viewer.page("/console/1_1/admin/webhooks").await.ok());
    let name = "x".repeat(60_000);
    let fields = [("name", name.as_str()), ("role", "act"), ("_token", token.as_str())];
    for _ in 0..200 {
        let refused = viewer.send("/console/1_1/admin/operators/invite", &fields).await;
        assert_eq!(refused.status, 403);
    }
    let audit = admin.page("/console/1_1/admin/audit").await.ok();
    assert!(audit.contains("more refusals, without entries of their own"), "{audit}");
    assert!(audit.contains(&"x".repeat(199)) && !audit.contains(&"x".repeat(200)), "{audit}");
    assert!(audit.len() < 100_000, "{}", audit.len());
    // A minute may have ended meanwhile.
    let refusals = audit.matches("Invite with role act").count();
    assert!((1..=120).contains(&refusals), "{refusals}");
}

/// The others wait for a processor, so one client has only some places.
#[tokio::test]
async fn one_client_cannot_make_all_others_wait() {
    let console = strict().await;
    let mut admin = administrator(&console).await;
    let sent = (0..40).map(|number| {
        let request = console
            .http
            .post(console.url("/console/sign-in"))
            .header("origin", console.sandbox.base_url())
            .header("content-type", "application/x-www-form-urlencoded");
        console.sent(request.body(format!("name=unknown{number}&password=wrong")))
    });
    let answers = join_all(sent).await;
    let of = |status: u16| answers.iter().filter(|page| page.status == status).count();
    assert_eq!((of(403) + of(429), of(429) > 0), (40, true));
    let refused = answers.iter().find(|page| page.status == 429).unwrap();
    assert!(refused.text.contains("are being checked already"), "{}", refused.text);
    let right = [("name", "administrator"), ("password", PASSWORD)];
    assert_eq!(admin.send("/console/sign-in", &right).await.status, 303);
}

#[tokio::test]
async fn every_refusal_is_a_page_that_says_why() {
    let console = Console::new().await;
    let (large, form) = ("x".repeat(70_000), "application/x-www-form-urlencoded");
    let page = "/console/1_1/admin/operators/invite";
    for (method, path, media_type, body, status, why) in [
        ("GET", "/console/1_1/admin/do/advance", form, "", 405, "takes no such request"),
        ("PUT", "/console/1_1/overview", form, "", 405, "takes no such request"),
        ("DELETE", "/console/sign-in", form, "", 405, "takes no such request"),
        ("POST", "/console/sign-in", form, large.as_str(), 413, "larger than 64 kB"),
        ("POST", page, form, large.as_str(), 413, "larger than 64 kB"),
        ("POST", "/console/sign-in", "text/plain", "name=a", 415, "has no form"),
        ("POST", "/console/sign-in/0123", "application/json", "{}", 415, "has no form"),
        ("POST", page, "application/json", "{}", 415, "has no form"),
        ("POST", "/console/sign-in/0123", form, "password=x", 404, "This link was used"),
        ("GET", "/console/sign-in/%ff", form, "", 400, "cannot be read"),
        ("GET", "/console/nowhere/at/all/or/so", form, "", 404, "there is no such page"),
    ] {
        let request = console
            .http
            .request(method.parse().unwrap(), console.url(path))
            .header("origin", console.sandbox.base_url())
            .header("content-type", media_type);
        let page = console.sent(request.body(body.to_owned())).await;
        assert_eq!(page.status, status, "{method} {path}: {}", page.text);
        assert!(page.text.starts_with("<!DOCTYPE html>"), "{method} {path}: {}", page.text);
        assert!(page.text.contains(why), "{method} {path}: {}", page.text);
    }
}
