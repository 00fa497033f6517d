//! The order of a list that is sorted: by fields, and by the place where those are equal.

use std::cmp::Ordering;

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{member, timestamp};
use crate::store::Stored;

/// How much of a text decides about the order, in bytes: a token holds it.
const TEXT_BYTES_MAX: usize = 128;

/// The value of a field, as far as it decides about the order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(super) enum SortKey {
    /// Before all others.
    #[serde(rename = "n")]
    Null,
    /// A number as one that compares alike.
    #[serde(rename = "i")]
    Number(u64),
    #[serde(rename = "t")]
    Text(String),
    /// The field is not there: after all others.
    #[serde(rename = "a")]
    Absent,
}

impl SortKey {
    fn of(body: &Value, field: &str) -> Self {
        let Some(value) = member(body, field) else {
            return Self::Absent;
        };
        match value {
            Value::Number(number) => Self::Number(ordered(number.as_f64().unwrap_or_default())),
            value => match crate::model::key_text(value) {
                Some(mut text) => {
                    // Moments are stored with as many digits as they need.
                    if let Ok(moment) = DateTime::parse_from_rfc3339(&text) {
                        text = timestamp(moment.to_utc());
                    }
                    let mut length = text.len().min(TEXT_BYTES_MAX);
                    while !text.is_char_boundary(length) {
                        length -= 1;
                    }
                    text.truncate(length);
                    Self::Text(text)
                }
                None => Self::Null,
            },
        }
    }
}

/// The bits of a number, so that they compare as the number does.
fn ordered(number: f64) -> u64 {
    const SIGN: u64 = 1 << 63;
    // There is one zero.
    let bits = (number + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// After which row a page begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct Cursor {
    /// Its place in the order of creation.
    #[serde(rename = "s")]
    pub(super) seq: i64,
    /// Its values in the order that was asked for.
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    pub(super) keys: Vec<SortKey>,
}

/// Fields, and whether the greatest comes first.
pub(super) struct SortOrder(Vec<(String, bool)>);

impl SortOrder {
    /// Reads the values of `sort_by`: `last_name:asc`.
    pub(super) fn read(sort_by: &Value) -> Self {
        let fields = crate::model::texts(sort_by).into_iter();
        let fields = fields.map(|field| match field.rsplit_once(':') {
            Some((field, direction)) => (field.to_owned(), direction == "desc"),
            None => (field.to_owned(), false),
        });
        Self(fields.collect())
    }

    /// Where a row stands in the order.
    pub(super) fn cursor(&self, row: &Stored) -> Cursor {
        let keys = self.0.iter().map(|(field, _)| SortKey::of(&row.body, field)).collect();
        Cursor { seq: row.seq, keys }
    }

    pub(super) fn compare(&self, a: &Cursor, b: &Cursor) -> Ordering {
        let by_field = self.0.iter().zip(a.keys.iter().zip(&b.keys));
        let by_field = by_field.map(|((_, is_descending), (a, b))| {
            let ordering = a.cmp(b);
            if *is_descending { ordering.reverse() } else { ordering }
        });
        by_field.chain([a.seq.cmp(&b.seq)]).find(|it| it.is_ne()).unwrap_or(Ordering::Equal)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_have_one_order() {
        let rows = [
            json!({"n": null}),
            json!({"n": -1.5}),
            json!({"n": -1}),
            json!({"n": 0}),
            json!({"n": 2}),
            // As texts, a whole second would come after its fractions.
            json!({"n": "2026-11-24T14:00:00Z"}),
            json!({"n": "2026-11-24T14:00:00.001Z"}),
            json!({"n": "2026-11-24T14:00:01Z"}),
            json!({"n": "a"}),
            json!({"n": "b"}),
            json!({}),
        ];
        for (direction, is_first) in [("asc", Ordering::Less), ("desc", Ordering::Greater)] {
            let order = SortOrder::read(&json!([format!("n:{direction}")]));
            let at =
                |seq: usize| order.cursor(&Stored { seq: seq as i64, body: rows[seq].clone() });
            for (a, b) in (0..rows.len()).flat_map(|a| (a + 1..rows.len()).map(move |b| (a, b))) {
                assert_eq!(order.compare(&at(a), &at(b)), is_first, "{a} {b} {direction}");
            }
        }
        let order = SortOrder::read(&json!(["n"]));
        let long = |seq, end: &str| {
            order.cursor(&Stored { seq, body: json!({"n": format!("{}{end}", "ü".repeat(200))}) })
        };
        assert_eq!(order.compare(&long(1, "b"), &long(2, "a")), Ordering::Less);
        assert_eq!(order.compare(&long(1, "b"), &long(1, "a")), Ordering::Equal);
    }
}
