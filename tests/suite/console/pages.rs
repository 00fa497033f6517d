use serde_json::{Value, json};
use synctera_tests::subscriber::Subscriber;

use super::{Console, links, navigation};

/// Somebody with everything.
async fn bank() -> (Console, String, String, String) {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 500_00).await;
    let card = console.card(&account, &person).await;
    for amount in [10_00, 9_000_00] {
        let body = json!({ "card_id": card, "amount": amount, "mid": "123456789012345" });
        let path = "/v2/cards/transaction_simulations/authorization";
        console.api("POST", path, body).await;
    }
    let webhook = json!({
        "url": "http://127.0.0.1:9/", "enabled_events": ["PERSON.*"], "is_enabled": true,
    });
    console.api("POST", "/v2/webhooks", webhook).await;
    let note = json!({
        "related_resource_id": person, "related_resource_type": "CUSTOMER", "content": "calls often",
        "type": "NOTE",
    });
    console.api("POST", "/v2/notes", note).await;
    console.api("POST", "/sandbox/deliveries/settle", json!({})).await;
    (console, person, account, card)
}

#[tokio::test]
async fn every_page_of_the_navigation_and_every_link_of_one_answers() {
    let (console, ..) = bank().await;
    let navigation = navigation(&console).await;
    assert!(navigation.len() >= 30, "{navigation:?}");
    let mut visited = std::collections::BTreeSet::new();
    let mut open = navigation;
    while let Some(path) = open.pop() {
        if !visited.insert(path.clone()) || visited.len() > 200 {
            continue;
        }
        let page = console.page(&path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        let text = page.ok();
        for part in ["<title>", "<h1>", "lang=\"en\"", "id=\"main\""] {
            assert!(text.contains(part), "{path}: {part}");
        }
        open.extend(links(&text).into_keys());
    }
    assert!(visited.len() > 40, "{visited:?}");
}

#[tokio::test]
async fn a_customer_is_shown_with_what_belongs_to_them() {
    let (console, person, account, card) = bank().await;
    let page = console.page(&format!("/console/1_1/persons/{person}")).await.ok();
    for part in ["Ada Byron", "ada@example.com", "calls often", &account, &card] {
        assert!(page.contains(part), "{part}");
    }
    // What is masked is not in the page at all.
    for secret in ["1985-12-10", "9012", "456-78"] {
        assert!(!page.contains(secret), "{secret}");
    }
    let page = console.page(&format!("/console/1_1/accounts/{account}")).await.ok();
    let api = console.api("GET", &format!("/v2/accounts/{account}"), Value::Null).await;
    assert!(!page.contains(api["account_number"].as_str().unwrap()));
    assert!(page.contains("500.00 USD") && page.contains("490.00 USD"), "{page}");
    assert!(page.contains("Held by 1 open hold<"), "{page}");
}

#[tokio::test]
async fn a_card_shows_why_it_was_declined() {
    let (console, _, _, card) = bank().await;
    let page = console.page(&format!("/console/1_1/cards/{card}")).await.ok();
    assert!(page.contains("Insufficient funds") && page.contains("9,000.00 USD"), "{page}");
}

#[tokio::test]
async fn search_finds_names_ids_digits_and_amounts() {
    let (console, person, account, card) = bank().await;
    let api = console.api("GET", &format!("/v2/cards/{card}"), Value::Null).await;
    let digits = api["card_details"]["last_four"].as_str().unwrap().to_owned();
    let api = console.api("GET", &format!("/v2/accounts/{account}"), Value::Null).await;
    let number = api["account_number"].as_str().unwrap();
    for (query, found) in [
        ("Byron", &person),
        ("ada@example.com", &person),
        ("Engines", &account),
        ("ngin", &account),
        (account.as_str(), &account),
        (digits.as_str(), &card),
        (&number[number.len() - 4..], &account),
    ] {
        let page = console.page(&format!("/console/1_1/search?q={}", super::encoded(query))).await;
        assert!(page.ok().contains(found.as_str()), "{query}");
    }
    let page = console.page("/console/1_1/search?q=500.00").await.ok();
    assert!(page.contains("500.00 USD") && page.contains("1 found"), "{page}");
    let nothing = console.page("/console/1_1/search?q=nobody").await.ok();
    assert!(nothing.contains("0 found"), "{nothing}");
}

#[tokio::test]
async fn the_log_shows_a_refusal_with_its_reasons_and_not_the_consoles_own_reads() {
    let (console, ..) = bank().await;
    let refused = console.http.post(console.url("/v2/persons"));
    let refused = refused.bearer_auth(console.sandbox.api_key());
    let body = json!({ "status": "MOOD", "is_customer": true, "ssn": "456-78-9012" });
    assert_eq!(refused.json(&body).send().await.unwrap().status(), 400);
    let list = console.page("/console/1_1/admin/log?status=4xx").await.ok();
    assert!(list.contains("BAD_REQUEST_BODY") && list.contains("a rule"), "{list}");
    let entry = links(&list).into_keys().find(|it| it.contains("/admin/log/")).unwrap();
    let page = console.page(&entry).await.ok();
    assert!(page.contains("MOOD") && page.contains("Why") && !page.contains("456-78"), "{page}");
    let before = console.page("/console/1_1/admin/log").await.ok();
    console.page("/console/1_1/overview").await.ok();
    let after = console.page("/console/1_1/admin/log").await.ok();
    assert_eq!(before.matches("<tr>").count(), after.matches("<tr>").count());
    // The part that renews itself.
    let part = console.page("/console/1_1/admin/log?part=1").await.ok();
    assert!(!part.contains("<html") && part.contains("<table"), "{part}");
}

#[tokio::test]
async fn what_is_not_there_is_a_page_that_says_so() {
    let console = Console::new().await;
    let id = "00000000-0000-4000-8000-000000000000";
    for path in [
        "/console/1_1/moods".to_owned(),
        format!("/console/1_1/persons/{id}"),
        format!("/console/1_1/notes/{id}"),
        "/console/1_1/admin/log/999".to_owned(),
        "/console/x/overview".to_owned(),
        "/console/9_9/persons".to_owned(),
        "/console/1_1/admin/moods/x/y/z".to_owned(),
    ] {
        let page = console.page(&path).await;
        assert!(page.status.is_client_error() || page.status == 502, "{path}: {}", page.status);
        assert!(page.text.contains("<h1>"), "{path}: {}", page.text);
    }
    let home = console.page("/console").await;
    assert_eq!(home.location.as_deref(), Some("/console/1_1/overview"));
}

#[tokio::test]
async fn lists_go_on_and_filters_are_kept() {
    let console = Console::new().await;
    for number in 0..60 {
        let body = json!({
            "status": "PROSPECT", "is_customer": true, "first_name": format!("N{number}"),
            "last_name": "Many",
        });
        console.api("POST", "/v2/persons", body).await;
    }
    let first = console.page("/console/1_1/persons?last_name=Many").await.ok();
    let next = first.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    assert!(next.contains("last_name=Many"), "{next}");
    let second = console.page(&format!("/console/1_1/persons{next}")).await.ok();
    let rows = |page: &str| page.matches("<th scope=\"row\">").count();
    assert_eq!((rows(&first), rows(&second)), (50, 10));
    let none = console.page("/console/1_1/persons?last_name=None").await.ok();
    assert!(none.contains("Nothing matches the filter."), "{none}");
}

/// Each fork has its own.
#[tokio::test]
async fn a_fork_has_a_console() {
    let console = Console::new().await;
    let made = console.http.post(console.url("/sandbox/forks")).body(r#"{"name": "a"}"#);
    assert!(made.send().await.unwrap().status().is_success());
    let home = console.page("/forks/a/console").await;
    assert_eq!(home.location.as_deref(), Some("/forks/a/console/1_1/overview"));
    let page = console.page("/forks/a/console/1_1/persons").await.ok();
    assert!(page.contains("href=\"/forks/a/console/1_1/cards\""), "{page}");
    console.person("Ada", "Byron").await;
    let page = console.page("/forks/a/console/1_1/persons").await.ok();
    assert!(!page.contains("Ada Byron"), "{page}");
}

/// A request's page has what it did to the ledger and which events it raised, as the API has them.
#[tokio::test]
async fn a_logged_request_shows_its_ledger_entries_and_events() {
    let (console, person, account, _) = bank().await;
    let list = console.page("/console/1_1/admin/log?operation=createInternalTransfer").await.ok();
    let entry = links(&list).into_keys().find(|it| it.contains("/admin/log/")).unwrap();
    let page = console.page(&entry).await.ok();
    assert!(page.contains("Ledger entries") && page.contains(&account), "{page}");
    assert!(page.contains("500.00 USD") && page.contains("\u{2212}500.00 USD"), "{page}");
    let number = entry.rsplit('/').next().unwrap();
    let logged = console.sandbox.logged_request(number.parse().unwrap()).unwrap().unwrap();
    let amounts: Vec<i64> = logged.ledger_entries.iter().map(|it| it.amount).collect();
    assert_eq!((amounts.len(), amounts.iter().sum::<i64>()), (2, 0));

    let body = json!({ "chosen_name": "Countess" });
    console.api("PATCH", &format!("/v2/persons/{person}"), body).await;
    let list = console.page("/console/1_1/admin/log?method=PATCH").await.ok();
    let entry = links(&list).into_keys().find(|it| it.contains("/admin/log/")).unwrap();
    let page = console.page(&entry).await.ok();
    assert!(page.contains("PERSON.UPDATED"), "{page}");
    let event = links(&page).into_keys().find(|it| it.contains("/events/")).unwrap();
    console.page(&event).await.ok();
}

#[tokio::test]
async fn a_customer_has_a_timeline_in_order() {
    let (console, person, ..) = bank().await;
    console.sandbox.advance(chrono::Duration::days(1)).unwrap();
    console
        .post(
            &format!("/console/1_1/persons/{person}"),
            &format!("/console/1_1/persons/{person}/note"),
            &[("/content", "moved house")],
        )
        .await;
    let page = console.page(&format!("/console/1_1/persons/{person}")).await.ok();
    let (_, timeline) = page.split_once("Timeline").unwrap();
    let (timeline, _) = timeline.split_once("</ol>").unwrap();
    let at = |text: &str| timeline.find(text).unwrap_or_else(|| panic!("{text}: {timeline}"));
    // The newest first.
    let order = [at("moved house"), at("Card issued"), at("Account opened"), at("Created")];
    assert!(order[0] < order[1] && order[2] < order[3] && at("Checked") > order[0], "{timeline}");
    let moments: Vec<&str> = timeline.split("datetime=\"").skip(1).collect();
    assert!(moments.is_sorted_by(|one, other| one[..20] >= other[..20]), "{timeline}");
}

#[tokio::test]
async fn a_signature_is_checked_and_the_usual_mistakes_are_named() {
    let console = Console::new().await;
    let page = "/console/1_1/admin/webhooks";
    let check = async |timestamp: &str, signature: &str, body: &str| {
        let fields = [("timestamp", timestamp), ("signature", signature), ("body", body)];
        console.post(page, "/console/1_1/admin/webhooks/signature", &fields).await.ok()
    };
    let subscriber = Subscriber::start().await;
    assert!(check("1", "x", "{}").await.contains("has no webhook secret"));
    console.api("POST", "/v2/webhook_secrets", json!({})).await;
    let webhook =
        json!({ "url": subscriber.url(), "enabled_events": ["PERSON.*"], "is_enabled": true });
    console.api("POST", "/v2/webhooks", webhook).await;
    console.person("Ada", "Byron").await;
    console.api("POST", "/sandbox/deliveries/settle", json!({})).await;
    let received = subscriber.take().remove(0);
    let header = |name: &str| received.headers[name].to_str().unwrap().to_owned();
    let (timestamp, signature) = (header("request-timestamp"), header("synctera-signature"));
    let body = String::from_utf8(received.body.to_vec()).unwrap();
    let pretty = format!("{:#}", serde_json::from_str::<Value>(&body).unwrap());
    for (timestamp, signature, body, says) in [
        (timestamp.as_str(), signature.as_str(), body.as_str(), "it is signed by a secret"),
        (&timestamp, &signature, &format!("{body}\n"), "that were not sent"),
        (&timestamp, &signature, &pretty, "parsed and written again"),
        (&timestamp, &"0".repeat(64), &body, "no secret of the workspace gives this signature"),
        ("1", &signature, &body, "no secret of the workspace gives this signature"),
        (&timestamp, "sha256=abc", &body, "64 hexadecimal digits"),
    ] {
        let page = check(timestamp, signature, body).await;
        assert!(page.contains(says), "{says}: {page}");
    }
    console.sandbox.advance(chrono::Duration::hours(1)).unwrap();
    assert!(check(&timestamp, &signature, &body).await.contains("more than five minutes"));
}

#[tokio::test]
async fn the_clock_says_what_happened() {
    let (console, _, account, _) = bank().await;
    let page = "/console/1_1/admin/clock";
    let fields = [("/advance/days", "40"), ("/advance/hours", ""), ("/advance/minutes", "")];
    let done = console.post(page, "/console/1_1/admin/do/advance", &fields).await;
    assert_eq!(done.status, 303, "{}", done.text);
    // The page says where the clock is, and each job in words.
    let shown = console.page(&done.location.unwrap()).await.ok();
    assert!(shown.contains("<p>The clock shows Jan 3, 2027, 9:00:00 AM EST.</p>"), "{shown}");
    assert!(shown.contains("Statement made"), "{shown}");
    let jobs = console.sandbox.done_jobs(100);
    assert!(jobs.len() > 1, "{jobs:?}");
    assert!(
        jobs.is_sorted_by(|later, earlier| later.at >= earlier.at && later.number > earlier.number)
    );
    // As many rows as there were jobs in the workspace, and the statement of the account among them.
    let (_, table) = shown.split_once("What happened last").unwrap();
    let here = jobs.iter().filter(|job| job.workspace == "1_1").count();
    assert_eq!(table.split("</table>").next().unwrap().matches(" scope=\"row\">").count(), here);
    assert!(jobs.iter().any(|job| job.subject == account), "{jobs:?}");
}

#[tokio::test]
async fn an_account_shows_its_floor_and_ceiling() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let spending = console.account(&person, "Spending", 100_00).await;
    let saving = console.account(&person, "Saving", 500_00).await;
    let patch = json!({
        "balance_ceiling": { "balance": 200_00, "linked_account_id": saving },
        "balance_floor": { "balance": 50_00, "linked_account_id": saving },
    });
    console.api("PATCH", &format!("/v2/accounts/{spending}"), patch).await;
    let page = console.page(&format!("/console/1_1/accounts/{spending}")).await.ok();
    let (_, section) = page.split_once("Floor and ceiling").unwrap();
    let section = section.split("</section>").next().unwrap();
    assert!(section.contains("<svg") && section.contains("role=\"img\""), "{section}");
    // The drawing names the accounts.
    for name in [">Spending<", ">Saving: ceiling<", ">Saving: floor<"] {
        assert!(section.contains(name), "{name}: {section}");
    }
    assert!(section.contains("200.00 USD") && section.contains("50.00 USD"), "{section}");
    assert_eq!(section.matches(&format!("/console/1_1/accounts/{saving}")).count(), 2, "{section}");
}
