//! The program on a terminal, which `script` of util-linux gives it.

use std::process::Command;

use crate::harness::{Bank, Run, finish};

/// Runs a line of a shell on a terminal of this width; none where there is no such `script`.
fn on_terminal(bank: &Bank, width: u16, line: &str, typed: &str) -> Option<Run> {
    let mut script = Command::new("script");
    script
        .args(["--quiet", "--return", "--command"])
        .arg(format!("stty rows 30 cols {width} -echo; {line}"))
        .arg("/dev/null")
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm-256color")
        .env("SHELL", "/bin/sh")
        .env("HOME", bank.home.path())
        .env("PROGRAM", env!("CARGO_BIN_EXE_synctera"))
        .env("SYNCTERA_BASE_URL", bank.sandbox.base_url());
    let version = Command::new("script").arg("--version").output();
    if !version.is_ok_and(|it| String::from_utf8_lossy(&it.stdout).contains("util-linux")) {
        println!("skipped: there is no script of util-linux");
        return None;
    }
    Some(finish(&mut script, typed))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_a_table_that_fits_the_terminal() {
    let bank = Bank::open().await;
    bank.person();
    let line = "\"$PROGRAM\" persons list-persons";
    for width in [60, 200] {
        let Some(run) = on_terminal(&bank, width, line, "") else { return };
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.starts_with("\u{1b}[1mid"), "{run:?}");
        let text = run.stdout.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
        let longest = text.lines().map(|it| it.chars().count()).max().unwrap();
        assert!(longest <= usize::from(width), "{longest}: {text}");
    }
    let plain = on_terminal(&bank, 200, &format!("NO_COLOR=1 {line}"), "").unwrap();
    assert!(!plain.stdout.contains('\u{1b}') && plain.stdout.starts_with("id"), "{plain:?}");
    let never = on_terminal(&bank, 200, &format!("{line} --color never"), "").unwrap();
    assert!(!never.stdout.contains('\u{1b}'), "{never:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_in_production_is_asked_about() {
    let bank = Bank::open().await;
    let key = bank.sandbox.api_key();
    let line = format!(
        "SYNCTERA_ENV=production SYNCTERA_API_KEY={key} \"$PROGRAM\" api POST /v2/wires --body '{{}}'"
    );
    for (typed, code) in [("n\n", 9), ("\n", 9), ("y\n", 4)] {
        let Some(run) = on_terminal(&bank, 200, &line, typed) else { return };
        assert_eq!(run.code, code, "{typed:?}: {run:?}");
        assert!(run.stdout.contains("continue? [y/N]"), "{run:?}");
    }
    assert_eq!(bank.requests(), ["POST /v2/wires"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_is_not_printed_on_a_terminal() {
    let bank = Bank::open().await;
    let line =
        "\"$PROGRAM\" documents get-document-contents 4f364343-d16f-4562-8f0f-ff77056ac36f --out -";
    let Some(run) = on_terminal(&bank, 200, line, "") else { return };
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stdout.contains("not printed on a terminal"), "{run:?}");
    // A pipe is no terminal.
    let run = on_terminal(&bank, 200, &format!("{line} | cat"), "").unwrap();
    assert!(run.stdout.contains("404"), "{run:?}");
    assert_eq!(bank.requests().len(), 1);
}
