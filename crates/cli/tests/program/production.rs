//! Production: what moves money or cannot be undone is confirmed.

use crate::harness::{Bank, Run, finish};

/// The bank under the name of production.
fn run(bank: &Bank, arguments: &[&str]) -> Run {
    finish(bank.command(arguments).env("SYNCTERA_ENV", "production"), "")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_moves_money_is_refused_without_a_confirmation() {
    let bank = Bank::open().await;
    let body = r#"{"amount": 100}"#;
    for line in [
        &["wires", "create-wire", "--body", body][..],
        &["accounts", "update-account", "00000000-0000-4000-8000-00000000a0b1", "--body", "{}"],
        &["api", "POST", "/v2/wires", "--body", body],
        &["api", "DELETE", "/v2/no/such"],
    ] {
        let refused = run(&bank, line);
        let is_missing = line[0] == "wires" && refused.code == 3;
        assert!(refused.code == 9 || is_missing, "{line:?}: {refused:?}");
        assert!(is_missing || refused.stderr.contains("--yes"), "{refused:?}");
    }
    assert!(bank.requests().is_empty());
    let confirmed = run(&bank, &["api", "POST", "/v2/wires", "--body", body, "--yes"]);
    assert_eq!(confirmed.code, 4, "{confirmed:?}");
    assert_eq!(bank.requests(), ["POST /v2/wires"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_or_recorded_needs_none() {
    let bank = Bank::open().await;
    assert_eq!(run(&bank, &["persons", "list-persons"]).code, 0);
    let line = ["persons", "create-person", "--status", "PROSPECT", "--is-customer", "true"];
    assert_eq!(run(&bank, &line).code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_sandbox_has_is_refused_there() {
    let bank = Bank::open().await;
    let wiped = run(&bank, &["sandbox", "wipe-workspace", "--yes"]);
    assert!(matches!(wiped.code, 3 | 7), "{wiped:?}");
    assert!(bank.requests().is_empty());
}
