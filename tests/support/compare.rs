//! Whether a value came through unchanged.

use serde_json::Value;

/// Which differences are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// Every property counts.
    Counts,
    /// A property that holds nothing (null, an empty list or map) is as good as an absent one:
    /// the types make no difference between the two, and neither does the platform.
    IsAbsent,
}

/// Where two values differ, a line each; `lost` is a place that need not have come through.
pub fn differences(was: &Value, is: &Value, nothing: Nothing, lost: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    Comparison { nothing, lost, found: &mut found }.values(was, is, &mut String::new());
    found
}

struct Comparison<'a> {
    nothing: Nothing,
    lost: Option<&'a str>,
    found: &'a mut Vec<String>,
}

impl Comparison<'_> {
    fn values(&mut self, was: &Value, is: &Value, pointer: &mut String) {
        match (was, is) {
            (Value::Object(was), Value::Object(is)) => {
                let names = was.keys().chain(is.keys().filter(|name| !was.contains_key(*name)));
                for name in names {
                    let length = pointer.len();
                    pointer.push('/');
                    pointer.push_str(name);
                    match (was.get(name), is.get(name)) {
                        (Some(was), Some(is)) => self.values(was, is, pointer),
                        (Some(only), None) if self.lost != Some(pointer.as_str()) => {
                            self.only(only, "was lost", pointer);
                        }
                        (None, Some(only)) => self.only(only, "came from nowhere", pointer),
                        _ => {}
                    }
                    pointer.truncate(length);
                }
            }
            (Value::Array(was), Value::Array(is)) if was.len() == is.len() => {
                for (index, (was, is)) in was.iter().zip(is).enumerate() {
                    let length = pointer.len();
                    pointer.push_str(&format!("/{index}"));
                    self.values(was, is, pointer);
                    pointer.truncate(length);
                }
            }
            // 5 and 5.0 are one number to JSON.
            (Value::Number(was), Value::Number(is)) if was.as_f64() == is.as_f64() => {
                if let (Some(was), Some(is)) = (was.as_i64(), is.as_i64())
                    && was != is
                {
                    self.found.push(format!("{pointer}: {was} became {is}"));
                }
            }
            _ if was == is || (self.is_nothing(was) && self.is_nothing(is)) => {}
            _ => self.found.push(format!("{pointer}: {} became {}", short(was), short(is))),
        }
    }

    fn only(&mut self, value: &Value, what: &str, pointer: &str) {
        if !self.is_nothing(value) {
            self.found.push(format!("{pointer}: {} {what}", short(value)));
        }
    }

    fn is_nothing(&self, value: &Value) -> bool {
        let empty = match value {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(map) => map.is_empty(),
            _ => false,
        };
        empty && self.nothing == Nothing::IsAbsent
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 80 {
        format!("{}…", text.chars().take(80).collect::<String>())
    } else {
        text
    }
}
