//! What the guide shows of commands is what they print.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::path::Path;
use std::process::Command;

/// `SYNCTERA_GUIDE=write cargo test -p xtask --test guide` writes it.
#[test]
fn the_report_of_the_guide_is_what_drift_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .current_dir(root.join("xtask/tests/guide"))
        .args(["drift", "before.json", "after.json"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let shown = format!("$ cargo xtask drift before.json after.json\n{}\n", said.trim());
    let file = root.join("docs/guide/src/drift.txt");
    if std::env::var_os("SYNCTERA_GUIDE").is_some_and(|wish| wish == "write") {
        std::fs::write(&file, &shown).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap(), shown);
    assert!(shown.contains("create_payee"), "{shown}");
}
