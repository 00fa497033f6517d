//! What people read on the pages: names in place of ids, amounts with their sign, and calls that can be made.

use serde_json::{Value, json};

use super::{Console, encoded, links};

#[tokio::test]
async fn customers_and_accounts_are_shown_by_their_names() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 1).await;
    let card = console.card(&account, &person).await;
    let link = |resource: &str, id: &str| format!("href=\"/console/1_1/{resource}/{id}\"");
    for (page, resource, id, name) in [
        ("accounts".to_owned(), "persons", &person, "Ada Byron"),
        (format!("accounts/{account}"), "persons", &person, "Ada Byron"),
        (format!("cards/{card}"), "persons", &person, "Ada Byron"),
        (format!("cards/{card}"), "accounts", &account, "Engines"),
    ] {
        let shown = console.page(&format!("/console/1_1/{page}")).await.ok();
        // Who acts is on every page, also where nobody signs in.
        assert!(shown.contains("local (administer)"), "{page}");
        let main = shown.split("<main").nth(1).unwrap();
        let (_, rest) =
            main.split_once(&link(resource, id)).unwrap_or_else(|| panic!("{page}: {main}"));
        assert!(rest.split("</a>").next().unwrap().contains(name), "{page}: {rest}");
    }
    let page = console.page(&format!("/console/1_1/accounts/{account}")).await.ok();
    let (_, parties) = page.split_once("Parties").unwrap();
    let parties = parties.split("</section>").next().unwrap();
    assert!(
        parties.contains("Ada Byron") && parties.contains("Primary account holder"),
        "{parties}"
    );
    let api = console.api("GET", &format!("/v2/cards/{card}"), Value::Null).await;
    let digits = api["card_details"]["last_four"].as_str().unwrap();
    let page = console.page(&format!("/console/1_1/cards/{card}")).await.ok();
    assert!(page.contains(&format!("<h1>Card ending {digits}</h1>")), "{page}");
}

#[tokio::test]
async fn an_account_shows_what_was_posted_with_its_sign_and_the_newest_first() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 500_00).await;
    let bank = console.api("GET", "/v2/internal_accounts", Value::Null).await;
    let back = json!({
        "originating_account_id": account, "amount": 120_00, "currency": "USD", "memo": "Back",
        "receiving_account_id": bank["internal_accounts"][0]["id"], "type": "ACCOUNT_TO_ACCOUNT",
    });
    console.api("POST", "/v2/transactions/internal_transfer", back).await;
    let page = console.page(&format!("/console/1_1/accounts/{account}")).await.ok();
    let (_, section) = page.split_once("<h2>Transactions</h2>").unwrap();
    let section = section.split("</section>").next().unwrap();
    let at = |text: &str| section.find(text).unwrap_or_else(|| panic!("{text}: {section}"));
    assert!(at("\u{2212}120.00 USD") < at("380.00 USD"), "{section}");
    assert!(at("380.00 USD") < at(">500.00 USD"), "{section}");
    // The statement of the month has the same lines.
    console.sandbox.advance(chrono::Duration::days(40)).unwrap();
    let list = console.page(&format!("/console/1_1/statements?account_id={account}")).await.ok();
    let pages: Vec<String> =
        links(&list).into_keys().filter(|link| link.contains("/statements/")).collect();
    let mut lines = String::new();
    for page in pages {
        lines += &console.page(&page).await.ok();
    }
    assert!(lines.contains("\u{2212}120.00 USD") && lines.contains("Back"), "{lines}");
}

