//! Reads and writes unions by their tag.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::Error as _;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::object::{self, Fields, InOrder, Object};
use super::{error_path, tag_scan};

/// A variant that this version does not know, as it was received.
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

    /// The complete value, with the tag.
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
        // The body may contain personal data.
        f.debug_struct("UnknownVariant").field("tag", &self.tag).finish_non_exhaustive()
    }
}

/// Objects of several types that a property distinguishes.
pub trait Union: Sized {
    /// The name of that property.
    const TAG: &'static str;

    /// Reads the variant that the tag names.
    fn read<'de, M: MapAccess<'de>>(value: Tagged<'de, M>) -> Result<Self, M::Error>;
}

/// Reads a value of a union.
pub fn read<'de, T: Union, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    from.deserialize_map(Whole(PhantomData))
}

struct Whole<T>(PhantomData<T>);

impl<'de, T: Union> Visitor<'de> for Whole<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with a {:?}", T::TAG)
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T, M::Error> {
        T::read(Tagged::find(T::TAG, map)?)
    }
}

/// A value of a union whose tag is known and whose other properties are mostly not read yet.
///
/// When the complete text can be scanned (`tag_scan`), only the first name is read before the
/// variant is known. Otherwise the properties before the tag are kept as text, and the variant reads
/// the rest.
pub struct Tagged<'de, M> {
    name: &'static str,
    /// `None` without a tag, `Some(None)` for one that is `null`.
    tag: Option<Option<Cow<'de, str>>>,
    /// Whether the tag is among the rest, which is not read yet.
    is_in_rest: bool,
    early: Vec<(Cow<'de, str>, Raw<'de>)>,
    /// The name whose value is the next one of the rest.
    pending_name: Option<Cow<'de, str>>,
    rest: M,
}

/// A value that was skipped, as its text.
enum Raw<'de> {
    Lent(&'de RawValue),
    Owned(Box<RawValue>),
}

impl Raw<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Lent(value) => value.get(),
            Self::Owned(value) => value.get(),
        }
    }
}

impl<'de, M: MapAccess<'de>> Tagged<'de, M> {
    /// Reads up to the tag.
    fn find(name: &'static str, mut map: M) -> Result<Self, M::Error> {
        // Only a reader of text does not know how many properties there are. A `serde_json::Value`
        // does; its strings can be borrowed, too, but not the text of its values.
        let is_text = map.size_hint().is_none();
        let mut early = Vec::new();
        while let Some(Text(key)) = map.next_key()? {
            if key == name {
                let tag = map.next_value::<Option<Text<'_>>>()?.map(|tag| tag.0);
                return Ok(Self::new(name, Some(tag), early, map));
            }
            if early.is_empty() {
                if let Some(tag) = tag_scan::text_of(&key, name) {
                    let found = Self::new(name, Some(Some(Cow::Owned(tag))), early, map);
                    return Ok(Self { is_in_rest: true, pending_name: Some(key), ..found });
                }
                early.reserve(16);
            }
            let value = match key {
                Cow::Borrowed(_) if is_text => Raw::Lent(map.next_value()?),
                _ => Raw::Owned(map.next_value()?),
            };
            early.push((key, value));
        }
        Ok(Self::new(name, None, early, map))
    }

    fn new(
        name: &'static str,
        tag: Option<Option<Cow<'de, str>>>,
        early: Vec<(Cow<'de, str>, Raw<'de>)>,
        rest: M,
    ) -> Self {
        Self { name, tag, is_in_rest: false, early, pending_name: None, rest }
    }

    pub fn tag(&self) -> &str {
        self.tag.as_ref().and_then(Option::as_deref).unwrap_or_default()
    }

    /// Reads the variant that the tag names; an error names the field.
    pub fn body<T: Object>(self) -> Result<T, M::Error> {
        let Self { name, tag, is_in_rest, early, pending_name, rest } = self;
        let mut rest = InOrder::new(rest);
        let mut error = None;
        let fields = Chain {
            early: early.iter(),
            tag: tag
                .as_ref()
                .filter(|_| !is_in_rest)
                .and_then(Option::as_deref)
                .map(|tag| (name, tag)),
            now: Now::Rest,
            error: &mut error,
            pending_name: pending_name.as_deref(),
            rest: &mut rest,
        };
        let read = T::read(fields);
        if let Some(error) = error {
            // Read to the end, so that the position of the error is that of the union.
            while rest.map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Err(M::Error::custom(error));
        }
        read
    }

    /// Skips a variant that has only the tag.
    pub fn bare(mut self) -> Result<(), M::Error> {
        if self.pending_name.is_some() {
            self.rest.next_value::<IgnoredAny>()?;
        }
        while self.rest.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(())
    }

    /// Keeps a body with an unknown tag.
    pub fn unknown(mut self) -> Result<UnknownVariant, M::Error> {
        let mut body = serde_json::Map::new();
        for (key, value) in self.early {
            let value = serde_json::from_str(value.text()).map_err(M::Error::custom)?;
            body.insert(key.into_owned(), value);
        }
        let tag = self.tag.map(|tag| tag.map(Cow::into_owned));
        if let Some(key) = self.pending_name {
            body.insert(key.into_owned(), self.rest.next_value()?);
        } else if let Some(tag) = &tag {
            body.insert(self.name.to_owned(), tag.clone().into());
        }
        while let Some((key, value)) = self.rest.next_entry()? {
            body.insert(key, value);
        }
        Ok(UnknownVariant { tag: tag.flatten(), body: Value::Object(body) })
    }
}

