//! Differences that are as they should be, each with its reason.

use std::path::Path;

use synctera_journey_files::yaml::{Member, Node, Tree};

use super::mistakes::{Mistakes, quoted};
use super::operations::{self, Target};
use super::place::Place;
use super::yaml;

/// How many a file may have.
const MAX: usize = 1_000;
/// The longest reason, in characters.
const REASON_MAX: usize = 500;
const MEMBERS: [&str; 3] = ["operation", "place", "reason"];

/// Where an acceptance stands, and so whose differences it is for.
#[derive(Clone, Copy)]
pub(super) enum Scope<'s> {
    /// In a file of its own: for all scripts.
    Everywhere,
    /// In a script, for all its calls.
    Script,
    /// In a call, for this one alone; its place among the calls.
    Call(usize, &'s Target),
}

/// A difference that is accepted: of an operation, at a place and within it.
#[derive(Clone, Debug)]
pub(super) struct Acceptance {
    /// The script that it is for, if it is for one.
    script: Option<String>,
    /// The call that it is for, if it is for one.
    call: Option<usize>,
    /// The file and line.
    pub(super) at: String,
    pub(super) target: Target,
    pub(super) place: Place,
    pub(super) reason: String,
}

impl Acceptance {
    /// Whether it is for this place of the answer to a call of a script.
    pub(super) fn covers(&self, script: &str, call: usize, target: &Target, place: &Place) -> bool {
        self.script.as_ref().is_none_or(|it| it == script)
            && self.call.is_none_or(|it| it == call)
            && self.target.is(target)
            && self.place.covers(place)
    }
}

/// Reads a file of acceptances, a list.
pub(super) fn read_file(path: &Path, accepted: &mut Vec<Acceptance>, mistakes: &mut Mistakes) {
    if let Some(root) = yaml::read(path, mistakes) {
        read(&path.display().to_string(), &root, Scope::Everywhere, accepted, mistakes);
    }
}

/// Reads a list of acceptances; those of a call name no operation.
pub(super) fn read(
    file: &str,
    node: &Tree,
    scope: Scope<'_>,
    accepted: &mut Vec<Acceptance>,
    mistakes: &mut Mistakes,
) {
    let Node::List(nodes) = &node.node else {
        mistakes.add(file, Some(node.line), "what is accepted is a list");
        return;
    };
    if nodes.len() > MAX {
        mistakes.add(file, Some(node.line), format!("more than {MAX} acceptances"));
        return;
    }
    accepted.extend(nodes.iter().filter_map(|node| one(file, node, scope, mistakes)));
}

fn one(file: &str, node: &Tree, scope: Scope<'_>, mistakes: &mut Mistakes) -> Option<Acceptance> {
    let mut wrong = |line, what: String| mistakes.add(file, Some(line), what);
    let Node::Map(members) = &node.node else {
        wrong(node.line, "an acceptance has `place` and `reason`".to_owned());
        return None;
    };
    let (script, number, call) = match scope {
        Scope::Everywhere => (None, None, None),
        Scope::Script => (Some(file.to_owned()), None, None),
        Scope::Call(number, target) => (Some(file.to_owned()), Some(number), Some(target)),
    };
    let known = if call.is_some() { &MEMBERS[1..] } else { &MEMBERS[..] };
    for Member { name, value: node, .. } in members {
        if !known.contains(&name.as_str()) {
            let what = format!("there is no {}: it can be {}", quoted(name), known.join(", "));
            wrong(node.line, what);
        }
    }
    let mut text = |wanted: &str| {
        let found = members.iter().find(|it| it.name == wanted).map(|it| &it.value);
        let text = found.and_then(|node| Some((node.line, node.as_text()?.trim())));
        let text = text.filter(|(_, text)| !text.is_empty() && text.chars().count() <= REASON_MAX);
        if text.is_none() {
            let line = found.map_or(node.line, |node| node.line);
            wrong(line, format!("an acceptance needs `{wanted}`, a text"));
        }
        text
    };
    let (place, reason) = (text("place"), text("reason"));
    let operation = if call.is_none() { text("operation") } else { None };
    let target = match (call, operation) {
        (Some(call), _) => Some(call.clone()),
        (None, Some((line, text))) => operations::find(text).map_err(|why| wrong(line, why)).ok(),
        (None, None) => None,
    };
    let place = place.and_then(|(line, text)| {
        let place = Place::parse(text);
        if place.is_none() {
            let example = "http_status, error_code or balances[*].balance";
            wrong(line, format!("{} is not a place, such as {example}", quoted(text)));
        }
        place
    });
    let at = format!("{file}:{}", node.line);
    let reason = reason.map(|(_, text)| text.to_owned());
    Some(Acceptance { script, call: number, at, target: target?, place: place?, reason: reason? })
}
