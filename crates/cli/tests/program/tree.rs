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
