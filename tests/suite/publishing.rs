//! What the repository shows to those who use, change or publish the crates.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

const REPOSITORY: &str = "https://github.com/synctera-rs/synctera-rs/blob/main/";
/// Documents whose links are checked, beside those of the guide.
const DOCUMENTS: [&str; 14] = [
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "MIGRATION.md",
    "README.md",
    "SECURITY.md",
    "crates/cli/README.md",
    "crates/codegen/README.md",
    "crates/durable/README.md",
    "crates/journey-files/README.md",
    "crates/sandbox/README.md",
    "docs/new-document.md",
    "generated/README.md",
    "spec/README.md",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The targets of the links in a document, without those in code.
pub(crate) fn links(text: &str) -> Vec<&str> {
    let mut is_code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        let parts = line.split("](").skip(1);
        found.extend(parts.filter_map(|part| Some(part.split_once(')')?.0)));
    }
    found
}

/// The anchors of a document: its headings, as pages are given them.
pub(crate) fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter_map(|line| {
        let heading = line.trim_start_matches('#');
        (heading.len() < line.len()).then(|| heading.strip_prefix(' '))?
    });
    let anchor = |heading: &str| {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

/// What is wrong with the links of a document to files of this repository.
pub(crate) fn broken(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let folder = file.parent().unwrap();
    let is_broken = |link: &&str| {
        let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
        let target = match path.strip_prefix(REPOSITORY) {
            Some(path) => root().join(path),
            None if path.contains("://") || path.starts_with("mailto:") => return false,
            None if path.is_empty() => file.to_owned(),
            None => folder.join(path),
        };
        let is_anchor = || {
            let text = fs::read_to_string(&target).unwrap_or_default();
            anchors(&text).contains(anchor)
        };
        !target.exists() || !(anchor.is_empty() || is_anchor())
    };
    links(&text)
        .into_iter()
        .filter(is_broken)
        .map(|link| format!("{}: {link}", file.display()))
        .collect()
}

#[test]
fn links_lead_to_files_and_headings_that_exist() {
    let broken: Vec<String> =
        DOCUMENTS.iter().flat_map(|file| broken(&root().join(file))).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    assert_eq!(links("[a](b.md#c) `[d](e)`\n```\n[f](g)\n```\n"), ["b.md#c", "e"]);
    assert!(anchors("# When it is ready\n").contains("when-it-is-ready"));
}

/// A README that a registry shows has no links into folders that are not in the package.
#[test]
fn links_of_packaged_readmes_are_addresses_or_in_their_package() {
    for file in [
        "README.md",
        "crates/cli/README.md",
        "crates/codegen/README.md",
        "crates/console/README.md",
        "crates/durable/README.md",
        "crates/journey-files/README.md",
        "crates/sandbox/README.md",
        "generated/README.md",
    ] {
        let text = read(file);
        let relative: Vec<&str> = links(&text)
            .into_iter()
            .filter(|link| !link.contains("://") && !link.starts_with('#'))
            .collect();
        assert!(relative.is_empty(), "{file}: {relative:?}");
    }
}

/// The members of the workspace that are published, with their folders.
fn published() -> Vec<(PathBuf, Table)> {
    let workspace: Table = read("Cargo.toml").parse().unwrap();
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let folders = members.iter().map(|member| root().join(member.as_str().unwrap()));
    folders
        .map(|folder| {
            let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
            (folder, manifest.parse::<Table>().unwrap())
        })
        .filter(|(_, manifest)| manifest["package"].get("publish") != Some(&Value::Boolean(false)))
        .collect()
}

#[test]
fn every_published_crate_has_the_licenses() {
    let published = published();
    assert!(published.len() >= 5, "{published:?}");
    for (folder, _) in published {
        for license in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let copy = fs::read_to_string(folder.join(license)).unwrap_or_default();
            assert!(copy == read(license), "{}: {license}", folder.display());
        }
    }
}

