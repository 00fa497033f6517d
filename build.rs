//! Generates the raw client from the pinned documents: `spec/` → `OUT_DIR`.
//!
//! Nothing is decided here; what happens between document and code is in the `synctera-codegen`
//! crate. `cargo xtask expand` writes the same files where an editor can open them.

use std::path::Path;

use synctera_codegen::generate::Selection;
use synctera_codegen::spec;

fn main() {
    println!("cargo::rerun-if-changed=spec");
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let result = spec::Spec::load(Path::new("spec")).and_then(|spec| {
        let mut files = spec.generate(&selection())?;
        if std::env::var_os("CARGO_FEATURE_SERVER").is_some() {
            files.extend(spec.described());
            files.push(spec.hidden_names());
        }
        Ok(files)
    });
    match result {
        Ok(files) => {
            for (name, text) in files {
                let path = Path::new(&out).join(&name);
                if let Err(error) = std::fs::write(&path, text) {
                    println!("cargo::error={}: {error}", path.display());
                }
            }
        }
        Err(error) => println!("cargo::error={error}"),
    }
}

/// Each family of operations is a feature of this crate.
fn selection() -> Selection {
    if std::env::var_os("CARGO_FEATURE_FULL").is_some() {
        return Selection::All;
    }
    let features = std::env::vars_os().filter_map(|(name, _)| {
        Some(name.to_str()?.strip_prefix("CARGO_FEATURE_")?.to_ascii_lowercase())
    });
    Selection::Families(features.collect())
}
