//! What a PATCH does to a property.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Leave a property as it is, or set it.
///
/// The platform refuses `null` for most properties, so they cannot be cleared. Properties that can be
/// cleared are a [`NullablePatch`].
///
/// ```
/// use synctera_runtime::Patch;
///
/// let mut nickname = Patch::Leave;
/// assert!(nickname.is_leave());
/// nickname = "Rainy days".into();
/// assert_eq!(nickname, Patch::Set("Rainy days"));
/// // An optional change: `None` leaves the property as it is.
/// assert_eq!(Patch::<&str>::from(None), Patch::Leave);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// The property is not sent, and stays as it is.
    #[default]
    Leave,
    /// The property gets this value.
    Set(T),
}

/// Leave a property as it is, set it, or clear it.
///
/// There is no conversion from an `Option`, since `None` could mean either: use
/// [`set_or_leave`](Self::set_or_leave) or [`set_or_clear`](Self::set_or_clear).
///
/// ```
/// use synctera_runtime::NullablePatch;
///
/// assert_eq!(NullablePatch::default(), NullablePatch::<i64>::Leave);
/// assert_eq!(NullablePatch::from(500), NullablePatch::Set(500));
/// assert_eq!(serde_json::to_string(&NullablePatch::<i64>::Clear)?, "null");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum NullablePatch<T> {
    /// The property is not sent, and stays as it is.
    #[default]
    Leave,
    /// The property gets this value.
    Set(T),
    /// The property is sent as `null`, which removes what was set.
    Clear,
}

impl<T> Patch<T> {
    /// Whether the property stays as it is.
    pub const fn is_leave(&self) -> bool {
        matches!(self, Self::Leave)
    }

    /// The value that is set, if one is.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Leave => None,
        }
    }
}

impl<T> NullablePatch<T> {
    /// Whether the property stays as it is.
    pub const fn is_leave(&self) -> bool {
        matches!(self, Self::Leave)
    }

    /// The value that is set, if one is.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Leave | Self::Clear => None,
        }
    }

    /// Sets the value; `None` leaves the property as it is.
    pub fn set_or_leave(value: Option<T>) -> Self {
        value.map_or(Self::Leave, Self::Set)
    }

    /// Sets the value; `None` clears the property.
    pub fn set_or_clear(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

/// `None` leaves the property as it is.
impl<T> From<Option<T>> for Patch<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Leave, Self::Set)
    }
}

impl<T> From<T> for NullablePatch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

// The struct that contains it skips a property that stays as it is.
impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<T: Serialize> Serialize for NullablePatch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::Set)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for NullablePatch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::set_or_clear)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Body {
        #[serde(skip_serializing_if = "Patch::is_leave")]
        name: Patch<String>,
        #[serde(skip_serializing_if = "NullablePatch::is_leave")]
        limits: NullablePatch<Vec<i64>>,
    }

    #[test]
    fn the_three_are_told_apart_on_the_wire() {
        for (body, text) in [
            (Body::default(), "{}"),
            (Body { limits: NullablePatch::Clear, ..Body::default() }, r#"{"limits":null}"#),
            (
                Body { name: "x".to_owned().into(), limits: Vec::new().into() },
                r#"{"name":"x","limits":[]}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&body).unwrap(), text);
            assert_eq!(serde_json::from_str::<Body>(text).unwrap(), body);
        }
        let error = serde_json::from_str::<Body>(r#"{"name":null}"#).unwrap_err().to_string();
        assert!(error.starts_with("invalid type: null, expected a string"), "{error}");
    }

    #[test]
    fn an_option_leaves_where_nothing_else_can_be_meant() {
        assert_eq!(Patch::from(Some(1)), Patch::Set(1));
        assert_eq!(Patch::<i64>::from(None), Patch::Leave);
        assert_eq!(NullablePatch::set_or_leave(None::<i64>), NullablePatch::Leave);
        assert_eq!(NullablePatch::set_or_clear(None::<i64>), NullablePatch::Clear);
        assert_eq!(NullablePatch::set_or_clear(Some(1)), NullablePatch::from(1));
    }
}
