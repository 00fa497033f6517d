//! What is done to a body or a query that succeeds: one thing at a time.

use serde_json::{Value, json};

use super::document::{deref, document, is_tag, items, members, object_at, query_parameters};

/// A member that no document knows.
pub(crate) const EXTRA: &str = "synctera_extra";

/// A changed body.
#[derive(Clone, Debug)]
pub(crate) struct Mutation {
    /// The member that was changed: `card_details.account_id`, `applicants[0]`.
    pub(crate) member: String,
    /// Whether the member decides which others there are.
    pub(crate) is_tag: bool,
    pub(crate) body: Value,
}

/// What a member is replaced by.
fn values() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(7),
        json!(-1),
        json!(0),
        json!(100.0),
        json!(0.5),
        json!(1e18),
        json!(i64::MAX),
        json!(""),
        json!("x"),
        json!("A_VALUE_OF_TOMORROW"),
        json!("2026-02-30"),
        json!("00000000-0000-4000-8000-000000000000"),
        json!("\u{0}\u{202e}é"),
        json!("long ".repeat(2000)),
        json!([]),
        json!([null]),
        json!(["x", 1]),
        json!({}),
        json!({ "type": 1, "amount": "x" }),
    ]
}

/// Days and moments at the ends of the calendar, and beyond it in UTC.
const ENDS: [(&str, &[&str]); 2] = [
    ("date", &["0000-01-01", "0001-01-01", "9999-12-24", "9999-12-31"]),
    (
        "date-time",
        &[
            "0000-01-01T00:00:00+14:00",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59-12:00",
        ],
    ),
];

/// Every mutation of a body, by its schema: of the members that are there, and of those that could be.
pub(crate) fn of_body(interface: &str, schema: &'static Value, body: &Value) -> Vec<Mutation> {
    let mut walk = Walk { root: document(interface), whole: body, found: Vec::new() };
    walk.object(&[schema], body, "", "");
    for value in [Value::Null, json!([]), json!("x"), json!({})] {
        walk.found.push(Mutation { member: String::new(), is_tag: true, body: value });
    }
    walk.found
}

struct Walk<'b> {
    root: &'static Value,
    whole: &'b Value,
    found: Vec<Mutation>,
}

impl Walk<'_> {
    fn push(&mut self, member: &str, is_tag: bool, change: impl FnOnce(&mut Value)) {
        let mut body = self.whole.clone();
        change(&mut body);
        self.found.push(Mutation { member: member.to_owned(), is_tag, body });
    }

    fn object(&mut self, schemas: &[&'static Value], object: &Value, pointer: &str, path: &str) {
        let join = |name: &str| {
            if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
        };
        let known = members(self.root, schemas, object);
        if !known.is_empty() {
            self.push(&join(EXTRA), false, |body| {
                object_at(body, pointer).insert(EXTRA.to_owned(), json!({ "deep": [1, null] }));
            });
        }
        for (name, schemas_of_member) in known {
            let member = join(&name);
            let is_tag = is_tag(self.root, schemas, &name);
            let has = |format: &str| {
                schemas_of_member.iter().any(|schema| deref(self.root, schema)["format"] == format)
            };
            let ends = ENDS.iter().filter(|(format, _)| has(format));
            let ends: Vec<Value> = ends.flat_map(|(_, ends)| *ends).map(|end| json!(end)).collect();
            for value in values().into_iter().chain(ends) {
                self.push(&member, is_tag, |body| {
                    object_at(body, pointer).insert(name.clone(), value);
                });
            }
            let Some(present) = object.get(&name) else {
                continue;
            };
            self.push(&member, is_tag, |body| {
                object_at(body, pointer).remove(&name);
            });
            let below = format!("{pointer}/{name}");
            self.value(&schemas_of_member, present, &below, &member);
        }
    }

    fn value(&mut self, schemas: &[&'static Value], value: &Value, pointer: &str, path: &str) {
        match value {
            Value::Object(_) => self.object(schemas, value, pointer, path),
            Value::Array(list) => {
                let of_items = items(self.root, schemas);
                for (index, item) in list.iter().enumerate().take(1) {
                    let (pointer, path) =
                        (format!("{pointer}/{index}"), format!("{path}[{index}]"));
                    for value in values() {
                        self.push(&path, false, |body| {
                            *body.pointer_mut(&pointer).unwrap() = value;
                        });
                    }
                    self.value(&of_items, item, &pointer, &path);
                }
            }
            Value::Number(number) if number.is_i64() => {
                let whole = number.as_i64().unwrap() as f64;
                self.push(path, false, |body| {
                    *body.pointer_mut(pointer).unwrap() = json!(whole);
                });
            }
            _ => {}
        }
    }
}

/// Every mutation of a query: parameter and text, escaped.
pub(crate) fn of_query(interface: &str, method: &str, path: &str) -> Vec<(&'static str, String)> {
    let long = "a".repeat(3000);
    let texts = [
        "",
        "x",
        "-1",
        "0",
        "2.5",
        "1e2",
        "100.0",
        "NaN",
        "1e400",
        "99999999999999999999",
        "null",
        "true",
        "%00",
        "%F0%9F%92%B0",
        "2026-02-30",
        "a,b",
        ",",
        "%2C",
        "A_VALUE_OF_TOMORROW",
        "00000000-0000-4000-8000-000000000000",
        "first_name:up",
        long.as_str(),
    ];
    let parameters = query_parameters(interface, method, path);
    let all = parameters.into_keys().flat_map(|name| texts.map(|text| (name, text.to_owned())));
    all.collect()
}

/// Texts that are put in place of an id of a path.
pub(crate) const PATH_TEXTS: [&str; 8] = [
    "x",
    "00000000-0000-4000-8000-000000000000",
    "00000000-0000-4000-8000-00000000000G",
    "%00",
    "..%2F..",
    "-1",
    "1.0",
    "%F0%9F%92%B0",
];

/// Whether a refusal's field is about a member: itself, what it holds, or what holds it.
pub(crate) fn is_about(field: &str, member: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        path.replace('[', ".[").split('.').map(str::to_owned).collect()
    };
    let (field, member) = (parts(field), parts(member));
    field.iter().zip(&member).all(|(a, b)| a == b)
}
