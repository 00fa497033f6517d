//! Published document → pinned interface (`spec/v2.json`, `spec/v0.json`).
//!
//! Prose and vendor extensions go ([`prose`]), what has no order is sorted ([`canonical`]), the
//! reviewed overlays are applied ([`overlay`]), and of the older documents only the operations
//! that no newer one has are kept ([`layer`]). What came from where is recorded ([`provenance`]).
#![allow(rustdoc::private_intra_doc_links, reason = "its readers are those who change it")]

mod canonical;
mod layer;
mod openapi_31;
pub mod overlay;
mod prose;
pub mod provenance;
mod text;

use std::collections::BTreeSet;

use serde_json::{Value, json};

pub use overlay::Overlay;
pub use prose::prose_left;
pub use provenance::{Provenance, Source, Touched};
pub use text::{document, parse};

use synctera_codegen::described::TITLE;
use synctera_codegen::document::{Document, OperationKey};
use synctera_codegen::error::{Error, Result};

/// A pinned document and what its overlays touched.
#[derive(Clone, Debug)]
pub struct Pinned {
    /// The interface, canonical and without prose.
    pub document: Document,
    /// One entry for each overlay applied.
    pub overlays: Vec<Touched>,
}

impl Pinned {
    /// The text of the file in `spec/`.
    pub fn to_text(&self) -> String {
        synctera_codegen::json::to_text(self.document.root())
    }
}

/// The bare facts of a published document, in canonical form.
///
/// # Errors
/// When dropping prose breaks the document, which would be a defect of ours.
pub fn distill(published: &Document) -> Result<Document> {
    let mut root = published.root().clone();
    prose::strip(&mut root);
    if let Some(servers) = root.get_mut("servers").and_then(Value::as_array_mut) {
        servers.retain(|server| server.get("url").is_some());
    }
    // The version names the document. OpenAPI demands a title, too: the published one would be prose.
    root["info"] = json!({ "title": TITLE, "version": published.version() });
    canonical::canonicalize(&mut root);
    let mut document =
        Document::from_value(published.name(), root)?.with_notes(published.notes().iter().cloned());
    layer::drop_empty_paths(&mut document);
    Ok(document)
}

/// Pins the current interface.
///
/// # Errors
/// When an overlay no longer fits.
pub fn pin_current(published: &Document, overlays: &[Overlay]) -> Result<Pinned> {
    correct(distill(published)?, "v2", overlays)
}

/// What a published document would give if it were pinned, as far as the overlays still fit; and a
/// line for each correction that no longer does.
///
/// # Errors
/// As [`distill`].
pub fn preview(
    published: &Document,
    interface: &str,
    overlays: &[Overlay],
) -> Result<(Document, Vec<String>)> {
    let mut document = distill(published)?;
    let mut stale = Vec::new();
    for overlay in overlays.iter().filter(|overlay| overlay.extends == interface) {
        stale.extend(overlay.apply_what_fits(&mut document));
    }
    canonical::canonicalize(document.root_mut());
    Ok((document, stale))
}

/// Pins the legacy interface: from each document, newest first, what no newer one has.
///
/// # Errors
/// When the documents are given in the wrong order, contradict each other in a way that no rule
/// settles, or an overlay no longer fits.
pub fn pin_legacy(
    published: &[Document],
    current: &BTreeSet<OperationKey>,
    overlays: &[Overlay],
) -> Result<Pinned> {
    let mut known = current.clone();
    let mut pinned: Option<Document> = None;
    for (index, document) in published.iter().enumerate() {
        let version = legacy_version(document)?;
        if index > 0 && legacy_version(&published[index - 1])? <= version {
            return Err(Error::NotThisApi {
                document: document.name().to_owned(),
                reason: format!("version {version} is given twice or out of order"),
            });
        }
        let mut layer = distill(document)?;
        let all = layer.operations();
        layer::keep_only_older(&mut layer, &known);
        known.extend(all);
        match &mut pinned {
            None => pinned = Some(layer),
            Some(newer) => layer::lay_under(newer, layer)?,
        }
    }
    let mut document = pinned.ok_or_else(|| Error::NotThisApi {
        document: "v0".to_owned(),
        reason: "no document of the legacy interface was given".to_owned(),
    })?;
    canonical::canonicalize(document.root_mut());
    correct(document, "v0", overlays)
}

/// The version of a legacy document.
///
/// # Errors
/// [`Error::NotThisApi`] when it is not `0.<minor>.<patch>`.
pub fn legacy_version(document: &Document) -> Result<semver::Version> {
    semver::Version::parse(document.version()).ok().filter(|version| version.major == 0).ok_or_else(
        || Error::NotThisApi {
            document: document.name().to_owned(),
            reason: format!(
                "#/info/version is {:?}, but documents of this API have `v2` or `0.<minor>.<patch>`",
                document.version()
            ),
        },
    )
}

/// How many operations of each source a pinned legacy document holds.
pub fn kept_from(document: &Document, version: &str) -> usize {
    document
        .operations()
        .iter()
        .filter_map(|key| document.operation(key))
        .filter(|operation| operation[layer::SOURCE] == version)
        .count()
}

fn correct(mut document: Document, interface: &str, overlays: &[Overlay]) -> Result<Pinned> {
    let mut touched = Vec::new();
    for overlay in overlays.iter().filter(|overlay| overlay.extends == interface) {
        touched.push(Touched { file: overlay.file.clone(), places: overlay.apply(&mut document)? });
    }
    canonical::canonicalize(document.root_mut());
    Ok(Pinned { document, overlays: touched })
}

/// The text that a pinned document should have; equal to the file unless it was edited by hand.
pub fn canonical_text(document: &Document) -> String {
    let mut root = document.root().clone();
    canonical::canonicalize(&mut root);
    synctera_codegen::json::to_text(&root)
}
