//! What is printed, and in which form.

use std::process::Stdio;

use serde_json::Value;

use crate::harness::{Bank, Run};

/// What customers may be called: something for each format to get wrong.
const NAMES: [&str; 4] =
    ["Ada \"x\", y; z", "\u{1b}[31mred\u{1b}[0m\u{9b}2J", "line\nbreak\ttab", "\u{202e}gpj 東京"];

async fn bank_with_names() -> Bank {
    let bank = Bank::open().await;
    for name in NAMES {
        let run = bank.run(&[
            "persons",
            "create-person",
            "--status",
            "PROSPECT",
            "--is-customer",
            "true",
            "--first-name",
            name,
        ]);
        assert_eq!(run.member("first_name"), name);
    }
    bank
}

fn listed(bank: &Bank, more: &[&str]) -> Run {
    let mut line = vec!["persons", "list-persons", "--sort-by", "creation_time:asc"];
    line.extend(more);
    let run = bank.run(&line);
    assert_eq!((run.code, &*run.stderr), (0, ""), "{run:?}");
    run
}

fn names(persons: &Value) -> Vec<&str> {
    persons.as_array().unwrap().iter().map(|it| it["first_name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_parses_back() {
    let bank = bank_with_names().await;
    let json = listed(&bank, &[]).json();
    assert_eq!(names(&json["persons"]), NAMES);
    let lines = listed(&bank, &["-o", "jsonl"]).stdout;
    let lines: Value = lines.lines().map(|it| serde_json::from_str::<Value>(it).unwrap()).collect();
    assert_eq!(lines, json["persons"]);
    let yaml = listed(&bank, &["-o", "yaml"]).stdout;
    let yaml: Value = serde_saphyr::from_str(&yaml).unwrap();
    assert_eq!(yaml, json);
    let text = listed(&bank, &["-o", "csv"]).stdout;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let at = reader.headers().unwrap().iter().position(|it| it == "first_name").unwrap();
    let found: Vec<String> = reader.records().map(|it| it.unwrap()[at].to_owned()).collect();
    assert_eq!(found, NAMES);
    let text = listed(&bank, &["-o", "csv", "--columns", "first_name,status,no.such"]).stdout;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["first_name", "status", "no.such"]);
    assert_eq!(&reader.records().next().unwrap().unwrap()[1], "PROSPECT");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_customer_wrote_is_obeyed_by_a_terminal() {
    let bank = bank_with_names().await;
    for format in [&["-o", "table"][..], &["-o", "json"], &["-o", "jsonl"]] {
        let text = listed(&bank, format).stdout;
        let is_obeyed = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!text.chars().any(is_obeyed), "{format:?}: {text:?}");
    }
    // A refusal quotes what was sent.
    let run = bank.run(&["persons", "list-persons", "--page-token", "\u{1b}[2J"]);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(!run.stderr.contains('\u{1b}'), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_has_chosen_columns_and_masks_what_is_hidden() {
    let bank = Bank::open().await;
    let person = bank.person();
    let table = listed(&bank, &["-o", "table"]).stdout;
    let header = table.lines().next().unwrap();
    assert!(header.starts_with("id") && header.contains("verification_status"), "{table}");
    assert!(table.contains(&person) && table.contains("Ada") && table.contains("Byron"));
    let one = bank.run(&["persons", "get-person", &person, "-o", "table"]).stdout;
    assert!(one.contains("legal_address.city") && one.contains("San Francisco"), "{one}");
    assert!(one.lines().any(|it| it.starts_with("dob") && it.ends_with("(hidden)")), "{one}");
    assert!(!one.contains("1985") && !one.contains("9012"), "{one}");
    let columns =
        ["persons", "get-person", &person, "-o", "table", "--columns", "id,ssn,legal_address"];
    let chosen = bank.run(&columns).stdout;
    assert!(chosen.contains("(hidden)") && chosen.contains("city"), "{chosen}");
    let colored = listed(&bank, &["-o", "table", "--color", "always"]).stdout;
    assert!(colored.starts_with("\u{1b}[1m") && !table.contains('\u{1b}'));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_of_money_and_cards_show_what_is_asked_for_most() {
    let bank = Bank::open().await;
    let file = bank.home.path().join("bank.yaml");
    std::fs::write(&file, crate::local::FILE).unwrap();
    let run = bank.run(&["journey", "run", file.to_str().unwrap()]);
    let account = run.json()[1]["id"].as_str().unwrap().to_owned();
    let find = ".accounts[0].customer_ids[0]";
    let customer = bank.run(&["accounts", "list-accounts", "-q", find, "-r"]).stdout;
    let find = ".card_products[] | select(.form == \"VIRTUAL\" and .card_type == \"DEBIT\") | .id";
    let product = bank.run(&["cards", "list-card-products", "-q", find, "-r"]).stdout;
    let body = serde_json::json!({ "type": "DEBIT", "card_details": {
        "form": "VIRTUAL", "account_id": account, "card_product_id": product.trim(),
        "customer_id": customer.trim(),
    } });
    let issued = bank.run_with(&["cards", "issue-card", "--body", "-"], &body.to_string()).json();
    let card = issued["card_details"]["id"].as_str().unwrap();
    let purchase = ["card-simulations", "simulate-authorization"];
    let flags = ["--example", "--card-id", card, "--amount", "555"];
    let example = bank.run(&[&purchase[..], &flags].concat()).stdout;
    assert_eq!(bank.run_with(&[&purchase[..], &["--body", "-"]].concat(), &example).code, 0);
    let last_four = issued["card_details"]["last_four"].as_str().unwrap();
    for (line, shown) in [
        (["cards", "list-cards"], [card, last_four, "ACTIVE"]),
        (["accounts", "list-accounts"], [&*account, "ACTIVE_OR_DISBURSED", " 250000 "]),
        (["transactions", "list-pending-transactions"], ["PENDING", " 555 ", "data.reason"]),
        (["transactions", "list-posted-transactions"], ["POSTED", " 250000 ", " USD"]),
    ] {
        let table = bank.run(&[&line[..], &["-o", "table"]].concat()).stdout;
        for text in shown {
            assert!(table.contains(text), "{line:?}: {text}: {table}");
        }
    }
    // What a filter makes of a list has columns of its own.
    let line = ["cards", "list-cards", "-q", "[.cards[] | {a: 1}]", "-o", "table"];
    assert_eq!(bank.run(&line).stdout, "a\n1\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_finds_what_it_names() {
    let bank = Bank::open().await;
    let person = bank.person();
    let run = listed(&bank, &["--query", ".persons[].id", "--raw"]);
    assert_eq!(run.stdout, format!("{person}\n"));
    let run = listed(&bank, &["-q", ".persons[] | {id, status}", "-o", "csv"]);
    assert_eq!(run.stdout, format!("id,status\n{person},ACTIVE\n"));
    let run = bank.run(&["persons", "list-persons", "-q", ".persons.x"]);
    assert_eq!((run.code, &*run.stdout), (1, ""), "{run:?}");
    // No value of the response is on the standard error.
    for filter in [".persons|error", ".persons[0].first_name.x", ".persons[0].ssn|error"] {
        let run = bank.run(&["persons", "list-persons", "-q", filter]);
        assert_eq!((run.code, &*run.stdout), (1, ""), "{run:?}");
        assert!(!run.stderr.contains("Ada") && !run.stderr.contains("9012"), "{run:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_whose_output_fails_is_said_to_be_done() {
    let bank = Bank::open().await;
    let line = ["persons", "create-person", "--status", "PROSPECT", "--is-customer", "true"];
    let flags = ["--idempotency-key", "k-1", "-q", ".id.x"];
    let run = bank.run(&[&line[..], &flags].concat());
    assert_eq!((run.code, &*run.stdout), (1, ""), "{run:?}");
    let said =
        "create-person was done (status 201, --idempotency-key k-1); its output failed: --query";
    assert!(run.stderr.contains(said), "{run:?}");
    assert!(run.stderr.contains("next: do not send it again"), "{run:?}");
    let key = bank.run(&["sandbox", "keys", "create", "-q", "error"]);
    assert!(key.code == 1 && key.stderr.contains("the key was made"), "{key:?}");
    assert!(!key.stderr.contains("api_key"), "{key:?}");
    // A filter that could end the program is refused before anything is sent.
    let recursive = bank.run(&[&line[..], &["-q", "def f: 1+f; f"]].concat());
    assert!(recursive.code == 2 && recursive.stderr.contains("calls itself"), "{recursive:?}");
    assert_eq!(bank.requests(), ["POST /v2/persons"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_results_are_one_csv_and_documents_of_yaml() {
    let bank = Bank::open().await;
    bank.person();
    for (filter, format, printed) in [
        (".persons[0] | .first_name, .last_name", "csv", "value\nAda\nByron\n"),
        ("[.persons[0] | .first_name, .last_name]", "csv", "value\nAda\nByron\n"),
        ("{a: 1}, {a: 2, b: 3}", "csv", "a,b\n1,\n2,3\n"),
        ("empty", "csv", ""),
        ("{a: 1}, 2", "yaml", "a: 1\n---\n2\n"),
    ] {
        assert_eq!(listed(&bank, &["-q", filter, "-o", format]).stdout, printed, "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pages_are_one_list() {
    let bank = Bank::open().await;
    for number in 0..7 {
        let name = format!("person {number}");
        let line = [
            "persons",
            "create-person",
            "--status",
            "PROSPECT",
            "--is-customer",
            "true",
            "--first-name",
            &name,
        ];
        assert_eq!(bank.run(&line).code, 0);
    }
    let one = bank.run(&["persons", "list-persons", "--limit", "3"]);
    assert_eq!(one.json()["persons"].as_array().unwrap().len(), 3);
    assert!(one.stderr.contains("next: --all"), "{one:?}");
    let all = listed(&bank, &["--limit", "3", "--all"]).json();
    let expected: Vec<String> = (0..7).map(|number| format!("person {number}")).collect();
    assert_eq!(names(&all), expected);
    let lines = listed(&bank, &["--limit", "2", "--all", "-o", "jsonl"]).stdout;
    assert_eq!(lines.lines().count(), 7);
    let length = listed(&bank, &["--limit", "2", "--all", "-q", "length"]).stdout;
    assert_eq!(length, "7\n");
    let table = listed(&bank, &["--all", "-o", "table"]).stdout;
    assert_eq!(table.lines().count(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pipe_is_silent() {
    let bank = bank_with_names().await;
    let mut command = bank.command(&["persons", "list-persons", "--all"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_up_and_come_down() {
    let bank = Bank::open().await;
    let person = bank.person();
    let letter = bank.home.path().join("letter.txt");
    std::fs::write(&letter, "Dear bank").unwrap();
    let up = bank.run(&[
        "documents",
        "create-document",
        "--file",
        letter.to_str().unwrap(),
        "--name",
        "letter",
        "--type",
        "TAX_FORM",
        "--related-resource-id",
        &person,
        "--related-resource-type",
        "CUSTOMER",
    ]);
    let id = up.member("id");
    let out = bank.home.path().join("down.txt");
    let down =
        bank.run(&["documents", "get-document-contents", &id, "--out", out.to_str().unwrap()]);
    assert_eq!((down.code, &*down.stdout, &*down.stderr), (0, "", ""), "{down:?}");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "Dear bank");
    let shown = bank.run(&["documents", "get-document-contents", &id, "--out", "-"]);
    assert_eq!(shown.stdout, "Dear bank");
    let missing = bank.run(&[
        "documents",
        "get-document-contents",
        "00000000-0000-4000-8000-000000000000",
        "--out",
        bank.home.path().join("never").to_str().unwrap(),
    ]);
    assert_eq!(missing.code, 6, "{missing:?}");
    assert!(!bank.home.path().join("never").exists());
    let wrong = bank.run(&["documents", "create-document", "--name", "x"]);
    assert_eq!(wrong.code, 3, "{wrong:?}");
}
