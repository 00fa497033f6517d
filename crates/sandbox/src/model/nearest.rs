//! The name that somebody may have meant.

use strsim::damerau_levenshtein;

/// One edit in so many characters is still a slip.
const CHARACTERS_PER_EDIT: usize = 3;
/// The longest name that is compared: the work grows with its square.
const LENGTH_MAX: usize = 100;

/// The known name that is nearest to another one, if it is near.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > LENGTH_MAX {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let distances = known
        .into_iter()
        .map(|known| (damerau_levenshtein(&name, &known.to_ascii_lowercase()), known));
    let (edits, known) = distances.min_by_key(|(edits, _)| *edits)?;
    (edits <= length / CHARACTERS_PER_EDIT).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognized_and_another_name_is_not() {
        let known = ["ach_hold_days", "check_hold_days", "webhook_copies"];
        for (name, expected) in [
            ("ach_hold_day", Some("ach_hold_days")),
            ("ahc_hold_days", Some("ach_hold_days")),
            ("ACH_HOLD_DAYS", Some("ach_hold_days")),
            ("webhook_copy", Some("webhook_copies")),
            ("mood", None),
            ("", None),
            ("copies", None),
        ] {
            assert_eq!(nearest(name, known), expected, "{name}");
        }
        assert_eq!(nearest(&"a".repeat(101), known), None);
    }
}
