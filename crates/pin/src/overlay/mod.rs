//! Reviewed corrections to a published document, in the form of an OpenAPI Overlay.
//!
//! Beyond the Overlay Specification's `update` and `remove` there are, all prefixed:
//! `x-synctera-replace` (put this value in the target's place; `update` can only add),
//! `x-synctera-restored-from` (the value was taken from an older document, where it can be checked),
//! and `x-synctera-names` (operations and schemas by their published and their proper names).

mod action;
mod names;

use serde::Deserialize;

use action::Action;
use names::Names;
use synctera_codegen::document::Document;
use synctera_codegen::error::{Error, Result};

/// One overlay file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// Name of the file, for errors and reports.
    #[serde(skip)]
    pub file: String,
    overlay: String,
    #[allow(dead_code, reason = "required by the Overlay Specification, read by people")]
    info: Info,
    /// The document it corrects: `v2` or `v0`.
    pub extends: String,
    #[serde(default)]
    actions: Vec<Action>,
    #[serde(default, rename = "x-synctera-names")]
    names: Names,
}

#[derive(Clone, Debug, Deserialize)]
#[allow(dead_code, reason = "required by the Overlay Specification, read by people")]
struct Info {
    title: String,
    version: String,
}

impl Overlay {
    /// Reads an overlay.
    ///
    /// # Errors
    /// [`Error::DataFile`] with the place, when the YAML or the form is wrong.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let mut overlay: Self =
            serde_saphyr::from_str(text).map_err(|e| Error::file(file, e.to_string()))?;
        overlay.file = file.to_owned();
        if !overlay.overlay.starts_with("1.") {
            return Err(Error::file(file, format!("overlay {} is not 1.x", overlay.overlay)));
        }
        overlay.actions.iter().try_for_each(|action| action.check(file))?;
        Ok(overlay)
    }

    /// Applies every action and name; returns how many places were touched.
    ///
    /// # Errors
    /// When an action or a name no longer finds its target: the document has moved on.
    pub(crate) fn apply(&self, document: &mut Document) -> Result<usize> {
        let mut places = 0;
        for action in &self.actions {
            places += action.act(&self.file, document.root_mut())?;
        }
        places += self.names.give_schemas(&self.file, document)?;
        places += self.names.give_operations(&self.file, document)?;
        // A correction must leave a document that still holds together.
        document
            .check()
            .map_err(|e| Error::file(&self.file, format!("after this overlay: {e}")))?;
        Ok(places)
    }

    /// Applies what still fits; returns a line for each action or name that no longer does.
    ///
    /// For looking at a document before it is taken: what is stale is a thing to report then.
    pub(crate) fn apply_what_fits(&self, document: &mut Document) -> Vec<String> {
        let mut whole = document.clone();
        if self.apply(&mut whole).is_ok() {
            *document = whole;
            return Vec::new();
        }
        let mut stale = self.act_where_it_fits(document);
        let names = self.names.fitting(&self.file, document, &mut stale);
        for named in
            [names.give_schemas(&self.file, document), names.give_operations(&self.file, document)]
        {
            stale.extend(named.err().map(|error| error.to_string()));
        }
        stale
    }

    /// What finds no target changes nothing; only what leaves references that lead nowhere is undone.
    fn act_where_it_fits(&self, document: &mut Document) -> Vec<String> {
        let before = document.root().clone();
        let act = |action: &Action| action.act(&self.file, document.root_mut()).err();
        let missed = self.actions.iter().filter_map(act).map(|e| e.to_string()).collect();
        if document.check().is_ok() {
            return missed;
        }
        // One of them is the culprit: step by step, to see which.
        *document.root_mut() = before;
        let mut stale = Vec::new();
        for action in &self.actions {
            let before = document.root().clone();
            let done = action.act(&self.file, document.root_mut()).and_then(|_| document.check());
            if let Err(error) = done {
                *document.root_mut() = before;
                stale.push(error.to_string());
            }
        }
        stale
    }

    /// Compares every value said to be restored with the document it was restored from.
    ///
    /// Returns one line for each that differs; `older` must be distilled. Only claims about that
    /// document (named by its version) are looked at.
    pub fn check_restored(&self, older: &Document) -> Vec<String> {
        let differs = |action: &Action| action.differs_from(&self.file, older);
        self.actions.iter().filter_map(differs).collect()
    }
}

#[cfg(test)]
mod tests;
