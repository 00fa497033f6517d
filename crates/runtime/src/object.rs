//! Reading and writing of JSON objects, for all generated structs.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor,
};
use serde::ser::{SerializeMap, Serializer};

use super::{NullablePatch, Patch};

/// A struct that is a JSON object.
pub trait Object: Sized {
    /// The names of its properties, in the order of the indices of [`Object::read`].
    const FIELDS: &'static [&'static str];

    /// Reads the properties.
    fn read<F: Fields>(fields: F) -> Result<Self, F::Error>;
}

/// The properties of an object that are still to be read.
///
/// Not a `MapAccess`, which borrows from the text: a union has already read some properties when it
/// knows its variant.
pub trait Fields {
    type Error: Error;

    /// The index of the next property in `names`, or `names.len()` for an unknown name.
    fn next(&mut self, names: &[&str]) -> Result<Option<usize>, Self::Error>;

    /// The value of the property.
    fn value<T: DeserializeOwned>(&mut self) -> Result<T, Self::Error>;

    /// Skips the value of an unknown property.
    fn skip(&mut self) -> Result<(), Self::Error>;

    /// The value of the property, or an empty value for `null`.
    fn or_empty<T: DeserializeOwned + Default>(&mut self) -> Result<T, Self::Error> {
        Ok(self.value::<Option<T>>()?.unwrap_or_default())
    }
}

/// Reads an object.
pub fn read<'de, T: Object, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    from.deserialize_map(Whole(PhantomData))
}

struct Whole<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for Whole<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T, M::Error> {
        T::read(InOrder::new(map))
    }
}

/// All properties of an object, in the order of the text.
pub(super) struct InOrder<'de, M> {
    pub(super) map: M,
    /// The expected index of the next name: properties mostly come in order.
    pub(super) next: usize,
    text: PhantomData<&'de str>,
}

impl<'de, M: MapAccess<'de>> InOrder<'de, M> {
    pub(super) fn new(map: M) -> Self {
        Self { map, next: 0, text: PhantomData }
    }
}

impl<'de, M: MapAccess<'de>> Fields for InOrder<'de, M> {
    type Error = M::Error;

    fn next(&mut self, names: &[&str]) -> Result<Option<usize>, M::Error> {
        let found = self.map.next_key_seed(Name { names, next: self.next })?;
        if let Some(found) = found.filter(|found| *found < names.len()) {
            self.next = found + 1;
        }
        Ok(found)
    }

    fn value<T: DeserializeOwned>(&mut self) -> Result<T, M::Error> {
        self.map.next_value()
    }

    fn skip(&mut self) -> Result<(), M::Error> {
        self.map.next_value::<IgnoredAny>().map(drop)
    }
}

/// A required property.
pub fn given<T, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(name))
}

/// Reads a name, as its index among the known names.
struct Name<'a> {
    names: &'a [&'a str],
    /// The expected index.
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<usize, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        Ok(position(self.names, self.next, name))
    }
}

/// The index of a name, searched from `next` on; `names.len()` for an unknown name.
pub(super) fn position(names: &[&str], next: usize, name: &str) -> usize {
    let (before, after) = names.split_at(next.min(names.len()));
    let among = |names: &[&str]| names.iter().position(|known| *known == name);
    let found = among(after).map(|at| at + before.len()).or_else(|| among(before));
    found.unwrap_or(names.len())
}

/// Writes an object.
pub struct Writer<M>(M);

impl<M: SerializeMap> Writer<M> {
    pub fn new<S>(to: S) -> Result<Self, S::Error>
    where
        S: Serializer<SerializeMap = M, Error = M::Error>,
    {
        to.serialize_map(None).map(Self)
    }

    /// A property that is always written.
    pub fn value<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), M::Error> {
        self.0.serialize_entry(name, value)
    }

    /// A property that is left out when it is empty.
    pub fn optional<T>(&mut self, name: &str, value: &T) -> Result<(), M::Error>
    where
        T: Serialize + MayBeNothing,
    {
        if value.is_nothing() { Ok(()) } else { self.0.serialize_entry(name, value) }
    }

    pub fn end(self) -> Result<M::Ok, M::Error> {
        self.0.end()
    }
}

/// A value that can be left out of an object.
pub trait MayBeNothing {
    fn is_nothing(&self) -> bool;
}

impl<T> MayBeNothing for Option<T> {
    fn is_nothing(&self) -> bool {
        self.is_none()
    }
}

impl<T> MayBeNothing for Vec<T> {
    fn is_nothing(&self) -> bool {
        self.is_empty()
    }
}

impl<T> MayBeNothing for Patch<T> {
    fn is_nothing(&self) -> bool {
        self.is_leave()
    }
}

impl<T> MayBeNothing for NullablePatch<T> {
    fn is_nothing(&self) -> bool {
        self.is_leave()
    }
}

impl<K, V> MayBeNothing for BTreeMap<K, V> {
    fn is_nothing(&self) -> bool {
        self.is_empty()
    }
}

impl MayBeNothing for serde_json::Map<String, serde_json::Value> {
    fn is_nothing(&self) -> bool {
        self.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Body {
        id: i64,
        name: Option<String>,
        list: Vec<i64>,
        patch: NullablePatch<i64>,
    }

    impl Object for Body {
        const FIELDS: &'static [&'static str] = &["id", "name", "list", "patch"];

        fn read<F: Fields>(mut fields: F) -> Result<Self, F::Error> {
            let (mut id, mut name, mut list, mut patch) =
                (None, None, Vec::new(), NullablePatch::Leave);
            while let Some(field) = fields.next(Self::FIELDS)? {
                match field {
                    0 => id = Some(fields.value()?),
                    1 => name = fields.value()?,
                    2 => list = fields.or_empty()?,
                    3 => patch = fields.value()?,
                    _ => fields.skip()?,
                }
            }
            Ok(Self { id: given(id, "id")?, name, list, patch })
        }
    }

    fn body(text: &str) -> Result<Body, serde_json::Error> {
        read(&mut serde_json::Deserializer::from_str(text))
    }

    #[test]
    fn properties_come_in_any_order_and_strangers_are_passed_by() {
        let expected =
            Body { id: 1, name: Some("a".to_owned()), list: vec![2], patch: NullablePatch::Set(3) };
        for text in [
            r#"{"id": 1, "name": "a", "list": [2], "patch": 3}"#,
            r#"{"patch": 3, "list": [2], "name": "a", "id": 1}"#,
            r#"{"x": {"id": 9}, "list": [2], "y": [[]], "id": 1, "name": "a", "z": 1, "patch": 3}"#,
            r#"{"id": 0, "\u0069d": 1, "name": "a", "list": [2], "patch": 3}"#,
        ] {
            assert_eq!(body(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_told_from_what_must_be_there() {
        let nothing = Body { id: 1, name: None, list: Vec::new(), patch: NullablePatch::Clear };
        assert_eq!(body(r#"{"id":1,"name":null,"list":null,"patch":null}"#).unwrap(), nothing);
        assert_eq!(body(r#"{"id":1}"#).unwrap(), Body { patch: NullablePatch::Leave, ..nothing });
        assert!(body("{}").unwrap_err().to_string().starts_with("missing field `id`"));
        assert!(body(r#"{"id":null}"#).unwrap_err().to_string().starts_with("invalid type: null"));
        for text in ["[1]", "1", "null", "\"id\""] {
            assert!(body(text).unwrap_err().to_string().contains("expected an object"), "{text}");
        }
    }
}
