//! The snapshots of the public surface: refreshed where the report says why they change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use synctera_codegen::generate::{self, Companions, Selection};
use synctera_codegen::{Document, surface};
use synctera_drift::Report;

use super::commit::File;
use crate::workspace::Error;

/// Where they are, from the repository's root.
const FOLDER: &str = "tests/suite/snapshots/surface";
const HEAD: &str = "---\nsource: tests/suite/surface.rs\n---\n";

/// What becomes of the snapshots of one interface.
#[derive(Default)]
pub(super) struct Refreshed {
    pub(super) files: Vec<File>,
    /// Items that differ for no reason that the report gives; their files are left alone.
    pub(super) unexplained: BTreeMap<PathBuf, Vec<String>>,
}

/// Whether there are snapshots of an interface.
pub(super) fn are_at(root: &Path, interface: &str) -> bool {
    root.join(FOLDER).join(interface).is_dir()
}

/// The snapshots of an interface, as the new document makes them.
pub(super) fn refreshed(
    root: &Path,
    interface: &str,
    new: &Document,
    companions: &Companions,
    report: &Report,
) -> Result<Refreshed, Error> {
    if !are_at(root, interface) {
        return Ok(Refreshed::default());
    }
    let folder = root.join(FOLDER).join(interface);
    let mut before = BTreeMap::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let family = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        if let (Some(family), Some("snap")) = (family, path.extension().and_then(|e| e.to_str())) {
            let text = std::fs::read_to_string(&path)?;
            before.insert(family, text.strip_prefix(HEAD).unwrap_or(&text).to_owned());
        }
    }
    let generated =
        generate::interface(new, companions, &format!("crate::{interface}"), &Selection::All)?;
    let after = surface::surface(&generated)?;
    Ok(compared(interface, &before, &after, report))
}

fn compared(
    interface: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    report: &Report,
) -> Refreshed {
    let mut refreshed = Refreshed::default();
    let (old_items, new_items) = (items(before.values()), items(after.values()));
    let explained = explained(report, &old_items, &new_items);
    let families: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for family in families {
        let (old, new) = (before.get(family), after.get(family));
        if old.map(|text| text.trim_end()) == new.map(|text| text.trim_end()) {
            continue;
        }
        let path = Path::new(FOLDER).join(interface).join(format!("{family}.snap"));
        // An item that is the same elsewhere has only moved: it is used by more families, or by fewer.
        let names: BTreeSet<String> = [old, new]
            .into_iter()
            .flatten()
            .flat_map(|text| items([text].into_iter()).into_keys())
            .filter(|name| old_items.get(name) != new_items.get(name))
            .filter(|name| !explained.contains(name))
            .collect();
        if names.is_empty() {
            let text = new.map(|text| format!("{HEAD}{}\n", text.trim_end()));
            refreshed.files.push(File { path, text });
        } else {
            refreshed.unexplained.insert(path, names.into_iter().collect());
        }
    }
    refreshed
}

/// What the report names, and what has come or gone with that.
fn explained(
    report: &Report,
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for change in &report.changes {
        names.extend(change.operations.iter().map(|operation| operation.id.clone()));
        names.extend(change.items.iter().flat_map(|item| item.split('.')).map(str::to_owned));
    }
    let one_sided = |name: &String| old.contains_key(name) != new.contains_key(name);
    let mut open: Vec<String> = names.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for text in [old.get(&name), new.get(&name)].into_iter().flatten() {
            for word in words(text).filter(one_sided) {
                if names.insert(word.clone()) {
                    open.push(word);
                }
            }
        }
    }
    names
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned)
}

/// The items of some snapshots by name: methods, structs, unions and enums.
fn items<'t>(texts: impl Iterator<Item = &'t String>) -> BTreeMap<String, String> {
    let mut items = BTreeMap::new();
    for text in texts {
        let mut name = String::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            if !line.starts_with(' ') {
                let mut head = line.split([' ', '(']);
                let first = head.next().unwrap_or_default();
                let named = matches!(first, "struct" | "union" | "enum");
                name = if named { head.next().unwrap_or_default() } else { first }.to_owned();
            }
            let item: &mut String = items.entry(name.clone()).or_default();
            item.push_str(line);
            item.push('\n');
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use synctera_codegen::Families;

    use super::*;

    fn report(changed: bool) -> Report {
        let document = |deprecated: bool| {
            let root = json!({"openapi": "3.0.3", "info": {"version": "v2"},
                "paths": {"/lamps": {"get": {"operationId": "list_lamps", "deprecated": deprecated}}}});
            Document::from_value("lamps.json", root).unwrap()
        };
        Report::of(&document(false), &document(changed), &Families::default())
    }

    fn texts(all: &[(&str, &str)]) -> BTreeMap<String, String> {
        all.iter().map(|(family, text)| ((*family).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_snapshot_is_refreshed_where_the_report_says_why() {
        let before = texts(&[
            (
                "lamps",
                "list_lamps() -> LampList\n    GET /lamps\n\nstruct LampList\n    lamps: Vec<Lamp>\n",
            ),
            ("shared", "struct Lamp\n    id: Uuid\n"),
            ("gone", "old_call() -> ()\n    GET /old\n"),
        ]);
        let after = texts(&[(
            "lamps",
            "list_lamps() -> LampPage\n    GET /lamps\n\nstruct LampPage\n    lamps: Vec<Lamp>\n\nstruct Lamp\n    id: Uuid\n",
        )]);
        let refreshed = compared("v2", &before, &after, &report(true));
        let paths: Vec<_> =
            refreshed.files.iter().map(|f| (f.path.clone(), f.text.is_some())).collect();
        let path = |name: &str| Path::new(FOLDER).join("v2").join(format!("{name}.snap"));
        assert_eq!(paths, [(path("lamps"), true), (path("shared"), false)]);
        assert_eq!(refreshed.unexplained[&path("gone")], ["old_call"]);

        let silent = compared("v2", &before, &after, &report(false));
        assert_eq!(silent.unexplained[&path("lamps")], ["LampList", "LampPage", "list_lamps"]);
        // What has only moved needs no reason.
        assert_eq!(silent.files.len(), 1);
    }
}
