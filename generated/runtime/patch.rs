//! What a PATCH does to a property.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Leave a property as it is, set it, or clear it.
///
/// ```
/// use synctera_api::runtime::Patch;
///
/// let mut nickname = Patch::Leave;
/// assert!(nickname.is_leave());
/// nickname = "Rainy days".into();
/// assert_eq!(nickname, Patch::Set("Rainy days"));
/// assert_eq!(serde_json::to_string(&Patch::<String>::Clear)?, "null");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// The property is not sent, and stays as it is.
    #[default]
    Leave,
    /// The property gets this value.
    Set(T),
    /// The property is sent as `null`. Whether the platform takes that for a property is in the
    /// property's documentation; it refuses what it does not take.
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
            Self::Leave | Self::Clear => None,
        }
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Set(value)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // What is left is skipped by the struct that holds it.
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
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
        #[serde(skip_serializing_if = "Patch::is_leave")]
        limits: Patch<Vec<i64>>,
    }

    #[test]
    fn the_three_are_told_apart_on_the_wire() {
        for (body, text) in [
            (Body::default(), "{}"),
            (Body { name: Patch::Clear, ..Body::default() }, r#"{"name":null}"#),
            (
                Body { name: "x".to_owned().into(), limits: Vec::new().into() },
                r#"{"name":"x","limits":[]}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&body).unwrap(), text);
            assert_eq!(serde_json::from_str::<Body>(text).unwrap(), body);
        }
    }
}
