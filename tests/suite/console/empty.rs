//! Lists that are empty say how to make the first row: each command works as it stands there.

use std::process::Command;

use serde_json::{Value, json};

use super::{Console, navigation};

/// The command of an empty list.
fn command(page: &str) -> Option<String> {
    let (_, empty) = page.split_once("class=\"empty\"")?;
    let (_, code) = empty.split("</div>").next()?.split_once("<code>")?;
    let code = code.split("</code>").next()?;
    let plain = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    Some(plain.iter().fold(code.to_owned(), |text, (from, to)| text.replace(from, to)))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_of_an_empty_list_works() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("skipped: this needs curl");
        return;
    }
    let console = Console::new().await;
    let mut commands = Vec::new();
    for path in navigation(&console).await {
        let name = path.strip_prefix("/console/1_1/").unwrap().to_owned();
        if name.contains("admin/") && name != "admin/webhooks" {
            continue;
        }
        if let Some(command) = command(&console.page(&path).await.text) {
            commands.push((name, command));
        }
    }
    assert!(commands.len() >= 20, "{commands:?}");
    // What the example of the README makes, which is another command.
    let person = console.person("Ada", "Byron").await;
    let account = console.account(&person, "Engines", 500_00).await;
    console.card(&account, &person).await;
    // Wires and ACH go to an external account.
    commands.sort_by_key(|(name, _)| name != "external_accounts");
    for (name, command) in commands {
        if command.contains("cargo run --example customer_journey") {
            continue;
        }
        // As a person types it, but an answer that is an error ends it.
        let script = format!(
            "curl() {{ command curl --fail-with-body --silent \"$@\"; }}\nset -e\n{command}"
        );
        let ran = tokio::task::block_in_place(|| {
            Command::new("bash")
                .args(["-c", &script])
                .env("SANDBOX", console.sandbox.base_url())
                .env("KEY", console.sandbox.api_key())
                .output()
                .unwrap()
        });
        let said = String::from_utf8_lossy(&ran.stdout);
        assert!(
            ran.status.success(),
            "{name}: {command}\n{said}{}",
            String::from_utf8_lossy(&ran.stderr)
        );
        if name == "statements" {
            continue;
        }
        // And the list is not empty any more.
        let page = console.page(&format!("/console/1_1/{name}")).await.ok();
        assert!(
            !page.contains("class=\"empty\"") || name == "overview",
            "{name}: {command}\n{said}"
        );
    }
    let people = console.api("GET", "/v2/businesses", Value::Null).await;
    assert_ne!(people["businesses"], json!([]));
}
