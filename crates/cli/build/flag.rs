//! The name and the words of a flag.

use std::collections::BTreeSet;

use heck::ToKebabCase as _;
use serde_json::{Map, Value};

/// The flag of a parameter or a member: its name, or with a word before it where that is taken.
pub(crate) fn flag_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut flag = name.to_kebab_case();
    while !taken.insert(flag.clone()) {
        flag = format!("with-{flag}");
    }
    flag
}

/// What is written of a parameter or a member, if anything is.
pub(crate) fn insert_words(flag: &mut Map<String, Value>, words: &Value) {
    if let Some(words) = words.as_str().filter(|words| !words.is_empty()) {
        flag.insert("doc".to_owned(), words.into());
    }
}
