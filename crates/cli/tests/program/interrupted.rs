//! Ctrl-C, at any moment.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;

use crate::fake::{Fake, PATIENCE};
use crate::harness::{Bank, finish, program};

fn started(command: &mut Command) -> Child {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn interrupt(child: &Child) {
    let told = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
}

/// What a program leaves that ends, which it must.
fn ended(child: Child) -> Output {
    let (sender, receiver) = mpsc::channel();
    let pid = child.id();
    thread::spawn(move || sender.send(child.wait_with_output()));
    receiver.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{pid} does not end")).unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_program_that_waits_for_input_ends() {
    let mut child = started(&mut program(&["persons", "create-person", "--body", "-"]));
    let mut stdin = child.stdin.take().unwrap();
    // It is more than a pipe holds, so that the program reads when all is written.
    stdin.write_all(&vec![b' '; 1 << 20]).unwrap();
    interrupt(&child);
    let output = ended(child);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(130), String::new()));
    drop(stdin);
}

#[test]
fn a_program_that_waits_for_the_command_of_a_key_ends() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let profile = "default = 'a'\n[profiles.a]\nenvironment = 'sandbox'\n\
                   api_key_command = \"sh -c 'echo waits >&2; exec cat'\"\n";
    std::fs::write(&config, profile).unwrap();
    let mut child = started(program(&["persons", "list-persons"]).env("SYNCTERA_CONFIG", &config));
    let stdin = child.stdin.take().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(line, "waits\n");
    interrupt(&child);
    // The command has the output of this one, and ends with its input.
    let mut child = child;
    child.stdout.take();
    assert_eq!(ended(child).status.code(), Some(130));
    drop(stdin);
}

#[test]
fn a_write_that_is_under_way_is_named_with_its_key() {
    let fake = Fake::start(|_| None);
    let line = ["persons", "create-person", "--status", "PROSPECT", "--is-customer", "true"];
    let child = started(program(&line).env("SYNCTERA_BASE_URL", &fake.url));
    let request = fake.next();
    assert_eq!(request.line, "POST /v2/persons");
    let key = request.headers["idempotency-key"].to_str().unwrap();
    interrupt(&child);
    let output = ended(child);
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{message}");
    assert!(message.contains(&format!("--idempotency-key {key}")), "{key}: {message}");
    assert!(message.contains("create-person was done is unknown"), "{message}");
}

#[test]
fn a_write_that_may_have_been_done_is_named_with_its_key() {
    let fake = Fake::start(|_| Some((503, String::new())));
    let line = ["persons", "create-person", "--status", "PROSPECT", "--is-customer", "true"];
    let run = finish(program(&line).env("SYNCTERA_BASE_URL", &fake.url), "");
    let key = fake.next().headers["idempotency-key"].to_str().unwrap().to_owned();
    assert_eq!(run.code, 8, "{run:?}");
    assert!(run.stderr.contains("the platform may have acted"), "{run:?}");
    assert!(run.stderr.trim_end().ends_with(&format!("--idempotency-key {key}")), "{key}: {run:?}");
}

#[test]
fn a_read_that_is_under_way_is_not_named() {
    let fake = Fake::start(|_| None);
    let child = started(program(&["persons", "list-persons"]).env("SYNCTERA_BASE_URL", &fake.url));
    fake.next();
    interrupt(&child);
    let output = ended(child);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(130), String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_is_over_is_not_named() {
    let bank = Bank::open().await;
    let mut child = started(&mut bank.command(&["listen", "--forward-to", "http://127.0.0.1:9/x"]));
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    // Its webhook is made.
    assert!(line.starts_with("listening to webhook "), "{line}");
    interrupt(&child);
    assert_eq!(ended(child).status.code(), Some(130));
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}
