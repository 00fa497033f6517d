//! Real documents of other services, which a package brings that the generator is built with: each
//! gives a client, or a sentence that says where it is that it cannot; compared with itself it has not
//! changed, and one change is reported alone. `SYNCTERA_REAL_DOCUMENTS` names a folder with others.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer")]
#![allow(clippy::print_stdout, reason = "the figures are shown")]

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use synctera_codegen::generate::{Companions, Selection, interface};
use synctera_codegen::{Document, Error, Families};
use synctera_drift::Report;

/// Larger ones take minutes in a debug build; they are compared, but no client is generated.
const GENERATED_MAX: usize = 300_000;

/// The documents of the folder that is named, or of the package.
fn documents() -> Vec<(String, String)> {
    let mut open =
        vec![std::env::var_os("SYNCTERA_REAL_DOCUMENTS").map_or_else(fixtures, PathBuf::from)];
    let mut all = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            all.push((path.file_name().unwrap().to_string_lossy().into_owned(), text));
        }
    }
    all.sort();
    all
}

/// Where cargo has the package with the documents.
fn fixtures() -> PathBuf {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--offline", "--locked"]);
    // What other platforms need is not there.
    cargo.args(["--filter-platform", &host()]);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "openapiv3").unwrap();
    PathBuf::from(package["manifest_path"].as_str().unwrap()).with_file_name("fixtures")
}

/// The platform that this runs on.
fn host() -> String {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().unwrap();
    let version = String::from_utf8(output.stdout).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

fn read(name: &str, text: &str) -> Result<Document, Error> {
    synctera_pin::distill(&synctera_pin::parse(name, text)?)
}

/// A sentence with a place, in one line.
fn check_reason(name: &str, error: &Error) {
    let reason = error.to_string();
    assert!(reason.contains("#/") && !reason.contains('\n'), "{name}: {reason}");
    assert!(!reason.contains("client generator"), "{name}: {reason}");
    println!("{name}: {reason}");
}

/// One more optional query parameter of the first operation.
fn changed(document: &Document) -> Document {
    let key = document.operations().into_iter().next().unwrap();
    let mut root = document.root().clone();
    let operation = root.pointer_mut(&key.pointer()).unwrap();
    let listed = operation["parameters"].as_array().cloned().unwrap_or_default();
    let more = json!({"name": "zz_new", "in": "query", "schema": {"type": "string"}});
    operation["parameters"] = listed.into_iter().chain([more]).collect();
    Document::from_value("changed.json", root).unwrap()
}

#[test]
fn real_documents_give_a_client_or_a_reason_and_hide_no_change() {
    let documents = documents();
    assert!(documents.len() >= 15, "{}", documents.len());
    let families = Families::default();
    let (mut compared, mut clients) = (0, 0);
    for (name, text) in &documents {
        if text.trim_start().starts_with("{\n  \"swagger\"")
            || text.contains("\"swagger\": \"2.0\"")
        {
            continue;
        }
        let document = match read(name, text) {
            Ok(document) => document,
            Err(error) => {
                check_reason(name, &error);
                continue;
            }
        };
        compared += 1;
        let report = Report::of(&document, &document, &families);
        assert!(report.changes.is_empty(), "{name}: {:?}", report.changes);
        let report = Report::of(&document, &changed(&document), &families);
        let rules: Vec<&str> = report.changes.iter().map(|change| change.rule).collect();
        assert_eq!(rules, ["optional-parameter-added"], "{name}");
        if text.len() > GENERATED_MAX {
            continue;
        }
        match interface(&document, &Companions::default(), "crate::v2", &Selection::All) {
            Ok(generated) => {
                assert_eq!(generated.operations.len(), document.operations().len(), "{name}");
                clients += 1;
            }
            Err(error) => check_reason(name, &error),
        }
    }
    println!("{} documents: {compared} compared, {clients} clients", documents.len());
    assert!(compared * 10 >= documents.len() * 8, "{compared}");
}
