//! The program as its users have it: started, killed, and spoken to as the README says.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]
#![allow(clippy::print_stdout, reason = "figures are for who runs it")]

mod command_line;
mod crash;
mod data_file;
mod fixtures;
#[cfg(target_os = "linux")]
mod image;
#[cfg(target_os = "linux")]
mod namespace;
mod parity;
mod readiness;
#[cfg(unix)]
mod request_log;
mod session;
#[cfg(target_os = "linux")]
mod stopping;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The program, running; killed when this is dropped.
struct Program {
    child: Child,
    base_url: String,
}

impl Program {
    /// Starts it on a free port, and waits until it listens.
    fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[])
    }

    /// The same, with variables of the environment.
    fn start_with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_synctera-sandbox"))
            .args(["--port", "0"])
            .args(arguments)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base_url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, base_url }
    }

    /// Ends it as a power cut does, with SIGKILL.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}
