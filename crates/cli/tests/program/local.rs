//! The sandbox on this machine: what is done to it, its log, and journeys on it.

use serde_json::{Value, json};

use crate::harness::{Bank, finish, program};

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_is_shown_and_moved() {
    let bank = Bank::open().await;
    let shown = bank.run(&["sandbox", "clock", "show"]);
    assert_eq!(shown.json(), json!({ "now": "2026-11-24T14:00:00.000Z", "run": "held" }));
    let moved = bank.run(&["sandbox", "clock", "advance", "--days", "1", "--hours", "2"]);
    assert_eq!(moved.json()["now"], "2026-11-25T16:00:00.000Z");
    let set = bank.run(&["sandbox", "clock", "set", "2026-12-01T00:00:00Z"]);
    assert_eq!(set.json()["now"], "2026-12-01T00:00:00.000Z");
    let banking_day = bank.run(&["sandbox", "clock", "advance", "--banking-days", "1"]);
    let next = banking_day.member("now");
    assert!(next.starts_with("2026-12-0") && *next > *"2026-12-01T00:00:00.000Z", "{next}");
    assert_eq!(bank.run(&["sandbox", "clock", "run"]).json()["run"], "real");
    assert_eq!(bank.run(&["sandbox", "clock", "hold"]).json()["run"], "held");
    let back = bank.run(&["sandbox", "clock", "set", "2020-01-01T00:00:00Z"]);
    assert!(back.code == 4 && back.stderr.contains("next:"), "{back:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_are_met_and_retried() {
    let bank = Bank::open().await;
    let add = [
        "sandbox",
        "faults",
        "add",
        "--status",
        "503",
        "--times",
        "1",
        "--operation",
        "list_persons",
    ];
    assert_eq!(bank.run(&add).code, 0);
    assert_eq!(
        bank.run(&["sandbox", "faults", "list"]).json()["faults"].as_array().unwrap().len(),
        1
    );
    let run = bank.run(&["persons", "list-persons", "--debug"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(
        run.stderr.contains("attempt 1: 503") && run.stderr.contains("attempt 2: 200"),
        "{run:?}"
    );
    let add = ["sandbox", "faults", "add", "--status", "429", "--operation", "create_person"];
    assert_eq!(bank.run(&add).code, 0);
    let listed = bank.run(&["sandbox", "faults", "list", "-q", ".faults[0].status"]);
    assert_eq!(listed.stdout, "429\n");
    assert_eq!(bank.run(&["sandbox", "faults", "clear"]).code, 0);
    assert_eq!(bank.run(&["sandbox", "faults", "list"]).json(), json!({ "faults": [] }));
    let absent = bank.run(&["sandbox", "faults", "remove", "99"]);
    assert!(absent.code == 6 && absent.stderr.contains("404"), "{absent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_its_own_opens_a_workspace_of_its_own() {
    let bank = Bank::open().await;
    bank.person();
    let made = bank.run(&["sandbox", "keys", "create"]);
    let key = made.member("api_key");
    let mut other = bank.command(&["persons", "list-persons", "-q", ".persons | length"]);
    assert_eq!(finish(other.env("SYNCTERA_API_KEY", key), "").stdout, "0\n");
    let listed = bank.run(&["sandbox", "keys", "list", "-o", "table"]);
    assert!(listed.stdout.contains(&made.member("workspace")), "{listed:?}");
    assert_eq!(bank.run(&["sandbox", "keys", "remove", &made.member("id")]).code, 0);
    let mut other = bank.command(&["persons", "list-persons"]);
    assert_eq!(finish(other.env("SYNCTERA_API_KEY", made.member("api_key")), "").code, 5);
    assert_eq!(bank.run(&["sandbox", "keys", "remove", "nosuch"]).code, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_taken_written_and_restored() {
    let bank = Bank::open().await;
    let file = bank.home.path().join("bank.snapshot");
    let taken = bank.run(&["sandbox", "snapshot", "before", "--out", file.to_str().unwrap()]);
    assert_eq!(taken.member("name"), "before");
    assert!(std::fs::read(&file).unwrap().starts_with(b"SQLite format 3"));
    bank.person();
    assert_eq!(bank.run(&["sandbox", "restore", "before"]).code, 0);
    let count = bank.run(&["persons", "list-persons", "-q", ".persons | length"]);
    assert_eq!(count.stdout, "0\n");
    bank.person();
    let names = bank.run(&["sandbox", "snapshots", "-q", ".snapshots[].name", "-r"]);
    assert_eq!(names.stdout, "before\n");
    assert_eq!(bank.run(&["sandbox", "reset"]).code, 0);
    let count = bank.run(&["persons", "list-persons", "-q", ".persons | length"]);
    assert_eq!(count.stdout, "0\n");
    assert_eq!(bank.run(&["sandbox", "restore", "nosuch"]).code, 6);
    assert_eq!(bank.run(&["sandbox", "check", "-q", ".adds_up"]).stdout, "true\n");
    assert_eq!(bank.run(&["sandbox", "settings", "ach_hold_days=4"]).code, 0);
    let setting = ".settings[] | select(.name == \"ach_hold_days\") | .value";
    assert_eq!(bank.run(&["sandbox", "settings", "-q", setting]).stdout, "4\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_shows_the_newest_last() {
    let bank = Bank::open().await;
    bank.person();
    let _ = bank.run(&["persons", "get-person", "00000000-0000-4000-8000-00000000a0b1"]);
    let entries = bank.run(&["logs", "tail"]).json();
    let paths: Vec<&str> =
        entries.as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(paths.len(), 3, "{paths:?}");
    assert!(paths[0] == "/v2/persons" && paths[2].ends_with("a0b1"), "{paths:?}");
    let refused = bank.run(&["logs", "tail", "--status", "4xx", "-q", ".[].status"]);
    assert_eq!(refused.stdout, "404\n");
    let table = bank.run(&["logs", "tail", "-n", "1", "-o", "table"]).stdout;
    assert!(table.starts_with("number") && table.lines().count() == 2, "{table}");
    let number = entries[0]["number"].to_string();
    let shown = bank.run(&["logs", "show", &number]);
    assert!(shown.stdout.contains("(not shown)") && !shown.stdout.contains("9012"), "{shown:?}");
}

pub(crate) const FILE: &str = r#"
ada:
  onboard_customer:
    first_name: Ada
    last_name: Byron
    dob: 1985-12-10
    email: ada@example.com
    phone_number: "+14155550123"
    ssn: 456-78-9012
    legal_address:
      address_line_1: 1 Market St
      city: San Francisco
      state: CA
      postal_code: "94105"
      country_code: US
    customer_consent: true
ada-checking:
  open_account:
    template: {account_type: CHECKING}
    primary_account_holder: {person_id: $ada}
ada-deposit:
  fund:
    account_id: $ada-checking
    amount: {amount: 250000, currency: USD}
    source: in_sandbox
"#;

#[tokio::test(flavor = "multi_thread")]
async fn journeys_run_once_however_often_they_are_run() {
    let bank = Bank::open().await;
    let file = bank.home.path().join("bank.yaml");
    std::fs::write(&file, FILE).unwrap();
    let file = file.to_str().unwrap();
    assert_eq!(bank.run(&["journey", "check", file]).code, 0);
    assert!(bank.requests().is_empty());
    let first = bank.run(&["journey", "run", file]);
    assert_eq!(first.code, 0, "{first:?}");
    assert!(first.stderr.contains("1/3 ada: onboard_customer "), "{first:?}");
    let second = bank.run(&["journey", "run", file]);
    assert_eq!(first.json(), second.json());
    let account = first.json()[1]["id"].as_str().unwrap().to_owned();
    let balance = bank.run(&["accounts", "get-account", &account, "-q", ".balances[0].balance"]);
    assert_eq!(balance.stdout, "250000\n");
    let production =
        bank.command(&["journey", "run", file]).env("SYNCTERA_ENV", "production").output();
    assert_eq!(production.unwrap().status.code(), Some(9));
}

/// Two accounts of a person, of which the first one pays more than it has.
const TOO_MUCH: &str = r#"
ada-saving:
  open_account:
    template: {account_type: SAVING}
    primary_account_holder: {person_id: $ada}
too-much:
  transfer:
    originating_account_id: $ada-checking
    receiving_account_id: $ada-saving
    amount: {amount: 250001, currency: USD}
    type: ACCOUNT_TO_ACCOUNT
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_journey_that_fails_has_the_exit_code_of_its_reason() {
    let bank = Bank::open().await;
    let file = bank.home.path().join("bank.yaml");
    std::fs::write(&file, format!("{FILE}{TOO_MUCH}")).unwrap();
    let file = file.to_str().unwrap();
    let unreachable = finish(
        bank.command(&["journey", "run", file]).env("SYNCTERA_BASE_URL", "http://127.0.0.1:9"),
        "",
    );
    assert_eq!(unreachable.code, 8, "{unreachable:?}");
    assert!(unreachable.stderr.contains("next: run the same files again once"), "{unreachable:?}");
    let wrong_key =
        finish(bank.command(&["journey", "run", file]).env("SYNCTERA_API_KEY", "unknown"), "");
    assert_eq!(wrong_key.code, 5, "{wrong_key:?}");
    assert!(wrong_key.stderr.contains("once the cause is removed"), "{wrong_key:?}");
    let refused = bank.run(&["journey", "run", file]);
    assert!(refused.code == 4 && refused.stderr.contains("--attempt 2"), "{refused:?}");
    // The platform repeats its refusal under the same key, whatever has changed.
    let more = FILE.replace("250000", "300000");
    std::fs::write(file, format!("{}{TOO_MUCH}", more.replace("ada-deposit", "second-deposit")))
        .unwrap();
    let again = bank.run(&["journey", "run", file]);
    assert_eq!(again.code, 4, "{again:?}");
    let corrected = bank.run(&["journey", "run", file, "--attempt", "2"]);
    assert_eq!(corrected.code, 0, "{corrected:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schema_of_a_file_fits_files_and_names_every_member() {
    let bank = Bank::open().await;
    let schema = bank.run(&["journey", "schema"]).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let file: Value = serde_saphyr::from_str(FILE).unwrap();
    assert!(validator.is_valid(&file));
    let wrong: Value = serde_saphyr::from_str(&FILE.replace("last_name", "lastname")).unwrap();
    assert!(!validator.is_valid(&wrong));
    let journeys = schema["additionalProperties"]["properties"].as_object().unwrap();
    let bare = journeys.iter().filter(|(_, form)| form.get("properties").is_none());
    let bare: Vec<&String> = bare.map(|(name, _)| name).collect();
    println!("{} journeys; without members: {bare:?}", journeys.len());
    assert!(journeys.len() > 45 && bare.len() < 6, "{bare:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_journey_is_said_with_its_line() {
    let bank = Bank::open().await;
    let file = bank.home.path().join("wrong.yaml");
    std::fs::write(&file, FILE.replace("last_name", "lastname")).unwrap();
    let run = bank.run(&["journey", "run", file.to_str().unwrap()]);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.stderr.contains("wrong.yaml:5: ada: ") && run.stderr.contains("next:"), "{run:?}");
    let absent = bank.run(&["journey", "run", "/no/such.yaml"]);
    assert!(
        absent.code == 3 && absent.stderr.contains("/no/such.yaml cannot be read"),
        "{absent:?}"
    );
    assert!(bank.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_is_no_sandbox_to_control() {
    let bank = Bank::open().await;
    for profile in ["sandbox", "production"] {
        for line in [&["sandbox", "reset"][..], &["logs", "tail"]] {
            let mut command = bank.command(line);
            command.env_remove("SYNCTERA_BASE_URL").env("SYNCTERA_PROFILE", profile);
            let run = finish(&mut command, "");
            assert_eq!(run.code, 7, "{line:?}: {run:?}");
            assert!(run.stderr.contains("is not a sandbox that can be controlled"), "{run:?}");
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_program_of_the_sandbox_is_started_and_stopped() {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;
    use std::process::{Command, Stdio};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use crate::fake::Fake;

    let bank = Bank::open().await;
    let folder = bank.home.path().join("bin");
    fs::create_dir(&folder).unwrap();
    let own = folder.join("synctera");
    let built = env!("CARGO_BIN_EXE_synctera");
    if fs::hard_link(built, &own).is_err() {
        fs::copy(built, &own).unwrap();
    }
    let run = |line: &[&str]| {
        let mut command = Command::new(&own);
        command.args(line).env_clear().env("HOME", bank.home.path()).env("PATH", "/usr/bin:/bin");
        finish(&mut command, "")
    };
    let beside = folder.join("synctera-sandbox");
    let script = |text: &str| {
        fs::write(&beside, format!("#!/bin/sh\n{text}")).unwrap();
        fs::set_permissions(&beside, fs::Permissions::from_mode(0o755)).unwrap();
    };
    assert_eq!(run(&["sandbox", "stop", "--port", "7"]).code, 6);
    script("echo 'the port is taken' >&2; exit 3\n");
    let failed = run(&["sandbox", "start", "--port", "7"]);
    assert!(failed.code == 1 && failed.stderr.contains("the port is taken"), "{failed:?}");
    // It stands for the program; this server answers at the address that it writes.
    let is_well = Arc::new(AtomicBool::new(true));
    let answers = is_well.clone();
    let fake = Fake::start(move |_| {
        Some((if answers.load(Ordering::Relaxed) { 200 } else { 500 }, "{}".to_owned()))
    });
    script(&format!(
        "while [ $# -gt 0 ]; do [ \"$1\" = --ready-file ] && ready=$2; shift; done\n\
         echo '{}' >\"$ready\"\n\
         trap 'rm \"$ready\"; exit 0' TERM\n\
         while :; do sleep 0.05; done\n",
        fake.url
    ));
    let started = run(&["sandbox", "start", "--port", "7", "--data", "x.db", "--", "--no-log"]);
    assert_eq!((started.code, &*started.stdout), (0, &*format!("{}\n", fake.url)), "{started:?}");
    let state = bank.home.path().join(".local/state/synctera");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    for file in ["sandbox-7.json", "sandbox-7.log"] {
        assert_eq!(mode(&state.join(file)), 0o600, "{file}");
    }
    let second = run(&["sandbox", "start", "--port", "7"]);
    assert!(second.code == 1 && second.stderr.contains("runs at"), "{second:?}");
    // One that is not ready once is not forgotten.
    is_well.store(false, Ordering::Relaxed);
    let busy = run(&["sandbox", "stop", "--port", "7"]);
    assert!(busy.code == 8 && busy.stderr.contains("is not ready"), "{busy:?}");
    is_well.store(true, Ordering::Relaxed);
    let stopped = run(&["sandbox", "stop", "--port", "7"]);
    assert_eq!(stopped.code, 0, "{stopped:?}");
    assert_eq!(run(&["sandbox", "stop", "--port", "7"]).code, 6);
    // In the foreground it is the same process.
    script("echo $$");
    let mut command = Command::new(&own);
    command.args(["sandbox", "start", "--port", "7", "--foreground"]).env("HOME", bank.home.path());
    let child = command.stdout(Stdio::piped()).spawn().unwrap();
    let pid = child.id().to_string();
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap().trim(), pid);
}

#[cfg(unix)]
#[test]
fn a_process_that_is_no_sandbox_is_not_stopped() {
    use std::fs;

    let home = tempfile::tempdir().unwrap();
    let state = home.path().join(".local/state/synctera");
    fs::create_dir_all(&state).unwrap();
    let (record, ready) = (state.join("sandbox-7.json"), state.join("ready"));
    let mut other = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    for is_ended in [false, true] {
        fs::write(&ready, "http://127.0.0.1:7\n").unwrap();
        let kept = json!({ "pid": other.id(), "url": "http://127.0.0.1:7", "ready": ready });
        fs::write(&record, kept.to_string()).unwrap();
        if is_ended {
            // The parent has not read its exit code, so the process id is still in use.
            other.kill().unwrap();
        }
        let mut stop = program(&["sandbox", "stop", "--port", "7"]);
        let run = finish(stop.env("HOME", home.path()), "");
        assert_eq!(run.code, 6, "{run:?}");
        if !is_ended {
            assert!(other.try_wait().unwrap().is_none(), "it runs on");
        }
        assert!(!record.exists(), "the record is forgotten");
    }
    other.wait().unwrap();
}

#[test]
fn a_sandbox_is_started_and_stopped_on_this_machine_only() {
    for variables in [
        ("SYNCTERA_ENV", "production"),
        ("SYNCTERA_ENV", "sandbox"),
        ("SYNCTERA_BASE_URL", "https://bank.example:8080"),
    ] {
        for command in ["start", "stop"] {
            let run = finish(program(&["sandbox", command]).env(variables.0, variables.1), "");
            assert_eq!(run.code, 7, "{variables:?}: {run:?}");
            assert!(run.stderr.contains("not a sandbox on this machine"), "{run:?}");
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn it_ends_when_it_is_told_to() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};

    let bank = Bank::open().await;
    bank.person();
    let mut command = bank.command(&["logs", "tail", "--follow", "-o", "jsonl"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It has begun when it has printed what there was.
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("/v2/persons"));
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
