//! `spec/families.toml`: which family an operation belongs to, by its tag.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, Result};

/// Tag → family.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Families {
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

impl Families {
    /// Reads the table.
    ///
    /// # Errors
    /// [`Error::DataFile`] when it is malformed.
    pub fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|e| Error::file("families.toml", e.to_string()))
    }

    /// Whether the table has a tag.
    pub fn has_tag(&self, tag: &str) -> bool {
        self.tags.contains_key(tag)
    }

    /// The family of an operation: that of its first tag, or the tag itself as a name.
    pub fn of(&self, operation: &Value) -> String {
        self.of_tag(operation["tags"][0].as_str().unwrap_or("other"))
    }

    /// The family of a tag.
    pub fn of_tag(&self, tag: &str) -> String {
        let derived = || heck::ToSnakeCase::to_snake_case(tag.split('(').next().unwrap_or(tag));
        self.tags.get(tag).cloned().unwrap_or_else(derived)
    }
}
