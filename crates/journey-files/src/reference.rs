//! References: `$name` is the id of what another entry created, `$name.member` another result. `${name}`
//! and `${name.member}` mean the same.

use crate::document::{Entries, is_name};
use crate::error::FileError;
use crate::journeys::ID;
use crate::resource;

/// A text in a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Text<'t> {
    /// As it is written.
    Literal(&'t str),
    /// A result of another entry.
    Reference { name: &'t str, member: &'t str },
}

/// What a text means. `$$` at the beginning is a dollar sign; a dollar sign that no letter follows is
/// one, too.
pub(crate) fn parse(text: &str) -> Text<'_> {
    let Some(rest) = text.strip_prefix('$') else { return Text::Literal(text) };
    if rest.starts_with('$') {
        return Text::Literal(rest);
    }
    let braced = rest.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let reference = braced.unwrap_or(rest);
    let (name, member) = reference.split_once('.').unwrap_or((reference, ID));
    match is_name(name) && !member.is_empty() {
        true => Text::Reference { name, member },
        false => Text::Literal(text),
    }
}

/// Finds references to entries that do not exist, or do not run before, to results that the journey does
/// not have, and to those that are ids of something else than the member takes.
pub(crate) fn check(entries: &Entries, errors: &mut Vec<FileError>) {
    for (place, entry) in entries.list.iter().enumerate() {
        entry.request.each_text(&mut |text, path| {
            let Text::Reference { name, member } = parse(text) else { return };
            let message = match entries.place(name) {
                None if entries.may_be_wrong(name) => return,
                None => format!(
                    "there is no entry {name}; a text that begins with a dollar sign is written $${}",
                    &text[1..]
                ),
                Some(other) if other == place => {
                    format!("{name} is this entry; a request refers to entries before it")
                }
                Some(other) if other > place => {
                    let other = &entries.list[other];
                    format!(
                        "{name} runs later, at {}:{}; move it before this entry",
                        other.file, other.line
                    )
                }
                Some(other) => {
                    let journey = entries.list[other].journey;
                    if journey.results().iter().any(|result| matches(result, member)) {
                        let given = resource::of_result(journey.name(), member);
                        let refused = given.and_then(|it| resource::refusal(path, name, it));
                        let Some(refused) = refused else { return };
                        refused
                    } else {
                        no_result(journey.name(), member, journey.results())
                    }
                }
            };
            errors.push(FileError::of_field(entry, path, message));
        });
    }
}

/// Why a journey has no such result.
pub(crate) fn no_result(journey: &str, member: &str, results: &[&str]) -> String {
    match results {
        [] => format!("{journey} has no result to refer to"),
        results => format!("{journey} has no result {member}; it has {}", results.join(", ")),
    }
}

/// Whether a member is a result, such as `accounts[1]` of `accounts[]`.
fn matches(result: &str, member: &str) -> bool {
    match result.strip_suffix("[]") {
        None => result == member,
        Some(list) => member
            .strip_prefix(list)
            .and_then(|rest| rest.strip_prefix('['))
            .and_then(|rest| rest.strip_suffix(']'))
            .is_some_and(|number| number.parse::<usize>().is_ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_means() {
        let reference = |name, member| Text::Reference { name, member };
        for (text, means) in [
            ("ada", Text::Literal("ada")),
            ("$ada", reference("ada", "id")),
            ("$flow-1.related_people[0]", reference("flow-1", "related_people[0]")),
            ("${ada}", reference("ada", "id")),
            ("${ada.id}", reference("ada", "id")),
            ("${ada", Text::Literal("${ada")),
            ("$$ada", Text::Literal("$ada")),
            ("$$$", Text::Literal("$$")),
            ("$5", Text::Literal("$5")),
            ("$", Text::Literal("$")),
            ("$ada.", Text::Literal("$ada.")),
            ("$ada lovelace", Text::Literal("$ada lovelace")),
            ("", Text::Literal("")),
        ] {
            assert_eq!(parse(text), means, "{text}");
        }
    }

    #[test]
    fn results_of_a_list_are_numbered() {
        assert!(matches("accounts[]", "accounts[12]"));
        assert!(matches("id", "id"));
        for member in ["accounts", "accounts[]", "accounts[x]", "accounts[-1]", "accounts[1"] {
            assert!(!matches("accounts[]", member), "{member}");
        }
    }
}
