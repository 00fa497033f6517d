//! The entries of a file.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::entry::Entry;
use crate::error::FileError;
use crate::journeys;
use crate::yaml::{Limits, Node, Tree, YamlError};

/// Entries of all files.
const ENTRIES_MAX: usize = 100_000;
/// How deep the values of a file are nested.
const DEPTH_MAX: usize = 64;
/// Values of a file.
const VALUES_MAX: usize = 1_000_000;
/// Characters of a name.
const NAME_MAX: usize = 64;

/// The entries of all files, found by their names.
#[derive(Default)]
pub(crate) struct Entries {
    pub(crate) list: Vec<Entry>,
    places: HashMap<Arc<str>, usize>,
    /// Names of entries that are not right, and so are not in the list.
    wrong: HashSet<String>,
    /// Whether a file could not be read: it may have any entry.
    has_unread_files: bool,
}

impl Entries {
    fn push(&mut self, entry: Entry) {
        self.places.insert(entry.name.clone(), self.list.len());
        self.list.push(entry);
    }

    fn find(&self, name: &str) -> Option<&Entry> {
        self.list.get(self.place(name)?)
    }

    /// Whether there may be an entry of this name that is not right.
    pub(crate) fn may_be_wrong(&self, name: &str) -> bool {
        self.has_unread_files || self.wrong.contains(name)
    }

    /// Its place in the order in which they run.
    pub(crate) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }
}

/// Adds the entries of a text, and what is wrong with them.
pub(crate) fn read(file: &str, text: &str, entries: &mut Entries, errors: &mut Vec<FileError>) {
    let limits = Limits { depth: DEPTH_MAX, values: VALUES_MAX };
    let tree = match Tree::read(text, limits) {
        Ok(tree) => tree,
        Err(YamlError { line, message }) => {
            entries.has_unread_files = true;
            errors.push(FileError::of_file(file, line, message));
            return;
        }
    };
    let file: Arc<str> = file.into();
    let members = match tree.node {
        Node::Map(members) => members,
        Node::Null => Vec::new(),
        _ => {
            let message = "must be a map: each name, and the journey that it stands for";
            errors.push(FileError::of_file(&*file, Some(tree.line), message));
            return;
        }
    };
    for member in members {
        let wrong = |line: u64, message: String| FileError {
            entry: Some(member.name.clone()),
            ..FileError::of_file(&*file, Some(line), message)
        };
        if !is_name(&member.name) {
            errors.push(wrong(
                member.line,
                format!(
                    "a name begins with a letter and has at most {NAME_MAX} letters, digits, \
                     hyphens and underscores"
                ),
            ));
            continue;
        }
        if let Some(other) = entries.find(&member.name) {
            let message = format!("the name is taken, at {}:{}", other.file, other.line);
            errors.push(wrong(member.line, message));
            continue;
        }
        if entries.list.len() == ENTRIES_MAX {
            errors.push(wrong(member.line, format!("there are more than {ENTRIES_MAX} entries")));
            return;
        }
        let (journey, line, request) = match member.value.node {
            Node::Map(journeys) if journeys.len() == 1 => {
                let Some(only) = journeys.into_iter().next() else { continue };
                (only.name, only.line, only.value)
            }
            _ => {
                entries.wrong.insert(member.name.clone());
                let message =
                    "must be a map with one member: the name of a journey, and its request";
                errors.push(wrong(member.line, message.to_owned()));
                continue;
            }
        };
        let Some(journey) = journeys::find(&journey) else {
            entries.wrong.insert(member.name.clone());
            let nearest = journeys::nearest(&journey);
            let hint = nearest.map(|it| format!("; did you mean {it}?")).unwrap_or_default();
            errors.push(wrong(line, format!("there is no journey {journey:?}{hint}")));
            continue;
        };
        entries.push(Entry {
            file: file.clone(),
            name: member.name.into(),
            line: member.line,
            journey,
            request: Arc::new(request),
        });
    }
}

/// Whether a text can name an entry.
pub(crate) fn is_name(text: &str) -> bool {
    let is_allowed = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    text.len() <= NAME_MAX
        && text.starts_with(|it: char| it.is_ascii_alphabetic())
        && text.chars().all(is_allowed)
}
