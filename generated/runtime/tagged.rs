//! Reading and writing unions by their tag.

use std::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor,
};
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
        let tag = serde_json::Deserializer::from_str(body.get())
            .deserialize_map(TagVisitor(name))
            .map_err(D::Error::custom)?;
        Ok(Self { tag, body })
    }

    pub(crate) fn tag(&self) -> &str {
        self.tag.as_deref().unwrap_or_default()
    }

    /// Reads the body as the variant that the tag names; an error names the field.
    pub(crate) fn body<T: DeserializeOwned, E: serde::de::Error>(&self) -> Result<T, E> {
        place::read(self.body.get().as_bytes()).map_err(|misfit| {
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

/// Reads one string of an object and ignores the rest.
struct TagVisitor(&'static str);

impl<'de> Visitor<'de> for TagVisitor {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a {:?}", self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut tag = None;
        while let Some(is_tag) = map.next_key_seed(KeyIs(self.0))? {
            if is_tag {
                tag = map.next_value::<Option<String>>()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(tag)
    }
}

/// Compares a key without keeping it.
struct KeyIs(&'static str);

impl<'de> DeserializeSeed<'de> for KeyIs {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyIs {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(key == self.0)
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
