//! What the program is told when it is started, and what it tells.

use std::process::{Command, Output};

use serde_json::Value;

use super::Program;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_synctera-sandbox")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn get(program: &Program, path: &str, key: &str) -> (u16, Value) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = http.get(format!("{}{path}", program.base_url)).bearer_auth(key);
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
}

#[test]
fn settings_and_operations_are_listed() {
    let listed = text(&run(&["--settings", "--setting", "ach_hold_days=5"]).stdout);
    assert!(listed.contains("ach_hold_days=5\n"), "{listed}");
    assert!(listed.contains("\nwebhook_order=\"per_resource\"\n"), "{listed}");
    let listed = text(&run(&["--operations"]).stdout);
    assert!(listed.lines().any(|line| line == "v0 wipe_workspace POST /wipe"), "{listed}");
}

#[test]
fn what_cannot_be_is_said_and_not_started() {
    for (arguments, why) in [
        (["--setting", "mood=bad"], "error: there is no setting mood"),
        (["--setting", "ach_hold_days=soon"], "error: ach_hold_days takes a whole number"),
        (
            ["--setting", "ach_return_cod=R02"],
            "error: there is no setting ach_return_cod; there is ach_return_code",
        ),
        (
            ["--setting", "ach_return_code=XX"],
            "error: ach_return_code takes a return code of the ACH network, R01 to R99",
        ),
        (
            ["--host", "bank.example"],
            "error: invalid value 'bank.example' for '--host <ADDRESS>': it is an address such as \
             127.0.0.1",
        ),
        (["--setting", "ach_hold_days"], "error: a setting is given as NAME=VALUE"),
        (["--api-key", "key=nowhere"], "error: nowhere is not a workspace"),
        (["--clock", "tomorrow"], "error: invalid value 'tomorrow'"),
        (["--data", "/nowhere/at/all"], "error: cannot use /nowhere/at/all: No such file"),
        (["--api-key", ""], "error: an API key has 1 to 256 visible characters of ASCII"),
        (["--api-key", "two words"], "error: an API key has 1 to 256 visible"),
        (["--api-key", "kéy=2_1"], "error: an API key has 1 to 256 visible"),
        (["--api-key-file", "/nowhere"], "error: /nowhere: No such file"),
        (["--api-key-file", "/dev/null"], "error: /dev/null: there is no API key in it"),
        (["--control-token", ""], "error: a control token has 1 to 256 visible characters"),
        (["--control-token", "two words"], "error: a control token has 1 to 256 visible"),
        (["--control-token-file", "/nowhere"], "error: /nowhere: No such file"),
        (
            ["--control-token-file", "/dev/null"],
            "error: /dev/null: there is no control token in it",
        ),
        (["--ready-file", "/nowhere/at/all"], "error: /nowhere/at/all: No such file"),
        (["--allow-host", "no host"], "error: no host is not the name of a host"),
        (["--clock", "2250-01-01T00:00:00Z"], "error: the clock cannot be held at 2250"),
    ] {
        let output = run(&arguments);
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.starts_with(why), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn it_starts_as_it_is_told() {
    let program = Program::start(&[
        "--clock",
        "2026-11-24T14:00:00Z",
        "--setting",
        "webhook_order=any",
        "--api-key",
        "one",
        "--api-key",
        "two=2_1",
        "--seed",
        "7",
    ]);
    assert!(program.base_url.starts_with("http://127.0.0.1:"), "on loopback, unless told");
    let (_, clock) = get(&program, "/sandbox/clock", "").await;
    assert_eq!(clock["now"], "2026-11-24T14:00:00.000Z");
    let (_, state) = get(&program, "/sandbox", "").await;
    assert_eq!(state["workspaces"], serde_json::json!(["1_1", "2_1"]));
    for (key, status) in [("one", 200), ("two", 200), ("sandbox-key", 401)] {
        assert_eq!(get(&program, "/v2/persons", key).await.0, status, "{key}");
    }
    let (_, settings) = get(&program, "/sandbox/settings", "").await;
    let all = settings["settings"].as_array().unwrap();
    let order = all.iter().find(|setting| setting["name"] == "webhook_order").unwrap();
    assert_eq!(order["value"], "any");
}

#[tokio::test]
async fn keys_need_not_be_arguments() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    std::fs::write(&file, "from-file=2_1\n\nfrom-file-too\n").unwrap();
    let file = file.to_str().unwrap();
    let variable = [("SYNCTERA_SANDBOX_API_KEY", "from-variable=3_1 from-variable-too")];
    let comments = folder.path().join("comments");
    std::fs::write(&comments, "# my keys\nkey\n").unwrap();
    let refused = run(&["--api-key-file", comments.to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("a line has one API key"));
    let program = Program::start_with(&["--api-key-file", file, "--api-key", "given"], &variable);
    for key in ["given", "from-file", "from-file-too", "from-variable", "from-variable-too"] {
        assert_eq!(get(&program, "/v2/persons", key).await.0, 200, "{key}");
    }
    assert_eq!(get(&program, "/v2/persons", "sandbox-key").await.0, 401);
    let (_, state) = get(&program, "/sandbox", "").await;
    assert_eq!(state["workspaces"], serde_json::json!(["1_1", "3_1", "2_1"]));
}

/// The proxy of the environment is for neither gateways nor webhooks.
#[tokio::test]
async fn no_proxy_stands_between_it_and_what_it_asks() {
    let proxy = "http://127.0.0.1:9";
    let variables =
        ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, proxy));
    let program = Program::start_with(&[], &variables);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let webhook = serde_json::json!({
        "url": format!("http://{}/", listener.local_addr().unwrap()), "enabled_events": ["PERSON.*"],
        "is_enabled": true,
    });
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for (path, body) in [
        ("/v2/webhooks", webhook.to_string()),
        ("/v2/persons", r#"{"status": "PROSPECT", "is_customer": true}"#.to_owned()),
    ] {
        let request = http.post(format!("{}{path}", program.base_url)).bearer_auth("sandbox-key");
        assert_eq!(request.body(body).send().await.unwrap().status().as_u16(), 201);
    }
    let reached = tokio::task::spawn_blocking(move || listener.accept().is_ok());
    assert!(reached.await.unwrap());
}

#[test]
fn a_variable_without_a_token_starts_nothing() {
    let output = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .args(["--port", "0"])
        .env("SYNCTERA_SANDBOX_CONTROL_TOKEN", " ")
        .output()
        .unwrap();
    let said = text(&output.stderr);
    assert_eq!(
        said.trim(),
        "error: SYNCTERA_SANDBOX_CONTROL_TOKEN: there is no control token in it"
    );
    assert!(!output.status.success());
}

/// A service of a workflow has an environment, and no arguments.
#[tokio::test]
async fn options_may_be_variables() {
    let program = Program::start_with(
        // An argument counts before the variable, name by name.
        &["--setting", "webhook_copies=3"],
        &[
            ("SYNCTERA_SANDBOX_CLOCK", "2026-11-24T14:00:00Z"),
            ("SYNCTERA_SANDBOX_SEED", "7"),
            ("SYNCTERA_SANDBOX_HOST", "127.0.0.2"),
            ("SYNCTERA_SANDBOX_PORT", "1"),
            ("SYNCTERA_SANDBOX_ALLOW_HOST", "sandbox,bank.example"),
            ("SYNCTERA_SANDBOX_SETTING", "ach_hold_days=5, webhook_order=any\nwebhook_copies=2"),
        ],
    );
    let (_, settings) = get(&program, "/sandbox/settings", "").await;
    let all = settings["settings"].as_array().unwrap().iter();
    let changed = all.filter(|setting| setting["value"] != setting["default"]);
    let changed: Vec<(&Value, &Value)> =
        changed.map(|setting| (&setting["name"], &setting["value"])).collect();
    let expected = [
        (&"ach_hold_days".into(), &5.into()),
        (&"webhook_order".into(), &"any".into()),
        (&"webhook_copies".into(), &3.into()),
    ];
    assert_eq!(changed, expected);
    // The argument of `Program::start` counts before the variable.
    assert!(program.base_url.starts_with("http://127.0.0.2:"), "{}", program.base_url);
    assert!(!program.base_url.ends_with(":1"), "{}", program.base_url);
    let (_, clock) = get(&program, "/sandbox/clock", "").await;
    assert_eq!(clock["now"], "2026-11-24T14:00:00.000Z");
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for (host, status) in [("sandbox", 200), ("bank.example", 200), ("evil.example", 421)] {
        let request = http.get(format!("{}/sandbox/clock", program.base_url)).header("host", host);
        assert_eq!(request.send().await.unwrap().status().as_u16(), status, "{host}");
    }
}

#[test]
fn loopback_has_a_name() {
    let program = Program::start(&["--host", "localhost"]);
    assert!(program.base_url.starts_with("http://127.0.0.1:"), "{}", program.base_url);
    let wrong = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .env("SYNCTERA_SANDBOX_SETTING", "mood=bad,ach_hold_days=1")
        .output()
        .unwrap();
    assert_eq!(text(&wrong.stderr), "error: there is no setting mood\n");
}

#[test]
fn an_open_door_is_told() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .args(["--port", "0", "--host", "0.0.0.0"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = std::io::BufReader::new(child.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut said, &mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.starts_with("warning: ") && line.contains("open to the network"), "{line}");
    assert!(line.contains("with the well-known API key"), "{line}");
    assert!(line.contains("the control API answers loopback alone"), "{line}");
}

#[tokio::test]
async fn an_event_that_is_given_up_is_told() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .args(["--port", "0", "--setting", "webhook_retry_window_hours=0"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut listening = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut listening, &mut line).unwrap();
    let base_url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for (path, body) in [
        (
            "/v2/webhooks",
            r#"{"url": "http://127.0.0.1:9/h00k?key=s3cret", "enabled_events": ["PERSON.*"], "is_enabled": true}"#,
        ),
        ("/v2/persons", r#"{"status": "PROSPECT", "is_customer": true}"#),
    ] {
        let request = http.post(format!("{base_url}{path}")).bearer_auth("sandbox-key");
        assert_eq!(request.body(body).send().await.unwrap().status().as_u16(), 201);
    }
    let mut said = std::io::BufReader::new(child.stderr.take().unwrap());
    line.clear();
    std::io::BufRead::read_line(&mut said, &mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(line.contains("an event did not arrive, and is given up"), "{line}");
    assert!(line.contains("127.0.0.1:9") && line.contains("no connection"), "{line}");
    assert!(!line.contains("h00k") && !line.contains("s3cret"), "{line}");
}
