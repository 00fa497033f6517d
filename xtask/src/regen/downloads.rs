//! `spec/downloads.toml`: what to ask a server by, so that it need not send what we have.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use synctera_pin::Provenance;

use crate::workspace::{self, Error};

const FILE: &str = "downloads.toml";
const HEADER: &str = "# Written by `cargo xtask regen`; do not edit.\n\n";

/// A document that was downloaded, and what the server called it by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Known {
    pub(crate) url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_modified: Option<String>,
    /// SHA-256 of its bytes.
    pub(crate) sha256: String,
    /// SHA-256 of the corrections that were applied to it.
    #[serde(default)]
    pub(crate) overlays: String,
}

/// All that are known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Downloads {
    #[serde(default, rename = "download")]
    all: Vec<Known>,
}

impl Downloads {
    pub(super) fn load(spec: &Path) -> Result<Self, Error> {
        let path = spec.join(FILE);
        if !path.exists() {
            return Ok(Self::default());
        }
        toml::from_str(&workspace::read(&path)?)
            .map_err(|e| format!("{}: {e}", path.display()).into())
    }

    /// What is known of an address, as long as what is pinned came from there with the corrections
    /// of today: otherwise the document is needed whatever the server says.
    pub(super) fn of(&self, url: &str, pinned: &Provenance, overlays: &str) -> Option<&Known> {
        self.all.iter().find(|known| {
            known.url == url
                && known.overlays == overlays
                && pinned.sources.iter().any(|source| source.sha256 == known.sha256)
        })
    }

    pub(super) fn note(&mut self, known: Known) {
        self.all.retain(|other| other.url != known.url);
        self.all.push(known);
        self.all.sort_by(|a, b| a.url.cmp(&b.url));
    }

    /// The file's name and text; none while nothing was ever downloaded.
    pub(super) fn file(&self) -> Result<Option<(&'static str, String)>, Error> {
        if self.all.is_empty() {
            return Ok(None);
        }
        Ok(Some((FILE, format!("{HEADER}{}", toml::to_string(self)?))))
    }
}

/// One digest for all corrections.
pub(super) fn overlays_digest(spec: &Path) -> Result<String, Error> {
    let mut all = BTreeMap::new();
    let folder = spec.join("overlay");
    for entry in std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry?.path();
        all.insert(path.file_name().map(ToOwned::to_owned), std::fs::read(&path)?);
    }
    let mut bytes = Vec::new();
    for (name, text) in all {
        bytes.extend(name.unwrap_or_default().as_encoded_bytes());
        bytes.extend(super::digest::digest(&text).as_bytes());
    }
    Ok(super::digest::digest(&bytes))
}

#[cfg(test)]
mod tests {
    use synctera_pin::Source;

    use super::*;

    #[test]
    fn what_is_known_counts_only_for_what_is_pinned_with_the_same_corrections() {
        let known = |sha256: &str| Known {
            url: "https://a.example/v2.json".to_owned(),
            etag: Some("e".to_owned()),
            sha256: sha256.to_owned(),
            overlays: "o".to_owned(),
            ..Known::default()
        };
        let mut downloads = Downloads::default();
        downloads.note(known("first"));
        downloads.note(known("second"));
        let pinned = |sha256: &str| Provenance {
            sources: vec![Source {
                pinned: "v2.json".to_owned(),
                name: "v2.json".to_owned(),
                version: "v2".to_owned(),
                sha256: sha256.to_owned(),
                paths: 1,
                operations: 1,
                schemas: 1,
                kept: 1,
            }],
            ..Provenance::default()
        };
        let url = "https://a.example/v2.json";
        assert_eq!(downloads.of(url, &pinned("second"), "o"), Some(&known("second")));
        assert_eq!(downloads.of(url, &pinned("first"), "o"), None, "the later one counts");
        assert_eq!(downloads.of(url, &pinned("second"), "other"), None);
        assert_eq!(downloads.of("https://b.example", &pinned("second"), "o"), None);
        let (_, text) = downloads.file().unwrap().unwrap();
        let read: Downloads = toml::from_str(&text).unwrap();
        assert_eq!(read, downloads);
    }
}
