//! The data file of the program: whose it is, who may read it, and what becomes of it on the way.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::Program;

/// What the program says when it does not start.
fn refused(file: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .args(["--port", "0", "--data"])
        .arg(file)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", file.display());
    String::from_utf8(output.stderr).unwrap()
}

pub(super) fn call(
    program: &Program,
    method: &str,
    path: &str,
    body: Option<&Value>,
) -> (u16, Value) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("{}{path}", program.base_url);
        let mut request = http.request(method.parse().unwrap(), url).bearer_auth("sandbox-key");
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    })
}

fn person() -> Value {
    json!({ "status": "PROSPECT", "is_customer": true, "first_name": "Ada" })
}

#[test]
fn another_programs_file_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let sqlite = folder.path().join("other.db");
    let other = rusqlite::Connection::open(&sqlite).unwrap();
    other.execute_batch("CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('a')").unwrap();
    drop(other);
    for bytes in
        [b"x".to_vec(), b"dear diary,\n".repeat(1000), vec![0; 8192], fs::read(&sqlite).unwrap()]
    {
        fs::write(&file, &bytes).unwrap();
        let said = refused(&file);
        assert!(said.starts_with("error: cannot use "), "{said}");
        assert!(said.contains("stays as it is") && said.lines().count() == 1, "{said}");
        assert_eq!(fs::read(&file).unwrap(), bytes);
        let beside: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        assert_eq!(beside.len(), 2, "{beside:?}");
    }
    let said = refused(folder.path());
    assert!(said.contains("it is not a regular file"), "{said}");
}

/// A file as the version before wrote it.
#[test]
fn a_file_of_the_layout_before_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let earlier = rusqlite::Connection::open(&file).unwrap();
    earlier
        .execute_batch(
            "CREATE TABLE entries (amount INTEGER NOT NULL) STRICT;
             CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
             BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
             PRAGMA user_version = 4",
        )
        .unwrap();
    drop(earlier);
    let before = fs::read(&file).unwrap();
    let said = refused(&file);
    assert!(said.contains("an earlier version of this program wrote it"), "{said}");
    assert!(said.contains("name another file to start afresh"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let path = file.to_str().unwrap();
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    let mut program = Program::start(&["--data", path]);
    assert_eq!(call(&program, "POST", "/v2/persons", Some(&person())).0, 201);
    for file in [file.clone(), folder.path().join("bank.db-wal")] {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    program.kill();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let _program = Program::start(&["--data", path]);
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn a_file_that_is_deleted_meanwhile_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let program = Program::start(&["--data", file.to_str().unwrap()]);
    assert_eq!(call(&program, "POST", "/v2/persons", Some(&person())).0, 201);
    assert_eq!(call(&program, "GET", "/sandbox/health", None).0, 200);
    fs::remove_file(&file).unwrap();
    let (status, refused) = call(&program, "POST", "/v2/persons", Some(&person()));
    assert_eq!(status, 503, "{refused}");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("the data file was deleted or replaced"), "{detail}");
    assert_eq!(call(&program, "GET", "/sandbox/health", None).0, 503);
}

/// What was written last is in the log beside the file.
#[test]
fn a_log_that_is_deleted_meanwhile_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let program = Program::start(&["--data", file.to_str().unwrap()]);
    assert_eq!(call(&program, "POST", "/v2/persons", Some(&person())).0, 201);
    fs::remove_file(folder.path().join("bank.db-wal")).unwrap();
    let (status, refused) = call(&program, "POST", "/v2/persons", Some(&person()));
    assert_eq!(status, 503, "{refused}");
    assert_eq!(call(&program, "GET", "/sandbox/health", None).0, 503);
}

/// A symbolic link stands for the file that it leads to.
#[cfg(unix)]
#[test]
fn a_link_leads_to_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("bank.db"), folder.path().join("link.db"));
    let mut program = Program::start(&["--data", file.to_str().unwrap()]);
    assert_eq!(call(&program, "POST", "/v2/persons", Some(&person())).0, 201);
    program.kill();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let mut program = Program::start(&["--data", link.to_str().unwrap()]);
    assert_eq!(call(&program, "POST", "/v2/persons", Some(&person())).0, 201);
    program.kill();
    let program = Program::start(&["--data", file.to_str().unwrap()]);
    assert_eq!(call(&program, "GET", "/sandbox", None).1["resources"]["person"], 2);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    // Another program's file is refused by any name, and one that is not there is not made.
    let foreign = folder.path().join("diary.txt");
    fs::write(&foreign, "dear diary").unwrap();
    let nothing = folder.path().join("nothing.db");
    for (target, name) in [(&foreign, "foreign.db"), (&nothing, "dangling.db")] {
        let link = folder.path().join(name);
        std::os::unix::fs::symlink(target, &link).unwrap();
        let said = refused(&link);
        assert!(said.starts_with("error: cannot use "), "{said}");
    }
    assert_eq!(fs::read(&foreign).unwrap(), b"dear diary");
    assert!(!nothing.exists());
}

