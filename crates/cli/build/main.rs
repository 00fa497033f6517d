//! The table of commands, made of the pinned documents. What an operation takes is a text of its own, so
//! that the program parses the text of one command only.

#![allow(clippy::print_stdout, reason = "cargo reads what a build script prints")]

mod body;
mod document;
mod example;
mod flag;
mod kind;
mod operation;
mod samples;

use std::fmt::Write as _;
use std::path::Path;

use document::Document;

fn main() {
    println!("cargo::rerun-if-changed=build");
    let documents =
        [("v2", synctera_api::spec::V2_DESCRIBED), ("v0", synctera_api::spec::V0_DESCRIBED)];
    match table(&documents) {
        Ok(text) => {
            let out = std::env::var_os("OUT_DIR").unwrap_or_default();
            let path = Path::new(&out).join("commands.rs");
            if let Err(error) = std::fs::write(&path, text) {
                println!("cargo::error={}: {error}", path.display());
            }
        }
        Err(error) => println!("cargo::error={error}"),
    }
}

/// A list of rows, in the order of the names of operations.
fn table(documents: &[(&str, &str)]) -> Result<String, String> {
    let mut rows = Vec::new();
    for (version, text) in documents {
        let root = serde_json::from_str(text).map_err(|e| format!("{version}: {e}"))?;
        let document = Document { root: &root };
        for operation in document.operations() {
            let id = document::id(operation.definition);
            let detail = operation::detail(&document, &operation, &id);
            let about = operation.definition["summary"].as_str().unwrap_or_default();
            rows.push((id, *version, about.trim_end_matches('.').to_owned(), detail.to_string()));
        }
    }
    rows.sort();
    if let Some(pair) = rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(format!("two interfaces have an operation {}", pair[0].0));
    }
    let mut text = "&[\n".to_owned();
    for (id, version, about, detail) in rows {
        let _ = writeln!(
            text,
            "Row {{ id: {id:?}, version: {version:?}, about: {about:?}, detail: {detail:?} }},"
        );
    }
    text.push(']');
    Ok(text)
}
