//! Operators: signing in, roles, and what the audit log has.

use reqwest::StatusCode;
use serde_json::{Value, json};
use synctera_sandbox::Sandbox;
use synctera_tests::world::{now, repeatable};

use super::{Console, Page, encoded, links, token};

pub(super) const PASSWORD: &str = "correct horse battery";

/// A browser with a session.
pub(super) struct Browser<'c> {
    pub(super) console: &'c Console,
    pub(super) cookie: Option<String>,
}

impl Browser<'_> {
    pub(super) async fn page(&self, path: &str) -> Page {
        let mut request = self.console.http.get(self.console.url(path));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        self.console.sent(request).await
    }

    /// Sends a form, and keeps the cookie of the answer.
    pub(super) async fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let mut request = self
            .console
            .http
            .post(self.console.url(path))
            .header("origin", self.console.sandbox.base_url())
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.collect::<Vec<_>>().join("&"));
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        let response = request.send().await.unwrap();
        if let Some(cookie) = response.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        let location = response.headers().get("location");
        let location = location.map(|it| it.to_str().unwrap().to_owned());
        Page { status: response.status(), location, text: response.text().await.unwrap() }
    }

    /// Sends a form from a page that has its token.
    pub(super) async fn act(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = token(&self.page(page).await.ok());
        let fields: Vec<_> = fields.iter().copied().chain([("_token", token.as_str())]).collect();
        self.send(path, &fields).await
    }
}

/// The link on a page.
pub(super) fn link(page: &str) -> String {
    let (_, rest) = page.split_once("/console/sign-in/").unwrap();
    let ticket: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
    format!("/console/sign-in/{ticket}")
}

pub(super) async fn strict() -> Console {
    let builder = repeatable().console(true).console_sign_in(true).request_log(true);
    Console::with(builder.clock_held_at(now()).start().await.unwrap())
}

/// A browser in which this operator signed in at a link that an administrator made.
pub(super) async fn invited<'c>(
    console: &'c Console,
    admin: &mut Browser<'c>,
    name: &str,
    role: &str,
) -> Browser<'c> {
    let fields = [("name", name), ("role", role)];
    let path = "/console/1_1/admin/operators/invite";
    let made = admin.act("/console/1_1/admin/operators", path, &fields).await.ok();
    let whole = format!("{}{}", console.sandbox.base_url(), link(&made));
    assert!(made.contains(&whole), "{made}");
    let mut browser = Browser { console, cookie: None };
    let chosen = browser.send(&link(&made), &[("password", PASSWORD)]).await;
    assert_eq!(chosen.status, 303, "{}", chosen.text);
    browser
}

pub(super) async fn administrator(console: &Console) -> Browser<'_> {
    let mut browser = Browser { console, cookie: None };
    let url = console.sandbox.console_sign_in_url().unwrap();
    let chosen = browser.send(&link(&url), &[("password", PASSWORD)]).await;
    assert_eq!(
        (chosen.status, chosen.location.as_deref()),
        (StatusCode::SEE_OTHER, Some("/console"))
    );
    browser
}

