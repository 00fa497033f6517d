//! How the program ends: in order, whatever asks it to, and not because of a closed pipe.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::Program;

const PERSON: &str = r#"{"status": "PROSPECT", "is_customer": true}"#;

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

/// A request, as text; the whole answer comes with the end of the connection.
fn send(program: &Program, more: &str, body: &str) -> TcpStream {
    let address = program.base_url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /v2/persons HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer sandbox-key\r\n\
         {more}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn received(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A request that waits: its answer is late, and what it asks for is done before.
fn waiting(program: &Program, milliseconds: u32) -> TcpStream {
    send(program, &format!("sandbox-fault: delay-ms={milliseconds}\r\n"), PERSON)
}

#[test]
fn every_signal_that_asks_for_an_end_leaves_a_whole_file() {
    for name in ["TERM", "INT", "HUP"] {
        // Under nohup it is ignored, and the program keeps it so.
        if name == "HUP" && is_hang_up_ignored() {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let (file, copy) = (folder.path().join("bank.db"), folder.path().join("copy.db"));
        let mut program = Program::start(&["--data", file.to_str().unwrap()]);
        for _ in 0..3 {
            let answer = received(send(&program, "connection: close\r\n", PERSON));
            assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
        }
        // One on its way, one that is kept open without a request, and one that never sent any.
        let late = waiting(&program, 300);
        let idle = send(&program, "", PERSON);
        let silent = TcpStream::connect(program.base_url.strip_prefix("http://").unwrap()).unwrap();
        // Both are there once a later request was answered.
        received(send(&program, "connection: close\r\n", PERSON));
        signal(&program.child, name);
        assert!(received(late).starts_with("HTTP/1.1 201 "), "{name}");
        let status = program.child.wait().unwrap();
        assert_eq!(status.code(), Some(0), "{name}");
        drop((idle, silent));
        // Without what SQLite keeps beside it.
        fs::copy(&file, &copy).unwrap();
        let copied = Program::start(&["--data", copy.to_str().unwrap()]);
        let answer = get(&copied, "/sandbox");
        assert_eq!(answer["resources"]["person"], 6, "{name}");
    }
}

/// As many at once as a load test sends: each has its whole answer.
#[test]
fn what_many_have_begun_is_finished() {
    const MANY: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let path = file.to_str().unwrap();
    let mut program = Program::start(&["--data", path]);
    let late: Vec<TcpStream> = (0..MANY).map(|_| waiting(&program, 1000)).collect();
    while get(&program, "/sandbox")["resources"]["person"] != MANY {}
    signal(&program.child, "TERM");
    for stream in late {
        let answer = received(stream);
        assert!(answer.starts_with("HTTP/1.1 201 ") && answer.ends_with('}'), "{answer}");
    }
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
    let again = Program::start(&["--data", path]);
    assert_eq!(get(&again, "/sandbox")["resources"]["person"], MANY);
}

/// The first process of a namespace, which a container's program is: signals have no default there.
#[test]
fn the_first_process_of_a_container_ends_when_asked() {
    let namespace = ["--user", "--map-root-user", "--pid", "--fork"];
    let is_possible = Command::new("unshare").args(namespace).arg("true").output();
    if !is_possible.is_ok_and(|output| output.status.success()) {
        println!("this machine makes no namespaces: not tried");
        return;
    }
    for name in ["TERM", "INT"] {
        let mut child = Command::new("unshare")
            .args(namespace)
            .args([env!("CARGO_BIN_EXE_synctera-sandbox"), "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("listening on "), "{line}");
        let parent = child.id();
        let children = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children"));
        let first = children.unwrap().trim().to_owned();
        let sent = Command::new("kill").args([&format!("-{name}"), &first]).status().unwrap();
        assert!(sent.success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
    }
}

fn is_hang_up_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() & 1 == 1
}

fn get(program: &Program, path: &str) -> Value {
    let address = program.base_url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let answer = received(stream);
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[test]
fn a_second_signal_does_not_wait() {
    let mut program = Program::start(&["--clock", "2026-11-24T14:00:00Z"]);
    // With the clock held, this waits for ever.
    let late = waiting(&program, 1000);
    received(send(&program, "connection: close\r\n", PERSON));
    signal(&program.child, "TERM");
    // A connection is refused from the first one on.
    let address = program.base_url.strip_prefix("http://").unwrap();
    while TcpStream::connect(address).is_ok() {}
    signal(&program.child, "TERM");
    assert_eq!(program.child.wait().unwrap().code(), Some(1));
    drop(late);
}

#[test]
fn a_hang_up_that_is_ignored_stays_so() {
    let script = format!("trap '' HUP; exec {} --port 0", env!("CARGO_BIN_EXE_synctera-sandbox"));
    let mut child =
        Command::new("bash").args(["-c", &script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let base_url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
    let mut program = Program { child, base_url };
    signal(&program.child, "HUP");
    assert_eq!(get(&program, "/sandbox/health")["status"], "ok");
    signal(&program.child, "TERM");
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_pipe_that_is_closed_breaks_nothing() {
    let program = env!("CARGO_BIN_EXE_synctera-sandbox");
    for option in ["--operations", "--settings", "--help"] {
        for (to, code) in [("| head -1 >/dev/null; exit ${PIPESTATUS[0]}", 0), (">&-", -1)] {
            let script = format!("{program} {option} {to}");
            let output = Command::new("bash").args(["-c", &script]).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!said.contains("panicked"), "{script}: {said}");
            assert!(code < 0 || output.status.code() == Some(code), "{script}: {said}");
        }
    }
    for option in ["--operations", "--settings"] {
        let script = format!("{program} {option} >/dev/full");
        let output = Command::new("bash").args(["-c", &script]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.starts_with("error: the output cannot be written"), "{said}");
        assert_eq!(output.status.code(), Some(1));
    }
    // It runs, whether anybody reads what it says or not.
    let mut child = Command::new("bash")
        .args(["-c", &format!("exec {program} --port 0 >/dev/full 2>&1")])
        .spawn()
        .unwrap();
    signal_when_ready(&child);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// Asks for the end once the program listens for signals.
fn signal_when_ready(child: &Child) {
    loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        let caught = u64::from_str_radix(caught.trim(), 16).unwrap();
        // SIGTERM is 15; bash and its handlers are gone with exec.
        if caught >> 14 & 1 == 1 && status.starts_with("Name:\tsynctera") {
            return signal(child, "TERM");
        }
        std::thread::yield_now();
    }
}
