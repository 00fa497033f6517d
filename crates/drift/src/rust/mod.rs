//! What a document becomes in Rust, as far as names go.
//!
//! The generator's own passes say what a type is called; nothing is generated for it, so that a
//! report takes no longer than it has to.

mod items;
mod names;
mod renames;
mod surface;
mod told;

use std::collections::BTreeMap;

use synctera_codegen::passes::{self, Facts};
use synctera_codegen::{Document, Result, TypeRules};

use names::Names;
use renames::renames;

/// A document as the generator sees it, beside what it was.
pub(crate) struct Normal {
    document: Document,
    facts: Facts,
    /// The type of each component.
    types: BTreeMap<String, String>,
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
    fn type_of(&self, component: &str) -> String {
        self.types.get(component).cloned().unwrap_or_else(|| items::type_name(component))
    }
}

/// The struct that holds an operation's filters.
pub(crate) fn filters_of(method: &str) -> String {
    items::query_name(method)
}

/// The field of a property.
pub(crate) fn field_of(property: &str) -> String {
    items::field_name(property)
}
