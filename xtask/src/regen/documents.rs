//! Published documents → what the files of `spec/` should be.

use std::collections::BTreeSet;
use std::path::Path;

use synctera_codegen::{Document, OperationKey};
use synctera_pin::{Overlay, Provenance, Source};

use super::fetch::Published;
use super::files::Wanted;
use crate::workspace::{self, Error};

/// What the files of `spec/` should be, given the documents.
pub(super) fn wanted(spec: &Path, published: &[Published]) -> Result<Vec<Wanted>, Error> {
    let overlays = overlays(spec)?;
    let provenance = provenance(spec)?;
    let mut current = None;
    let mut legacy = Vec::new();
    for published in published {
        let text = String::from_utf8(published.bytes.clone())
            .map_err(|_| format!("{}: not UTF-8 text", published.name))?;
        let document = synctera_pin::parse(&published.name, &text)?;
        check_is_this_api(&document)?;
        if document.version().starts_with("v2") {
            if current.is_some() {
                return Err(format!(
                    "{}: a current (v2) document is given already",
                    published.name
                )
                .into());
            }
            current = Some((published, document));
        } else {
            synctera_pin::legacy_version(&document)?;
            legacy.push((published, document));
        }
    }
    legacy.sort_by_key(|(_, document)| {
        std::cmp::Reverse(synctera_pin::legacy_version(document).ok())
    });
    check_legacy_complete(&legacy, &provenance)?;

    let mut wanted = Vec::new();
    let mut next = Provenance::default();
    let operations = match &current {
        Some((published, document)) => {
            let pinned = synctera_pin::pin_current(document, &overlays)?;
            let operations = pinned.document.operations();
            next.sources.push(Source::describe(
                "v2.json",
                &published.name,
                &published.bytes,
                document,
                operations.len(),
            ));
            next.overlays.extend(pinned.overlays.clone());
            wanted.push(Wanted { name: "v2.json", text: pinned.to_text() });
            operations
        }
        None => {
            carry_over(&provenance, &mut next, "v2");
            pinned(spec, "v2.json")?.operations()
        }
    };
    if legacy.is_empty() {
        check_legacy_still_apart(spec, &operations)?;
        carry_over(&provenance, &mut next, "v0");
    } else {
        let documents: Vec<Document> =
            legacy.iter().map(|(_, document)| document.clone()).collect();
        check_restored(&overlays, &documents)?;
        let pinned = synctera_pin::pin_legacy(&documents, &operations, &overlays)?;
        for (published, document) in &legacy {
            next.sources.push(Source::describe(
                "v0.json",
                &published.name,
                &published.bytes,
                document,
                synctera_pin::kept_from(&pinned.document, document.version()),
            ));
        }
        next.overlays.extend(pinned.overlays.clone());
        wanted.push(Wanted { name: "v0.json", text: pinned.to_text() });
    }
    wanted.push(Wanted { name: "provenance.toml", text: next.to_text()? });
    Ok(wanted)
}

/// Refuses to overwrite our interface with somebody else's.
fn check_is_this_api(document: &Document) -> Result<(), Error> {
    let servers = document.root()["servers"].as_array();
    let ours = servers
        .into_iter()
        .flatten()
        .any(|server| server["url"].as_str().is_some_and(is_of_platform));
    if ours {
        Ok(())
    } else {
        Err(format!("{}: not a document of the Synctera API (no such server)", document.name())
            .into())
    }
}

/// Whether an address is one of the platform's hosts, wherever else its name may be written.
fn is_of_platform(url: &str) -> bool {
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.is_some_and(|host| host == "synctera.com" || host.ends_with(".synctera.com"))
}

/// The legacy file is made from several documents; a part of them cannot replace it.
fn check_legacy_complete(
    legacy: &[(&Published, Document)],
    provenance: &Provenance,
) -> Result<(), Error> {
    let known = provenance.sources.iter().filter(|s| s.pinned == "v0.json").count();
    if !legacy.is_empty() && legacy.len() < known {
        let versions: Vec<_> = provenance
            .sources
            .iter()
            .filter(|source| source.pinned == "v0.json")
            .map(|source| source.version.as_str())
            .collect();
        return Err(format!(
            "spec/v0.json is made from {known} documents ({}); pass --from for each of them",
            versions.join(", ")
        )
        .into());
    }
    Ok(())
}

/// An operation that moved into the current interface must leave the legacy one.
fn check_legacy_still_apart(spec: &Path, current: &BTreeSet<OperationKey>) -> Result<(), Error> {
    if !spec.join("v0.json").exists() {
        return Ok(());
    }
    let both: Vec<String> = pinned(spec, "v0.json")?
        .operations()
        .intersection(current)
        .map(ToString::to_string)
        .collect();
    if both.is_empty() {
        return Ok(());
    }
    Err(format!(
        "v2 now has {}, which spec/v0.json holds as legacy; pass --from for the v0 documents too",
        both.join(", ")
    )
    .into())
}

fn check_restored(overlays: &[Overlay], documents: &[Document]) -> Result<(), Error> {
    for document in documents {
        let older = synctera_pin::distill(document)?;
        let differences: Vec<String> =
            overlays.iter().flat_map(|overlay| overlay.check_restored(&older)).collect();
        if !differences.is_empty() {
            return Err(differences.join("\n").into());
        }
    }
    Ok(())
}

/// Keeps what is recorded about the interface that no document was given for.
fn carry_over(from: &Provenance, to: &mut Provenance, interface: &str) {
    let file = format!("{interface}.json");
    to.sources.extend(from.sources.iter().filter(|s| s.pinned == file).cloned());
    let prefix = format!("{interface}-");
    to.overlays.extend(from.overlays.iter().filter(|o| o.file.starts_with(&prefix)).cloned());
}

pub(super) fn pinned(spec: &Path, file: &str) -> Result<Document, Error> {
    let text = workspace::read(&spec.join(file))?;
    Ok(Document::parse(&format!("spec/{file}"), &text)?)
}

pub(super) fn provenance(spec: &Path) -> Result<Provenance, Error> {
    let path = spec.join("provenance.toml");
    if path.exists() {
        Ok(Provenance::parse(&workspace::read(&path)?)?)
    } else {
        Ok(Provenance::default())
    }
}

/// The overlays in the order of their names, which is the order in which they apply.
pub(crate) fn overlays(spec: &Path) -> Result<Vec<Overlay>, Error> {
    let folder = spec.join("overlay");
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            paths.push(path);
        }
    }
    paths.sort();
    let mut overlays = Vec::new();
    for path in paths {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        overlays.push(Overlay::parse(&name, &workspace::read(&path)?)?);
    }
    Ok(overlays)
}

#[cfg(test)]
mod tests {
    use super::is_of_platform;

    #[test]
    fn the_platform_is_known_by_its_host() {
        assert!(is_of_platform("https://api.synctera.com/v2"));
        for other in [
            "https://evil.example/?synctera.com/",
            "https://synctera.com.example/",
            "synctera.com/",
        ] {
            assert!(!is_of_platform(other), "{other}");
        }
    }
}
