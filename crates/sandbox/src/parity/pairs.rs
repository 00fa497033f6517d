//! Values that each side makes up: an id of one side, and that of the same thing on the other side.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Number, Value};
use uuid::Uuid;

use super::hidden::is_hidden_name;

/// The ends of the names of members whose values a platform makes up, beside those that are hidden.
const ENDS: [&str; 12] = [
    "_id",
    "_ids",
    "_number",
    "_mask",
    "_masked",
    "_suffix",
    "_token",
    "_hash",
    "_no",
    "_identifier",
    "last_four",
    "signature",
];
/// Shorter ones, such as the last four digits of a card, are the same for different things.
const UNIQUE_MIN: usize = 8;

/// What is known of a conversation so far.
#[derive(Default)]
pub(super) struct Pairs {
    ours_of: HashMap<String, String>,
    theirs_of: HashMap<String, String>,
    /// Texts that both sides were sent: nobody made them up.
    sent: BTreeSet<String>,
}

/// Whether two made-up values are of the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paired {
    /// They are, or may be: neither was seen before.
    Same,
    /// They look different, such as numbers of different lengths.
    OtherForm,
    /// One of them is of something else.
    OtherThing,
}

impl Pairs {
    /// Notes what both sides were sent.
    pub(super) fn sent(&mut self, theirs: &Value, ours: &Value) {
        match (theirs, ours) {
            (Value::String(theirs), Value::String(ours)) if theirs == ours => {
                self.sent.insert(theirs.clone());
            }
            (Value::Array(theirs), Value::Array(ours)) => {
                theirs.iter().zip(ours).for_each(|(theirs, ours)| self.sent(theirs, ours));
            }
            (Value::Object(theirs), Value::Object(ours)) => {
                for (name, theirs) in theirs {
                    if let Some(ours) = ours.get(name) {
                        self.sent(theirs, ours);
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether the values of a member are made up by each side.
    pub(super) fn are_made_up(&self, name: Option<&str>, theirs: &str, ours: &str) -> bool {
        if self.sent.contains(theirs) || self.sent.contains(ours) {
            return false;
        }
        let is_named = name.is_some_and(|name| {
            name == "id" || is_hidden_name(name) || ENDS.iter().any(|end| name.ends_with(end))
        });
        is_named || (is_uuid(theirs) && is_uuid(ours))
    }

    /// Pairs two values of the same place.
    pub(super) fn pair(&mut self, theirs: &str, ours: &str) -> Paired {
        if form(theirs) != form(ours) {
            return Paired::OtherForm;
        }
        if theirs.len().min(ours.len()) < UNIQUE_MIN {
            return Paired::Same;
        }
        let (known_ours, known_theirs) = (self.ours_of.get(theirs), self.theirs_of.get(ours));
        match (known_ours, known_theirs) {
            (None, None) => {
                self.ours_of.insert(theirs.to_owned(), ours.to_owned());
                self.theirs_of.insert(ours.to_owned(), theirs.to_owned());
                Paired::Same
            }
            (Some(known), _) if known == ours => Paired::Same,
            _ => Paired::OtherThing,
        }
    }

    /// Pairs two numbers by which each side tells things of a kind apart, as [`key`] writes them.
    pub(super) fn pair_numbers(&mut self, theirs: String, ours: String) -> Paired {
        match (self.ours_of.get(&theirs), self.theirs_of.get(&ours)) {
            (None, None) => {
                self.ours_of.insert(theirs.clone(), ours.clone());
                self.theirs_of.insert(ours, theirs);
                Paired::Same
            }
            (Some(known), _) if *known == ours => Paired::Same,
            _ => Paired::OtherThing,
        }
    }

    /// Whether two values were paired earlier.
    pub(super) fn are_paired(&self, theirs: &str, ours: &str) -> bool {
        theirs == ours || self.ours_of.get(theirs).is_some_and(|known| known == ours)
    }

    /// Whether their value has a pair already.
    pub(super) fn is_known(&self, theirs: &str) -> bool {
        self.ours_of.contains_key(theirs)
    }

    /// A text in which their ids are replaced by ours.
    pub(super) fn translated(&self, theirs: &str) -> String {
        let is_part = |it: char| it.is_ascii_alphanumeric() || it == '-';
        let mut text = String::with_capacity(theirs.len());
        let mut rest = theirs;
        while !rest.is_empty() {
            let end = rest.find(|it| !is_part(it)).unwrap_or(rest.len());
            let word = &rest[..end];
            text.push_str(self.ours_of.get(word).map_or(word, String::as_str));
            let after = rest[end..].find(is_part).map_or(rest.len(), |it| end + it);
            text.push_str(&rest[end..after]);
            rest = &rest[after..];
        }
        text
    }
}

/// A number that tells things of a kind apart; others have the same one.
pub(super) fn key(name: &str, number: &Number) -> Option<String> {
    let is_id = name == "id" || name.ends_with("_id") || name.ends_with("_ids");
    is_id.then(|| format!("{name}#{number}"))
}

/// What tells an item of a list from others.
pub(super) fn id(item: &Value) -> Option<String> {
    match item.get("id").or_else(|| item.get("uuid"))? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => key("id", number),
        _ => None,
    }
}

/// How a made-up value looks.
#[derive(PartialEq, Eq)]
enum Form {
    Uuid,
    Digits(usize),
    Other,
}

fn form(text: &str) -> Form {
    if is_uuid(text) {
        Form::Uuid
    } else if !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit()) {
        Form::Digits(text.len())
    } else {
        Form::Other
    }
}

/// The look of a made-up value in words, without the value.
pub(super) fn described(text: &str) -> String {
    match form(text) {
        Form::Uuid => "a UUID".to_owned(),
        Form::Digits(count) => format!("{count} digits"),
        Form::Other => "a text".to_owned(),
    }
}

fn is_uuid(text: &str) -> bool {
    Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_values_of_a_place_are_a_pair() {
        let mut pairs = Pairs::default();
        assert_eq!(pairs.pair("11111111", "22222222"), Paired::Same);
        assert_eq!(pairs.pair("11111111", "22222222"), Paired::Same);
        assert_eq!(pairs.pair("11111111", "33333333"), Paired::OtherThing);
        assert_eq!(pairs.pair("33333333", "22222222"), Paired::OtherThing);
        assert_eq!(pairs.pair("1111", "333"), Paired::OtherForm);
        assert_eq!(pairs.pair("1234", "4321"), Paired::Same);
        assert_eq!(pairs.pair("1234", "5678"), Paired::Same, "last fours repeat");
        assert_eq!(
            pairs.translated("of 11111111, not é 44444444."),
            "of 22222222, not é 44444444."
        );
    }

    #[test]
    fn what_was_sent_is_not_made_up() {
        let mut pairs = Pairs::default();
        pairs.sent(
            &json!({ "ssn": "456-78-9012", "to": "a" }),
            &json!({ "ssn": "456-78-9012", "to": "b" }),
        );
        assert!(!pairs.are_made_up(Some("ssn"), "***-**-9012", "456-78-9012"));
        assert!(pairs.are_made_up(Some("account_number"), "123", "456"));
        let number = |it: u32| key("id", &it.into()).unwrap();
        assert_eq!(pairs.pair_numbers(number(5), number(1)), Paired::Same);
        assert_eq!(pairs.pair_numbers(number(5), number(2)), Paired::OtherThing);
        assert_eq!(key("amount", &5.into()), None);
        assert!(pairs.are_made_up(Some("to_id"), "a", "b"));
        assert!(!pairs.are_made_up(Some("status"), "a", "b"));
    }
}
