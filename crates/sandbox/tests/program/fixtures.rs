//! Sandboxes that begin with what files describe.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::Program;

fn bank() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../journey-files/tests/bank");
    folder.to_str().unwrap().to_owned()
}

async fn get(program: &Program, path: &str) -> Value {
    let request = reqwest::Client::new().get(format!("{}{path}", program.base_url));
    let response = request.bearer_auth("sandbox-key").send().await.unwrap();
    assert!(response.status().is_success(), "{path}: {}", response.status());
    response.json().await.unwrap()
}

async fn post(program: &Program, path: &str, body: Value) -> Value {
    let request = reqwest::Client::new().post(format!("{}{path}", program.base_url)).json(&body);
    let response = request.bearer_auth("sandbox-key").send().await.unwrap();
    assert!(response.status().is_success(), "{path}: {}", response.status());
    response.json().await.unwrap()
}

/// Posted balances by nickname or type of account.
async fn accounts(program: &Program) -> Vec<(String, i64)> {
    let list = get(program, "/v2/accounts?limit=100").await;
    let accounts = list["accounts"].as_array().unwrap().iter();
    let mut found: Vec<(String, i64)> = accounts
        .map(|account| {
            let balances = account["balances"].as_array().unwrap();
            let posted = balances.iter().find(|it| it["type"] == "ACCOUNT_BALANCE").unwrap();
            let name = account["nickname"].as_str().unwrap_or("none").to_owned();
            (name, posted["balance"].as_i64().unwrap())
        })
        .collect();
    found.sort();
    found
}

const ACCOUNTS: [(&str, i64); 2] = [("$5 a day", 1_500_00), ("none", 1_000_00)];

fn named(accounts: &[(String, i64)]) -> Vec<(&str, i64)> {
    accounts.iter().map(|(name, posted)| (&**name, *posted)).collect()
}

#[tokio::test]
async fn it_answers_with_what_the_files_describe_and_resets_to_it() {
    let program = Program::start(&["--fixtures", &bank()]);
    assert_eq!(named(&accounts(&program).await), ACCOUNTS);
    let clock = get(&program, "/sandbox/clock").await;
    assert_eq!(clock["run"], "real", "{clock}");
    let person = serde_json::json!({ "status": "PROSPECT", "is_customer": true });
    post(&program, "/v2/persons", person).await;
    assert_eq!(get(&program, "/v2/persons").await["persons"].as_array().unwrap().len(), 3);
    post(&program, "/sandbox/reset", serde_json::json!({})).await;
    assert_eq!(get(&program, "/v2/persons").await["persons"].as_array().unwrap().len(), 2);
    assert_eq!(named(&accounts(&program).await), ACCOUNTS);
}

/// The ids are found by the names of the entries, also after a reset and in a fork.
#[tokio::test]
async fn the_ids_of_what_the_files_created_are_found_by_name() {
    let program = Program::start(&["--fixtures", &bank()]);
    let fixtures = get(&program, "/sandbox/fixtures").await;
    let list = fixtures["fixtures"].as_array().unwrap();
    let names: Vec<&str> = list.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["ada", "grace", "flow", "ada-checking", "flow-checking", "ada-deposit", "rent"]
    );
    assert_eq!(list[3]["journey"], "open_account");
    let account = format!("/v2/accounts/{}", list[3]["id"].as_str().unwrap());
    let account = get(&program, &account).await;
    assert_eq!(account["account_type"], "CHECKING");
    post(&program, "/sandbox/reset", serde_json::json!({})).await;
    assert_eq!(get(&program, "/sandbox/fixtures").await, fixtures);
    post(&program, "/sandbox/forks", serde_json::json!({ "name": "a" })).await;
    assert_eq!(get(&program, "/forks/a/sandbox/fixtures").await, fixtures);
    let without = Program::start(&[]);
    let none = get(&without, "/sandbox/fixtures").await;
    assert_eq!(none, serde_json::json!({ "fixtures": [] }));
    // What a wipe deletes is not listed any more.
    let wipe = reqwest::Client::new().post(format!("{}/v0/wipe", program.base_url));
    let wiped = wipe.bearer_auth("sandbox-key").send().await.unwrap();
    assert!(wiped.status().is_success(), "{}", wiped.status());
    assert_eq!(get(&program, "/sandbox/fixtures").await, none);
}