/// `include_str!` of a file outside of the package compiles here, and not from the package.
#[test]
fn published_crates_include_files_of_their_own_package_only() {
    for (folder, manifest) in published() {
        let library = manifest.get("lib").and_then(|lib| lib.get("path")?.as_str());
        let sources = match library.and_then(|path| path.split_once('/')) {
            Some((sources, _)) => folder.join(sources),
            None => folder.join("src"),
        };
        let mut files = Vec::new();
        rust_files(&sources, &mut files);
        assert!(!files.is_empty(), "{}", folder.display());
        let folder = folder.canonicalize().unwrap();
        for file in files {
            let text = fs::read_to_string(&file).unwrap();
            for call in ["include_str!(\"", "include_bytes!(\"", "include!(\""] {
                for part in text.split(call).skip(1) {
                    let path = part.split('"').next().unwrap();
                    let included = file.parent().unwrap().join(path);
                    let included = included
                        .canonicalize()
                        .unwrap_or_else(|e| panic!("{}: {path}: {e}", file.display()));
                    assert!(included.starts_with(&folder), "{}: {path}", file.display());
                }
            }
        }
    }
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn the_changelog_begins_with_what_is_not_released() {
    let text = read("CHANGELOG.md");
    let first = text.lines().find(|line| line.starts_with("## "));
    assert_eq!(first, Some("## Unreleased"));
}

/// The last word of each item in the right column is declared somewhere in the sources of users' crates.
#[test]
fn what_the_migration_says_now_exists() {
    let mut sources = String::new();
    for folder in ["facade/src", "crates/sandbox/src", "generated", "crates/runtime/src"] {
        let folder = root().join(folder);
        let mut files = Vec::new();
        if folder.exists() {
            rust_files(&folder, &mut files);
        }
        files.iter().for_each(|file| sources.push_str(&fs::read_to_string(file).unwrap()));
    }
    let mut snapshots = Vec::new();
    for interface in ["v2", "v0"] {
        let folder = root().join("tests/suite/snapshots/surface").join(interface);
        snapshots.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    snapshots.iter().for_each(|file| sources.push_str(&fs::read_to_string(file).unwrap()));
    let words: BTreeSet<&str> =
        sources.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();

    let text = read("MIGRATION.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let mut checked = 0;
    for row in rows.filter(|row| *row != "before | now") {
        let (_, now) = row.split_once(" | ").unwrap();
        for code in now.split('`').skip(1).step_by(2) {
            if code.contains('/') {
                // A path or a call over HTTP.
                continue;
            }
            for word in code.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
                let is_lifetime = word == "static";
                assert!(word.is_empty() || is_lifetime || words.contains(word), "{word} in {row}");
                checked += 1;
            }
        }
    }
    assert!(checked > 60, "{checked}");
}

/// A tag of an action is moved from version to version unless it is a full one.
#[test]
fn actions_are_pinned_by_full_versions() {
    let mut uses = 0;
    for entry in fs::read_dir(root().join(".github/workflows")).unwrap() {
        let path = entry.unwrap().path();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((_, action)) = line.split_once("uses: ") else { continue };
            let (_, version) = action.split_once("@v").unwrap_or_default();
            let parts: Vec<&str> = version.split('.').collect();
            let is_full = parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok());
            assert!(is_full, "{}: {action}", path.display());
            uses += 1;
        }
    }
    assert!(uses > 5, "{uses}");
}

/// The workflows name the crates that are published, and the oldest compiler is one number.
#[test]
fn the_workflows_check_every_published_crate() {
    let workflow = read(".github/workflows/compatibility.yml");
    let named: BTreeSet<&str> = workflow
        .split("PUBLISHED: >-")
        .nth(1)
        .and_then(|rest| rest.split("\n\n").next())
        .unwrap()
        .split_whitespace()
        .filter(|word| *word != "-p")
        .collect();
    let published = published();
    let there: BTreeSet<&str> =
        published.iter().map(|(_, it)| it["package"]["name"].as_str().unwrap()).collect();
    assert_eq!(named, there);
    let manifest: Table = read("Cargo.toml").parse().unwrap();
    let msrv = manifest["workspace"]["package"]["rust-version"].as_str().unwrap();
    for file in ["README.md", "generated/README.md", "crates/codegen/README.md"] {
        assert!(read(file).contains(&format!("Rust {msrv} or newer")), "{file}");
    }
    for (folder, it) in &published {
        let inherits =
            it["package"]["rust-version"].get("workspace") == Some(&Value::Boolean(true));
        assert!(inherits, "{}", folder.display());
    }
}

/// docs.rs shows the feature of each operation beside it.
#[test]
fn every_family_of_operations_has_the_badge_of_its_feature() {
    let manifest: Table = read("Cargo.toml").parse().unwrap();
    let code: String = crate::surface::V2.code.split_whitespace().collect();
    let families: BTreeSet<&str> =
        crate::surface::V2.operations.iter().map(|operation| operation.family.as_str()).collect();
    assert!(families.len() >= 40, "{families:?}");
    for family in families {
        assert!(manifest["features"].get(family).is_some(), "{family} is no feature");
        let badge = format!("#[cfg_attr(docsrs,doc(cfg(feature=\"{family}\")))]implClient{{");
        assert!(code.contains(&badge), "{family}");
    }
}