#[tokio::test]
async fn no_page_is_shown_without_a_sign_in_where_one_is_required() {
    let console = strict().await;
    let stranger = Browser { console: &console, cookie: None };
    let page = stranger.page("/console/1_1/persons?status=ACTIVE").await;
    let to = "/console/sign-in?to=%2Fconsole%2F1_1%2Fpersons%3Fstatus%3DACTIVE";
    assert_eq!((page.status, page.location.as_deref()), (StatusCode::SEE_OTHER, Some(to)));
    let mut browser = Browser { console: &console, cookie: None };
    for (path, status) in
        [("/console/1_1/admin/do/advance", 403), ("/console/1_1/persons/x/freeze", 403)]
    {
        assert_eq!(browser.send(path, &[("_token", "x")]).await.status, status, "{path}");
    }
    // The look of the page that asks is not kept back.
    stranger.page("/console/sign-in").await.ok();
    stranger.page("/console/assets/console.css").await.ok();

    let mut admin = administrator(&console).await;
    admin.page("/console/1_1/overview").await.ok();
    let url = console.sandbox.console_sign_in_url().unwrap();
    let again =
        [admin.page(&link(&url)).await, admin.send(&link(&url), &[("password", PASSWORD)]).await];
    for again in again {
        assert_eq!(again.status, 404, "a link is used once");
        assert!(again.text.contains("This link was used or is too old"), "{}", again.text);
    }
    let out = admin.send("/console/sign-out", &[]).await;
    assert_eq!((out.status.as_u16(), out.location.as_deref()), (303, Some("/console/sign-in")));
    assert_eq!(admin.page("/console/1_1/overview").await.status, 303);
    let wrong = [("name", "administrator"), ("password", "not this one"), ("to", "")];
    assert_eq!(admin.send("/console/sign-in", &wrong).await.status, 403);
    for (to, leads) in [
        ("/console/1_1/cards", "/console/1_1/cards"),
        ("https://elsewhere.example/", "/console"),
        ("//elsewhere.example/console/", "/console"),
        ("/console/\\elsewhere", "/console"),
        // A header cannot have these.
        ("/console/\0x", "/console"),
        ("/console/\u{7f}", "/console"),
        ("/console/\u{e9}", "/console"),
        ("/console/a\r\nb", "/console"),
        ("/console/../v2/persons", "/console"),
    ] {
        let fields = [("name", "administrator"), ("password", PASSWORD), ("to", to)];
        let page = admin.send("/console/sign-in", &fields).await;
        assert_eq!((page.status, page.location.as_deref()), (StatusCode::SEE_OTHER, Some(leads)));
    }
}

#[tokio::test]
async fn a_role_allows_what_the_table_says() {
    let console = strict().await;
    let person = console.person("Ada", "Byron").await;
    let page = format!("/console/1_1/persons/{person}");
    let mut admin = administrator(&console).await;
    let mut viewer = invited(&console, &mut admin, "victor", "view").await;
    let mut agent = invited(&console, &mut admin, "grace", "act").await;

    // Pages have the forms that the role may send, and no others.
    let own = viewer.page(&page).await.ok();
    assert!(!own.contains("Freeze") && !own.contains("Reveal"), "{own}");
    assert!(!viewer.page("/console/1_1/admin/clock").await.ok().contains("do/advance"));
    let own = agent.page(&page).await.ok();
    assert!(own.contains("Freeze") && own.contains("Reveal") && !own.contains("Audit log"));
    for browser in [&viewer, &agent] {
        for path in ["operators", "audit"] {
            let refused = browser.page(&format!("/console/1_1/admin/{path}")).await;
            assert_eq!(refused.status, 403, "{path}");
        }
    }
    // A form that a page did not have is refused, too: the token alone does not help.
    let sign_out = token(&agent.page(&page).await.ok());
    for (path, fields) in [
        ("/console/1_1/admin/do/advance", vec![("/advance/days", "1")]),
        ("/console/1_1/admin/operators/invite", vec![("name", "eve"), ("role", "administer")]),
        ("/console/1_1/admin/operators/remove", vec![("name", "administrator")]),
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("_token", sign_out.as_str())]).collect();
        let refused = agent.send(path, &fields).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.text.contains("the role act does not allow this"), "{}", refused.text);
    }
    // A token is of one session.
    let foreign = viewer.send(&format!("{page}/freeze"), &[("_token", &sign_out)]).await;
    assert_eq!(foreign.status, 403);
    assert_eq!(console.sandbox.now(), now());

    let done = agent.act(&page, &format!("{page}/freeze"), &[]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let frozen = console.api("GET", &format!("/v2/persons/{person}"), Value::Null).await;
    assert_eq!(frozen["status"], "FROZEN");

    // What deletes is sent again by an administrator only.
    let webhook = json!({
        "url": "http://127.0.0.1:9/", "enabled_events": ["PERSON.*"], "is_enabled": false,
    });
    let webhook = console.api("POST", "/v2/webhooks", webhook).await;
    let url = console.url(&format!("/v2/webhooks/{}", webhook["id"].as_str().unwrap()));
    console.http.delete(url).bearer_auth(console.sandbox.api_key()).send().await.unwrap();
    let log = agent.page("/console/1_1/admin/log?method=DELETE").await.ok();
    let entry = links(&log).into_keys().find(|it| it.contains("/admin/log/")).unwrap();
    assert!(!agent.page(&entry).await.ok().contains("/replay\""));
    let again = format!("{entry}/replay");
    assert_eq!(agent.send(&again, &[("_token", &sign_out)]).await.status, 403);
    assert!(admin.page(&entry).await.ok().contains("class=\"final\""));
    assert_eq!(admin.act(&entry, &again, &[]).await.status, 404, "it is deleted already");

    // What must be given is asked for, whoever sends the form.
    let email = format!("{page}/change_email");
    let without = agent.act(&page, &email, &[("/email", " ")]).await;
    assert!(without.status == 400 && without.text.contains("must be given"), "{}", without.text);

    // Who is removed has no session any more.
    let fields = [("name", "grace")];
    let path = "/console/1_1/admin/operators/remove";
    assert_eq!(admin.act("/console/1_1/admin/operators", path, &fields).await.status, 303);
    assert_eq!(agent.page(&page).await.status, 303);
    let own = [("name", "administrator")];
    assert_eq!(admin.act("/console/1_1/admin/operators", path, &own).await.status, 400);

    let audit = admin.page("/console/1_1/admin/audit").await.ok();
    for expected in
        ["grace", "Freeze", "/v2/persons/", "Invite with role view", "Remove an operator", "403"]
    {
        assert!(audit.contains(expected), "{expected}: {audit}");
    }
}

