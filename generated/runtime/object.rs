//! Objects, as the generated structs read and write them: what all of them share.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor,
};
use serde::ser::{SerializeMap, Serializer};

use super::{NullablePatch, Patch};

/// A struct that is an object on the wire.
pub(crate) trait Object: Sized {
    /// Its properties' names, in the order of [`Object::read`]'s indices.
    const FIELDS: &'static [&'static str];

    /// Reads the properties.
    fn read<F: Fields>(fields: F) -> Result<Self, F::Error>;
}

/// The properties of an object that are still to be read.
///
/// No `MapAccess`, since that lends what it reads for as long as the text lives; a union has read
/// some of it before it knows for whom.
pub(crate) trait Fields {
    type Error: Error;

    /// The index of the next property among `names`, or one beyond them for a name that nobody knows.
    fn next(&mut self, names: &[&str]) -> Result<Option<usize>, Self::Error>;

    /// The property's value.
    fn value<T: DeserializeOwned>(&mut self) -> Result<T, Self::Error>;

    /// Reads past a value that nobody knows.
    fn skip(&mut self) -> Result<(), Self::Error>;

    /// The property's value, or an empty one for `null`.
    fn or_empty<T: DeserializeOwned + Default>(&mut self) -> Result<T, Self::Error> {
        Ok(self.value::<Option<T>>()?.unwrap_or_default())
    }
}

/// Reads an object.
pub(crate) fn read<'de, T: Object, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
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

/// All of an object's properties, as they come.
pub(super) struct InOrder<'de, M> {
    pub(super) map: M,
    /// Where the next name probably is: properties have an order, more often than not.
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

/// A property that must be there.
pub(crate) fn given<T, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(name))
}

/// Which of some names comes.
struct Name<'a> {
    names: &'a [&'a str],
    /// The one that probably comes.
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

/// Where a name is, looked for from `next` on, or one beyond them all.
pub(super) fn position(names: &[&str], next: usize, name: &str) -> usize {
    let (before, after) = names.split_at(next.min(names.len()));
    let among = |names: &[&str]| names.iter().position(|known| *known == name);
    let found = among(after).map(|at| at + before.len()).or_else(|| among(before));
    found.unwrap_or(names.len())
}

/// Writes an object.
pub(crate) struct Writer<M>(M);

impl<M: SerializeMap> Writer<M> {
    pub(crate) fn new<S>(to: S) -> Result<Self, S::Error>
    where
        S: Serializer<SerializeMap = M, Error = M::Error>,
    {
        to.serialize_map(None).map(Self)
    }

    /// A property that is always there.
    pub(crate) fn value<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), M::Error> {
        self.0.serialize_entry(name, value)
    }

    /// A property that is left out when there is nothing in it.
    pub(crate) fn optional<T>(&mut self, name: &str, value: &T) -> Result<(), M::Error>
    where
        T: Serialize + MayBeNothing,
    {
        if value.is_nothing() { Ok(()) } else { self.0.serialize_entry(name, value) }
    }

    pub(crate) fn end(self) -> Result<M::Ok, M::Error> {
        self.0.end()
    }
}

/// What can be left out of an object.
pub(crate) trait MayBeNothing {
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
