//! The dependencies that the README lists are those that its snippets use.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

const README: &str = include_str!("../../README.md");
/// The folder of a clone, beside that of the program.
const CLONE: &str = "../synctera-rs/";

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
            let Some(path) = value.get("path").and_then(Value::as_str) else {
                // The same major version as ours, which its types have to be of.
                let version = |value: &Value| {
                    let version = value.as_str().or_else(|| value.get("version")?.as_str());
                    version.unwrap().split('.').next().unwrap().to_owned()
                };
                assert_eq!(version(value), version(&workspace[name]), "{name}");
                continue;
            };
            let package = read(&root.join(path.strip_prefix(CLONE).unwrap()).join("Cargo.toml"));
            assert_eq!(package["package"]["name"].as_str(), Some(name.as_str()));
            for feature in value.get("features").and_then(Value::as_array).into_iter().flatten() {
                let feature = feature.as_str().unwrap();
                assert!(package["features"].get(feature).is_some(), "{name}: {feature}");
            }
        }
    }
    assert_eq!(listed, used);
}
