//! Production: what moves money or cannot be undone is confirmed.

use crate::harness::{Bank, Run, finish};

/// The bank under the name of production.
fn run(bank: &Bank, arguments: &[&str]) -> Run {
    finish(bank.command(arguments).env("SYNCTERA_ENV", "production"), "")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_moves_money_is_refused_without_a_confirmation() {
    let bank = Bank::open().await;
    let id = "00000000-0000-4000-8000-00000000a0b1";
    let wire = bank.run(&["wires", "create-wire", "--example"]).stdout;
    for line in [
        &["wires", "create-wire", "--body", &wire][..],
        &["accounts", "update-account", id, "--body", "{}"],
        &["verifications", "verify", "--person-id", id, "--customer-consent", "true"],
        &["api", "POST", "/v2/wires", "--body", "{}"],
        &["api", "post", "/v2/wires", "--body", "{}"],
        &["api", "PATCH", "/v2/no/such"],
        &["api", "DELETE", "/v2/no/such"],
        // A read that creates an access token.
        &["cards", "get-card-widget-token", id, "--widget-type", "SET_PIN"],
        &["api", "GET", "/v2/external_cards/widget_token"],
        &["api", "HEAD", "/v2/external_cards/widget_token"],
        &["api", "GET", "/v2/external_cards/widget_toke%6e"],
        &["api", "GET", "/v2/%65xternal_cards/widget_token?x=1"],
    ] {
        let refused = run(&bank, line);
        assert_eq!(refused.code, 9, "{line:?}: {refused:?}");
        assert!(refused.stderr.contains("nothing was sent; next: add --yes"), "{refused:?}");
    }
    for path in ["/v2/external_cards/widget_token/", "/v2//external_cards/widget_token"] {
        let refused = run(&bank, &["api", "GET", path]);
        assert!(refused.code == 2 && refused.stderr.contains("empty segment"), "{refused:?}");
    }
    assert!(bank.requests().is_empty());
    let confirmed = run(&bank, &["api", "POST", "/v2/wires", "--body", "{}", "--yes"]);
    assert_eq!(confirmed.code, 4, "{confirmed:?}");
    assert_eq!(bank.requests(), ["POST /v2/wires"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_or_recorded_needs_none() {
    let bank = Bank::open().await;
    assert_eq!(run(&bank, &["persons", "list-persons"]).code, 0);
    let line = ["persons", "create-person", "--status", "PROSPECT", "--is-customer", "true"];
    assert_eq!(run(&bank, &line).code, 0);
    // A method that only reads, whatever the path.
    assert_eq!(run(&bank, &["api", "HEAD", "/v2/no/such"]).code, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_sandbox_has_is_refused_there() {
    let bank = Bank::open().await;
    let wiped = run(&bank, &["sandbox", "wipe-workspace", "--yes"]);
    assert!(wiped.code == 3 && wiped.stderr.contains("sandbox only"), "{wiped:?}");
    assert!(bank.requests().is_empty());
}
