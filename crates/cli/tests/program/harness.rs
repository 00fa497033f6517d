//! A bank, and the program that calls it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use synctera_sandbox::{LogFilter, Sandbox};
use tempfile::TempDir;

/// A sandbox, and a folder for the settings of a user.
pub(crate) struct Bank {
    pub(crate) sandbox: Sandbox,
    pub(crate) home: TempDir,
}

/// What a command did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// The standard output as JSON, of a command that succeeded.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A member of the response that is a text.
    pub(crate) fn member(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_else(|| panic!("{name}: {self:?}")).to_owned()
    }
}

impl Bank {
    pub(crate) async fn open() -> Self {
        let sandbox = Sandbox::builder()
            .clock_held_at("2026-11-24T14:00:00Z".parse().unwrap())
            .request_log(true)
            .start()
            .await
            .unwrap();
        Self { sandbox, home: tempfile::tempdir().unwrap() }
    }

    /// The program, with a key and the address of this bank.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command
            .env("HOME", self.home.path())
            .env("SYNCTERA_BASE_URL", self.sandbox.base_url())
            .env("SYNCTERA_API_KEY", self.sandbox.api_key());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        finish(&mut self.command(arguments), "")
    }

    /// Runs it with a text on its standard input.
    pub(crate) fn run_with(&self, arguments: &[&str], input: &str) -> Run {
        finish(&mut self.command(arguments), input)
    }

    /// The operations that it was asked for, newest first.
    pub(crate) fn requests(&self) -> Vec<String> {
        let log = self.sandbox.request_log(&LogFilter::default()).unwrap();
        log.iter().map(|entry| format!("{} {}", entry.method, entry.path)).collect()
    }

    /// A person who is verified.
    pub(crate) fn person(&self) -> String {
        let example = self.run(&["persons", "create-person", "--example"]);
        let created = self.run_with(&["persons", "create-person", "--body", "-"], &example.stdout);
        let person = created.member("id");
        let verified = self.run(&[
            "verifications",
            "verify",
            "--person-id",
            &person,
            "--customer-consent",
            "true",
        ]);
        assert_eq!(verified.member("verification_status"), "ACCEPTED");
        person
    }
}

/// The program without any settings.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_synctera"));
    command.args(arguments).env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command
}

pub(crate) fn finish(command: &mut Command, input: &str) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that does not read its input may have ended.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    Run {
        code: status.code().unwrap_or(-1),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}
