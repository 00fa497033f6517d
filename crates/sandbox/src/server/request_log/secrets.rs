//! What the log does not show of bodies and queries: the values of members that are never shown, and the
//! same values wherever else they stand.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use synctera_api::spec::is_hidden;

use crate::spec::{canonical_id, decoded};

/// What stands for a value that is not shown.
const NOT_SHOWN: &str = "(not shown)";
/// A secret of this length or more is looked for in other texts; shorter ones are in too many.
const WITHIN_MIN: usize = 6;
/// Secrets of a request that are looked for: a long list has more, each of which costs time.
const SECRETS_MAX: usize = 100;
/// Names whose answer is kept: a client may make up any number.
const NAMES_MAX: usize = 4096;
/// The characters of a name that are looked at.
const NAME_MAX: usize = 128;

/// Finds secrets. It remembers which names are secret, as there are few, again and again.
#[derive(Default)]
pub(super) struct Secrets {
    names: HashMap<String, bool>,
    /// The secret values of one request.
    values: BTreeSet<String>,
}

impl Secrets {
    /// Begins with another request.
    pub(super) fn forget_values(&mut self) {
        self.values.clear();
    }

    fn is_secret(&mut self, name: &str) -> bool {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let is_secret = is_hidden(&snake(name));
        if self.names.len() >= NAMES_MAX {
            self.names.clear();
        }
        self.names.insert(name.to_owned(), is_secret);
        is_secret
    }

    /// Notes the secret values of a body.
    pub(super) fn learn(&mut self, value: &Value) {
        self.learn_under(value, false);
    }

    fn learn_under(&mut self, value: &Value, is_secret: bool) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let is_secret = is_secret || self.is_secret(name);
                    self.learn_under(value, is_secret);
                }
            }
            Value::Array(items) => {
                items.iter().for_each(|item| self.learn_under(item, is_secret));
            }
            Value::String(text) if is_secret => self.note(text),
            Value::String(text) => {
                if let Some(inner) = document_in(text) {
                    self.learn_under(&inner, false);
                }
            }
            Value::Number(number) if is_secret => self.note(&number.to_string()),
            _ => {}
        }
    }

    fn note(&mut self, text: &str) {
        if text.len() >= WITHIN_MIN && self.values.len() < SECRETS_MAX {
            self.values.insert(text.to_owned());
        }
    }

    /// Takes the secrets out of a body.
    pub(super) fn mask(&mut self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    if self.is_secret(name) { hide(value) } else { self.mask(value) }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask(item)),
            Value::String(text) => {
                if let Some(inner) = document_in(text) {
                    let mut shown = inner.clone();
                    self.mask(&mut shown);
                    if shown != inner {
                        *text = shown.to_string();
                    }
                }
                self.mask_text(text);
            }
            _ => {}
        }
    }

    fn mask_text(&self, text: &mut String) {
        // An id has the digits of a number by chance.
        if self.values.is_empty() || canonical_id(text).is_some() {
            return;
        }
        for value in &self.values {
            if text.contains(value.as_str()) {
                *text = text.replace(value.as_str(), NOT_SHOWN);
            }
        }
    }

    /// A query without the values of secret parameters, which are noted.
    pub(super) fn query(&mut self, query: &str) -> String {
        let mut shown = Vec::new();
        for pair in query.split('&') {
            match pair.split_once('=') {
                Some((name, value)) => {
                    let plain = decoded(name).unwrap_or_else(|| name.to_owned());
                    if self.is_secret(&plain) {
                        self.note(&decoded(value).unwrap_or_else(|| value.to_owned()));
                        shown.push(format!("{name}={NOT_SHOWN}"));
                    } else {
                        shown.push(pair.to_owned());
                    }
                }
                None => shown.push(pair.to_owned()),
            }
        }
        shown.join("&")
    }
}

/// The JSON document that a text is, such as the resource of an event. Each one within another has more
/// escapes, so that there are few.
fn document_in(text: &str) -> Option<Value> {
    let begins = text.trim_start().starts_with(['{', '[']);
    begins.then(|| serde_json::from_str(text).ok()).flatten()
}

/// Nothing of a value is shown but that it is there.
fn hide(value: &mut Value) {
    match value {
        Value::Null => {}
        Value::Object(members) => members.values_mut().for_each(hide),
        Value::Array(items) => items.iter_mut().for_each(hide),
        _ => *value = Value::from(NOT_SHOWN),
    }
}

/// `routingNumber` → `routing_number`: a client may write names as its language does.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len());
    for letter in name.chars().take(NAME_MAX) {
        if letter.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.push(if letter == '-' { '_' } else { letter.to_ascii_lowercase() });
    }
    snake
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_not_shown_wherever_they_stand() {
        let mut secrets = Secrets::default();
        let id = "00000000-0000-4000-8000-456789012000";
        let mut body = json!({ "ssn": "456789012", "name": "Ada", "pin": 12, "note": "ssn 456789012!",
            "id": id, "routingNumber": "021000021", "SSN": "456789012",
            "list": [{ "secret": { "a": true, "b": [null, "x"] } }], "dob": null });
        secrets.learn(&body);
        secrets.mask(&mut body);
        assert_eq!(
            body,
            json!({ "ssn": NOT_SHOWN, "name": "Ada", "pin": NOT_SHOWN,
                "note": format!("ssn {NOT_SHOWN}!"), "id": id, "routingNumber": NOT_SHOWN,
                "SSN": format!("{NOT_SHOWN}"),
                "list": [{ "secret": { "a": NOT_SHOWN, "b": [null, NOT_SHOWN] } }], "dob": null })
        );
        let event = json!({ "ssn": "9012", "name": "Ada" }).to_string();
        let mut events = json!({ "event_list": [{ "event_resource": event, "type": "[none" }] });
        secrets.mask(&mut events);
        assert_eq!(
            events,
            json!({ "event_list": [{
                "event_resource": json!({ "ssn": NOT_SHOWN, "name": "Ada" }).to_string(),
                "type": "[none",
            }] })
        );
        let mut other = json!({ "detail": "456789012 is taken" });
        secrets.forget_values();
        secrets.mask(&mut other);
        assert_eq!(other["detail"], "456789012 is taken");
    }

    #[test]
    fn parameters_are_not_shown_either() {
        let mut secrets = Secrets::default();
        assert_eq!(
            secrets.query("limit=5&s%73n=1&x&last_name="),
            "limit=5&s%73n=(not shown)&x&last_name="
        );
        assert_eq!(secrets.query(""), "");
    }
}
