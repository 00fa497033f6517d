//! From one published document to the next and back, on a copy of what is pinned: not a byte is left
//! behind.
//!
//! The documents are in `$SYNCTERA_DOCUMENTS`, or in `../shared/spec` beside the repository; where
//! they are not, this says so and passes.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "a test speaks to who runs it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The published documents of these versions, newest first.
fn documents(versions: &[&str]) -> Option<Vec<String>> {
    let folder = std::env::var_os("SYNCTERA_DOCUMENTS")
        .map_or_else(|| root().join("../shared/spec"), |named| root().join(named));
    let paths: Vec<PathBuf> =
        versions.iter().map(|v| folder.join(format!("synctera-v0-{v}.json"))).collect();
    if !paths.iter().all(|path| path.is_file()) {
        eprintln!("skipped: the published documents are not in {}", folder.display());
        return None;
    }
    Some(paths.into_iter().map(|path| path.to_str().unwrap().to_owned()).collect())
}

fn regen(spec: &Path, from: &[String]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("regen").arg("--spec").arg(spec);
    for from in from {
        command.args(["--from", from]);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // 1: it was taken, and a person has to decide on something, such as a name of the older interface.
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{text}{said}");
    assert!(text.contains("wrote spec/"), "{text}{said}");
    text
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).unwrap();
        }
    }
}

/// Every file below a folder.
fn tree(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.insert(path.clone(), std::fs::read(path).unwrap());
            }
        }
    }
    files
}

#[test]
fn the_repository_is_what_it_was_after_a_step_back_and_forth() {
    let (Some(now), Some(then)) =
        (documents(&["0.153.0", "0.20.0"]), documents(&["0.150.0", "0.20.0"]))
    else {
        return;
    };
    let scratch = tempfile::tempdir().unwrap();
    let (spec, snapshots) = (scratch.path().join("spec"), "tests/suite/snapshots/surface");
    copy(&root().join("spec"), &spec);
    copy(&root().join(snapshots), &scratch.path().join(snapshots));
    let before = tree(scratch.path());
    regen(&spec, &then);
    assert!(tree(scratch.path()) != before, "nothing was taken");
    regen(&spec, &now);
    assert!(tree(scratch.path()) == before);
}

#[test]
fn a_whole_interface_goes_from_0_150_to_0_153_and_back() {
    let (Some(new), Some(old)) = (documents(&["0.153.0"]), documents(&["0.150.0"])) else {
        return;
    };
    let scratch = tempfile::tempdir().unwrap();
    let spec = scratch.path().join("spec");
    copy(&root().join("spec"), &spec);
    // A current interface that has nothing, so that the whole of the older one is pinned, and no
    // corrections, which are made for what is left of it.
    std::fs::remove_dir_all(spec.join("overlay")).unwrap();
    std::fs::create_dir(spec.join("overlay")).unwrap();
    for file in ["v0.json", "provenance.toml"] {
        std::fs::remove_file(spec.join(file)).unwrap();
    }
    // There is none before the first step.
    let _none = std::fs::remove_file(spec.join("CHANGELOG.md"));
    let current = serde_json::json!({"openapi": "3.0.3", "info": {"version": "v2"},
        "servers": [{"url": "https://api.synctera.com/v2"}],
        "paths": {"/lamps": {"get": {"operationId": "list_lamps", "responses": {"204": {}}}}}});
    std::fs::write(spec.join("v2.json"), format!("{current:#}\n")).unwrap();
    regen(&spec, &old);
    let before = tree(scratch.path());
    let text = regen(&spec, &new);
    assert!(text.contains("2 changes: 0 wire, 0 rust, 0 behavioral, 2 additive"), "{text}");
    let log = std::fs::read_to_string(spec.join("CHANGELOG.md")).unwrap();
    assert!(log.contains("`enum-value-added` schemas/disclosure_type"), "{log}");
    regen(&spec, &old);
    assert!(tree(scratch.path()) == before);
}
