//! Values in place of those that a request cannot be read with, so that its other members are checked,
//! too.

use jsonptr::Token;
use serde_json::{Value, json};

use crate::path::{Segment, segments};

/// Values of which any member takes one. A flag is on: what depends on it may be there.
pub(crate) fn candidates(reason: &str) -> impl Iterator<Item = Value> {
    let id = "00000000-0000-4000-8000-000000000000";
    let flag = reason.starts_with("must be true or false").then_some(Value::Bool(true));
    let others = [
        Value::Null,
        json!("2000-01-01"),
        json!("2000-01-01T00:00:00Z"),
        json!(id),
        json!(1),
        json!(true),
        json!({ "amount": 1, "currency": "USD" }),
        json!({ "person_id": id }),
        json!({ "account_type": "CHECKING" }),
        json!([]),
        json!({}),
    ];
    flag.into_iter().chain(others)
}

/// The value at a path.
pub(crate) fn get<'v>(request: &'v Value, path: &str) -> Option<&'v Value> {
    segments(path).into_iter().try_fold(request, |value, segment| match segment {
        Segment::Member(name) => value.get(name),
        Segment::Item(number) => value.get(number),
    })
}

/// Puts a value at a path whose parent is there.
pub(crate) fn put(request: &mut Value, path: &str, value: Value) -> bool {
    let segments = segments(path);
    let Some((last, parents)) = segments.split_last() else { return false };
    let mut parent = request;
    for segment in parents {
        let next = match segment {
            Segment::Member(name) => parent.get_mut(name),
            Segment::Item(number) => parent.get_mut(number),
        };
        let Some(next) = next else { return false };
        parent = next;
    }
    match (parent, last) {
        (Value::Object(members), Segment::Member(name)) => {
            members.insert((*name).to_owned(), value);
            true
        }
        (Value::Array(items), Segment::Item(number)) => match items.get_mut(*number) {
            Some(item) => {
                *item = value;
                true
            }
            None => false,
        },
        _ => false,
    }
}

/// Takes the member at a path away.
pub(crate) fn remove(request: &mut Value, path: &str) -> bool {
    let Some(Segment::Member(name)) = segments(path).pop() else { return false };
    let parent = path.strip_suffix(name).unwrap_or_default().trim_end_matches('.');
    let pointer: String = segments(parent)
        .iter()
        .map(|segment| match segment {
            Segment::Member(name) => format!("/{}", Token::new(*name).encoded()),
            Segment::Item(number) => format!("/{number}"),
        })
        .collect();
    let parent = request.pointer_mut(&pointer).and_then(Value::as_object_mut);
    parent.is_some_and(|members| members.remove(name).is_some())
}
