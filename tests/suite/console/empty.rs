//! Lists that are empty say how to make the first row: each command works as it stands there.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::json;

use super::{Console, links, navigation};

/// The command of an empty list.
fn command(page: &str) -> Option<String> {
    let (_, empty) = page.split_once("class=\"empty\"")?;
    let (_, code) = empty.split("</div>").next()?.split_once("<code>")?;
    let code = code.split("</code>").next()?;
    let plain = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    Some(plain.iter().fold(code.to_owned(), |text, (from, to)| text.replace(from, to)))
}

/// A form of a page: where it goes, its label, and for each field that must be chosen what it offers.
struct Form {
    action: String,
    label: String,
    fields: Vec<(String, Vec<String>)>,
}

/// The actions of a page.
fn forms(page: &str) -> Vec<Form> {
    let between = |text: &str, from: &str, to: &str| -> Option<String> {
        let (_, rest) = text.split_once(from)?;
        rest.split(to).next().map(str::to_owned)
    };
    let Some((_, actions)) = page.split_once("<section class=\"actions\"") else {
        return Vec::new();
    };
    let forms = actions.split("<form method=\"post\"").skip(1).filter_map(|form| {
        let form = form.split("</form>").next()?;
        let mut fields = Vec::new();
        for field in form.split("<label").skip(1) {
            // The box of those who have no scripts has none.
            let Some(name) = between(field, " name=\"", "\"") else { continue };
            // What may be left out is.
            if !field.contains(" required") {
                continue;
            }
            let options =
                field.split("<option value=\"").skip(1).filter_map(|it| it.split('"').next());
            fields.push((name, options.filter(|it| !it.is_empty()).map(str::to_owned).collect()));
        }
        let label = between(form, "<button", "</button>")?;
        let label = label.rsplit('>').next()?.to_owned();
        Some(Form { action: between(form, "action=\"", "\"")?, label, fields })
    });
    forms.collect()
}

/// Sends each action that pages offer, with each choice of its fields until one is taken, and asks again for
/// what is offered then, until nothing new is.
async fn every_action_is_offered_and_works(console: &Console) {
    let business = json!({
        "entity_name": "Analytical Engines", "structure": "LLC", "status": "ACTIVE",
        "is_customer": true, "ein": "12-3456789", "email": "office@example.com",
        "phone_number": "+14155550124", "formation_date": "2015-01-02", "formation_state": "CA",
        "legal_address": {
            "address_line_1": "1 Market St", "city": "San Francisco", "state": "CA",
            "postal_code": "94105", "country_code": "US",
        },
    });
    console.api("POST", "/v2/businesses", business).await;
    let lists = navigation(console).await;
    let lists: Vec<String> = lists.into_iter().filter(|path| !path.contains("/admin/")).collect();
    let (mut done, mut refusals) = (BTreeSet::new(), BTreeMap::new());
    // What ends a card or an account comes last.
    for later in [["Terminate", "Close"].as_slice(), &["Close"], &[]] {
        let mut is_new = true;
        while std::mem::take(&mut is_new) {
            for list in &lists {
                let name = list.rsplit('/').next().unwrap();
                let prefix = format!("{list}/");
                let pages = links(&console.page(list).await.text).into_keys();
                let pages: Vec<String> = pages.filter(|link| link.starts_with(&prefix)).collect();
                for page in pages.iter().take(6) {
                    for form in forms(&console.page(page).await.ok()) {
                        let kind = format!("{name}: {}", form.label);
                        if done.contains(&kind) || later.contains(&form.label.as_str()) {
                            continue;
                        }
                        match is_taken(console, page, &form).await {
                            Ok(()) => is_new |= done.insert(kind),
                            Err(why) => drop(refusals.insert(kind, why)),
                        }
                    }
                }
            }
        }
    }
    let expected = [
        "accounts: Add a note",
        "accounts: Close",
        "accounts: Freeze",
        "accounts: Unfreeze",
        "ach: Cancel",
        "alerts: Open again",
        "alerts: Resolve",
        "applications: Decide the credit",
        "businesses: Add a note",
        "businesses: Freeze",
        "businesses: Unfreeze",
        "cards: Reissue",
        "cards: Resume",
        "cards: Suspend",
        "cards: Terminate",
        "disputes: Move",
        "persons: Add a note",
        "persons: Change the email",
        "persons: Freeze",
        "persons: Unfreeze",
        "schedules: Cancel",
        "wires: Cancel",
    ];
    let missing: Vec<_> = expected.into_iter().filter(|it| !done.contains(*it)).collect();
    assert!(missing.is_empty(), "never worked: {missing:?}; {refusals:#?}");
}

