//! Folders of journeys, run on the sandbox, and what is reported of those that are wrong.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]

use std::fs;
use std::path::Path;
use std::process::Command;

use synctera::{AccountId, Balances, ErrorKind, Money, Synctera};
use synctera_journey_files::{FileErrors, JourneyFiles};
use synctera_sandbox::Sandbox;

async fn bank() -> (Sandbox, Synctera) {
    let clock = "2026-11-24T14:00:00Z".parse().unwrap();
    let sandbox = Sandbox::builder().clock_held_at(clock).seed(7).start().await.unwrap();
    let client = Synctera::builder(sandbox.api_key())
        .base_url(sandbox.base_url())
        .clock(sandbox.clock())
        .build()
        .unwrap();
    (sandbox, client)
}

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bank")
}

/// A person whose members can be replaced.
fn person(name: &str, dob: &str, more: &str) -> String {
    format!(
        "{name}:\n  onboard_customer:\n    first_name: Ada\n    last_name: Byron\n    dob: {dob}\n    \
         email: ada@example.com\n    phone_number: \"+14155550123\"\n    ssn: 456-78-9012\n    \
         customer_consent: true\n    legal_address:\n      address_line_1: 1 Market St\n      \
         city: San Francisco\n      state: CA\n      postal_code: \"94105\"\n      \
         country_code: US\n{more}"
    )
}

fn errors(files: &[(&str, &str)]) -> Vec<String> {
    let wrong: FileErrors = JourneyFiles::parse(files.iter().copied()).unwrap_err();
    wrong.iter().map(ToString::to_string).collect()
}

#[test]
fn a_reference_to_something_else_than_is_meant_names_both() {
    let account = |holder: &str| {
        format!(
            "checking:\n  open_account:\n    template: {{account_type: CHECKING}}\n    \
             primary_account_holder: {{person_id: {holder}}}\n"
        )
    };
    let move_to = |to: &str| {
        format!(
            "rent:\n  transfer:\n    amount: {{amount: 100, currency: USD}}\n    \
             originating_account_id: $checking\n    receiving_account_id: {to}\n"
        )
    };
    let right = person("ada", "1985-12-10", &account("$ada"));
    JourneyFiles::parse([("bank.yaml", &*right)]).unwrap();
    let wrong = format!("{right}{}", move_to("$ada"));
    let line = wrong.lines().position(|line| line.contains("receiving_account_id")).unwrap() + 1;
    assert_eq!(
        errors(&[("bank.yaml", &wrong)]),
        [format!(
            "bank.yaml:{line}: rent: receiving_account_id: must be an account or an external account; ada \
             is a person"
        )]
    );
    let wrong = format!("{right}{}", account("$checking").replace("checking:\n", "saving:\n"));
    let found = errors(&[("bank.yaml", &wrong)]);
    assert!(
        found[0].ends_with(
            "primary_account_holder.person_id: must be a person; checking is an account"
        ),
        "{found:?}"
    );
}

#[tokio::test]
async fn people_accounts_and_money_are_there() {
    let (sandbox, client) = bank().await;
    let files = JourneyFiles::read(folder()).unwrap();
    let names: Vec<&str> = files.names().collect();
    assert_eq!(
        names,
        ["ada", "grace", "flow", "ada-checking", "flow-checking", "ada-deposit", "rent"]
    );
    let completed = files.run(&client).await.unwrap();
    let account = |name: &str| -> AccountId {
        let entry = completed.iter().find(|entry| entry.name == name).unwrap();
        assert_eq!(entry.journey, "open_account");
        entry.id().unwrap().parse().unwrap()
    };
    for (name, posted) in [("ada-checking", 1_500_00), ("flow-checking", 1_000_00)] {
        let account = client.api().get_account(account(name)).await.unwrap();
        assert_eq!(Balances::of(&account).unwrap().posted, Money::usd(posted), "{name}");
    }
    let flow = completed.iter().find(|entry| entry.name == "flow").unwrap();
    let grace = completed.iter().find(|entry| entry.name == "grace").unwrap();
    assert_eq!(flow.result("related_people[0]"), grace.id());
    let ada = client.api().get_account(account("ada-checking")).await.unwrap();
    assert_eq!(ada.nickname.as_deref(), Some("$5 a day"));
    assert!(sandbox.audit().unwrap().adds_up());

    // The same keys: nothing is done twice.
    let again = files.run(&client).await.unwrap();
    let ids = |entries: &[synctera_journey_files::CompletedEntry]| -> Vec<Option<String>> {
        entries.iter().map(|entry| entry.id().map(str::to_owned)).collect()
    };
    assert_eq!(ids(&again), ids(&completed));
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    // A form, a rule, and a form again, of one request; its member that is left out and one too many.
    let ada = person("ada", "1985-13-40", "    middle_name: [7]\n    shoe_size: 9\n");
    let ada = ada.replace("456-78-9012", "12-34").replace("    last_name: Byron\n", "");
    let more = "\
loan:
  open_acount: {}
ada-checking:
  open_account:
    template: {account_type: CHECKING}
    primary_account_holder: {person_id: $adda}
    nickname: $ada.age
early:
  fund: {account_id: $late, amount: {amount: 2.5, currency: USD}, source: in_sandbox}
late:
  open_account:
    template: {account_type: CHECKING}
    primary_account_holder: {person_id: $ada}
9lives: {}
two: {fund: {}, transfer: {}}
";
    let reported = errors(&[("a.yaml", &ada), ("b.yaml", more), ("d.yaml", "- 1")]);
    insta::assert_snapshot!(reported.join("\n"));
}

