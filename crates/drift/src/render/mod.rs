//! A report as text for the terminal, a pull request, a page, or a program.

mod html;
mod markdown;
mod terminal;

pub use html::html;
pub use markdown::{inline, markdown};
pub use terminal::{rules, summary};

use crate::report::{Change, Report};

/// The report as JSON.
///
/// # Errors
/// Never for a report that was made by this crate.
pub fn json(report: &Report) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(report)?;
    value["counts"] = serde_json::to_value(report.counts())?;
    value["step"] = serde_json::to_value(report.step())?;
    serde_json::to_string_pretty(&value).map(|text| text + "\n")
}

/// Text from a document as a line that does nothing to a terminal: no line breaks, no escape
/// sequences, no marks that turn the direction of what follows.
pub(crate) fn one_line(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() || turns(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    };
    text.chars().map(shown).collect()
}

/// The changes of one class or kind, by family.
fn by_family<'r>(changes: &[&'r Change]) -> std::collections::BTreeMap<&'r str, Vec<&'r Change>> {
    let mut families = std::collections::BTreeMap::<&str, Vec<&Change>>::new();
    for change in changes {
        families.entry(change.family()).or_default().push(change);
    }
    families
}

/// The first few of many names, and how many there are.
fn few(names: &[String], most: usize) -> String {
    let mut text = names.iter().take(most).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > most {
        text.push_str(&format!(" and {} more", names.len() - most));
    }
    text
}

/// The files of ours that a change touches, and the rules of the sandbox.
fn ours(change: &Change) -> [Vec<String>; 2] {
    let (rules, files): (Vec<_>, Vec<_>) =
        change.touches.iter().partition(|touch| touch.rule.is_some());
    let file = |touch: &&crate::touches::Touch| format!("{} ({})", touch.file, touch.by);
    let rule = |touch: &&crate::touches::Touch| {
        format!("“{}” ({})", touch.rule.as_deref().unwrap_or_default(), touch.by)
    };
    [files.iter().map(file).collect(), rules.iter().map(rule).collect()]
}

/// Which ways, in words.
fn directions(change: &Change) -> String {
    change.directions.iter().map(|direction| direction.name()).collect::<Vec<_>>().join(" and ")
}
