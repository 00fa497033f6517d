//! The whole command line, in one file.

use std::fmt::Write as _;

use clap::Command;

#[test]
fn the_command_tree_is_what_it_was() {
    let mut root = synctera_cli::command();
    root.build();
    let mut text = String::new();
    for arg in root.get_arguments() {
        let _ = writeln!(text, "synctera {}", written(arg));
    }
    add(&root, "synctera", &mut text);
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("command_tree", text);
    });
}

/// A line for each command: its own arguments, without the options of every command.
fn add(command: &Command, path: &str, text: &mut String) {
    for child in command.get_subcommands() {
        let path = format!("{path} {}", child.get_name());
        if child.has_subcommands() {
            add(child, &path, text);
            continue;
        }
        let own =
            child.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help");
        let arguments: Vec<String> = own.map(written).collect();
        let _ = writeln!(text, "{path} {}", arguments.join(" "));
    }
}

fn written(arg: &clap::Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default();
    let takes = arg.get_action().takes_values();
    match arg.get_long() {
        Some(long) if takes => format!("--{long} {}", values.first().map_or("", |it| it.as_str())),
        Some(long) => format!("--{long}"),
        None => format!("<{}>", values.first().map_or("", |it| it.as_str())),
    }
}

#[test]
fn every_command_has_words_and_every_flag_a_parser_that_clap_accepts() {
    synctera_cli::command().debug_assert();
    let mut root = synctera_cli::command();
    root.build();
    let operations: usize =
        root.get_subcommands().map(|family| family.get_subcommands().count()).sum();
    assert!(operations >= 344, "{operations}");
    for family in root.get_subcommands() {
        assert!(family.get_about().is_some(), "{}", family.get_name());
        for command in family.get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
    }
}

/// What another program shows as the command of a call is a command of this one.
#[test]
fn the_command_of_every_call_is_understood() {
    use serde_json::json;
    use synctera_api::command_line::command;
    use synctera_api::{v0, v2};

    let mut root = synctera_cli::command();
    root.build();
    let id = "4f364343-d16f-4562-8f0f-ff77056ac36f";
    let operations = v2::OPERATIONS
        .iter()
        .map(|it| ("/v2", it))
        .chain(v0::OPERATIONS.iter().map(|it| ("/v0", it)));
    let (mut named, mut count) = (0, 0);
    for (version, operation) in operations {
        let mut target = version.to_owned();
        for segment in operation.path.split('/').skip(1) {
            let is_number = segment.ends_with("_version}");
            let value = if is_number { "1" } else { id };
            target += &format!("/{}", if segment.starts_with('{') { value } else { segment });
        }
        let family = root.find_subcommand(operation.family.replace('_', "-")).unwrap();
        let known = family.find_subcommand(operation.id.replace('_', "-")).unwrap();
        if known.get_arguments().any(|arg| arg.get_id() == "limit") {
            target += "?limit=10";
        }
        let takes = |flag: &str| known.get_arguments().any(|arg| arg.get_id() == flag);
        let body = takes("body").then(|| json!({ "name": "O'Neil" }));
        let text = command(operation.method, &target, body.as_ref());
        let mut words = shlex::split(&text).unwrap();
        // Files are not part of a call that another program shows.
        for flag in ["file", "out"].into_iter().filter(|flag| takes(flag)) {
            words.extend([format!("--{flag}"), "file.pdf".to_owned()]);
        }
        let understood = synctera_cli::command().try_get_matches_from(&words);
        let is_named = words[1] != "api";
        named += usize::from(is_named);
        count += 1;
        assert!(understood.is_ok(), "{text}: {:?}", understood.err());
    }
    // A hidden value is not shown again: its flag takes a file.
    let text = command("GET", "/v2/accounts?account_number=12%2B3", None);
    assert_eq!(text, "synctera accounts list-accounts --account-number @account-number.txt");
    let words = shlex::split(&text).unwrap();
    assert!(synctera_cli::command().try_get_matches_from(&words).is_ok(), "{text}");
    println!("{named} of {count} calls are commands of their own");
    assert_eq!(named, count);
}

#[test]
fn every_command_has_a_man_page() {
    let folder = tempfile::tempdir().unwrap();
    let line = ["man", "--out", folder.path().to_str().unwrap()];
    let run = crate::harness::finish(&mut crate::harness::program(&line), "");
    assert_eq!(run.code, 0, "{run:?}");
    let page =
        std::fs::read_to_string(folder.path().join("synctera-persons-create-person.1")).unwrap();
    assert!(page.contains("first") && page.contains("example"), "{page}");
    assert!(std::fs::read_dir(folder.path()).unwrap().count() > 390);
}