/// Whether a form is taken with one of the choices that it offers; otherwise what its page said last.
async fn is_taken(console: &Console, page: &str, form: &Form) -> Result<(), String> {
    let most = form.fields.iter().map(|(_, options)| options.len()).max().unwrap_or_default();
    let mut said = String::new();
    for choice in 0..most.max(1) {
        let given: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|(field, options)| {
                let text = if field == "/email" { "b@example.com" } else { "as agreed" };
                (field.as_str(), options.get(choice).map_or(text, String::as_str))
            })
            .collect();
        let sent = console.post(page, &form.action, &given).await;
        assert!(sent.status.as_u16() < 500, "{}: {}", form.action, sent.text);
        if sent.status == 303 {
            return Ok(());
        }
        let alert = sent.text.split("role=\"alert\"").nth(1).unwrap_or_default();
        said += &format!("{given:?}: {}\n", alert.chars().take(300).collect::<String>());
    }
    Err(said)
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
    // One is terminated, one is reissued.
    console.card(&account, &person).await;
    console.card(&account, &person).await;
    // Wires and ACH go to an external account.
    commands.sort_by_key(|(name, _)| name != "external_accounts");
    // Statements are listed by account; what makes them moves the clock.
    let statements = format!("statements?account_id={account}");
    let page = console.page(&format!("/console/1_1/{statements}")).await.ok();
    commands.push((statements.clone(), command(&page).unwrap()));
    for (name, command) in commands {
        if command.contains("cargo run --example customer_journey") {
            continue;
        }
        if name == statements {
            every_action_is_offered_and_works(&console).await;
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
        // And the list is not empty any more.
        let page = console.page(&format!("/console/1_1/{name}")).await.ok();
        assert!(
            !page.contains("class=\"empty\"") || name == "overview",
            "{name}: {command}\n{said}"
        );
    }
    // No column reads a member that is never there.
    let lists = navigation(&console).await.into_iter().filter(|path| !path.contains("/admin/"));
    let lists = lists.map(|path| match path.ends_with("/statements") {
        true => format!("/console/1_1/{statements}"),
        false => path,
    });
    let mut blank = Vec::new();
    for list in lists {
        blank.extend(
            blank_columns(&console.page(&list).await.ok()).map(|it| format!("{list}: {it}")),
        );
    }
    // What the commands leave out.
    let optional = [
        "ach: Return",
        "external_accounts: Nickname",
        "pending: Reason",
        "schedules: Next",
        "spend_controls: Count limit",
        "transactions: Memo",
        "transfers: Reason",
    ];
    blank.retain(|column: &String| !optional.iter().any(|it| column.ends_with(it)));
    assert!(blank.is_empty(), "{blank:#?}");
}

/// The columns of a page's first table that have a value in no row.
fn blank_columns(page: &str) -> impl Iterator<Item = String> {
    let text = |cell: &str| cell.split_once('>').map_or("", |(_, text)| text).to_owned();
    let table = page.split("<table>").nth(1).unwrap_or_default().split("</table>").next().unwrap();
    let (head, rows) = table.split_once("</thead>").unwrap_or_default();
    let labels = head.split("<th ").skip(1).map(|it| text(it.split("</th>").next().unwrap()));
    let rows: Vec<Vec<&str>> =
        rows.split("<tr>").skip(1).map(|row| row.split("<td").skip(1).collect()).collect();
    let is_blank = move |column: usize| {
        rows.iter().all(|row| row.get(column).is_none_or(|cell| cell.contains("class=\"none\"")))
    };
    // The first one is the id, in a heading of its row.
    let labels: Vec<String> = labels.skip(1).collect();
    labels
        .into_iter()
        .enumerate()
        .filter(move |(column, _)| is_blank(*column))
        .map(|(_, label)| label)
}
