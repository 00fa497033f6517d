//! A reader of what the commands print may stop before its end.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::path::Path;
use std::process::{Command, Output};

fn bash(command: &str, to: &str) -> Output {
    let script = format!("{} {command} {to}", env!("CARGO_BIN_EXE_xtask"));
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    Command::new("bash").current_dir(root).args(["-c", &script]).output().unwrap()
}

/// Commands that print a lot. If the sandbox was built with the tests, it is not built again with other
/// features.
fn commands() -> [String; 3] {
    let sandbox = Path::new(env!("CARGO_BIN_EXE_xtask")).with_file_name("synctera-sandbox");
    let option =
        if sandbox.exists() { format!(" --sandbox {}", sandbox.display()) } else { String::new() };
    [
        "drift --rules".to_owned(),
        "drift spec spec --format json".to_owned(),
        format!("coverage{option}"),
    ]
}

#[test]
fn a_reader_who_has_seen_enough_is_no_failure() {
    for command in &commands() {
        let output = bash(command, "2>&1 | head -1 >/dev/null; exit ${PIPESTATUS[0]}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{command}: {said}");
        let output = bash(command, ">&- 2>&-");
        assert_ne!(output.status.code(), Some(101), "{command}");
    }
}

#[test]
fn a_full_disk_is_one() {
    for command in &commands() {
        let output = bash(command, ">/dev/full");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{command}: {said}");
        assert!(said.starts_with("error: the output cannot be written"), "{said}");
    }
}