#[test]
fn no_value_is_quoted() {
    let ada = person("ada", "1985-12-10", "    middle_name: {secret: 456789012}\n");
    let ada = ada.replace("456-78-9012", "[456789012]").replace("CA", "456789012");
    let twice = "a: {fund: {account_id: 456789012, account_id: 456789012}}\n";
    let broken = "a: {fund: {account_id: '456789012\n";
    let reported = errors(&[("a.yaml", &ada), ("b.yaml", twice), ("c.yaml", broken)]).join("\n");
    assert!(!reported.contains("456789012") && !reported.contains("456-78"), "{reported}");
    assert_eq!(reported.lines().count(), 5, "{reported}");

    let fund = "a: {fund: {account_id: x456789012, amount: {amount: 1, currency: USD}, source: '456-78-9012'}}";
    let reported = errors(&[("a.yaml", fund)]);
    let expected = [
        "a.yaml:1: a: account_id: must be an id: a UUID",
        "a.yaml:1: a: source: must be one of `pull`, `from_internal`, `in_sandbox`",
    ];
    assert_eq!(reported, expected);
}

#[test]
fn an_entry_that_is_wrong_is_reported_once() {
    let text =
        "a: {open_acount: {}}\nb: {suspend_card: {card_id: $a}}\nc: {resume_card: {card_id: $d}}\n";
    let reported = errors(&[("a.yaml", text)]);
    assert_eq!(reported.len(), 2, "{reported:?}");
    assert!(reported[1].contains("c: card_id: there is no entry d"), "{reported:?}");
    // The file that is no YAML may have it.
    let reported = errors(&[("a.yaml", text), ("b.yaml", "d: [")]);
    assert_eq!(reported.len(), 2, "{reported:?}");
}

#[tokio::test]
async fn what_the_platform_refuses_is_reported_by_entry() {
    let (_sandbox, client) = bank().await;
    let text = person("ada", "1985-12-10", "")
        + "\
checking:
  open_account: {template: {account_type: CHECKING}, primary_account_holder: {person_id: $ada}}
saving:
  open_account: {template: {account_type: SAVING}, primary_account_holder: {person_id: $ada}}
too-much:
  transfer:
    originating_account_id: $checking
    receiving_account_id: $saving
    amount: {amount: 100, currency: USD}
    type: ACCOUNT_TO_ACCOUNT
after:
  end_transfer: {transfer_id: $too-much, status: COMPLETE}
stranger:
  open_account:
    template: {account_type: CHECKING}
    primary_account_holder: {person_id: 00000000-0000-4000-8000-00000000000f}
";
    let files = JourneyFiles::parse([("bank.yaml", &*text)]);
    let files = files.unwrap_or_else(|wrong| panic!("{wrong}"));
    let wrong = files.run(&client).await.unwrap_err();
    let reported: Vec<(Option<u64>, Option<&str>)> =
        wrong.iter().map(|error| (error.line, error.entry.as_deref())).collect();
    assert_eq!(reported, [(Some(20), Some("too-much")), (Some(28), Some("stranger"))], "{wrong}");
    assert!(wrong.to_string().contains("INSUFFICIENT_FUNDS"), "{wrong}");
    let causes: Vec<_> = wrong.iter().map(|error| (error.kind, error.status)).collect();
    assert_eq!(causes, [(Some(ErrorKind::Api), Some(422)), (Some(ErrorKind::Api), Some(404))]);

    // The platform repeats the refusal under the same key; the next attempt is sent anew.
    let more = text.replace("too-much:", "deposit:\n  fund: {account_id: $checking, amount: {amount: 100, currency: USD}, source: in_sandbox}\ntoo-much:");
    let more = more.split("stranger:").next().unwrap();
    let files = JourneyFiles::parse([("bank.yaml", more)]).unwrap();
    assert!(files.run(&client).await.unwrap_err().to_string().contains("INSUFFICIENT_FUNDS"));
    let run = files.attempt(2).run(&client).await;
    let wrong = run.map_or_else(|wrong| wrong.to_string(), |_| String::new());
    assert!(!wrong.contains("too-much"), "{wrong}");
}

