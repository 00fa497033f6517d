//! Writes the client that progenitor alone makes of the operations that give the pages.

use std::path::Path;

use synctera_codegen::{generate, spec};

const OPERATIONS: [&str; 5] =
    ["listAccounts", "listCards", "listPersons", "listPostedTransactions", "listStatements"];

fn main() {
    println!("cargo::rerun-if-changed=../../spec/v2.json");
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let path = Path::new(&out).join("naive.rs");
    let result = spec::Spec::load(Path::new("../../spec"))
        .and_then(|spec| generate::naive(&spec.v2, &OPERATIONS));
    match result {
        Ok(code) => {
            if let Err(error) = std::fs::write(&path, code) {
                println!("cargo::error={}: {error}", path.display());
            }
        }
        Err(error) => println!("cargo::error={error}"),
    }
}
