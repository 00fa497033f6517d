//! The dependencies that the README lists are those that its snippets use, and its features are those
//! of the facade. `cargo xtask new-project` builds a project with them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

const README: &str = include_str!("../../README.md");
/// The members of the workspace that a program may depend on.
const MEMBERS: [&str; 4] = ["facade", "crates/sandbox", "crates/journey-files", "crates/durable"];

/// The blocks of code in a language.
fn blocks(language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<Vec<&str>> = None;
    for line in README.lines() {
        match (&mut block, line.strip_prefix("```")) {
            (None, Some(opening)) => {
                block = Some(Vec::new()).filter(|_| opening.split(',').next() == Some(language));
                if block.is_none() {
                    // The lines of another language are passed over.
                    block = Some(vec![SKIPPED]);
                }
            }
            (Some(_), Some(_)) => {
                let lines = block.take().unwrap();
                if lines.first() != Some(&SKIPPED) {
                    blocks.push(lines.join("\n"));
                }
            }
            (Some(lines), None) => lines.push(line),
            (None, None) => {}
        }
    }
    blocks
}

const SKIPPED: &str = "\0";

/// The crates that a snippet names: what is before the first `::` of a path.
fn crates(snippet: &str, found: &mut BTreeSet<String>) {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    for (at, _) in snippet.match_indices("::") {
        let before = &snippet[..at];
        let start = before.rfind(|c| !is_name(c)).map_or(0, |end| end + 1);
        let name = &before[start..];
        let is_first = !before[..start].ends_with(':') && !before[..start].ends_with('.');
        if is_first && name.starts_with(char::is_lowercase) && name != "std" {
            found.insert(name.to_owned());
        }
    }
}

#[test]
fn the_listed_dependencies_are_those_of_the_snippets() {
    let [manifest] = blocks("toml").try_into().unwrap();
    let manifest: Table = manifest.parse().unwrap();
    let mut used = BTreeSet::new();
    let snippets = blocks("rust");
    assert!(snippets.len() >= 3, "{snippets:?}");
    snippets.iter().for_each(|snippet| crates(snippet, &mut used));

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &Path| fs::read_to_string(path).unwrap().parse::<Table>().unwrap();
    let ours = read(&root.join("Cargo.toml"));
    let workspace = ours["workspace"]["dependencies"].as_table().unwrap();
    let mut listed = BTreeSet::new();
    for of in ["dependencies", "dev-dependencies"] {
        for (name, value) in manifest[of].as_table().unwrap() {
            listed.insert(name.replace('-', "_"));
            let Some(repository) = value.get("git").and_then(Value::as_str) else {
                // The same major version as ours, which its types have to be of.
                let version = |value: &Value| {
                    let version = value.as_str().or_else(|| value.get("version")?.as_str());
                    version.unwrap().split('.').next().unwrap().to_owned()
                };
                assert_eq!(version(value), version(&workspace[name]), "{name}");
                continue;
            };
            assert_eq!(Some(repository), ours["workspace"]["package"]["repository"].as_str());
            let mut members =
                MEMBERS.iter().map(|member| read(&root.join(member).join("Cargo.toml")));
            let package = members.find(|it| it["package"]["name"].as_str() == Some(name));
            let package = package.unwrap_or_else(|| panic!("no member {name}"));
            for feature in value.get("features").and_then(Value::as_array).into_iter().flatten() {
                let feature = feature.as_str().unwrap();
                assert!(package["features"].get(feature).is_some(), "{name}: {feature}");
            }
        }
    }
    assert_eq!(listed, used);
}

#[test]
fn the_table_of_features_has_those_of_the_facade() {
    let (_, section) = README.split_once("\n## Features\n").unwrap();
    let (section, _) = section.split_once("\n## ").unwrap();
    let cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let named: BTreeSet<&str> = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect();
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../facade/Cargo.toml");
    let manifest: Table = fs::read_to_string(manifest).unwrap().parse().unwrap();
    let features = manifest["features"].as_table().unwrap();
    let there: BTreeSet<&str> =
        features.keys().map(String::as_str).filter(|name| *name != "default").collect();
    assert_eq!(named, there);
}

/// A path that begins at the root of the repository; one beside another is given by its name alone.
#[test]
fn every_path_of_the_architecture_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let mut read = 0;
    for path in text.split('`').skip(1).step_by(2) {
        let top = path.split('/').next().unwrap_or_default();
        let is_path = path.contains('/') && !path.contains(['<', '*', ' ', '{', ':']);
        if is_path && !["", "target"].contains(&top) && root.join(top).is_dir() {
            read += 1;
            assert!(root.join(path).exists(), "{path}");
        }
    }
    assert!(read > 80, "{read} paths");
}
