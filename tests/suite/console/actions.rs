use serde_json::{Value, json};

use super::Console;

/// An action: the resource, its id, the action and its fields; where it is read, and what it then is.
type Step<'s> = (&'s str, &'s str, &'s str, &'s [(&'s str, &'s str)], &'s str, &'s str, &'s str);

/// The status of what an action is about.
async fn status(console: &Console, path: &str, at: &str) -> Value {
    console.api("GET", path, Value::Null).await.pointer(at).cloned().unwrap_or_default()
}

#[tokio::test]
async fn actions_are_calls_of_the_platform() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 500_00).await;
    let card = console.card(&account, &person).await;
    console.api("POST", "/v2/monitoring/subscriptions", json!({ "person_id": person })).await;
    let alert = json!({ "party_id": person, "type": "WATCHLIST" });
    console.api("POST", "/sandbox/alerts", alert).await;
    let alerts = console.api("GET", "/v2/monitoring/alerts", Value::Null).await;
    let alert = alerts["alerts"][0]["id"].as_str().unwrap().to_owned();
    let of_person = format!("/v2/persons/{person}");
    let of_account = format!("/v2/accounts/{account}");
    let of_card = format!("/v2/cards/{card}");
    let of_alert = format!("/v2/monitoring/alerts/{alert}");
    let steps: &[Step<'_>] = &[
        ("persons", &person, "freeze", &[], &of_person, "/status", "FROZEN"),
        ("persons", &person, "unfreeze", &[], &of_person, "/status", "ACTIVE"),
        (
            "persons",
            &person,
            "change_email",
            &[("/email", "b@example.com")],
            &of_person,
            "/email",
            "b@example.com",
        ),
        ("accounts", &account, "freeze", &[], &of_account, "/access_status", "FROZEN"),
        ("accounts", &account, "unfreeze", &[], &of_account, "/access_status", "ACTIVE"),
        (
            "cards",
            &card,
            "suspend",
            &[("/reason", "LOS")],
            &of_card,
            "/card_details/card_status",
            "SUSPENDED",
        ),
        (
            "cards",
            &card,
            "resume",
            &[("/reason", "ACT")],
            &of_card,
            "/card_details/card_status",
            "ACTIVE",
        ),
        ("alerts", &alert, "suppress", &[], &of_alert, "/status", "SUPPRESSED"),
        ("alerts", &alert, "reopen", &[], &of_alert, "/status", "ACTIVE"),
        (
            "cards",
            &card,
            "terminate",
            &[("/reason", "STO")],
            &of_card,
            "/card_details/card_status",
            "TERMINATED",
        ),
    ];
    for (resource, id, action, fields, path, at, expected) in steps {
        let page = format!("/console/1_1/{resource}/{id}");
        let done = console.post(&page, &format!("{page}/{action}"), fields).await;
        assert_eq!(done.status, 303, "{action}: {}", done.text);
        assert_eq!(status(&console, path, at).await, *expected, "{action}");
        let page = console.page(&done.location.unwrap()).await.ok();
        assert!(page.contains("data-tone=\"good\" role=\"status\""), "{action}: {page}");
    }
}

#[tokio::test]
async fn a_note_is_written_and_an_account_is_closed() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 1).await;
    let page = format!("/console/1_1/persons/{person}");
    let note = [("/content", "called <b>twice</b>")];
    assert_eq!(console.post(&page, &format!("{page}/note"), &note).await.status, 303);
    let shown = console.page(&page).await.ok();
    assert!(shown.contains("called &lt;b&gt;twice&lt;/b&gt;"), "{shown}");
    let page = format!("/console/1_1/accounts/{account}");
    let reason = [("/reason", "CUSTOMER_REQUEST_TRANSFER"), ("/reason_details", "moves away")];
    assert_eq!(console.post(&page, &format!("{page}/close"), &reason).await.status, 303);
    let shown = console.page(&page).await.ok();
    assert!(shown.contains("In closing") && shown.contains("Closure"), "{shown}");
    let cases = console.page("/console/1_1/cases").await.ok();
    assert!(cases.contains("Accounts in closing (1)"), "{cases}");
}