/// The properties before a tag, the tag, and the properties after it.
struct Chain<'a, 'de, M> {
    early: std::slice::Iter<'a, (Cow<'de, str>, Raw<'de>)>,
    tag: Option<(&'static str, &'a str)>,
    now: Now<'a>,
    /// The error in a property before the tag, with its path.
    error: &'a mut Option<String>,
    /// The name whose value is the first one of the rest.
    pending_name: Option<&'a str>,
    rest: &'a mut InOrder<'de, M>,
}

/// Where the value is whose name was read last.
enum Now<'a> {
    Early(&'a str, &'a str),
    Tag(&'a str),
    Rest,
}

impl<'de, M: MapAccess<'de>> Fields for Chain<'_, 'de, M> {
    type Error = M::Error;

    fn next(&mut self, names: &[&str]) -> Result<Option<usize>, M::Error> {
        let name = if let Some((name, value)) = self.early.next() {
            self.now = Now::Early(name, value.text());
            name
        } else if let Some((name, tag)) = self.tag.take() {
            self.now = Now::Tag(tag);
            name
        } else if let Some(name) = self.pending_name.take() {
            self.now = Now::Rest;
            name
        } else {
            self.now = Now::Rest;
            return self.rest.next(names);
        };
        let found = object::position(names, self.rest.next, name);
        if found < names.len() {
            self.rest.next = found + 1;
        }
        Ok(Some(found))
    }

    fn value<T: DeserializeOwned>(&mut self) -> Result<T, M::Error> {
        match &self.now {
            Now::Early(name, value) => error_path::read(value).map_err(|error| {
                let what = error.what();
                *self.error = Some(error_path::within(name, &error.path, &what));
                M::Error::custom(what)
            }),
            Now::Tag(tag) => {
                T::deserialize(Value::String((*tag).to_owned())).map_err(M::Error::custom)
            }
            Now::Rest => self.rest.value(),
        }
    }

    fn skip(&mut self) -> Result<(), M::Error> {
        match self.now {
            Now::Early(..) | Now::Tag(..) => Ok(()),
            Now::Rest => self.rest.skip(),
        }
    }
}

/// A string, borrowed if the reader allows it.
struct Text<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(AsText)
    }
}

struct AsText;

impl<'de> Visitor<'de> for AsText {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
        Ok(Text(Cow::Owned(text.to_owned())))
    }
}

/// Writes a variant whose type does not contain the tag.
pub fn write<T: Serialize, S: Serializer>(
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
        _ => Err(S::Error::custom("the variant is not an object")),
    }
}