#[tokio::test]
async fn the_audit_log_has_what_was_tried_and_what_became_of_a_setting() {
    let console = strict().await;
    let mut admin = administrator(&console).await;
    let mut viewer = invited(&console, &mut admin, "victor", "view").await;
    let (clock, advance) = ("/console/1_1/admin/clock", "/console/1_1/admin/do/advance");
    // The role is asked before the value is judged.
    let own = token(&viewer.page("/console/1_1/admin/webhooks").await.ok());
    let fields = [("/advance/days", "soon"), ("_token", own.as_str())];
    assert_eq!(viewer.send(advance, &fields).await.status, 403);
    assert_eq!(viewer.send(advance, &[("_token", "0000")]).await.status, 403);
    assert_eq!(admin.act(clock, advance, &[("/advance/days", "later")]).await.status, 400);
    assert_eq!(admin.act(clock, advance, &[("/advance/days", "3")]).await.status, 303);
    let setting = [("name", "ach_hold_days"), ("value", "4")];
    let (settings, change) =
        ("/console/1_1/admin/settings", "/console/1_1/admin/do/change_setting");
    assert_eq!(admin.act(settings, change, &setting).await.status, 303);
    let operators = "/console/1_1/admin/operators";
    for (path, fields) in [
        ("invite", vec![("name", "administrator"), ("role", "view")]),
        ("invite", vec![("name", "eve"), ("role", "owner")]),
        ("remove", vec![("name", "administrator")]),
    ] {
        let refused = admin.act(operators, &format!("{operators}/{path}"), &fields).await;
        assert_eq!(refused.status, 400, "{path} {fields:?}");
    }
    admin.page("/console/sign-in/0123").await;
    console.api("POST", "/sandbox/forks", serde_json::json!({ "name": "copy" })).await;
    let (fork, in_fork) = (format!("/forks/copy{clock}"), format!("/forks/copy{advance}"));
    assert_eq!(admin.act(&fork, &in_fork, &[("/advance/days", "5")]).await.status, 303);

    let audit = admin.page("/console/1_1/admin/audit").await.ok();
    let rows: Vec<&str> = audit.split("<tr>").skip(2).collect();
    for expected in [
        ["victor (view)", "Clock: ", ">403<", "/sandbox/clock"],
        ["victor (view)", "Send a form with a wrong token", ">403<", "admin/do/advance"],
        ["administrator (administer)", "Clock: ", ">400<", "/sandbox/clock"],
        ["administrator (administer)", "Clock: ", ">200<", "&quot;days&quot;:3"],
        ["administrator (administer)", "ach_hold_days", ">200<", "{&quot;ach_hold_days&quot;:4}"],
        ["administrator (administer)", "Invite with role view", ">400<", "administrator"],
        ["administrator (administer)", "Invite with role ", ">400<", "eve"],
        ["administrator (administer)", "Remove an operator", ">400<", "administrator"],
        ["<td></td>", "Open a link that was used", ">404<", "session"],
        ["&quot;days&quot;:5", "Clock: ", ">200<", "POST /forks/copy/sandbox/clock"],
    ] {
        let has_all = |row: &&str| expected.iter().all(|text| row.contains(text));
        assert!(rows.iter().any(has_all), "{expected:?}: {audit}");
    }
}