/// The files were run before the snapshot was taken: their keys find what is there.
#[tokio::test]
async fn a_snapshot_that_has_the_fixtures_has_them_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.snapshot");
    let program = Program::start(&["--fixtures", &bank()]);
    let fixtures = get(&program, "/sandbox/fixtures").await;
    post(&program, "/sandbox/snapshots", serde_json::json!({ "name": "bank" })).await;
    let url = format!("{}/sandbox/snapshots/bank/file", program.base_url);
    let snapshot = reqwest::get(url).await.unwrap().bytes().await.unwrap();
    fs::write(&file, snapshot).unwrap();
    let again = Program::start(&["--from", file.to_str().unwrap(), "--fixtures", &bank()]);
    assert_eq!(get(&again, "/sandbox/fixtures").await, fixtures);
    assert_eq!(named(&accounts(&again).await), ACCOUNTS);
}

#[tokio::test]
async fn with_a_seed_and_a_held_clock_it_is_the_same_each_time() {
    let arguments = ["--fixtures", &bank(), "--seed", "7", "--clock", "2026-11-24T14:00:00Z"];
    let (one, other) = (Program::start(&arguments), Program::start(&arguments));
    for path in ["/v2/persons", "/v2/accounts", "/v2/transactions/posted", "/sandbox/clock"] {
        assert_eq!(get(&one, path).await, get(&other, path).await, "{path}");
    }
    let person = serde_json::json!({ "status": "PROSPECT", "is_customer": true });
    let next = post(&one, "/v2/persons", person.clone()).await;
    assert_eq!(next["id"], post(&other, "/v2/persons", person).await["id"]);
}

#[tokio::test]
async fn a_data_file_is_filled_once_and_then_continued() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("bank.db");
    let arguments = ["--data", data.to_str().unwrap(), "--fixtures", &bank()];
    let mut program = Program::start(&arguments);
    assert_eq!(named(&accounts(&program).await), ACCOUNTS);
    let person = serde_json::json!({ "status": "PROSPECT", "is_customer": true });
    post(&program, "/v2/persons", person).await;
    program.kill();
    let program = Program::start(&arguments);
    assert_eq!(get(&program, "/v2/persons").await["persons"].as_array().unwrap().len(), 3);
}

#[test]
fn the_entries_are_listed_after_the_address() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .args(["--port", "0", "--fixtures", &bank()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let lines: Vec<String> = lines.take(10).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(lines[0].starts_with("listening on http://127.0.0.1:"), "{}", lines[0]);
    assert!(lines[1].starts_with("console at http://127.0.0.1:"), "{}", lines[1]);
    assert_eq!(lines[2], "API key: sandbox-key");
    assert!(lines[3].starts_with("fixture ada: onboard_customer "), "{}", lines[3]);
    assert!(lines[9].starts_with("fixture rent: transfer "), "{}", lines[9]);
}

fn refused(files: &[(&str, &str)], data: &Path) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .args(["--port", "0", "--data", data.to_str().unwrap()])
        .env("SYNCTERA_SANDBOX_FIXTURES", folder.path())
        .output()
        .unwrap()
}

#[test]
fn three_errors_are_reported_with_file_line_and_field_and_nothing_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("bank.db");
    let person = "\
ada:
  onboard_customer:
    first_name: Ada
    last_name: Byron
    dob: 1985-13-40
    email: ada@example
    phone_number: \"+14155550123\"
    ssn: 456-78-9012
    customer_consent: true
    legal_address:
      address_line_1: 1 Market St
      city: San Francisco
      state: ZZ
      postal_code: \"94105\"
      country_code: US
";
    let output = refused(&[("people.yaml", person)], &data);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for place in [
        "people.yaml:5: ada: dob: ",
        "people.yaml:6: ada: email: ",
        "people.yaml:13: ada: legal_address.state: ",
    ] {
        assert_eq!(said.matches(place).count(), 1, "{place}: {said}");
    }
    assert_eq!(said.lines().count(), 3, "{said}");
    assert!(!data.exists());

    // What only the bank knows: nothing of the rest is kept.
    let read = |name: &str| fs::read_to_string(Path::new(&bank()).join(name)).unwrap();
    let more = "\
too-much:
  transfer:
    originating_account_id: $flow-checking
    receiving_account_id: $ada-checking
    amount: {amount: 100001, currency: USD}
    type: ACCOUNT_TO_ACCOUNT
";
    let (people, money) = (read("10-people.yaml"), read("20-money.yaml"));
    let output = refused(&[("1.yaml", &people), ("2.yaml", &money), ("3.yaml", more)], &data);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("3.yaml:1: too-much: ") && said.contains("INSUFFICIENT_FUNDS"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(!data.exists());
}
