//! Names of persons, businesses and accounts: pages show them in place of ids.

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::Mutex;
use serde_json::Value;

use crate::format::plain;
use crate::texts;

/// The resources that the id of an account may be of.
pub(crate) const ACCOUNTS: &[&str] = &["accounts", "internal_accounts", "external_accounts"];
/// The resources that the id of a transaction may be of.
pub(crate) const TRANSACTIONS: &[&str] = &["transactions", "pending"];
/// The resources that the id of a party may be of.
pub(crate) const PARTIES: &[&str] = &["persons", "businesses"];

/// Marks for the direction of writing.
const DIRECTIONS: [char; 12] = [
    '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
    '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];

/// What an id stands for.
#[derive(Clone)]
pub(crate) struct Named {
    /// The resource's name in paths of the console.
    pub(crate) resource: &'static str,
    pub(crate) name: Option<String>,
}

/// What the ids of one page stand for, as far as it is known.
#[derive(Clone, Default)]
pub(crate) struct Names(Arc<Mutex<BTreeMap<String, Named>>>);

impl Names {
    pub(crate) fn get(&self, id: &str) -> Option<Named> {
        self.0.lock().get(id).cloned()
    }

    pub(crate) fn add(&self, names: impl IntoIterator<Item = (String, Named)>) {
        self.0.lock().extend(names);
    }
}

/// What a resource is called, if it has a name of its own.
pub(crate) fn name(of: &Value) -> Option<String> {
    let text = |at: &str| {
        let text = of.pointer(at).map(plain).unwrap_or_default();
        // A mark for the direction of writing would reorder the other parts of the name.
        let text = text.replace(DIRECTIONS, "");
        Some(text).filter(|text| !text.is_empty())
    };
    let person = [text("/first_name"), text("/last_name")].into_iter().flatten();
    let person = Some(person.collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty());
    let names = ["/entity_name", "/nickname", "/name", "/title", "/description"];
    person
        .or_else(|| names.into_iter().find_map(text))
        .or_else(|| text("/card_details/last_four").map(|digits| texts::card_ending(&digits)))
}