/// Writes a variant that has only the tag.
pub fn write_bare<S: Serializer>(
    name: &'static str,
    tag: &'static str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map([(name, tag)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `BARE`, or an object of two fields one of which is the tag.
    #[derive(Debug, PartialEq)]
    enum Either {
        Bare,
        Pair(Pair),
        Unknown(UnknownVariant),
    }

    #[derive(Debug, PartialEq)]
    struct Pair {
        kind: Option<String>,
        list: Vec<i64>,
    }

    impl Object for Pair {
        const FIELDS: &'static [&'static str] = &["list", "type"];

        fn read<F: Fields>(mut fields: F) -> Result<Self, F::Error> {
            let (mut kind, mut list) = (None, None);
            while let Some(field) = fields.next(Self::FIELDS)? {
                match field {
                    0 => list = Some(fields.value()?),
                    1 => kind = fields.value()?,
                    _ => fields.skip()?,
                }
            }
            Ok(Self { kind, list: object::given(list, "list")? })
        }
    }

    impl Union for Either {
        const TAG: &'static str = "type";

        fn read<'de, M: MapAccess<'de>>(value: Tagged<'de, M>) -> Result<Self, M::Error> {
            match value.tag() {
                "BARE" => value.bare().map(|()| Self::Bare),
                "PAIR" | "A\"}" => value.body().map(Self::Pair),
                _ => value.unknown().map(Self::Unknown),
            }
        }
    }

    impl<'de> Deserialize<'de> for Either {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            read(from)
        }
    }

    /// Reads with a scan of the text and without it; both must give the same.
    fn either(text: &str) -> Result<Either, String> {
        let told = |error: error_path::DecodeError| format!("{}: {}", error.path, error.what());
        let read = error_path::read(text).map_err(told);
        let body = bytes::Bytes::copy_from_slice(text.as_bytes());
        assert_eq!(error_path::body(&body).map_err(told), read, "{text}");
        read
    }

    fn pair(kind: &str, list: &[i64]) -> Result<Either, String> {
        Ok(Either::Pair(Pair { kind: Some(kind.to_owned()), list: list.to_vec() }))
    }

    #[test]
    fn the_tag_decides_wherever_it_stands() {
        for text in [
            r#"{"type": "PAIR", "list": [1]}"#,
            r#"{"list": [1], "type": "PAIR"}"#,
            r#"{"a": {"type": "BARE"}, "b": ["type"], "list": [1], "type": "PAIR", "c": "type"}"#,
            r#"{"a\"": "{", "list": [1], "t\u0079pe": "PAIR"}"#,
        ] {
            assert_eq!(either(text), pair("PAIR", &[1]), "{text}");
        }
        assert_eq!(either(r#"{"type" :  "A\"}", "list": []}"#), pair("A\"}", &[]));
        assert_eq!(either(r#"{"a": 1, "type": "BARE", "b": 1}"#), Ok(Either::Bare));
        let text = r#"{"list": [1], "type": "PAIR"}"#;
        let read: Result<Either, serde_json::Error> = serde_json::from_reader(text.as_bytes());
        assert_eq!(read.map_err(|error| error.to_string()), pair("PAIR", &[1]));
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(
            Either::deserialize(&value).map_err(|error| error.to_string()),
            pair("PAIR", &[1])
        );
        assert_eq!(
            serde_json::from_value(value).map_err(|e: serde_json::Error| e.to_string()),
            pair("PAIR", &[1])
        );
    }

    #[test]
    fn what_no_variant_is_for_is_kept_whole() {
        for (text, tag) in [
            (r#"{"a": {"b": [1, null]}, "type": "NEW", "c": "d"}"#, Some("NEW")),
            (r#"{"a": 1, "type": null, "c": 2}"#, None),
            (r#"{"types": "PAIR", "a": "type"}"#, None),
            ("{}", None),
        ] {
            let Ok(Either::Unknown(value)) = either(text) else { panic!("{text}") };
            assert_eq!(value.tag(), tag, "{text}");
            assert_eq!(value.body(), &serde_json::from_str::<Value>(text).unwrap());
        }
    }

    #[test]
    fn an_error_names_the_field_on_either_side_of_the_tag() {
        for (text, error) in [
            (r#"{"type": 7}"#, "type: invalid type: integer `7`, expected a string"),
            ("[1]", ".: invalid type: sequence, expected an object with a \"type\""),
            (r#"{"type": "PAIR"}"#, ".: missing field `list`"),
            (
                r#"{"type": "PAIR", "list": [1, "x"]}"#,
                "list[1]: invalid type: string \"x\", expected i64",
            ),
            (
                r#"{"list": [1, "x"], "type": "PAIR"}"#,
                "list[1]: invalid type: string \"x\", expected i64",
            ),
            (
                r#"{"list": 1, "type": "PAIR"}"#,
                "list: invalid type: integer `1`, expected a sequence",
            ),
        ] {
            assert_eq!(either(text).unwrap_err(), error, "{text}");
        }
        assert!(either(r#"{"list": [1], "type": "PAIR""#).unwrap_err().contains("EOF"));
        assert!(either(r#"{"type": "A""#).is_err());
    }
}
