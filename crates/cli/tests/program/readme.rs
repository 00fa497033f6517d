//! The session of the README, as it is written.

use std::process::Command;

use crate::harness::{Bank, finish, program};

const README: &str = include_str!("../../README.md");

/// The first block of a language.
fn block(language: &str, after: &str) -> String {
    let (_, rest) = README.split_once(after).unwrap();
    let (_, rest) = rest.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_session_prints_what_it_says() {
    let bank = Bank::open().await;
    let script = block("bash", "A customer");
    let built = std::path::Path::new(env!("CARGO_BIN_EXE_synctera"));
    let path = format!("{}:/usr/bin:/bin", built.parent().unwrap().display());
    let mut shell = Command::new("bash");
    shell
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(bank.home.path())
        .env_clear()
        .env("PATH", path)
        .env("HOME", bank.home.path())
        .env("SYNCTERA_BASE_URL", bank.sandbox.base_url());
    let run = finish(&mut shell, "");
    assert_eq!((run.code, &*run.stderr), (0, ""), "{run:?}");
    assert_eq!(run.stdout, block("text", "It prints"));
}

/// The file of profiles is read as it is written.
#[test]
fn the_profiles_are_those_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(&config, block("toml", "## Profiles")).unwrap();
    let line = ["persons", "list-persons", "--profile", "nosuch"];
    let run = finish(program(&line).env("SYNCTERA_CONFIG", &config), "");
    assert_eq!(run.code, 7, "{run:?}");
    assert!(run.stderr.contains("choose one of bank, live, sandbox-local"), "{run:?}");
}

#[test]
fn the_exit_codes_are_those_of_the_program() {
    let codes: Vec<&str> = README
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next())
        .filter(|first| first.parse::<u8>().is_ok())
        .collect();
    assert_eq!(codes, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "130"]);
}
