//! The repository's own texts and names are spelled as in American English.

use std::fs;
use std::path::{Path, PathBuf};

/// Parts of words that are spelled otherwise in American English.
const PARTS: [&str; 26] = [
    "authoris",
    "behaviour",
    "cancelled",
    "cancelling",
    "canonicalis",
    "catalogue",
    "centre",
    "cheque",
    "colour",
    "defence",
    "enrolment",
    "favour",
    "fulfilment",
    "honour",
    "initialis",
    "judgement",
    "labelled",
    "licence",
    "modelled",
    "neighbour",
    "normalis",
    "organis",
    "programme",
    "recognis",
    "serialis",
    "travelled",
];
/// Whole words.
const WORDS: [&str; 9] =
    ["afterwards", "distil", "distils", "enrol", "enrols", "fulfil", "grey", "towards", "whilst"];
/// A status of the platform, as the document and the generated types spell it.
const OF_THE_PLATFORM: [&str; 4] = ["CANCELLED", "::Cancelled", "Cancelled =>", "[Cancelled"];
/// The files that list such words.
const LISTS: [&str; 2] = ["crates/codegen/tests/pinned.rs", "tests/suite/spelling.rs"];

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                collect(&path, files);
            }
        } else if [".rs", ".md", ".toml"].iter().any(|ending| name.ends_with(ending)) {
            files.push(path);
        }
    }
}

/// What is misspelled in a line.
fn misspelled(line: &str) -> Vec<&'static str> {
    let ours = OF_THE_PLATFORM.iter().fold(line.to_owned(), |line, word| line.replace(word, ""));
    let lower = ours.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let parts = PARTS.into_iter().filter(|part| lower.contains(part));
    parts.chain(WORDS.into_iter().filter(|word| words.contains(word))).collect()
}

#[test]
fn the_spelling_is_american() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    collect(&root, &mut files);
    let mut found = Vec::new();
    let mut read = 0;
    for file in &files {
        let shown = file.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        if LISTS.contains(&shown.as_str()) {
            continue;
        }
        read += 1;
        for (number, line) in fs::read_to_string(file).unwrap().lines().enumerate() {
            for word in misspelled(line) {
                found.push(format!("{shown}:{}: {word}", number + 1));
            }
        }
    }
    assert!(read > 700, "{read} files");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn what_is_misspelled_is_found() {
    for line in ["fn normalise()", "Moves towards it.", "verification_enrols_in", "BEHAVIOUR"] {
        assert_eq!(misspelled(line).len(), 1, "{line}");
    }
    for line in ["`CANCELLED`", "Status::Cancelled", "enrolls, toward, a canceled payment"] {
        assert!(misspelled(line).is_empty(), "{line}");
    }
}
