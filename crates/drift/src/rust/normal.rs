//! A document as the generator sees it.

use std::collections::BTreeMap;

use synctera_codegen::passes::{self, Facts};
use synctera_codegen::{Document, Result, TypeRules};

use super::items;

/// A document as the generator sees it, beside what it was.
pub(crate) struct Normal {
    pub(super) document: Document,
    pub(super) facts: Facts,
    /// The type of each component.
    pub(super) types: BTreeMap<String, String>,
}

impl Normal {
    /// Brings a document into the generator's normal form.
    ///
    /// # Errors
    /// When the document holds something that no pass makes sense of.
    pub(crate) fn of(document: &Document, types: &TypeRules) -> Result<Self> {
        let mut normal = document.clone();
        let (facts, _) = passes::normalize(&mut normal, types)?;
        let components = normal.components("schemas").map(|(component, _)| component);
        let types = components.map(|name| (name.clone(), items::type_name(name))).collect();
        Ok(Self { document: normal, facts, types })
    }

    /// The type of a component.
    pub(super) fn type_of(&self, component: &str) -> String {
        self.types.get(component).cloned().unwrap_or_else(|| items::type_name(component))
    }
}
