//! The chapters of the guide, without mdBook: their code comes from the programs beside this file, what
//! is printed from snapshots, and links lead somewhere. `.ci/run` builds the book.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::publishing::{broken, links};

fn guide() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide")
}

/// The chapters, by name.
fn chapters() -> Vec<PathBuf> {
    let mut chapters: Vec<PathBuf> =
        fs::read_dir(guide().join("src")).unwrap().map(|entry| entry.unwrap().path()).collect();
    chapters.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    chapters.sort();
    chapters
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// What a text includes: the line as it stands, the file, and which part of it.
fn includes(text: &str) -> Vec<(&str, &str, &str)> {
    text.lines()
        .filter_map(|line| {
            let path = line.trim().strip_prefix("{{#include ")?.strip_suffix("}}")?;
            let (file, part) = path.split_once(':').unwrap_or((path, ""));
            Some((line, file, part))
        })
        .collect()
}

/// The part of a file that an include shows.
fn part(text: &str, part: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    if part.is_empty() {
        return Some(text.to_owned());
    }
    if let Some(first) = part.strip_suffix(':') {
        let first: usize = first.parse().ok()?;
        return lines.get(first.checked_sub(1)?..).map(|lines| lines.join("\n"));
    }
    let at = |mark: &str| lines.iter().position(|line| line.trim() == format!("// {mark}: {part}"));
    let (begin, end) = (at("ANCHOR")?, at("ANCHOR_END")?);
    lines.get(begin + 1..end).map(|lines| lines.join("\n"))
}

#[test]
fn the_summary_lists_every_chapter_once() {
    let summary = fs::read_to_string(guide().join("src/SUMMARY.md")).unwrap();
    let listed = links(&summary);
    let unique: BTreeSet<String> = listed.iter().map(|link| (*link).to_owned()).collect();
    assert_eq!(unique.len(), listed.len(), "{listed:?}");
    let there: BTreeSet<String> = chapters().iter().map(|path| name(path)).collect();
    let mut expected = unique;
    expected.insert("SUMMARY.md".to_owned());
    assert_eq!(expected, there);
}

#[test]
fn links_lead_to_chapters_and_files_that_exist() {
    let mut broken: Vec<String> = chapters().iter().flat_map(|path| self::broken(path)).collect();
    broken.extend(self::broken(&guide().join("llms.txt")));
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn what_is_included_exists_and_all_programs_are() {
    let mut used = BTreeSet::new();
    for chapter in chapters() {
        let text = fs::read_to_string(&chapter).unwrap();
        for (line, file, wanted) in includes(&text) {
            let file = chapter.parent().unwrap().join(file);
            let shown = format!("{}: {line}", name(&chapter));
            let source = fs::read_to_string(&file).unwrap_or_else(|e| panic!("{shown}: {e}"));
            let included = part(&source, wanted).unwrap_or_else(|| panic!("{shown}: no such part"));
            assert!(!included.trim().is_empty(), "{shown}: nothing");
            assert!(!included.contains("ANCHOR"), "{shown}: anchors in an anchor");
            used.insert((name(&file), wanted.to_owned()));
        }
        let marks = text.matches("{{#").count();
        assert_eq!(marks, includes(&text).len(), "{}", chapter.display());
    }
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/guide")).unwrap() {
        let path = entry.unwrap().path();
        let source = fs::read_to_string(&path).unwrap();
        let anchors = source.lines().filter_map(|line| line.trim().strip_prefix("// ANCHOR: "));
        for anchor in anchors {
            let is_used = used.contains(&(name(&path), anchor.to_owned()));
            assert!(is_used, "{}: no chapter shows {anchor}", path.display());
        }
    }
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/snapshots/guide");
    for entry in fs::read_dir(snapshots).unwrap() {
        let snapshot = name(&entry.unwrap().path());
        let is_used = used.contains(&(snapshot.clone(), "4:".to_owned()));
        assert!(is_used || snapshot.ends_with(".new"), "no chapter shows {snapshot}");
    }
}

/// Code that is written into a chapter is not compiled.
#[test]
fn all_rust_in_the_chapters_is_included() {
    let mut blocks = 0;
    for chapter in chapters() {
        let text = fs::read_to_string(&chapter).unwrap();
        let mut is_rust = false;
        for line in text.lines() {
            if let Some(opening) = line.strip_prefix("```") {
                is_rust = opening.starts_with("rust");
                blocks += usize::from(is_rust);
            } else if is_rust {
                assert!(line.starts_with("{{#include "), "{}: {line}", name(&chapter));
            }
        }
    }
    assert!(blocks > 20, "{blocks}");
}

/// The form of llms.txt: a title, a summary, and sections of links with a note each.
#[test]
fn llms_txt_lists_every_chapter_and_the_main_types() {
    let text = fs::read_to_string(guide().join("llms.txt")).unwrap();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("# "));
    assert_eq!(lines.next(), Some(""));
    assert!(lines.next().unwrap().starts_with("> "));
    for line in text.lines().filter(|line| line.starts_with("- [")) {
        let (_, note) = line.split_once("): ").unwrap_or_else(|| panic!("no note: {line}"));
        assert!(note.len() > 10, "{line}");
    }
    for chapter in chapters().iter().map(|path| name(path)).filter(|name| name != "SUMMARY.md") {
        assert!(text.contains(&format!("docs/guide/src/{chapter})")), "{chapter} is not listed");
    }
}

#[test]
fn parts_are_found_as_mdbook_finds_them() {
    let text = "a\n// ANCHOR: one\nb\n// ANCHOR_END: one\nc";
    assert_eq!(part(text, "one").as_deref(), Some("b"));
    assert_eq!(part(text, "5:").as_deref(), Some("c"));
    assert_eq!(part(text, "two"), None);
}
