//! Completion, as a shell asks for it.

use crate::harness::{finish, program};

/// What completes the last word of a line.
fn completed(line: &[&str]) -> Vec<String> {
    let mut command = program(&["--"]);
    command
        .args(line)
        .env("COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", (line.len() - 1).to_string())
        .env("_CLAP_COMPLETE_COMP_TYPE", "9")
        .env("_CLAP_COMPLETE_SPACE", "false")
        .env("_CLAP_IFS", "\n");
    let run = finish(&mut command, "");
    assert_eq!(run.code, 0, "{run:?}");
    run.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn commands_flags_and_values_are_completed() {
    assert_eq!(completed(&["synctera", "perso"]), ["persons"]);
    assert_eq!(completed(&["synctera", "persons", "create-personal-id-"]).len(), 1);
    let flags = completed(&["synctera", "persons", "create-person", "--first"]);
    assert_eq!(flags, ["--first-name"]);
    let values = completed(&["synctera", "persons", "create-person", "--status", "PROS"]);
    assert_eq!(values, ["PROSPECT"]);
}

#[test]
fn every_shell_has_a_script_that_is_short() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = finish(program(&[]).env("COMPLETE", shell), "");
        assert_eq!(run.code, 0, "{shell}: {run:?}");
        assert!(run.stdout.contains("synctera") && run.stdout.len() < 5_000, "{shell}: {run:?}");
    }
}
