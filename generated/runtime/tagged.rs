//! Reading and writing unions by their tag.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::place;

/// A variant that this version does not know, as it came.
#[derive(Clone, PartialEq)]
pub struct UnknownVariant {
    tag: Option<String>,
    body: Value,
}

impl UnknownVariant {
    /// The value of the tag, if there was one.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The whole value, the tag included.
    pub fn body(&self) -> &Value {
        &self.body
    }
}

impl Serialize for UnknownVariant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.body.serialize(serializer)
    }
}

impl fmt::Debug for UnknownVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body may hold anybody's data.
        f.debug_struct("UnknownVariant").field("tag", &self.tag).finish_non_exhaustive()
    }
}

/// A value of a union: its tag is known, its body not yet read.
pub struct Tagged {
    tag: Option<String>,
    body: Box<RawValue>,
}

impl Tagged {
    /// Finds the tag without reading anything else.
    pub(crate) fn read<'de, D: Deserializer<'de>>(
        name: &'static str,
        deserializer: D,
    ) -> Result<Self, D::Error> {
        let body = Box::<RawValue>::deserialize(deserializer)?;
        let tag = if body.get().starts_with('{') {
            tag_in(body.get(), name)
        } else {
            serde_json::Deserializer::from_str(body.get()).deserialize_any(NoObject(name))
        };
        Ok(Self { tag: tag.map_err(D::Error::custom)?, body })
    }

    pub(crate) fn tag(&self) -> &str {
        self.tag.as_deref().unwrap_or_default()
    }

    /// Reads the body as the variant that the tag names; an error names the field.
    pub(crate) fn body<T: DeserializeOwned, E: serde::de::Error>(&self) -> Result<T, E> {
        place::read(self.body.get()).map_err(|misfit| {
            // With a line and a column at its end, serde_json would take them for its own.
            let (tag, what) = (self.tag(), misfit.what());
            E::custom(format_args!("as {tag}, at {}: {what}", misfit.path))
        })
    }

    /// Keeps a body whose tag is not known.
    pub(crate) fn unknown<E: serde::de::Error>(self) -> Result<UnknownVariant, E> {
        let body = serde_json::from_str(self.body.get()).map_err(E::custom)?;
        Ok(UnknownVariant { tag: self.tag, body })
    }
}

/// The string under this key of an object; of two, the last. The text is known to be JSON, so
/// that it is enough to tell strings from brackets.
fn tag_in(text: &str, name: &str) -> Result<Option<String>, serde_json::Error> {
    let bytes = text.as_bytes();
    let (mut tag, mut depth, mut at_key, mut at) = (None, 0_usize, false, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                at_key = depth == 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => at_key = depth == 1,
            b'"' => {
                let last = place::string_end(bytes, at);
                if at_key && is_key(&text[at..=last], name) {
                    let value = text[last + 1..].trim_start().trim_start_matches(':');
                    tag = Option::deserialize(&mut serde_json::Deserializer::from_str(value))?;
                }
                at_key = false;
                at = last;
            }
            _ => {}
        }
        at += 1;
    }
    Ok(tag)
}

/// Compares a key in its quotes, which may be written with escapes.
fn is_key(quoted: &str, name: &str) -> bool {
    let plain = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    plain == Some(name)
        || (quoted.contains('\\')
            && serde_json::from_str::<String>(quoted).is_ok_and(|key| key == name))
}

/// Says what was expected of anything but an object.
struct NoObject(&'static str);

impl Visitor<'_> for NoObject {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a {:?}", self.0)
    }
}

/// Writes a variant whose own type does not hold the tag.
pub(crate) fn write<T: Serialize, S: Serializer>(
    name: &'static str,
    tag: &'static str,
    body: &T,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match serde_json::to_value(body).map_err(S::Error::custom)? {
        Value::Object(mut map) => {
            map.insert(name.to_owned(), Value::String(tag.to_owned()));
            map.serialize(serializer)
        }
        _ => Err(S::Error::custom("a variant that is no object")),
    }
}

/// Writes a variant of which the tag is all.
pub(crate) fn write_bare<S: Serializer>(
    name: &'static str,
    tag: &'static str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map([(name, tag)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> Result<Option<String>, String> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        Tagged::read("type", &mut deserializer).map(|value| value.tag).map_err(|e| e.to_string())
    }

    #[test]
    fn the_tag_is_the_objects_own() {
        let found = |text: &str| tag(text).unwrap();
        assert_eq!(found(r#"{"a": {"type": "NO"}, "b": ["type"], "type": "YES"}"#).unwrap(), "YES");
        assert_eq!(found(r#"{"type" :  "A\"}", "c": "type"}"#).unwrap(), "A\"}");
        assert_eq!(found(r#"{"a\"": "{", "t\u0079pe": "YES"}"#).unwrap(), "YES");
        assert_eq!(found(r#"{"type": "FIRST", "type": "LAST"}"#).unwrap(), "LAST");
        assert_eq!(found(r#"{"type": null}"#), None);
        assert_eq!(found(r#"{"types": "NO", "a": "type"}"#), None);
        assert_eq!(found("{}"), None);
    }

    #[test]
    fn what_has_no_tag_is_refused() {
        let error = tag(r#"{"type": 7}"#).unwrap_err();
        assert!(error.starts_with("invalid type: integer `7`, expected a string"), "{error}");
        let error = tag("[1]").unwrap_err();
        assert!(error.contains("expected an object with a \"type\""), "{error}");
        assert!(tag(r#"{"type": "A""#).is_err());
    }
}
