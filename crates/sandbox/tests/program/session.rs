//! The sessions of the README, pasted from it.

use std::net::TcpListener;
use std::process::Command;

use super::Program;

const README: &str = include_str!("../../README.md");

/// The first block of a language below a heading.
fn block(heading: &str, language: &str) -> String {
    let (_, below) = README.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, block) = below.split_once(&format!("\n```{language}\n")).unwrap();
    block.split_once("\n```\n").unwrap().0.to_owned()
}

#[test]
fn the_readmes_sessions_work_as_they_are_written() {
    for heading in ["A session with curl", "The older interfaces", "Snapshots", "Forks"] {
        let (session, expected) = (block(heading, "bash"), block(heading, "text"));
        // Now, and whenever somebody else plays it: before the bank opens, on the eve of a holiday,
        // while the bank's day is not that of UTC.
        for clock in ["", "2026-11-30T05:24:00Z", "2026-12-24T22:30:00Z", "2027-01-01T04:59:00Z"] {
            let arguments: &[&str] = if clock.is_empty() { &[] } else { &["--clock", clock] };
            let program = Program::start(arguments);
            // It can be played again on the same sandbox.
            for _ in 0..2 {
                play(&program, heading, &session, &expected);
            }
        }
    }
}

fn play(program: &Program, heading: &str, session: &str, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    // Nobody else is to have the port; it is free again when the listener is gone.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", session])
        .current_dir(folder.path())
        .env("SANDBOX", &program.base_url)
        .env("EVENTS_PORT", port.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{heading}: {said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), expected, "{heading}: {said}");
}
