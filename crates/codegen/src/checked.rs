//! What makes a tree a document: checks of its version, its form and its references.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::Document;
use crate::error::{Error, Result};
use crate::references::{first_of, visit_refs};
use crate::{json, structure};

impl Document {
    /// Reads and checks a document of JSON; `name` is how errors call it.
    ///
    /// # Errors
    /// When the text is no document of OpenAPI 3.0, or something in it is not supported; the error
    /// names the place.
    pub fn parse(name: &str, text: &str) -> Result<Self> {
        Self::from_value(name, json::parse(name, text)?)
    }

    /// Checks a document that is already a JSON tree.
    ///
    /// # Errors
    /// As [`Document::parse`].
    pub fn from_value(name: &str, root: Value) -> Result<Self> {
        structure::check_depth(name, &root)?;
        let mut document = Self::unchecked(name, root);
        document.check_shape()?;
        structure::settle(&mut document)?;
        document.check()?;
        Ok(document)
    }

    /// Whether it still holds together, once it was changed.
    pub fn check(&self) -> Result<()> {
        self.check_shape()?;
        self.check_operations()?;
        self.check_references()?;
        structure::check_chains(self)
    }

    fn check_shape(&self) -> Result<()> {
        let refuse =
            |reason: String| Err(Error::NotThisApi { document: self.name().to_owned(), reason });
        match self.root().get("openapi").and_then(Value::as_str) {
            Some(version) if version == "3.0" || version.starts_with("3.0.") => {}
            Some(version) => {
                return refuse(format!(
                    "OpenAPI {version}: published documents are of 3.0 or 3.1, pinned ones of 3.0"
                ));
            }
            None if self.root().get("swagger").is_some() => {
                return refuse("Swagger 2: not a document of OpenAPI 3".to_owned());
            }
            None => return refuse("no `openapi` version: not a document of OpenAPI 3".to_owned()),
        }
        if self.version().is_empty() {
            return refuse("`info.version` is missing, or no text".to_owned());
        }
        if let Some((place, what)) = structure::misshapen(self.root()) {
            return refuse(format!("{place} must be {what}"));
        }
        Ok(())
    }

    fn check_operations(&self) -> Result<()> {
        if self.operations().is_empty() {
            return Err(Error::NotThisApi {
                document: self.name().to_owned(),
                reason: "#/paths describes no operation".to_owned(),
            });
        }
        Ok(())
    }

    fn check_references(&self) -> Result<()> {
        // Each once, and where it stands only when it leads nowhere: there are thousands.
        let mut references = BTreeSet::new();
        visit_refs(self.root(), &mut |reference| {
            references.insert(reference);
        });
        references.retain(|reference| self.resolve(reference).is_none());
        match first_of(self.root(), "#", &references) {
            Some((reference, place)) => Err(Error::UnresolvedReference {
                document: self.name().to_owned(),
                reference: reference.to_owned(),
                place,
            }),
            None => Ok(()),
        }
    }
}