#[tokio::test]
async fn lists_begin_with_the_newest_for_people_and_with_the_oldest_for_programs() {
    let console = Console::new().await;
    for number in 0..60 {
        let body = json!({
            "status": "PROSPECT", "is_customer": true, "first_name": format!("N{number:02}"),
            "last_name": "Many",
        });
        console.api("POST", "/v2/persons", body).await;
    }
    let names = |page: &str| -> Vec<String> {
        let rows = page.split("Many</bdi>").skip(1).count();
        let names = page.split("<bdi>N").skip(1).map(|it| it.chars().take(2).collect());
        let names: Vec<String> = names.collect();
        assert!(rows <= names.len(), "{page}");
        names
    };
    let first = console.page("/console/1_1/persons").await.ok();
    let next = first.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let second = console.page(&format!("/console/1_1/persons{next}")).await.ok();
    let shown = [names(&first), names(&second)].concat();
    let all: Vec<String> = (0..60).rev().map(|number| format!("{number:02}")).collect();
    assert_eq!(shown, all);
    let api = console.api("GET", "/v2/persons?limit=1", Value::Null).await;
    assert_eq!(api["persons"][0]["first_name"], "N00");
}

#[tokio::test]
async fn search_finds_the_beginning_of_an_id_and_the_amount_of_a_hold_or_a_decline() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 500_00).await;
    let card = console.card(&account, &person).await;
    for amount in [12_34, 9_876_00] {
        let body = json!({ "card_id": card, "amount": amount, "mid": "123456789012345" });
        console.api("POST", "/v2/cards/transaction_simulations/authorization", body).await;
    }
    for (query, found) in [
        (&account[..8], account.as_str()),
        (&person.to_uppercase()[..13], &person),
        ("12.34", "12.34 USD"),
        ("9,876", "Insufficient funds"),
    ] {
        let page = console.page(&format!("/console/1_1/search?q={}", encoded(query))).await.ok();
        assert!(page.contains(found) && page.contains("1 found"), "{query}: {page}");
    }
    // The ids of another workspace are not.
    let other = json!({ "workspace": "7_7" });
    console.api("POST", "/sandbox/keys", other).await;
    let page = console.page(&format!("/console/7_7/search?q={}", &account[..8])).await.ok();
    assert!(page.contains("0 found"), "{page}");
}

/// A call shows what the form gives, or a place for it.
#[tokio::test]
async fn a_call_has_a_place_for_each_input() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 1).await;
    let card = console.card(&account, &person).await;
    for (page, call) in [
        (format!("persons/{person}"), r#"{"email":"name@example.com"}"#),
        (format!("cards/{card}"), r#"{"card_status":"SUSPENDED","reason":"LOS"}"#),
        ("admin/clock".to_owned(), r#"{"advance":{"banking_days":1}}"#),
        ("admin/snapshots".to_owned(), "$SANDBOX/sandbox/reset"),
        ("admin/faults".to_owned(), r#"{"operation":"create_person","status":503,"times":1}"#),
    ] {
        let page = console.page(&format!("/console/1_1/{page}")).await.ok();
        let plain = page.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">");
        assert!(plain.contains(call), "{call}: {plain}");
    }
    // What is there now can be changed.
    let page = console.page(&format!("/console/1_1/persons/{person}")).await.ok();
    assert!(page.contains("name=\"/email\" value=\"ada@example.com\""), "{page}");
}

#[tokio::test]
async fn why_a_card_was_declined_is_said_in_words() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 500_00).await;
    let card = console.card(&account, &person).await;
    let ask = json!({ "card_id": card, "amount": 1_00, "mid": "123456789012345" });
    let authorization = "/v2/cards/transaction_simulations/authorization";
    let suspend = json!({ "card_status": "SUSPENDED", "reason": "LOS" });
    console.api("PATCH", &format!("/v2/cards/{card}"), suspend).await;
    console.api("POST", authorization, ask).await;
    let page = console.page(&format!("/console/1_1/cards/{card}")).await.ok();
    assert!(page.contains("The card network declined it:"), "{page}");
    assert!(page.contains("The card is suspended") && page.contains("Lost"), "{page}");
    // A new one takes its place.
    let page = format!("/console/1_1/cards/{card}");
    let reason = [("/card_details/reissue_reason", "LOST")];
    let done = console.post(&page, &format!("{page}/reissue"), &reason).await;
    let shown = console.page(&done.location.unwrap()).await.ok();
    assert!(shown.contains("A new card is issued:") && shown.contains("Reissued as"), "{shown}");
    assert!(!shown.contains("/reissue\""), "{shown}");
}

