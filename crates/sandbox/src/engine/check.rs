//! What is answered, held against the document.

use std::collections::BTreeSet;

use serde_json::Value;
use synctera_api::Operation;

use crate::model::ApiError;
use crate::spec::{FieldErrors, Spec};

/// The body of an answer, if it is as the document describes it. A list survives a row that is not:
/// the row is left out, and noted in the log.
///
/// # Errors
///
/// When something else about it is not as described.
pub(super) fn checked(
    spec: &Spec,
    operation: &Operation,
    body: String,
) -> Result<String, ApiError> {
    let broken = |errors: &FieldErrors| {
        let detail = format!("the answer of {} breaks the document: {errors:?}", operation.id);
        ApiError::Internal(detail)
    };
    let mut value: Value =
        serde_json::from_str(&body).map_err(|e| ApiError::Internal(e.to_string()))?;
    let errors = spec.check_response(operation, &value);
    if errors.is_empty() {
        return Ok(body);
    }
    let rows = broken_rows(&errors).filter(|_| operation.method == "GET");
    let list = |value: &'_ mut Value, name: &str| {
        value.get_mut(name).and_then(Value::as_array_mut).map(std::mem::take)
    };
    let Some((name, rows)) = rows else {
        return Err(broken(&errors));
    };
    let Some(items) = list(&mut value, &name) else {
        return Err(broken(&errors));
    };
    tracing::error!(
        operation = operation.id,
        "rows that break the document are left out of a list: {errors:?}"
    );
    let sound = items.into_iter().enumerate().filter(|(at, _)| !rows.contains(at));
    value[name] = sound.map(|(_, item)| item).collect();
    let errors = spec.check_response(operation, &value);
    if errors.is_empty() { Ok(value.to_string()) } else { Err(broken(&errors)) }
}

/// The list that all errors are in, and the places of its rows that they are about.
fn broken_rows(errors: &FieldErrors) -> Option<(String, BTreeSet<usize>)> {
    let fields = errors.missing.iter().chain(errors.invalid.keys()).chain(errors.immutable.iter());
    let mut rows: Option<(String, BTreeSet<usize>)> = None;
    for field in fields {
        let (name, rest) = field.split_once('[')?;
        let (place, _) = rest.split_once(']')?;
        let (known, places) = rows.get_or_insert_with(|| (name.to_owned(), BTreeSet::new()));
        if known != name || name.contains('.') {
            return None;
        }
        places.insert(place.parse().ok()?);
    }
    rows
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::spec::{Interface, Match};

    fn checked_list(rows: &Value) -> Result<Value, ApiError> {
        let spec = Spec::of(Interface::V2);
        let Match::Found(routed) = spec.route("GET", "/adverse_actions") else {
            panic!("there is no such list");
        };
        let text = json!({ "adverse_actions": rows }).to_string();
        let body = checked(spec, routed.operation, text)?;
        Ok(serde_json::from_str(&body).unwrap())
    }

    fn action(at: &str) -> Value {
        let id = "0f58e632-2630-4cc4-8661-3910eae951e6";
        json!({ "id": id, "purpose": "OTHER", "reasons": ["INCOME"], "related_resource_id": id,
            "related_resource_type": "CUSTOMER", "notification_time": at, "tenant": "1_1",
            "creation_time": "2026-11-24T14:00:00Z", "last_updated_time": "2026-11-24T14:00:00Z" })
    }

    #[test]
    fn a_row_that_breaks_the_document_is_left_out() {
        let sound = action("2026-11-24T14:00:00Z");
        let broken = action("+10000-01-01T11:59:59Z");
        let rows = json!([broken, sound, broken]);
        assert_eq!(checked_list(&rows).unwrap()["adverse_actions"], json!([sound]));
        assert_eq!(checked_list(&json!([sound])).unwrap()["adverse_actions"], json!([sound]));
        assert!(matches!(checked_list(&json!("none")), Err(ApiError::Internal(_))));
    }
}
