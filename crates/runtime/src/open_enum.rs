//! Enums that keep unknown values.
//!
//! The platform may add a status or an event type at any time, and responses must still decode then.
//! A generated enum has a variant for every value of the document, and `Unknown` for other values. An
//! unknown value is typed by its enum and is made by generated code alone, so it never equals a known value.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// A value that the enum `T` had no variant for when this version was made.
pub struct UnknownValue<T> {
    value: Box<str>,
    of: PhantomData<fn() -> T>,
}

impl<T> UnknownValue<T> {
    /// Only for a value that equals no variant of `T`.
    #[doc(hidden)]
    pub fn new(value: &str) -> Self {
        Self { value: value.into(), of: PhantomData }
    }

    /// The value as it was received.
    pub fn as_str(&self) -> &str {
        &self.value
    }
}

impl<T> Clone for UnknownValue<T> {
    fn clone(&self) -> Self {
        Self::new(&self.value)
    }
}

impl<T> PartialEq for UnknownValue<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> Eq for UnknownValue<T> {}

impl<T> Hash for UnknownValue<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

impl<T> fmt::Debug for UnknownValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.value, f)
    }
}

/// Reads a string without copying it, if the input allows that.
pub fn read<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: for<'a> From<&'a str>,
{
    struct Text<T>(PhantomData<T>);

    impl<T: for<'a> From<&'a str>> serde::de::Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E>(self, value: &str) -> Result<T, E> {
            Ok(T::from(value))
        }
    }

    deserializer.deserialize_str(Text(PhantomData))
}

/// Declares an enum of strings that keeps unknown values.
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $value:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
            /// A value that this version does not know; it is sent as it was received.
            Unknown($crate::UnknownValue<$name>),
        }

        impl $name {
            /// Every value that this version knows.
            pub const KNOWN: &'static [&'static str] = &[$($value,)*];

            /// The value as it is sent.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unknown(value) => value.as_str(),
                }
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                concat!(module_path!(), "::", stringify!($name)).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                $crate::schema::open_enum(Self::KNOWN)
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    other => Self::Unknown($crate::UnknownValue::new(other)),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::open_enum::read(deserializer)
            }
        }

        impl $crate::Scalar for $name {
            fn text(&self) -> std::borrow::Cow<'_, str> {
                std::borrow::Cow::Borrowed(self.as_str())
            }
        }
    };
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macro declares public types")]
mod tests {
    open_enum! {
        /// A status.
        Status {
            /// `ACTIVE`
            Active = "ACTIVE",
            /// `ON_HOLD`
            OnHold = "ON_HOLD",
        }
    }

    #[test]
    fn known_values_never_hide_in_the_unknown_variant() {
        let known: Status = serde_json::from_str("\"ACTIVE\"").unwrap();
        assert_eq!(known, Status::Active);
        assert_eq!(Status::from("ON_HOLD"), Status::OnHold);
        let unknown: Status = serde_json::from_str("\"MOON_PHASE\"").unwrap();
        assert!(matches!(&unknown, Status::Unknown(value) if value.as_str() == "MOON_PHASE"));
        assert_eq!(serde_json::to_string(&unknown).unwrap(), "\"MOON_PHASE\"");
        assert_eq!(unknown, "MOON_PHASE".parse().unwrap());
        assert_eq!(format!("{:>8}|{unknown}", known), "  ACTIVE|MOON_PHASE");
        assert_eq!(Status::KNOWN, ["ACTIVE", "ON_HOLD"]);
    }

    #[test]
    fn anything_but_a_string_is_refused() {
        let error = serde_json::from_str::<Status>("7").unwrap_err().to_string();
        assert!(error.starts_with("invalid type: integer `7`, expected a string"), "{error}");
    }
}
