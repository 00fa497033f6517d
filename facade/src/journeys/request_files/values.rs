//! Values that several requests have, as files have them.

use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, MapDeserializer, StrDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, VariantAccess,
    Visitor,
};
use serde_json::{Map, Value};
use synctera_api::runtime::{BusinessId, PersonId, Upload};

use crate::Currency;
use crate::journeys::Party;

/// A choice: the name of an alternative, or an object with the name as its only member. An
/// alternative of which all members are optional can be written either way.
pub(super) struct Choice<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Choice<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Alternatives<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Alternatives<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of an alternative, or an object with it as its only member")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<T, E> {
                T::deserialize(NameAlone { name: name.into_deserializer() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_any(Alternatives(PhantomData)).map(Self)
    }
}

/// An alternative that is written as only its name.
struct NameAlone<'a, E> {
    name: StrDeserializer<'a, E>,
}

impl<'de, E: Error> Deserializer<'de> for NameAlone<'_, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

impl<'de, E: Error> EnumAccess<'de> for NameAlone<'_, E> {
    type Error = E;
    type Variant = NoMembers<E>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, NoMembers<E>), E> {
        Ok((seed.deserialize(self.name)?, NoMembers(PhantomData)))
    }
}

/// The absent contents of an alternative that is written as only its name.
struct NoMembers<E>(PhantomData<E>);

impl<'de, E: Error> VariantAccess<'de> for NoMembers<E> {
    type Error = E;

    fn unit_variant(self) -> Result<(), E> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _: S) -> Result<S::Value, E> {
        Err(E::custom("a value must be given with this alternative"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, E> {
        Err(E::custom("values must be given with this alternative"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, E> {
        visitor.visit_map(MapDeserializer::<_, E>::new(std::iter::empty::<((), ())>()))
    }
}

/// A person or a business.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PartyMember {
    PersonId(PersonId),
    BusinessId(BusinessId),
}

impl From<Choice<PartyMember>> for Party {
    fn from(Choice(party): Choice<PartyMember>) -> Self {
        match party {
            PartyMember::PersonId(id) => Self::Person(id),
            PartyMember::BusinessId(id) => Self::Business(id),
        }
    }
}

/// A file to upload.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct UploadMembers {
    file_name: String,
    media_type: String,
    data: Base64,
}

impl From<UploadMembers> for Upload {
    fn from(members: UploadMembers) -> Self {
        Self::new(members.file_name, members.media_type, members.data.0)
    }
}

/// Bytes, written in base64. White space in it has no meaning.
pub(super) struct Base64(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut text = String::deserialize(deserializer)?;
        text.retain(|c| !c.is_ascii_whitespace());
        STANDARD.decode(text).map(Self).map_err(|_| D::Error::custom("must be in base64"))
    }
}

/// A currency by its code.
pub(super) struct CurrencyMember(pub(super) Currency);

impl<'de> Deserialize<'de> for CurrencyMember {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        let unknown = || D::Error::custom("must be the code of a currency, such as USD");
        Currency::from_code(&code).map(Self).ok_or_else(unknown)
    }
}

/// Data of the integrator's own.
pub(super) type Metadata = Option<Map<String, Value>>;
