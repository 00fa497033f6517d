//! The comparison with another platform, for which another sandbox stands.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::Program;

/// A Tuesday morning, on which both sides' clocks are held.
const CLOCK: &str = "2026-11-24T14:00:00Z";
const KEY: &str = "Planted-Key-1";

/// Two sides: another sandbox, and a folder for files.
struct Sides {
    other: Program,
    folder: TempDir,
}

impl Sides {
    fn new(arguments: &[&str]) -> Self {
        let given = ["--clock", CLOCK, "--api-key", KEY];
        let other = Program::start(&[&given[..], arguments].concat());
        Self { other, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    fn compare(&self, scripts: &[&Path], arguments: &[&str]) -> Output {
        let url = self.other.base_url.clone();
        compare(&url, &self.folder, scripts, &[&["--clock", CLOCK], arguments].concat())
    }
}

fn compare(url: &str, folder: &TempDir, scripts: &[&Path], arguments: &[&str]) -> Output {
    let key = folder.path().join("key");
    fs::write(&key, format!("{KEY}\n")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .args(["parity", "--against", url, "--key-file"])
        .arg(key)
        .args(arguments)
        .args(scripts)
        .output()
        .unwrap()
}

/// The first block of this kind after a heading of the README.
fn of_readme(heading: &str, kind: &str) -> String {
    let readme = include_str!("../../README.md");
    let section = readme.split_once(&format!("\n## {heading}\n")).unwrap().1;
    let block = section.split_once(&format!("\n```{kind}\n")).unwrap().1;
    block.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_readme_shows_a_real_session() {
    let heading = "Compare with the hosted sandbox";
    let sides = Sides::new(&["--setting", "unknown_query_parameters=refuse"]);
    let script = sides.file("people.yaml", &of_readme(heading, "yaml"));
    let output = sides.compare(&[&script], &[]);
    let said = text(&output.stdout).replace(&format!("{}/", sides.folder.path().display()), "");
    let shown = of_readme(heading, "text");
    assert_eq!(said, shown.split_once('\n').unwrap().1, "{}", text(&output.stderr));
}

fn shipped() -> [PathBuf; 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("parity");
    [folder.join("onboarding.yaml"), folder.join("ach.yaml")]
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)))
}

#[test]
fn equal_sides_do_not_differ() {
    let [onboarding, ach] = shipped();
    let sides = Sides::new(&["--seed", "77"]);
    let output = sides.compare(&[&onboarding, &ach], &[]);
    let said = text(&output.stdout);
    assert_eq!(said.lines().last(), Some("35 calls, 0 differences"), "{said}");
    assert_eq!(output.status.code(), Some(0));
    // The workspace has the records of the first run now; the clock of the other side runs.
    let sides = Sides { other: Program::start(&["--api-key", KEY]), ..sides };
    for _ in 0..2 {
        let scripts: [&Path; 2] = [&onboarding, &ach];
        let output = compare(&sides.other.base_url, &sides.folder, &scripts, &["--json"]);
        assert_eq!(json(&output)["differences"], serde_json::json!([]));
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn three_settings_that_differ_are_named_and_nothing_else() {
    let [onboarding, ach] = shipped();
    let settings = [
        ("incoming_ach_failures_to_suspense", "true"),
        ("manual_transfer_expiry_days", "23"),
        ("unknown_query_parameters", "refuse"),
    ];
    let given: Vec<String> =
        settings.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let arguments: Vec<&str> =
        given.iter().flat_map(|setting| ["--setting", setting.as_str()]).collect();
    let sides = Sides::new(&arguments);
    let output = sides.compare(&[&onboarding, &ach], &["--json", "--within", "600"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let report = json(&output);
    let mut named: Vec<(String, String)> = report["settings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let value = &it["value"];
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            (it["name"].as_str().unwrap().to_owned(), value)
        })
        .collect();
    named.sort();
    let wanted = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(named, wanted, "{report:#}");
    // Each difference is where its setting shows, and is explained.
    let mut places: Vec<String> = Vec::new();
    for row in report["differences"].as_array().unwrap() {
        let setting = row["setting"]["name"].as_str().unwrap_or_else(|| panic!("{row:#}"));
        places.push(format!("{} {} {setting}", row["operation"].as_str().unwrap(), row["place"]));
    }
    assert_eq!(report["is_complete"], true);
    insta::assert_snapshot!("three_settings", places.join("\n"));
    // With them, both sides are equal.
    let output = sides.compare(&[&onboarding, &ach], &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}

#[test]
fn what_a_setting_changes_and_does_not_make_equal_depends_on_it() {
    let [onboarding, _] = shipped();
    let sides = Sides::new(&[]);
    // An hour later than the other side's, so that no time is the same.
    let (url, late) = (sides.other.base_url.as_str(), ["--clock", "2026-11-24T15:00:00Z"]);
    let output = compare(url, &sides.folder, &[&onboarding], &late);
    let said = text(&output.stdout);
    let expires = "  expires_at: theirs 2026-12-01T14:00:00Z, ours 2026-12-01T15:00:00Z\n    \
                   depends on manual_transfer_expiry_days\n";
    assert!(said.contains(expires), "{said}");
    assert!(!said.contains("removes it"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_call_that_neither_side_was_sent_is_told() {
    let sides = Sides::new(&[]);
    let script = sides.file(
        "unsent.yaml",
        "calls:\n  - name: none\n    call: list_persons\n    query: { id: [\"00000000-0000-4000-8000-000000000000\"] }\n\
         \x20 - call: GET /v2/persons/${none.persons[0].id}\n",
    );
    let output = sides.compare(&[&script], &[]);
    let said = text(&output.stdout);
    let why =
        "call 2: get_person was made on neither side, since ${none.persons[0].id} has no value";
    assert!(said.contains(why), "{said}{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "it was not compared");
}

const PERSON: &str = r#"
calls:
  - name: ada
    call: createPerson
    body:
      status: PROSPECT
      is_customer: true
      first_name: Secretname
      last_name: Byron
      ssn: "456-78-9012"
      dob: "1985-12-10"
  - call: list_persons
    query: { id: "${ada.id}", color: blue }
"#;

#[test]
fn a_difference_is_accepted_with_a_reason_until_it_is_gone() {
    let sides = Sides::new(&["--setting", "unknown_query_parameters=refuse"]);
    let script = sides.file("person.yaml", PERSON);
    let output = sides.compare(&[&script], &[]);
    let said = text(&output.stdout);
    assert!(
        said.contains("list_persons\n  http_status: theirs 400 BAD_QUERY_PARAMETER, ours 200\n"),
        "{said}"
    );
    assert!(said.contains("    setting unknown_query_parameters=refuse removes it\n"), "{said}");
    let accept = sides.file(
        "accept.yaml",
        "- operation: listPersons\n  place: http_status\n  reason: a mistyped filter\n\
         - operation: POST /v2/persons\n  place: status\n  reason: long gone\n",
    );
    let output = sides.compare(&[&script], &["--accept", accept.to_str().unwrap()]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("accepted: list_persons, http_status: a mistyped filter\n"), "{said}");
    assert!(
        said.contains("accept.yaml:4: nothing differs in create_person, status any more\n"),
        "{said}"
    );
    assert!(said.ends_with("2 calls, 0 differences, 1 accepted\n"), "{said}");
    // In the script, of a call: not of another one.
    let inside = "    accept:\n      - { place: http_status, reason: of a call }\n\
                  \x20 - call: list_persons\n    query: { id: \"${ada.id}\" , color: red }\n";
    let script = sides.file("inside.yaml", &format!("{PERSON}{inside}"));
    let report = json(&sides.compare(&[&script], &["--json"]));
    assert_eq!(report["accepted"][0]["reason"], "of a call");
    assert_eq!(report["accepted"].as_array().unwrap().len(), 1);
    assert_eq!(report["differences"][0]["number"], 3);
    assert_eq!(report["unused_acceptances"], serde_json::json!([]));
}

/// Answers one connection after the other with these bytes.
fn answering(bytes: &'static [u8], times: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let _request = stream.read(&mut [0; 65_536]);
            for _ in 0..times {
                if stream.write_all(bytes).is_err() {
                    break;
                }
            }
        }
    });
    url
}

#[test]
fn a_side_without_a_sound_answer_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("person.yaml");
    fs::write(&script, PERSON).unwrap();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endless = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let endless: &'static str = Box::leak(
        format!("{endless}{}", "4000\r\n".to_owned() + &"x".repeat(0x4000) + "\r\n").into(),
    );
    for (url, why) in [
        (format!("http://{free}"), "cannot be reached: Connection refused"),
        (format!("https://{free}"), "cannot be reached: Connection refused"),
        (answering(b"SSH-2.0-OpenSSH_9.9\r\n", 1), "gives no whole HTTP answer"),
        (
            answering(b"HTTP/1.1 201 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n<a>", 1),
            "answers 201 with what is not JSON",
        ),
        (
            answering(b"HTTP/1.1 201 OK\r\ncontent-length: 9\r\n\r\n<a>", 1),
            "gives no whole HTTP answer",
        ),
        (answering(b"HTTP/1.1 201 OK\r\ncontent-length: 3\r\n\r\n<a>", 1), "not JSON"),
        (answering(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n0000000000000000", 1_000_000), "more than"),
        (answering(endless.as_bytes(), 1), "gives no whole HTTP answer"),
        (
            answering(b"HTTP/1.1 429 No\r\nretry-after: 99999\r\ncontent-length: 0\r\n\r\n", 1),
            "asks to wait 99999 seconds",
        ),
    ] {
        let output = compare(&url, &folder, &[&script], &[]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{why}: {said}{}", text(&output.stdout));
        assert!(said.starts_with("error: ") && said.contains(why), "{why}: {said}");
        assert!(said.contains("ada, create_person (call 1 of "), "{said}");
        assert!(!said.contains("456-78-9012") && !said.contains(KEY), "{said}");
    }
}

/// Values that the other side holds, and puts where nobody expects them.
const PLANTED: [&str; 8] = [
    "456-78-9012",
    "456789012",
    "1985-12-10",
    KEY,
    "Planted-Token",
    "987654321012",
    "Secretcustomer",
    "hopper@example.com",
];

#[test]
fn nothing_that_is_secret_is_in_a_report() {
    let body = format!(
        r#"{{"id": "{KEY}", "status": "{KEY}", "is_customer": "456-78-9012", "first_name": "Secretcustomer",
            "last_name": "456789012", "dob": "1985-12-11", "ssn": "987-65-4321", "456-78-9012": 7,
            "token": "Planted-Token", "email": "hopper@example.com", "x-Planted-Token": "1985-12-10",
            "accounts": [{{"account_number": 987654321012, "again": 987654321012,
            "text": "no account 987654321012", "balance": 7700}}], "\u001b[2J": "\u001b[2J"}}"#
    );
    let head = "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nconnection: close";
    let answer = format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let url = answering(Box::leak(answer.into_boxed_str()).as_bytes(), 1);
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("person.yaml");
    fs::write(&script, PERSON).unwrap();
    for arguments in [&["--within", "1"][..], &["--within", "1", "--json"]] {
        let output = compare(&url, &folder, &[&script], arguments);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        for secret in PLANTED {
            assert!(!said.contains(secret), "{secret}: {said}");
        }
        assert!(!said.contains('\u{1b}') && !said.contains("987-65-4321"), "{said}");
        // An answer with another status says nothing about what was in it.
        assert!(said.contains("accounts"), "{said}");
        assert!(!said.contains("accounts: theirs a list of 1, ours absent\n    depends"), "{said}");
        assert!(said.contains("(not shown)"), "{said}");
    }
}

/// The platform limits how often it is called.
#[tokio::test]
async fn a_call_is_made_again_when_there_were_too_many() {
    let sides = Sides::new(&[]);
    let script = sides.file("person.yaml", PERSON);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for (times, is_equal) in [(2, true), (9, false)] {
        let fault = serde_json::json!({ "status": 429, "retry_after": 0, "times": times });
        let url = format!("{}/sandbox/faults", sides.other.base_url);
        assert!(http.post(url).json(&fault).send().await.unwrap().status().is_success());
        let output = sides.compare(&[&script], &["--within", "0"]);
        let said = text(&output.stdout);
        assert_eq!(said.ends_with("2 calls, 0 differences\n"), is_equal, "{said}");
        assert_eq!(said.contains("theirs 429 TOO_MANY_REQUESTS, ours 201"), !is_equal, "{said}");
    }
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!(
        "HTTP/1.1 307 Go\r\nlocation: http://{}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        elsewhere.local_addr().unwrap()
    );
    let url = answering(Box::leak(to.into_boxed_str()).as_bytes(), 1);
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("list.yaml");
    fs::write(&script, "calls:\n  - call: list_persons\n").unwrap();
    let output = compare(&url, &folder, &[&script], &["--within", "0"]);
    let said = text(&output.stdout);
    assert!(said.contains("http_status: theirs 307, ours 200"), "{said}{}", text(&output.stderr));
    elsewhere.set_nonblocking(true).unwrap();
    assert!(elsewhere.accept().is_err(), "nobody came");
}

#[test]
fn mistakes_in_scripts_are_told_all_at_once_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let first = write(
        "first.yaml",
        "calls:\n\
         \x20 - call: create_people\n\
         \x20 - name: ada\n\
         \x20   call: create_person\n\
         \x20   body:\n\
         \x20     ssn: \"456-78-9012\"\n\
         \x20     related: ${bob.id}\n\
         \x20     again: ${ada.id}\n\
         \x20 - call: get_person\n\
         \x20 - call: get_person\n\
         \x20   path: { person_id: \"${ada.id}\", color: blue }\n\
         \x20 - name: ada\n\
         \x20   call: list_persons\n\
         \x20   boby: 7\n\
         \x20   accept:\n\
         \x20     - place: a..b\n",
    );
    let second = write("second.yaml", "calls: [\n");
    let third = write("third.yaml", "call:\n  - call: list_persons\n");
    let output = compare(&url, &folder, &[&first, &second, &third, Path::new("/nowhere")], &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr).replace(&format!("{}/", folder.path().display()), "");
    insta::assert_snapshot!("mistakes", said);
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nothing was sent");
    assert!(!said.contains("456-78-9012"));
}

#[test]
fn what_cannot_be_compared_is_bad_usage() {
    let other = Program::start(&["--api-key", "another-key"]);
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("list.yaml");
    fs::write(&script, "calls:\n  - call: list_persons\n").unwrap();
    for (url, arguments, why) in [
        ("https://api.synctera.com", &[][..], "leads to production"),
        ("https://gateway.example", &[], "may lead to production"),
        ("http://api-sandbox.synctera.com", &[], "would send the key unencrypted"),
        (other.base_url.as_str(), &[], "answers 401: it does not accept the key"),
        ("http://127.0.0.1:1", &["--setting", "mood=bad"], "there is no setting mood"),
        ("http://127.0.0.1:1", &["--within", "soon"], "invalid value 'soon'"),
        ("http://127.0.0.1:1", &["--accept", "/nowhere"], "/nowhere: No such file"),
    ] {
        let output = compare(url, &folder, &[&script], arguments);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with("error: ") && said.contains(why), "{why}: {said}");
    }
    for (key, why) in [("", "there is no API key in it"), ("two words", "more than an API key")] {
        let file = folder.path().join("other");
        fs::write(&file, key).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
            .args(["parity", "--against", "http://127.0.0.1:1", "--key-file"])
            .args([&file, &script])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(why));
    }
}
