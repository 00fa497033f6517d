//! Reading and changing JSON values.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::Value;

use super::ApiError;
use crate::spec::FieldErrors;

/// A moment as it is written into resources.
pub(crate) fn timestamp(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A property that is a string; empty when it is not there.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Sets the members of `changes` on `target`, nested objects as a whole.
pub(crate) fn patch(target: &mut Value, changes: Value) {
    if let (Some(target), Value::Object(changes)) = (target.as_object_mut(), changes) {
        target.extend(changes);
    }
}

/// Takes members out of an object.
pub(crate) fn without(value: &mut Value, keys: &[&str]) {
    if let Some(map) = value.as_object_mut() {
        for key in keys {
            map.remove(*key);
        }
    }
}

/// All but the last four characters are gone.
pub(crate) fn last_four(text: &str) -> String {
    let count = text.chars().count();
    text.chars().skip(count.saturating_sub(4)).collect()
}

/// The members of a list of strings.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether exactly one of some properties is there; refuses otherwise.
pub(crate) fn exactly_one(body: &Value, names: &[&str]) -> Result<(), ApiError> {
    one_of(body, names).refused()
}

/// What is wrong when not exactly one of some properties is there.
pub(crate) fn one_of(body: &Value, names: &[&str]) -> FieldErrors {
    let given = names.iter().filter(|name| !text(body, name).is_empty()).count();
    let mut errors = FieldErrors::default();
    if given == 1 {
        return errors;
    }
    let reason = format!("exactly one of {} must be given", names.join(", "));
    for name in names {
        if given == 0 {
            errors.missing.insert((*name).to_owned());
        } else {
            errors.invalid.insert((*name).to_owned(), reason.clone());
        }
    }
    errors
}