#[tokio::test]
async fn a_hold_that_was_declined_has_no_end_to_come() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 500_00).await;
    let card = console.card(&account, &person).await;
    for (amount, is_open) in [(1_00, true), (900_00, false)] {
        let ask = json!({ "card_id": card, "amount": amount, "mid": "123456789012345" });
        console.api("POST", "/v2/cards/transaction_simulations/authorization", ask).await;
        let status = if is_open { "PENDING" } else { "DECLINED" };
        let list = format!("/v2/transactions/pending?status={status}");
        let hold = console.api("GET", &list, Value::Null).await;
        let id = hold["result"][0]["uuid"].as_str().unwrap();
        let page = console.page(&format!("/console/1_1/pending/{id}")).await.ok();
        assert_eq!(page.contains("<dt>Ends</dt>"), is_open, "{page}");
    }
}

#[tokio::test]
async fn a_verification_shows_what_it_found() {
    let console = Console::new().await;
    let person = console.person("Ada", "Review").await;
    let list = format!("/v2/verifications?person_id={person}");
    let found = console.api("GET", &list, Value::Null).await;
    let found = found["verifications"].as_array().unwrap();
    let one = found.iter().find(|it| it["result"] == "REVIEW");
    let one = one.unwrap_or_else(|| panic!("{found:?}"));
    let detail = &one["details"][0];
    let page = format!("/console/1_1/verifications/{}", one["id"].as_str().unwrap());
    let page = console.page(&page).await.ok();
    let (_, section) = page.split_once("<h2>What it found</h2>").unwrap();
    let section = section.split("</section>").next().unwrap();
    for member in ["result", "label"] {
        let value = detail[member].as_str().unwrap();
        assert!(section.contains(value), "{member}: {section}");
    }
}

#[tokio::test]
async fn where_an_account_is_needed_it_is_chosen() {
    let console = Console::new().await;
    let page = "/console/1_1/statements";
    let nothing = console.page(page).await.ok();
    assert!(nothing.contains("<code>"), "how to make an account: {nothing}");
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 500_00).await;
    let shown = console.page(page).await.ok();
    let (_, link) = shown.split_once(&format!("href=\"?account_id={account}\"")).unwrap();
    assert!(link.split("</a>").next().unwrap().contains("Engines"), "{link}");
}

/// A link that somebody else made says nothing of its own.
#[tokio::test]
async fn only_the_server_says_what_was_done() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let page = format!("/console/1_1/persons/{person}");
    let done = console.post(&page, &format!("{page}/freeze"), &[]).await.location.unwrap();
    assert!(console.page(&done).await.ok().contains("role=\"status\""), "{done}");
    let (mark, text) = (done.split_once("mark=").unwrap().1, "Unfrozen.");
    for forged in [
        format!("{page}?done={text}"),
        format!("{page}?done={text}&mark={mark}"),
        format!("{page}?done={text}&mark="),
        done.replace("mark=", "mark=0"),
        format!("{page}?done=freeze"),
    ] {
        let shown = console.page(&forged).await.ok();
        assert!(!shown.contains("role=\"status\""), "{forged}");
    }
}

/// Faults are for programs: what a page reads neither meets one nor uses one up.
#[tokio::test]
async fn pages_do_not_meet_faults() {
    let console = Console::new().await;
    console.person("Ada", "Byron").await;
    let fault = json!({ "operation": "list_persons", "status": 503, "times": 1 });
    console.api("POST", "/sandbox/faults", fault).await;
    let slow = json!({ "operation": "list_accounts", "delay_ms": 600_000 });
    console.api("POST", "/sandbox/faults", slow).await;
    for page in ["persons", "overview", "cases", "search?q=Ada"] {
        let shown = console.page(&format!("/console/1_1/{page}")).await.ok();
        assert!(!shown.contains("role=\"alert\""), "{page}: {shown}");
    }
    let faults = console.api("GET", "/sandbox/faults", Value::Null).await;
    assert_eq!(faults["faults"].as_array().unwrap().len(), 2, "{faults}");
}

