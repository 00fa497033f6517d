//! Finds operations and journeys by words.

use std::cmp::Reverse;

use serde_json::{Value, json};
use synctera_journey_files::journey_forms;

use crate::table;

/// Operations and journeys that are found at most.
const FOUND_MAX: usize = 20;
/// Characters of a query that are looked at.
const QUERY_MAX: usize = 200;

/// Those that have the most of the words, in their names, their paths and what is said of them.
pub(super) fn find(query: &str) -> Value {
    let query: String = query.chars().take(QUERY_MAX).collect::<String>().to_lowercase();
    // A word in the singular is in the plural as well.
    let words: Vec<&str> = query
        .split(|it: char| !it.is_alphanumeric())
        .map(|word| word.strip_suffix('s').unwrap_or(word))
        .filter(|word| !word.is_empty())
        .collect();
    // A word in the name says more than one in what is said of it.
    let score = |name: &str, about: &str| -> usize {
        let (name, about) = (name.to_lowercase(), about.to_lowercase());
        let of = |word: &&str| {
            3 * usize::from(name.contains(*word)) + usize::from(about.contains(*word))
        };
        words.iter().map(of).sum()
    };
    let journeys = journey_forms().into_iter().map(|form| {
        let shown = json!({ "journey": form.name });
        // One journey does the work of several operations.
        (4 * score(form.name, ""), form.name.len(), shown)
    });
    let operations = table::all().map(|it| {
        let about = format!("{} {} {}", it.row.about, it.operation.path, it.operation.family);
        let shown = json!({ "operation": it.row.id, "about": it.row.about });
        (3 * score(it.row.id, &about), it.row.id.len(), shown)
    });
    let mut found: Vec<(usize, usize, Value)> =
        journeys.chain(operations).filter(|(score, ..)| *score > 0).collect();
    // Of two names with the same words, the shorter one has fewer that nobody asked for.
    found.sort_by_key(|(score, length, _)| (Reverse(*score), *length));
    found.into_iter().take(FOUND_MAX).map(|(.., shown)| shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_one_is_first() {
        for (query, first) in [
            ("create a person", "create_person"),
            ("list cards", "list_cards"),
            ("onboard customer", "onboard_customer"),
            ("issue card", "issue_card"),
        ] {
            let found = find(query);
            let name = &found[0]["operation"];
            let name = name.as_str().or(found[0]["journey"].as_str());
            assert_eq!(name, Some(first), "{query}: {found}");
        }
        assert_eq!(find("\u{0} ?"), json!([]));
        assert!(find("a").as_array().unwrap().len() <= FOUND_MAX);
    }
}
