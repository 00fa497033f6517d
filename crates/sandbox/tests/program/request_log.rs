//! The log of requests of the program, and its file.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::Program;
use super::data_file::call;

/// Asks it to end, and waits until it has.
fn stop(mut program: Program) {
    let sent = Command::new("kill").arg(program.child.id().to_string()).status().unwrap();
    assert!(sent.success());
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
}

fn numbers(program: &Program, query: &str) -> Vec<u64> {
    let (status, log) = call(program, "GET", &format!("/sandbox/log?{query}"), None);
    assert_eq!(status, 200, "{log}");
    let entries = log["entries"].as_array().unwrap();
    entries.iter().map(|entry| entry["number"].as_u64().unwrap()).collect()
}

fn get(program: &Program, path: &str) -> Value {
    let (status, body) = call(program, "GET", path, None);
    assert_eq!(status, 200, "{body}");
    body
}

#[test]
fn the_log_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let log = folder.path().join("bank.db-log");
    let start = || Program::start(&["--data", file.to_str().unwrap()]);
    let program = start();
    let ada = json!({ "status": "PROSPECT", "is_customer": true, "first_name": "Ada",
        "ssn": "456-78-9012" });
    let (status, person) = call(&program, "POST", "/v2/persons", Some(&ada));
    assert_eq!(status, 201);
    assert_eq!(call(&program, "GET", "/v2/nowhere", None).0, 404);
    let before = [get(&program, "/sandbox/log"), get(&program, "/sandbox/log/1")];
    stop(program);
    assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.contains("Ada") && !text.contains("456-78-9012") && !text.contains("sandbox-key"));

    let program = start();
    assert_eq!([get(&program, "/sandbox/log"), get(&program, "/sandbox/log/1")], before);
    let found = numbers(&program, &format!("resource={}", person["id"].as_str().unwrap()));
    assert_eq!(found, [1]);
    assert_eq!(numbers(&program, "status=404&workspace=1_1"), [2]);
    assert_eq!(get(&program, "/sandbox/log/summary")["errors"], 1);
    get(&program, "/v2/persons");
    assert_eq!(numbers(&program, ""), [3, 2, 1]);
    assert_eq!(call(&program, "DELETE", "/sandbox/log", None).0, 200);
    get(&program, "/v2/cards");
    stop(program);
    assert!(!fs::read_to_string(&log).unwrap().contains("Ada"));
    let program = start();
    assert_eq!(numbers(&program, ""), [4]);
}

/// What is written reaches the file without an end, too.
#[test]
fn a_crash_leaves_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let log = folder.path().join("bank.db-log");
    let mut program = Program::start(&["--data", file.to_str().unwrap()]);
    get(&program, "/v2/persons");
    let has_it = || {
        fs::read_to_string(&log)
            .is_ok_and(|text| text.ends_with("}\n") && text.contains("list_persons"))
    };
    while !has_it() {
        get(&program, "/sandbox");
    }
    program.kill();
    let mut text = fs::read_to_string(&log).unwrap();
    text += "{\"number\":2,\"at\":";
    fs::write(&log, text).unwrap();
    let program = Program::start(&["--data", file.to_str().unwrap()]);
    get(&program, "/v2/cards");
    assert_eq!(numbers(&program, ""), [2, 1]);
}

#[test]
fn a_file_that_is_no_log_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let log = folder.path().join("bank.db-log");
    fs::write(&log, "dear diary").unwrap();
    let program = Program::start(&["--data", file.to_str().unwrap()]);
    get(&program, "/v2/persons");
    assert_eq!(numbers(&program, ""), [1]);
    let aside = folder.path().join("bank.db-log-aside-1");
    assert_eq!(fs::read_to_string(aside).unwrap(), "dear diary");
}

#[test]
fn there_is_no_log_for_who_wants_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let data = ["--data", file.to_str().unwrap()];
    let variable = |value| [("SYNCTERA_SANDBOX_NO_LOG", value)];
    for (arguments, variables, is_off) in [
        (&["--no-log"][..], &[][..], true),
        (&[], &variable("1"), true),
        (&[], &variable("false"), false),
    ] {
        let arguments = [&data[..], arguments].concat();
        let program = Program::start_with(&arguments, variables);
        let (status, _) = call(&program, "GET", "/sandbox/log", None);
        assert_eq!(status, if is_off { 404 } else { 200 }, "{variables:?}");
        let is_there = Path::new(folder.path()).join("bank.db-log").exists();
        assert_eq!(is_there, !is_off, "{variables:?}");
    }
}