#[test]
fn a_folder_has_files_and_nothing_below_it() {
    let folder = tempfile::tempdir().unwrap();
    let reported = || JourneyFiles::read(folder.path()).unwrap_err().to_string();
    fs::write(folder.path().join("README.md"), "about").unwrap();
    assert!(reported().ends_with("has no .yaml, .yml or .json file"), "{}", reported());
    let id = "00000000-0000-4000-8000-00000000000f";
    let card = format!(r#"{{"b": {{"suspend_card": {{"card_id": "{id}"}}}}}}"#);
    fs::write(folder.path().join("b.json"), card).unwrap();
    fs::write(folder.path().join("a.yml"), format!("a: {{resume_card: {{card_id: {id}}}}}"))
        .unwrap();
    let files = JourneyFiles::read(folder.path()).unwrap();
    assert_eq!(files.names().collect::<Vec<_>>(), ["a", "b"]);
    fs::write(folder.path().join("c.yaml"), [0xff, 0xfe, 0xff]).unwrap();
    assert!(reported().contains("c.yaml: cannot be read"), "{}", reported());
    let pipe = folder.path().join("d.yaml");
    let is_made = Command::new("mkfifo").arg(&pipe).status().unwrap().success();
    assert!(is_made && reported().ends_with("d.yaml: is not a file"), "{}", reported());
    fs::create_dir(folder.path().join("more")).unwrap();
    assert!(reported().contains("more: is a folder"), "{}", reported());
    let nowhere = JourneyFiles::read(folder.path().join("nowhere")).unwrap_err().to_string();
    assert!(nowhere.contains("cannot be read"), "{nowhere}");
}

#[test]
fn deep_and_repeated_values_are_bounded() {
    let deep = format!("a: {}1{}", "[".repeat(500), "]".repeat(500));
    assert_eq!(errors(&[("deep.yaml", &deep)]).len(), 1);
    let mut laughs = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let item = format!("*a{}", level - 1);
        laughs += &format!("a{level}: &a{level} [{}]\n", [item.as_str(); 10].join(", "));
    }
    assert_eq!(errors(&[("laughs.yaml", &laughs)]).len(), 1);
    assert!(JourneyFiles::parse([("empty.yaml", "")]).unwrap().is_empty());
}

/// Files may come from others, and their errors go to a terminal.
#[test]
fn control_characters_are_shown_as_such() {
    let hostile = "\"a\\e[31m\": {onboard_customer: {}}\n\
                   ada: {onboard_customer: {\"b\\e]0;x\\a\": 1, \"c\\u202e\": 2}}\n\
                   eve: {\"on\\eboard\": {}}\n";
    let reported = errors(&[("hostile\u{1b}[2J.yaml", hostile)]).join("|");
    assert!(reported.contains("\\u{1b}"), "{reported}");
    assert!(!reported.chars().any(|it| it.is_control() || it == '\u{202e}'), "{reported:?}");
}

#[test]
fn an_entry_does_not_refer_to_itself() {
    let text = "own: {suspend_card: {card_id: $own}}";
    let message =
        "a.yaml:1: own: card_id: own is this entry; a request refers to entries before it";
    assert_eq!(errors(&[("a.yaml", text)]), [message]);
}