/// A file is not kept, so that a request with one cannot be sent again.
#[tokio::test]
async fn a_request_with_a_file_is_not_sent_again() {
    let console = Console::new().await;
    let form = "--x\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nletter\r\n--x\r\n\
        content-disposition: form-data; name=\"type\"\r\n\r\nAPPLICATION_DOCUMENTATION\r\n--x\r\n\
        content-disposition: form-data; name=\"file\"; filename=\"letter.pdf\"\r\n\
        content-type: application/pdf\r\n\r\nDear\r\n--x--\r\n";
    let request = console.http.post(console.url("/v2/documents")).body(form);
    let request = request.bearer_auth(console.sandbox.api_key());
    let made = request.header("content-type", "multipart/form-data; boundary=x").send().await;
    assert_eq!(made.unwrap().status(), 201);
    let entry = "/console/1_1/admin/log/1";
    let page = console.page(entry).await.ok();
    assert!(!page.contains("curl"), "{page}");
    let sent = console.post(entry, &format!("{entry}/replay"), &[]).await;
    assert_eq!(sent.status, 400);
    assert!(sent.text.contains("cannot be sent again"), "{}", sent.text);
}

/// What the log masks is sent as it came, and not as the log shows it.
#[tokio::test]
async fn a_request_with_secrets_is_sent_again_as_it_came() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let metadata = json!({ "metadata": { "api_key": "K-456", "x": "y" } });
    console.api("PATCH", &format!("/v2/persons/{person}"), metadata).await;
    let found = console.api("GET", "/v2/persons?ssn_last_4=9012", Value::Null).await;
    assert_eq!(found["persons"].as_array().unwrap().len(), 1);
    // The resource of an event is a text that is JSON.
    let webhook = json!({
        "url": "http://127.0.0.1:9/", "enabled_events": ["PERSON.*"], "is_enabled": true,
    });
    let webhook = console.api("POST", "/v2/webhooks", webhook).await;
    let webhook = webhook["id"].as_str().unwrap();
    let nickname = json!({ "chosen_name": "Countess" });
    console.api("PATCH", &format!("/v2/persons/{person}"), nickname).await;
    console.api("GET", &format!("/v2/webhooks/{webhook}/events"), Value::Null).await;
    let list = console.page("/console/1_1/admin/log").await.ok();
    let entries: Vec<String> =
        links(&list).into_keys().filter(|it| it.contains("/admin/log/")).collect();
    assert!(entries.len() > 3, "{entries:?}");
    for entry in &entries {
        let shown = console.page(entry).await.ok();
        for secret in ["K-456", "456-78", "1985-12-10"] {
            assert!(!shown.contains(secret), "{secret}: {shown}");
        }
        let sent = console.post(entry, &format!("{entry}/replay"), &[]).await;
        assert_eq!(sent.status, 303, "{entry}: {}", sent.text);
    }
    let persons = console.api("GET", "/v2/persons?ssn_last_4=9012", Value::Null).await;
    assert_eq!(persons["persons"].as_array().unwrap().len(), 2, "{persons}");
    let of_person = console.api("GET", &format!("/v2/persons/{person}"), Value::Null).await;
    assert_eq!(of_person["metadata"]["api_key"], "K-456");
}