/// The limit of a file's size ends a process by default; here the write fails, and what was
/// acknowledged is there.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_may_not_grow_ends_nothing() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let script = format!(
        "ulimit -f 600; exec {} --port 0 --data {}",
        env!("CARGO_BIN_EXE_synctera-sandbox"),
        file.display()
    );
    let mut child = Command::new("bash")
        .args(["-c", &script])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let base_url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
    let mut log = child.stderr.take().unwrap();
    let program = Program { child, base_url };
    let (mut made, mut refused) = (0, Value::Null);
    for _ in 0..2000 {
        let (status, body) = call(&program, "POST", "/v2/persons", Some(&person()));
        if status != 201 {
            assert_eq!(status, 507, "{body}");
            refused = body;
            break;
        }
        made += 1;
    }
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.starts_with("there is no room for more data"), "{detail}");
    // It lives, and reads.
    assert_eq!(call(&program, "GET", "/v2/persons?limit=1", None).0, 200);
    let (_, state) = call(&program, "GET", "/sandbox", None);
    assert_eq!(state["resources"]["person"], made);
    drop(program);
    // What was told by its id alone is in the log under it.
    let mut said = String::new();
    std::io::Read::read_to_string(&mut log, &mut said).unwrap();
    let id = detail.rsplit(' ').next().unwrap();
    assert!(said.contains(id) && !detail.contains("SQL"), "{detail}: {said}");
    let program = Program::start(&["--data", file.to_str().unwrap()]);
    let (_, state) = call(&program, "GET", "/sandbox", None);
    assert_eq!(state["resources"]["person"], made);
    assert_eq!(call(&program, "GET", "/sandbox/check", None).1["adds_up"], true);
}

#[test]
fn a_program_starts_from_a_data_file_and_leaves_it_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let (file, none) = (folder.path().join("bank.db"), folder.path().join("none"));
    let path = |file: &Path| file.to_str().unwrap().to_owned();
    let mut program = Program::start(&["--data", &path(&file), "--clock", "2026-11-24T14:00:00Z"]);
    let (status, made) = call(&program, "POST", "/v2/persons", Some(&person()));
    assert_eq!(status, 201);
    program.kill();
    let before = fs::read(&file).unwrap();
    let copy = Program::start(&["--from", &path(&file)]);
    let id = made["id"].as_str().unwrap();
    assert_eq!(call(&copy, "GET", &format!("/v2/persons/{id}"), None), (200, made.clone()));
    let (_, clock) = call(&copy, "GET", "/sandbox/clock", None);
    assert_eq!(clock, json!({ "now": "2026-11-24T14:00:00.000Z", "run": "held" }));
    assert_eq!(fs::read(&file).unwrap(), before);
    let output = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .args(["--port", "0", "--from", &path(&none)])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(said.starts_with(&format!("error: cannot use {}: ", none.display())), "{said}");
}

/// A clock goes on from where it was: an earlier one that is given is said to be of no use.
#[test]
fn a_clock_before_what_it_begins_with_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let file = file.to_str().unwrap();
    Program::start(&["--data", file, "--clock", "2026-11-24T14:00:00Z"]).kill();
    for (option, clock, is_warned) in [
        ("--from", "2026-11-24T13:00:00Z", true),
        ("--from", "2026-11-24T15:00:00Z", false),
        ("--data", "2026-11-24T13:00:00Z", true),
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
            .args(["--port", "0", option, file, "--clock", clock])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut said, &mut line).unwrap();
        child.kill().unwrap();
        let said = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
        let warning = "warning: --clock is earlier than what it begins with; the clock is at \
                       2026-11-24T14:00:00Z";
        assert_eq!(said.contains(warning), is_warned, "{option} {clock}: {said}");
    }
}

/// What was written last is beside the file after a crash: it is read from there, and only from there.
#[test]
fn a_sandbox_starts_from_what_a_crash_left() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let mut program = Program::start(&["--data", file.to_str().unwrap()]);
    let (status, made) = call(&program, "POST", "/v2/persons", Some(&person()));
    assert_eq!(status, 201);
    let path = format!("/v2/persons/{}", made["id"].as_str().unwrap());
    program.kill();
    let beside = folder.path().join("bank.db-wal");
    let left = (fs::read(&file).unwrap(), fs::read(&beside).unwrap());
    assert!(!left.1.is_empty());
    let copied = folder.path().join("copied");
    fs::create_dir(&copied).unwrap();
    let alone = copied.join("bank.db");
    fs::copy(&file, &alone).unwrap();

    let from = Program::start(&["--from", file.to_str().unwrap()]);
    assert_eq!(call(&from, "GET", &path, None).0, 200);
    assert_eq!((fs::read(&file).unwrap(), fs::read(&beside).unwrap()), left, "it stays as it is");
    // Without it there is an earlier state, or none.
    let output = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .args(["--port", "0", "--from", alone.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn();
    let mut child = output.unwrap();
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut line).unwrap();
    if let Some(base_url) = line.trim().strip_prefix("listening on ") {
        let earlier = Program { child, base_url: base_url.to_owned() };
        assert_eq!(call(&earlier, "GET", &path, None).0, 404);
    } else {
        assert_eq!(child.wait().unwrap().code(), Some(1));
    }
}
