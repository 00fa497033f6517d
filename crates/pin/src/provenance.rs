//! `spec/provenance.toml`: what the pinned interface was made from.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use synctera_codegen::document::Document;
use synctera_codegen::error::{Error, Result};

/// Where the pinned interface comes from, and what the corrections touched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The published documents, newest first.
    #[serde(default, rename = "source")]
    pub sources: Vec<Source>,
    /// The overlays, and how many places each of them touched.
    #[serde(default, rename = "overlay")]
    pub overlays: Vec<Touched>,
}

/// One published document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The file below `spec/` that it went into.
    pub pinned: String,
    /// Its name as published.
    pub name: String,
    /// Its `info.version`.
    pub version: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Paths it lists, empty ones included.
    pub paths: usize,
    /// Operations it describes.
    pub operations: usize,
    /// Schemas among its components.
    pub schemas: usize,
    /// Operations kept in the pinned file.
    pub kept: usize,
}

/// How far one overlay reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Touched {
    /// File below `spec/overlay/`.
    pub file: String,
    /// Places it touched.
    pub places: usize,
}

const HEADER: &str = "# Written by `cargo xtask regen`; do not edit.\n\n";

impl Provenance {
    /// Reads the file's text.
    ///
    /// # Errors
    /// [`Error::DataFile`] when it is not what `regen` writes.
    pub fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|e| Error::file("provenance.toml", e.to_string()))
    }

    /// The file's text.
    ///
    /// # Errors
    /// [`Error::DataFile`] when it cannot be written as TOML.
    pub fn to_text(&self) -> Result<String> {
        let body =
            toml::to_string(self).map_err(|e| Error::file("provenance.toml", e.to_string()))?;
        Ok(format!("{HEADER}{body}"))
    }
}

impl Source {
    /// Describes a published document by its bytes and contents.
    pub fn describe(
        pinned: &str,
        name: &str,
        bytes: &[u8],
        document: &Document,
        kept: usize,
    ) -> Self {
        Self {
            pinned: pinned.to_owned(),
            name: name.to_owned(),
            version: document.version().to_owned(),
            sha256: hex::encode(Sha256::digest(bytes)),
            paths: document.root()["paths"].as_object().map_or(0, serde_json::Map::len),
            operations: document.operations().len(),
            schemas: document.components("schemas").count(),
            kept,
        }
    }
}