#[tokio::test]
async fn cases_and_holds_are_whole() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    console.api("POST", "/v2/monitoring/subscriptions", json!({ "person_id": person })).await;
    let alert = json!({ "party_id": person, "type": "WATCHLIST" });
    for _ in 0..106 {
        console.api("POST", "/sandbox/alerts", alert.clone()).await;
    }
    let cases = console.page("/console/1_1/cases").await.ok();
    assert!(cases.contains("Alerts (106)"), "{cases}");
    // A hold that is cleared in part still sets money aside.
    let account = console.account(&person, "Engines", 500_00).await;
    let card = console.card(&account, &person).await;
    let ask = json!({ "card_id": card, "amount": 100_00, "mid": "123456789012345" });
    let simulations = "/v2/cards/transaction_simulations";
    let held = console.api("POST", &format!("{simulations}/authorization"), ask).await;
    let clearing = json!({
        "amount": 30_00, "original_transaction_id": held["transaction"]["token"], "force_post": false,
    });
    console.api("POST", &format!("{simulations}/clearing"), clearing).await;
    let page = console.page(&format!("/console/1_1/accounts/{account}")).await.ok();
    let (_, sum) = page.split_once("What makes up").unwrap();
    let sum = sum.split("</table>").next().unwrap();
    assert!(!sum.contains("Credit, linked accounts"), "{sum}");
}

/// A fork's commands and figures are its own, and those of a workspace are, too.
#[tokio::test]
async fn figures_and_commands_are_of_the_bank_that_is_shown() {
    let console = Console::new().await;
    console.person("Ada", "Byron").await;
    console.api("POST", "/sandbox/forks", json!({ "name": "a" })).await;
    let page = console.page("/forks/a/console/1_1/businesses").await.ok();
    let page = page.replace("&quot;", "\"");
    assert!(page.contains("curl \"$SANDBOX/forks/a/v2/businesses\""), "{page}");
    console.api("POST", "/sandbox/keys", json!({ "workspace": "7_7" })).await;
    let page = console.page("/console/7_7/overview").await.ok();
    assert!(page.contains("<h2>Persons</h2><p class=\"figure\">0</p>"), "{page}");
    assert_eq!(console.page("/console/8_8/overview").await.status, 404);
}

#[tokio::test]
async fn a_payment_is_one_story_wherever_one_begins() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 500_00).await;
    let external = json!({
        "customer_id": person, "customer_type": "PERSONAL", "account_owner_names": ["Ada Byron"],
        "type": "CHECKING", "account_identifiers": { "number": "123456789" },
        "routing_identifiers": {
            "ach_routing_number": "011000015", "bank_countries": ["US"], "bank_name": "Other Bank",
        },
    });
    let external = console.api("POST", "/v2/external_accounts", external).await;
    let order = json!({
        "originating_account_id": account, "receiving_account_id": external["id"],
        "customer_id": person, "amount": 75_00, "currency": "USD", "dc_sign": "credit",
    });
    let order = console.api("POST", "/v2/ach", order).await;
    let order = order["id"].as_str().unwrap();
    console.sandbox.advance_banking_days(1).unwrap();
    let list = format!("/v2/transactions/posted?account_id={account}&type=ach");
    let posted = console.api("GET", &list, Value::Null).await;
    let posted = posted["result"][0]["uuid"].as_str().unwrap().to_owned();
    let parts = [("ach", order), ("pending", order), ("transactions", posted.as_str())];
    for (resource, id) in parts {
        let page = console.page(&format!("/console/1_1/{resource}/{id}")).await.ok();
        let (_, story) = page.split_once("<h2>The rest of this payment</h2>").unwrap();
        let story = story.split("</section>").next().unwrap();
        for (other, id) in parts {
            let link = format!("href=\"/console/1_1/{other}/{id}\"");
            assert_eq!(story.contains(&link), other != resource, "{resource}, {other}: {story}");
        }
        assert!(story.contains("75.00 USD"), "{story}");
    }
    // Each step of the hold, and the last one.
    let hold = console.page(&format!("/console/1_1/pending/{order}")).await.ok();
    let (_, steps) = hold.split_once("<h2>Steps</h2>").unwrap();
    let steps = steps.split("</section>").next().unwrap();
    assert!(steps.contains("Hold new") && steps.contains("75.00 USD"), "{steps}");
    assert!(steps.matches("<tr>").count() > 2, "{steps}");
}