#[tokio::test]
async fn a_refusal_is_shown_on_the_page_with_its_fields() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 1).await;
    let page = format!("/console/1_1/cards/{}", console.card(&account, &person).await);
    let refused = console.post(&page, &format!("{page}/suspend"), &[("/reason", "MOOD")]).await;
    assert_eq!(refused.status, 400);
    for part in ["Ada Byron", "role=\"alert\"", "reason"] {
        assert!(refused.text.contains(part), "{part}: {}", refused.text);
    }
    let unknown = console.post(&page, &format!("{page}/explode"), &[]).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn the_administrators_commands_work() {
    let console = Console::new().await;
    let run = async |page: &str, command: &str, fields: &[(&str, &str)]| {
        let page = format!("/console/1_1/admin/{page}");
        console.post(&page, &format!("/console/1_1/admin/do/{command}"), fields).await
    };
    let done = run("clock", "advance", &[("/advance/days", "1"), ("/advance/hours", "")]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let clock = console.api("GET", "/sandbox/clock", Value::Null).await;
    assert_eq!(clock["now"], "2026-11-25T14:00:00.000Z");
    assert_eq!(run("clock", "banking_days", &[("/advance/banking_days", "1")]).await.status, 303);
    assert_eq!(run("clock", "set_clock", &[("/set", "2026-12-01T00:00:00Z")]).await.status, 303);
    assert_eq!(run("clock", "advance", &[("/advance/days", "x")]).await.status, 400);

    let fault = [("/operation", "get_person"), ("/status", "503"), ("/times", "1")];
    assert_eq!(run("faults", "add_fault", &fault).await.status, 303);
    let shown = console.page("/console/1_1/admin/faults").await.ok();
    assert!(shown.contains("operation get_person, status 503, times 1"), "{shown}");
    assert_eq!(run("faults", "remove_fault", &[("number", "1")]).await.status, 303);
    let fault = [("/path", "/v2/persons*"), ("/drop", "true"), ("/after", "true")];
    assert_eq!(run("faults", "add_fault", &fault).await.status, 303);
    let faults = console.sandbox.faults();
    let fault = json!(faults.values().next().unwrap());
    assert_eq!((&fault["drop"], &fault["after"]), (&json!(true), &json!(true)), "{fault}");
    console.sandbox.clear_faults();

    let setting = [("name", "ach_hold_days"), ("value", "9")];
    assert_eq!(run("settings", "change_setting", &setting).await.status, 303);
    let settings = console.api("GET", "/sandbox/settings", Value::Null).await;
    let settings = settings["settings"].as_array().unwrap();
    let hold = settings.iter().find(|it| it["name"] == "ach_hold_days").unwrap();
    assert_eq!(hold["value"], 9);
    let wrong = [("name", "ach_hold_days"), ("value", "many")];
    assert_eq!(run("settings", "change_setting", &wrong).await.status, 400);

    let key = run("keys", "add_key", &[("/workspace", "7_7")]).await;
    assert_eq!(key.status, 200, "{}", key.text);
    assert!(key.text.contains("Only this page shows the key"), "{}", key.text);
    let keys = console.api("GET", "/sandbox/keys", Value::Null).await;
    let id = keys["keys"][1]["id"].as_str().unwrap().to_owned();
    assert_eq!(run("keys", "remove_key", &[("id", &id)]).await.status, 303);

    assert_eq!(run("snapshots", "take_snapshot", &[("/name", "before")]).await.status, 303);
    console.person("Ada", "Byron").await;
    assert_eq!(run("snapshots", "restore_snapshot", &[("snapshot", "before")]).await.status, 303);
    let persons = console.api("GET", "/v2/persons", Value::Null).await;
    assert_eq!(persons["persons"], json!([]));
    assert_eq!(run("snapshots", "remove_snapshot", &[("snapshot", "before")]).await.status, 303);
    assert_eq!(run("snapshots", "reset", &[]).await.status, 303);
    assert_eq!(run("webhooks", "deliver", &[]).await.status, 303);
}

/// What a log entry shows is sent again into the sandbox, and nowhere else.
#[tokio::test]
async fn a_request_is_sent_again() {
    let console = Console::new().await;
    let person = json!({
        "status": "PROSPECT", "is_customer": true, "first_name": "Ada", "last_name": "Byron",
    });
    console.api("POST", "/v2/persons", person).await;
    let page = "/console/1_1/admin/log/1";
    let sent = console.post(page, &format!("{page}/replay"), &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let persons = console.api("GET", "/v2/persons", Value::Null).await;
    assert_eq!(persons["persons"].as_array().unwrap().len(), 2);
}

/// The call of an action is there for curl, Rust and the command line.
#[tokio::test]
async fn an_action_shows_its_call_in_three_ways() {
    let console = Console::new().await;
    let person = console.person("Ada", "Byron").await;
    let page = console.page(&format!("/console/1_1/persons/{person}")).await.ok();
    let plain = page.replace("&quot;", "\"");
    for call in [
        format!("curl \"$SANDBOX/v2/persons/{person}\" --request PATCH"),
        format!("client.api().update_person(\"{person}\".parse()?"),
        format!("synctera persons update-person {person} --body '{{\"status\":\"FROZEN\"}}'"),
    ] {
        assert!(plain.contains(&call), "{call}: {plain}");
    }
}
