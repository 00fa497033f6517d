//! Parts of a report in words.

use crate::report::Change;
use crate::touch::Touch;

/// The changes of one class or kind, by family.
pub(super) fn by_family<'r>(
    changes: &[&'r Change],
) -> std::collections::BTreeMap<&'r str, Vec<&'r Change>> {
    let mut families = std::collections::BTreeMap::<&str, Vec<&Change>>::new();
    for change in changes {
        families.entry(change.family()).or_default().push(change);
    }
    families
}

/// The first few of many names, and how many there are.
pub(super) fn few(names: &[String], most: usize) -> String {
    let mut text = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > most {
        text.push_str(&format!(" and {} more", names.len() - most));
    }
    text
}

/// How many files of ours are named: all that have to be looked at, when programs stop.
pub(super) fn files_shown(change: &Change, usually: usize) -> usize {
    if change.stops_programs() { 60 } else { usually }
}

/// The files of ours that a change touches, and the rules of the sandbox.
pub(super) fn ours(change: &Change) -> [Vec<String>; 2] {
    let (rules, files): (Vec<_>, Vec<_>) =
        change.touches.iter().partition(|touch| touch.rule.is_some());
    let file = |touch: &&Touch| format!("{} ({})", touch.file, touch.by);
    let rule =
        |touch: &&Touch| format!("“{}” ({})", touch.rule.as_deref().unwrap_or_default(), touch.by);
    [files.iter().map(file).collect(), rules.iter().map(rule).collect()]
}

/// Which ways, in words.
pub(super) fn directions(change: &Change) -> String {
    change.directions.iter().map(|direction| direction.name()).collect::<Vec<_>>().join(" and ")
}
