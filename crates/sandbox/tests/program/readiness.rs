//! When the sandbox says that it is ready.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output};

use super::Program;

fn healthcheck(base_url: &str) -> Output {
    let port = base_url.rsplit_once(':').unwrap().1;
    Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .arg("healthcheck")
        .env("SYNCTERA_SANDBOX_PORT", port)
        // As in a container; this asks loopback.
        .env("SYNCTERA_SANDBOX_HOST", "0.0.0.0")
        .output()
        .unwrap()
}

#[test]
fn a_healthcheck_tells_whether_it_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("bank.db");
    let mut program = Program::start(&["--data", data.to_str().unwrap()]);
    let asked = healthcheck(&program.base_url);
    assert!(asked.status.success());
    assert_eq!(String::from_utf8_lossy(&asked.stdout), "ready\n");

    // It answers, and what it is sent would be lost.
    std::fs::remove_file(&data).unwrap();
    let asked = healthcheck(&program.base_url);
    let said = String::from_utf8_lossy(&asked.stderr).into_owned();
    assert_eq!(asked.status.code(), Some(1), "{said}");
    assert!(said.ends_with("/sandbox/health answers 503\n"), "{said}");

    program.kill();
    let asked = healthcheck(&program.base_url);
    let said = String::from_utf8_lossy(&asked.stderr).into_owned();
    assert_eq!(asked.status.code(), Some(1), "{said}");
    assert!(said.ends_with("/sandbox/health does not answer\n"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_file_says_where_it_answers() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ready");
    // What an earlier one left is not believed.
    std::fs::write(&file, "http://127.0.0.1:1\n").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
        .args(["--port", "0", "--no-console", "--ready-file", file.to_str().unwrap()])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    let url = std::fs::read_to_string(&file).unwrap();
    assert_eq!(line, format!("listening on {}", url.trim_end()));
    assert!(healthcheck(url.trim_end()).status.success());
    // A second one neither takes the file of the first, nor that of something else.
    let other = folder.path().join("notes.txt");
    std::fs::write(&other, "notes\n").unwrap();
    for (path, why) in [(&file, " uses it"), (&other, "stays as it is")] {
        let refused = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
            .args(["--port", "0", "--ready-file", path.to_str().unwrap()])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1));
        assert!(said.trim_end().ends_with(why), "{said}");
        assert!(path.exists());
    }
    std::fs::remove_file(&other).unwrap();
    let ended = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(ended.unwrap().success());
    assert_eq!(lines.next().unwrap().unwrap(), "API key: sandbox-key");
    assert_eq!(lines.next().unwrap().unwrap(), "stopped");
    assert!(child.wait().unwrap().success());
    assert!(!file.exists());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// At another address of this machine it is like another machine, and needs the token.
#[test]
fn a_healthcheck_sends_the_token_to_an_address_that_is_not_loopback() {
    // Nothing is sent: this only asks which address would be used.
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    let address = socket.connect("198.51.100.1:9").and_then(|()| socket.local_addr());
    let Some(address) = address.ok().map(|it| it.ip()).filter(|it| !it.is_loopback()) else {
        println!("skipped: this machine has no address but loopback");
        return;
    };
    let token = [("SYNCTERA_SANDBOX_CONTROL_TOKEN", "s3cret")];
    let program = Program::start_with(&["--host", &address.to_string()], &token);
    let port = program.base_url.rsplit_once(':').unwrap().1;
    let ask = |token: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"));
        command.args(["healthcheck", "--host", &address.to_string(), "--port", port]);
        if let Some(token) = token {
            command.env("SYNCTERA_SANDBOX_CONTROL_TOKEN", token);
        }
        command.output().unwrap()
    };
    assert!(ask(Some("s3cret")).status.success());
    for token in [None, Some("other")] {
        let asked = ask(token);
        let said = String::from_utf8_lossy(&asked.stderr).into_owned();
        assert_eq!(asked.status.code(), Some(1));
        assert!(said.contains("answers 401: "), "{said}");
        assert!(said.contains("SYNCTERA_SANDBOX_CONTROL_TOKEN"), "{said}");
    }
}
