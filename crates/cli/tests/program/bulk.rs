//! One journey for each row of a file.

use std::fs;

use serde_json::json;

use crate::harness::Bank;

const HEADER: &str = "key,first_name,last_name,dob,email,phone_number,ssn,customer_consent,\
                      legal_address.address_line_1,legal_address.city,legal_address.state,\
                      legal_address.postal_code,legal_address.country_code";

fn row(key: &str, name: &str, state: &str) -> String {
    format!(
        "{key},{name},Byron,1985-12-10,ada@example.com,+14155550123,456-78-9012,true,1 Market \
         St,San Francisco,{state},94105,US"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_done_are_not_done_again() {
    let bank = Bank::open().await;
    let (file, checkpoint) = (bank.home.path().join("people.csv"), bank.home.path().join("done"));
    let write = |rows: &[String]| {
        fs::write(&file, format!("{HEADER}\n{}\n", rows.join("\n"))).unwrap();
    };
    let run = || {
        bank.run(&[
            "journey",
            "run",
            file.to_str().unwrap(),
            "--journey",
            "onboard_customer",
            "--checkpoint",
            checkpoint.to_str().unwrap(),
        ])
    };
    // All rows are checked before one is sent.
    write(&[row("1", "Ada", "CA"), row("2", "Grace", "CA").replace("1985-12-10", "1985-13-40")]);
    let wrong = run();
    assert!(wrong.code == 3 && wrong.stderr.contains("people.csv:3: dob: "), "{wrong:?}");
    assert!(!wrong.stderr.contains("1985") && bank.requests().is_empty(), "{wrong:?}");
    // One is refused; the others are done.
    bank.run(&[
        "sandbox",
        "faults",
        "add",
        "--status",
        "422",
        "--times",
        "1",
        "--operation",
        "create_person",
        "--code",
        "INVALID",
    ]);
    write(&[row("1", "Ada", "CA"), row("2", "Grace", "CA"), row("3", "Anne", "NY")]);
    let first = run();
    assert_eq!(first.code, 4, "{first:?}");
    assert!(first.stderr.contains("error: 1 of 3 rows failed"), "{first:?}");
    let summary: serde_json::Value = serde_json::from_str(&first.stdout).unwrap();
    let expected = json!({ "done": 2, "done_before": 0, "failed": 1, "failed_before": 0 });
    assert_eq!(summary, expected);
    let second = run();
    let expected = json!({ "done": 1, "done_before": 2, "failed": 0, "failed_before": 0 });
    assert_eq!(second.json(), expected);
    let count = bank.run(&["persons", "list-persons", "-q", ".persons | length"]);
    assert_eq!(count.stdout, "3\n");
    let line = ["journey", "run", file.to_str().unwrap(), "--journey", "onboard_customer"];
    let line = [&line[..], &["--checkpoint", checkpoint.to_str().unwrap()]].concat();
    let unprinted = bank.run(&[&line[..], &["-q", ".done.x"]].concat());
    assert!(unprinted.code == 1 && unprinted.stderr.contains("the rows were run"), "{unprinted:?}");
    // A rehearsal does not stand for the real run.
    let other = Bank::open().await;
    let elsewhere = other.run(&line);
    assert_eq!(elsewhere.code, 3, "{elsewhere:?}");
    for bank in [&bank, &other] {
        assert!(elsewhere.stderr.contains(&bank.sandbox.base_url()), "{elsewhere:?}");
    }
    assert!(elsewhere.stderr.contains("use another checkpoint file"), "{elsewhere:?}");
    assert!(other.requests().is_empty());
    fs::remove_file(bank.home.path().join("done.address")).unwrap();
    let unknown = run();
    assert!(unknown.code == 3 && unknown.stderr.contains("done.address is missing"), "{unknown:?}");
    assert!(
        !fs::read_to_string(&checkpoint).unwrap().contains("Ada"),
        "it has no data of customers"
    );
}

#[test]
fn what_does_not_go_together_is_refused() {
    for (line, words) in [
        (&["journey", "run", "a.csv", "--journey", "onboard_customer"][..], "--checkpoint"),
        (&["journey", "run", "a.CSV"], "with --journey and --checkpoint"),
        (
            &["journey", "run", "a.csv", "--journey", "onbord_customer", "--checkpoint", "c"],
            "onboard_customer",
        ),
        (&["journey", "run", "a.yaml", "--journey", "fund", "--checkpoint", "c"], ".csv or .jsonl"),
        (
            &["journey", "run", "a.csv", "b.csv", "--journey", "fund", "--checkpoint", "c"],
            "one file",
        ),
    ] {
        let run = crate::harness::finish(&mut crate::harness::program(line), "");
        assert!(run.code == 2 && run.stderr.contains(words), "{line:?}: {run:?}");
    }
}
