//! `cargo xtask layers` on small crates: what it lets pass, and each fault that it finds.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::path::Path;
use std::process::Command;

const TABLE: &str = r#"
[[crate]]
name = "shop"
root = "src/lib.rs"

[[crate.layer]]
name = "store"
imports = []
reason = "It knows nothing else."

[[crate.layer]]
name = "api"
imports = ["store"]
families = true
reason = "Handlers."
"#;

/// A crate in which imports point down.
const GOOD: &[(&str, &str)] = &[
    ("lib.rs", "mod api;\nmod store;\npub use api::lamps::list;"),
    ("store/mod.rs", "mod rows;\npub(crate) use rows::Row;"),
    ("store/rows.rs", "pub(crate) struct Row;"),
    ("api/mod.rs", "pub(crate) mod chairs;\npub(crate) mod lamps;"),
    ("api/chairs.rs", "use crate::store::Row;\npub(crate) fn list() -> Row { Row }"),
    ("api/lamps.rs", "use crate::store;\npub fn list() -> store::Row { store::Row }"),
];

/// What other files of [`GOOD`] need where `store/rows.rs` is another.
const ROW: (&str, &str) = ("store/mod.rs", "mod rows;\npub(crate) struct Row;");

/// Runs the command on [`GOOD`] with these files instead of, or beside, its own.
fn layers(table: &str, changes: &[(&str, &str)]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("src");
    for (file, text) in GOOD.iter().chain(changes) {
        let file = source.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let file = folder.path().join("layers.toml");
    std::fs::write(&file, table).unwrap();
    run(&["--table".as_ref(), file.as_path(), "--root".as_ref(), folder.path()])
}

fn run(arguments: &[&Path]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.arg("layers").args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[track_caller]
fn fails(changes: &[(&str, &str)], expected: &str) {
    let (is_good, text) = layers(TABLE, changes);
    assert!(!is_good && text.contains(expected), "{text}");
}

#[test]
fn imports_that_point_down_pass() {
    let (is_good, text) = layers(TABLE, &[]);
    assert!(is_good, "{text}");
    let expected = "shop: 6 files, 2 imports, 0 cycles (0 files), 0 upward imports, \
                    0 imports between families";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn an_upward_import_fails_however_it_is_written() {
    let expected = "upward import: src/store/rows.rs -> src/api/lamps.rs";
    for text in [
        "use crate::api::lamps::list;\npub(crate) struct Row;",
        "use crate::api::lamps;\npub(crate) struct Row;\nfn all() { lamps::list(); }",
        "use crate::{api::{lamps::{self as other}}};\npub(crate) struct Row;\nfn all() { other::list(); }",
        "use super::super::api::lamps::*;\npub(crate) struct Row;",
        "pub(crate) struct Row;\nfn all() { crate::api::lamps::list(); }",
        "pub(crate) struct Row;\nfn all() { assert!(matches!(crate::api::lamps::list(), _)); }",
        "pub(crate) struct Row;\nmod inner { pub(super) fn all() { super::super::super::api::lamps::list(); } }",
        // Through what the root passes on.
        "pub(crate) struct Row;\nfn all() { crate::list(); }",
    ] {
        fails(&[("store/rows.rs", text)], expected);
    }
}

#[test]
fn an_import_between_families_fails() {
    fails(
        &[("api/lamps.rs", "use super::chairs;\npub fn list() { chairs::list(); }")],
        "import between families: src/api/lamps.rs -> src/api/chairs.rs (chairs::list)",
    );
    // Its own files a family may import.
    let (is_good, text) = layers(
        TABLE,
        &[
            ("api/lamps.rs", "mod bulbs;\npub fn list() { bulbs::list(); }"),
            ("api/lamps/bulbs.rs", "pub(super) fn list() {}"),
        ],
    );
    assert!(is_good, "{text}");
}

#[test]
fn a_cycle_fails_within_a_layer_too() {
    let parent = ("store/mod.rs", "mod rows;\npub(crate) use rows::Row;\npub(crate) struct Page;");
    let child = ("store/rows.rs", "use super::Page;\npub(crate) struct Row(Page);");
    let (is_good, text) = layers(TABLE, &[parent, child]);
    assert!(is_good, "a parent that only passes on imports nothing: {text}");
    let parent = (parent.0, "mod rows;\npub(crate) use rows::Row;\npub(crate) struct Page(Row);");
    fails(&[parent, child], "cycle of 2 files:\n  src/store/mod.rs\n  src/store/rows.rs\n");
}

#[test]
fn what_only_tests_import_does_not_count() {
    let text = "pub(crate) struct Row;\n#[cfg(test)]\nmod tests { use crate::api::lamps::list; }";
    let (is_good, text) = layers(TABLE, &[("store/rows.rs", text)]);
    assert!(is_good, "{text}");
}

#[test]
fn json_indexed_by_a_literal_fails_in_a_typed_layer() {
    let table = TABLE.replace("families = true", "families = true\ntyped = true");
    let list = |body: &str| format!("pub fn list() {{ {body} }}");
    for (body, expected) in [
        ("let x = value[\"name\"];", "api/lamps.rs ([\"name\"])"),
        ("value[\"name\"] = x;", "indexed by a literal 1 times"),
        ("value[\"a\"][\"b\"].clone();", "indexed by a literal 2 times"),
        ("read()?[\"name\"].clone();", "indexed by a literal 1 times"),
        ("rows[0][\"name\"].clone();", "indexed by a literal 1 times"),
        ("row.read()[r#\"name\"#].clone();", "indexed by a literal 1 times"),
        // The arguments of a macro are no expressions in the syntax tree.
        ("json!({ \"name\": value[\"name\"] });", "indexed by a literal 1 times"),
    ] {
        let (is_good, text) = layers(&table, &[("api/lamps.rs", &list(body))]);
        assert!(!is_good && text.contains(expected), "{body}: {text}");
        // Elsewhere it is no fault.
        let (is_good, text) = layers(&table, &[("store/rows.rs", &list(body)), ROW]);
        assert!(is_good && text.contains("indexed by a literal 0 times"), "{body}: {text}");
    }
    for body in [
        "for name in [\"name\"] {}",
        "let names: &[&str] = &[\"name\"]; names[0];",
        "match name { [\"name\"] => [\"name\"], _ => return [\"name\"] }",
        "let names = vec![\"name\"]; list([\"name\"], [\"name\"]);",
        "json!({ \"names\": [\"name\"] });",
    ] {
        let (is_good, text) = layers(&table, &[("api/lamps.rs", &list(body))]);
        assert!(is_good, "{body}: {text}");
    }
    let tests = "pub fn list() {}\n#[cfg(test)]\nmod tests { fn all() { value[\"name\"]; } }";
    let (is_good, text) = layers(&table, &[("api/lamps.rs", tests)]);
    assert!(is_good, "{text}");
}

#[test]
fn the_table_is_checked() {
    let of = |from: &str, to: &str| layers(&TABLE.replace(from, to), &[]);
    for (from, to, expected) in [
        ("imports = []", "imports = [\"api\"]", "shop: api does not stand above store"),
        ("name = \"store\"", "name = \"shelf\"", "store does not stand above api"),
        ("\"It knows nothing else.\"", "\"\"", "the layer store has no reason"),
    ] {
        let (is_good, text) = of(from, to);
        assert!(!is_good && text.contains(expected), "{text}");
    }
    let (is_good, text) = layers(
        TABLE,
        &[
            ("lib.rs", "mod api;\nmod store;\nmod more;"),
            ("more.rs", "use crate::store::Row;\nstruct More(Row);"),
        ],
    );
    assert!(!is_good && text.contains("the module more is in no layer"), "{text}");
}

#[test]
fn a_cycle_fails_in_a_crate_without_layers() {
    let table = "[[crate]]\nname = \"shop\"\nroot = \"src/lib.rs\"\n";
    let text = "use super::chairs;\npub fn list() { chairs::list(); }";
    let chairs = "use super::lamps;\npub(crate) fn list() { lamps::list(); }";
    let (is_good, text) = layers(table, &[("api/lamps.rs", text), ("api/chairs.rs", chairs)]);
    assert!(!is_good && text.contains("1 cycles (2 files)"), "{text}");
}

#[test]
fn every_package_of_the_workspace_is_looked_at_and_passes() {
    let (is_good, text) = run(&[]);
    assert!(is_good, "{text}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |folder: &str| -> toml::Table {
        std::fs::read_to_string(root.join(folder).join("Cargo.toml")).unwrap().parse().unwrap()
    };
    for member in read(".")["workspace"]["members"].as_array().unwrap() {
        let manifest = read(member.as_str().unwrap());
        let name = manifest["package"]["name"].as_str().unwrap();
        assert!(text.contains(&format!("{name}: ")), "{name} is not in xtask/layers.toml");
    }
}
