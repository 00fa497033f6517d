//! The table of layers, `xtask/layers.toml`.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::workspace::Error;

/// The crates that are looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    #[serde(rename = "crate")]
    pub(crate) crates: Vec<Crate>,
}

/// A crate; without layers its cycles are counted only.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Crate {
    pub(crate) name: String,
    /// Its root file, from the repository's root.
    pub(crate) root: String,
    #[serde(default, rename = "layer")]
    pub(crate) layers: Vec<Layer>,
}

/// A module of the crate's root, with everything below it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Layer {
    pub(crate) name: String,
    /// The layers that it may import.
    pub(crate) imports: Vec<String>,
    /// Whether the modules directly below it must not import each other.
    #[serde(default)]
    pub(crate) families: bool,
    /// Whether JSON must not be indexed by a literal in it.
    #[serde(default)]
    pub(crate) typed: bool,
    /// Why it is where it is.
    pub(crate) reason: String,
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// When it is not TOML of this form, or a layer imports one that does not stand above it.
    pub(crate) fn read(text: &str) -> Result<Self, Error> {
        let table: Self = toml::from_str(text)?;
        for Crate { name, layers, .. } in &table.crates {
            let mut lower = BTreeSet::new();
            for layer in layers {
                if layer.reason.trim().is_empty() {
                    return Err(format!("{name}: the layer {} has no reason", layer.name).into());
                }
                if let Some(import) = layer.imports.iter().find(|it| !lower.contains(it.as_str())) {
                    let layer = &layer.name;
                    return Err(format!("{name}: {import} does not stand above {layer}").into());
                }
                if !lower.insert(layer.name.as_str()) {
                    return Err(format!("{name}: the layer {} stands twice", layer.name).into());
                }
            }
        }
        Ok(table)
    }
}

impl Crate {
    /// The layer of a module of the crate's root.
    pub(crate) fn layer(&self, module: &str) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.name == module)
    }
}