#[tokio::test]
async fn holds_count_however_many_were_declined() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 100_00).await;
    let card = console.card(&account, &person).await;
    for amount in std::iter::once(25_00).chain(std::iter::repeat_n(900_00, 1_010)) {
        let ask = json!({ "card_id": card, "amount": amount, "mid": "123456789012345" });
        console.api("POST", "/v2/cards/transaction_simulations/authorization", ask).await;
    }
    let page = console.page(&format!("/console/1_1/accounts/{account}")).await.ok();
    let (_, made_up) = page.split_once("What makes up the available balance").unwrap();
    let made_up = made_up.split("</section>").next().unwrap();
    assert!(made_up.contains("Held by 1 open hold<") && !made_up.contains("Credit"), "{made_up}");
}

/// Who sent a request chose its path: a shell that is given the shown command must not run it.
#[tokio::test(flavor = "multi_thread")]
async fn a_shown_command_runs_nothing_of_its_path() {
    let console = Console::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("ran");
    for (place, text) in
        ["$(touch MARK)", "`touch MARK`", "';touch MARK;'", "\"; touch MARK; \""].iter().enumerate()
    {
        let text = text.replace("MARK", mark.to_str().unwrap()).replace(' ', "${IFS}");
        // As a client sends it that encodes nothing.
        let target = format!("/v2/persons?last_name={text}");
        let url = format!("{}{target}", console.sandbox.base_url());
        let sent = std::process::Command::new("curl")
            .args(["-s", "-g", "-H", "Authorization: Bearer wrong", &url])
            .output()
            .unwrap();
        assert!(sent.status.success(), "{sent:?}");
        let log = console.page("/console/1_1/admin/log?workspace=none").await.ok();
        let page = links(&log).into_keys().find(|it| it.contains("/admin/log/")).unwrap();
        let page = console.page(&page).await.ok();
        let (_, code) = page.split_once("<h4>curl</h4>").unwrap();
        let code = code.split_once("<code>").unwrap().1.split("</code>").next().unwrap();
        let plain = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
        let code = plain.iter().fold(code.to_owned(), |text, (from, to)| text.replace(from, to));
        let ran = std::process::Command::new("sh")
            .args(["-c", &code])
            .env("SANDBOX", console.sandbox.base_url())
            .env("KEY", "wrong")
            .output()
            .unwrap();
        assert!(!mark.exists(), "{place}: {code}");
        assert!(String::from_utf8_lossy(&ran.stdout).contains("UNAUTHENTICATED"), "{code} {ran:?}");
    }
}

#[tokio::test]
async fn requests_with_a_wrong_key_are_shown() {
    let console = Console::new().await;
    let url = format!("{}/v2/persons", console.sandbox.base_url());
    let refused = console.http.get(url).bearer_auth("wrong").send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let own = console.page("/console/1_1/admin/log").await.ok();
    assert!(!own.contains("/v2/persons"), "{own}");
    let log = console.page("/console/1_1/admin/log?workspace=none").await.ok();
    let page = links(&log).into_keys().find(|it| it.contains("/admin/log/")).unwrap();
    assert!(console.page(&page).await.ok().contains("GET /v2/persons"));
    let errors = console.page("/console/1_1/admin/errors").await.ok();
    assert!(errors.contains("workspace=none"), "{errors}");
    // A path of no operation has a name in each table.
    console
        .http
        .get(console.url("/v2/person"))
        .bearer_auth(console.sandbox.api_key())
        .send()
        .await
        .unwrap();
    for page in ["errors", "performance"] {
        let page = console.page(&format!("/console/1_1/admin/{page}")).await.ok();
        assert!(page.contains("no operation"), "{page}");
        assert!(!page.contains("<th scope=\"row\"></th>") && !page.contains("\"></a>"), "{page}");
    }
}