#[tokio::test]
async fn a_masked_value_is_shown_to_who_asks_and_that_is_recorded() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let page = format!("/console/1_1/persons/{person}");
    let known = console.api("GET", &format!("/v2/persons/{person}"), Value::Null).await;
    let ssn = known["ssn"].as_str().unwrap().to_owned();
    let before = console.page(&page).await.ok();
    assert!(!before.contains(&ssn) && before.contains("value=\"/ssn\""), "{before}");
    let revealed = console.post(&page, &format!("{page}/reveal"), &[("at", "/ssn")]).await.ok();
    assert!(revealed.contains(&ssn), "{revealed}");
    assert!(!console.page(&page).await.ok().contains(&ssn));
    // Nothing but what the page masks.
    for at in ["/email", "/metadata", "", "/ssn/x", "/no_such"] {
        let refused = console.post(&page, &format!("{page}/reveal"), &[("at", at)]).await;
        assert_eq!(refused.status, 404, "{at}");
    }
    let audit = console.page("/console/1_1/admin/audit").await.ok();
    assert!(
        audit.contains("Reveal") && audit.contains("/ssn") && audit.contains("local"),
        "{audit}"
    );
    assert!(!audit.contains(&ssn));
}

#[tokio::test]
async fn operators_and_their_log_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("bank.db");
    let start = async || {
        let builder = repeatable().console(true).console_sign_in(true).data(&data);
        Console::with(builder.clock_held_at(now()).start().await.unwrap())
    };
    let console = start().await;
    let mut admin = administrator(&console).await;
    drop(invited(&console, &mut admin, "grace", "act").await);
    let cookie = admin.cookie.clone();
    // A reset is about the bank, not about who works there.
    console.sandbox.reset().await.unwrap();
    admin.page("/console/1_1/admin/operators").await.ok();
    drop(console);

    let console = start().await;
    let stale = Browser { console: &console, cookie };
    assert_eq!(stale.page("/console/1_1/overview").await.status, 303);
    let mut admin = Browser { console: &console, cookie: None };
    let fields = [("name", "administrator"), ("password", PASSWORD), ("to", "")];
    assert_eq!(admin.send("/console/sign-in", &fields).await.status, 303);
    let operators = admin.page("/console/1_1/admin/operators").await.ok();
    assert!(operators.contains("grace") && operators.contains("chosen"), "{operators}");
    let audit = admin.page("/console/1_1/admin/audit").await.ok();
    assert!(audit.contains("Invite with role act"), "{audit}");
    for ending in ["-operators", "-audit"] {
        let text = std::fs::read_to_string(format!("{}{ending}", data.display())).unwrap();
        assert!(!text.contains("horse"), "{text}");
    }
    drop(console);

    std::fs::write(format!("{}-operators", data.display()), "dear diary").unwrap();
    let refused = repeatable().console(true).data(&data).start().await.unwrap_err();
    assert!(refused.to_string().contains("-operators"), "{refused}");
}

/// Beyond the loopback interface, an address is no reason to trust a request.
#[tokio::test]
async fn a_sandbox_that_others_can_reach_asks_for_a_password() {
    let address = ([0, 0, 0, 0], 0).into();
    let sandbox = Sandbox::builder().console(true).address(address).start().await.unwrap();
    assert!(sandbox.console_sign_in_url().is_some());
    let port = sandbox.address().port();
    let redirects = reqwest::redirect::Policy::none();
    let http = reqwest::Client::builder().redirect(redirects).no_proxy().build().unwrap();
    let url = format!("http://127.0.0.1:{port}/console/1_1/overview");
    let page = http.get(url).send().await.unwrap();
    assert_eq!(page.status(), 303);
    assert_eq!(page.headers()["location"], "/console/sign-in?to=%2Fconsole%2F1_1%2Foverview");
}
