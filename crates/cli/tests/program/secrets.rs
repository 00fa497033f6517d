//! Keys: where they come from, and where they never are.

use std::fs;

use crate::harness::{Bank, Run, finish, program};

/// A key that the bank does not know.
const KEY: &str = "key-that-nobody-may-see-4711";

fn everything(run: &Run) -> String {
    format!("{}{}", run.stdout, run.stderr)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_in_no_output() {
    let bank = Bank::open().await;
    for line in [
        &["persons", "list-persons", "--debug"][..],
        &["api", "GET", "/v2/persons", "--debug"],
        &["persons", "list-persons", "--query", "env"],
        &["persons", "list-persons", "--query", "$ENV"],
        &["persons", "get-person", "x"],
        &["persons", "list-persons", "--profile", "nosuch"],
        &["--help"],
    ] {
        let run = finish(bank.command(line).env("SYNCTERA_API_KEY", KEY), "");
        assert!(!everything(&run).contains("4711"), "{line:?}: {run:?}");
    }
    let refused =
        finish(bank.command(&["persons", "list-persons"]).env("SYNCTERA_API_KEY", KEY), "");
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stderr.contains("next:"), "{refused:?}");
    let wrong = format!("Bearer {KEY}");
    let run = finish(bank.command(&["persons", "list-persons"]).env("SYNCTERA_API_KEY", wrong), "");
    assert_eq!(run.code, 7, "{run:?}");
    assert!(!everything(&run).contains("4711"), "{run:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_shown_is_not_taken_from_the_list_of_processes() {
    let bank = Bank::open().await;
    let person = bank.person();
    let file = bank.home.path().join("digits");
    fs::write(&file, "9012\n").unwrap();
    let file = format!("@{}", file.display());
    let list = |value: &str| {
        let line =
            ["persons", "list-persons", "--ssn-last-4", value, "-q", ".persons[].id", "--raw"];
        bank.run_with(&line, "9012")
    };
    assert_eq!(list(&file).stdout, format!("{person}\n"));
    assert_eq!(list("-").stdout, format!("{person}\n"));
    let before = bank.requests().len();
    for (line, code) in [
        (&["persons", "list-persons", "--ssn-last-4", "9012"][..], 2),
        (&["api", "GET", "/v2/persons?ssn_last_4=9012"], 2),
        (&["persons", "create-person", "--body", r#"{"ssn": "456-78-9012"}"#], 3),
        (&["api", "POST", "/v2/persons", "--body", r#"[{"x": {"ssn": "456-78-9012"}}]"#], 3),
    ] {
        let run = bank.run(line);
        assert_eq!(run.code, code, "{line:?}: {run:?}");
        assert!(run.stderr.contains("list of processes"), "{line:?}: {run:?}");
    }
    let missing = list("@/no/such/file");
    assert!(missing.code == 3 && missing.stderr.contains("cannot be read"), "{missing:?}");
    assert_eq!(bank.requests().len(), before);
}

/// A password in an address is refused and not shown.
#[test]
fn an_address_with_a_password_is_refused() {
    for url in ["https://ada:pass-4711@bank.example", "ada:pass-4711@bank.example"] {
        for line in [
            &["persons", "list-persons", "--debug"][..],
            &["sandbox", "status"],
            &["sandbox", "start"],
            &["webhooks", "delete-webhook", "4f364343-d16f-4562-8f0f-ff77056ac36f"],
        ] {
            let run = finish(program(line).env("SYNCTERA_BASE_URL", url), "");
            assert_eq!(run.code, 7, "{line:?}: {run:?}");
            assert!(!everything(&run).contains("4711"), "{line:?}: {run:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_for_each_attempt_has_no_id() {
    let bank = Bank::open().await;
    let person = bank.person();
    let run = bank.run(&["persons", "get-person", &person, "--debug"]);
    assert_eq!(run.code, 0, "{run:?}");
    let line = run.stderr.trim_end();
    assert!(line.contains("GET /persons/{person_id} attempt 1: 200"), "{line}");
    assert!(!line.contains(&person) && !line.contains('\n'), "{line}");
}

#[test]
fn no_command_takes_a_key_as_an_argument() {
    let mut root = synctera_cli::command();
    root.build();
    for family in root.get_subcommands() {
        for command in family.get_subcommands().chain([family]) {
            let flags = command.get_arguments().filter_map(|arg| arg.get_long());
            let named: Vec<&str> = flags.filter(|it| it.contains("api-key")).collect();
            assert!(named.is_empty(), "{}: {named:?}", command.get_name());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_says_where_the_key_is() {
    let bank = Bank::open().await;
    let folder = bank.home.path();
    let (config, key_file) = (folder.join("profiles.toml"), folder.join("key"));
    fs::write(&key_file, format!("{}\n", bank.sandbox.api_key())).unwrap();
    let url = bank.sandbox.base_url();
    let key = bank.sandbox.api_key();
    let text = format!(
        "default = 'file'\n[profiles.file]\nbase_url = '{url}'\napi_key_file = '{}'\noutput = 'jsonl'\n\
         [profiles.command]\nbase_url = '{url}'\napi_key_command = \"printf '%s' {key}\"\n\
         [profiles.failing]\nbase_url = '{url}'\napi_key_command = 'false'\n\
         [profiles.none]\nenvironment = 'sandbox'\n",
        key_file.display()
    );
    fs::write(&config, text).unwrap();
    let run = |profile: &[&str]| {
        let mut line = vec!["persons", "list-persons"];
        line.extend(profile);
        finish(program(&line).env("SYNCTERA_CONFIG", &config).env("HOME", folder), "")
    };
    assert_eq!((run(&[]).code, run(&[]).stdout), (0, String::new()), "{:?}", run(&[]));
    assert_eq!(run(&["--profile", "command"]).code, 0, "{:?}", run(&["--profile", "command"]));
    let failing = run(&["--profile", "failing"]);
    assert!(failing.code == 7 && failing.stderr.contains("api_key_command"), "{failing:?}");
    let none = run(&["--profile", "none"]);
    assert!(none.code == 7 && none.stderr.contains("SYNCTERA_API_KEY"), "{none:?}");
}

#[test]
fn without_a_sandbox_it_says_what_to_start() {
    let run = finish(
        program(&["persons", "list-persons"]).env("SYNCTERA_BASE_URL", "http://127.0.0.1:9"),
        "",
    );
    assert_eq!(run.code, 8, "{run:?}");
    assert!(run.stderr.contains("synctera sandbox start"), "{run:?}");
}

/// The default program has no keyring: it says so, and what to do.
#[cfg(not(feature = "keyring"))]
#[test]
fn without_the_keyring_it_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let profile = "[profiles.bank]\nenvironment = \"sandbox\"\napi_key_keyring = true\n";
    std::fs::write(&config, profile).unwrap();
    for (line, input) in [
        (&["persons", "list-persons", "--profile", "bank"][..], ""),
        (&["keyring", "set", "--profile", "bank"], "key-of-the-bank"),
        (&["keyring", "remove", "--profile", "bank"], ""),
    ] {
        let run = finish(program(line).env("SYNCTERA_CONFIG", &config), input);
        let why =
            "built without the keyring of the system; next: install it with --features keyring";
        assert!(run.code == 7 && run.stderr.contains(why), "{run:?}");
        assert!(!run.stderr.contains("key-of"), "{run:?}");
    }
    let run = finish(program(&["keyring", "set"]).env("SYNCTERA_CONFIG", &config), " \n");
    assert!(run.code == 3 && run.stderr.contains("has no key"), "{run:?}");
}
