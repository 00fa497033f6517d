//! What the compiler needs for our raw client, and for a naive one.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use synctera_codegen::generate::{self, Selection};
use synctera_codegen::spec::Spec;

use super::measure::{folder, median, timed, write};
use super::row::{Aim, Row};
use crate::workspace::{self, Error};

const OURS: &str = "bench-ours";
const NAIVE: &str = "bench-naive";

/// What is compiled, what the raw client's choice of operations is, and the aim.
const SIDES: [(&str, &str, Option<f64>); 3] =
    [("naive", NAIVE, None), ("full", OURS, Some(0.5)), ("default", OURS, Some(0.2))];
const WAYS: [(&str, &str); 2] = [("cargo check", "check"), ("debug build", "build")];

/// What the code of the naive client names.
const NAIVE_DEPENDENCIES: [&str; 8] = [
    "bytes",
    "chrono",
    "futures-core",
    "progenitor-client",
    "regress",
    "serde",
    "serde_json",
    "uuid",
];

pub(super) fn rows(runs: usize) -> Result<Vec<Row>, Error> {
    let folder = folder()?;
    let lines = write_crates(&folder)?;
    let mut times = [const { [const { Vec::new() }; WAYS.len()] }; SIDES.len()];
    for round in 0..=runs {
        for ((side, package, _), times) in SIDES.iter().zip(&mut times) {
            for ((_, way), times) in WAYS.iter().zip(times) {
                let took = compile(&folder, side, package, way)?;
                // The first round builds what they depend on.
                if round > 0 {
                    times.push(took);
                }
            }
        }
    }
    let medians = times.map(|ways| ways.map(|mut times| median(&mut times).unwrap_or_default()));
    let [naive, ours @ ..] = &medians;
    let mut rows = Vec::new();
    for ((side, _, aim), (ours, lines_of)) in SIDES[1..].iter().zip(ours.iter().zip(&lines[1..])) {
        for (((way, _), ours), naive) in WAYS.iter().zip(ours).zip(naive) {
            let show = |time: &Duration| format!("{:.2} s", time.as_secs_f64());
            rows.push(Row {
                ours: show(ours),
                theirs: show(naive),
                ratio: ours.as_secs_f64() / naive.as_secs_f64(),
                aim: aim.map_or(Aim::None, Aim::AtMost),
                ..row(side, way)
            });
        }
        rows.push(Row {
            ours: lines_of.to_string(),
            theirs: lines[0].to_string(),
            ratio: *lines_of as f64 / lines[0] as f64,
            ..row(side, "lines of code")
        });
    }
    Ok(rows)
}

fn row(side: &str, what: &str) -> Row {
    Row {
        bench: "compile",
        case: format!("{side}, {what}"),
        peer: "naive progenitor",
        ours: String::new(),
        theirs: String::new(),
        ratio: 0.0,
        aim: Aim::None,
    }
}

/// Compiles one crate from scratch, and nothing else but what it lacks.
fn compile(folder: &Path, side: &str, package: &str, way: &str) -> Result<Duration, Error> {
    let cargo = |verb: &str| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args([verb, "--quiet", "--package", package, "--target-dir"])
            .arg(folder.join("build"))
            .current_dir(folder)
            .env("CARGO_INCREMENTAL", "0")
            // Where our crate looks for what is generated.
            .env("OUT_DIR", folder.join(side));
        cargo
    };
    let mut clean = cargo("clean");
    if package == OURS {
        // The hand-written half of the raw client.
        clean.args(["--package", "synctera-runtime"]);
    }
    timed(&mut clean)?;
    let mut cargo = cargo(way);
    if side == "full" {
        cargo.args(["--features", "full"]);
    }
    timed(&mut cargo)
}

/// Writes a workspace of both crates, and counts the lines of each side.
fn write_crates(folder: &Path) -> Result<[usize; SIDES.len()], Error> {
    let spec = Spec::load(&workspace::spec())?;
    let root: toml::Table = workspace::read(&workspace::root().join("Cargo.toml"))?.parse()?;
    let (ours, naive) = (folder.join(OURS), folder.join("naive"));
    for folder in [&ours, &naive, &folder.join("full"), &folder.join("default")] {
        std::fs::create_dir_all(folder)?;
    }
    let code = generate::naive(&spec.v2, &[])?;
    write(&naive.join("lib.rs"), &code)?;
    let mut lines = [code.lines().count(), 0, 0];
    let by_hand = lines_below(&workspace::root().join("generated"))?
        + lines_below(&workspace::root().join("crates/runtime/src"))?;
    let choices = [("full", Selection::All), ("default", default_families(&root))];
    for (lines, (side, selection)) in lines[1..].iter_mut().zip(choices) {
        *lines = by_hand;
        for (name, text) in spec.generate(&selection)? {
            *lines += text.lines().count();
            write(&folder.join(side).join(name), &text)?;
        }
    }
    let (manifest, workspace_table) = our_manifest(root)?;
    write(&ours.join("Cargo.toml"), &manifest)?;
    write(&naive.join("Cargo.toml"), &naive_manifest())?;
    write(&folder.join("Cargo.toml"), &workspace_table)?;
    // The versions that the raw client is built with, not the newest ones.
    std::fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(lines)
}

/// The raw client's manifest without what builds and tests it, and a workspace around it.
fn our_manifest(mut root: toml::Table) -> Result<(String, String), Error> {
    let mut outer = toml::Table::new();
    if let Some(toml::Value::Table(mut table)) = root.remove("workspace") {
        for key in ["default-members", "lints"] {
            table.remove(key);
        }
        workspace::with_absolute_paths(&mut table);
        table.insert("members".to_owned(), vec![OURS, "naive"].into());
        outer.insert("workspace".to_owned(), table.into());
    }
    // Neither our profiles: both are compiled as cargo does by default.
    for key in ["build-dependencies", "dev-dependencies", "lints", "profile"] {
        root.remove(key);
    }
    if let Some(package) = root.get_mut("package").and_then(toml::Value::as_table_mut) {
        package.insert("name".to_owned(), OURS.into());
        package.insert("publish".to_owned(), false.into());
        package.remove("build");
    }
    let path = workspace::root().join("generated/lib.rs").display().to_string();
    root.insert(
        "lib".to_owned(),
        toml::Table::from_iter([("path".to_owned(), path.into())]).into(),
    );
    Ok((toml::to_string(&root)?, toml::to_string(&outer)?))
}

fn naive_manifest() -> String {
    let mut manifest = format!(
        "[package]\nname = \"{NAIVE}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [lib]\npath = \"lib.rs\"\n\n[dependencies]\n\
         reqwest = {{ workspace = true, features = [\"json\", \"stream\"] }}\n"
    );
    for name in NAIVE_DEPENDENCIES {
        manifest.push_str(&format!("{name}.workspace = true\n"));
    }
    manifest
}

/// What the raw client's default features choose.
fn default_families(root: &toml::Table) -> Selection {
    let features = root.get("features").and_then(|features| features.get("default"));
    let families = features.and_then(toml::Value::as_array).into_iter().flatten();
    Selection::Families(families.filter_map(|family| Some(family.as_str()?.to_owned())).collect())
}

/// The lines of all files of Rust in a folder.
fn lines_below(folder: &Path) -> Result<usize, Error> {
    let mut lines = 0;
    for entry in std::fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            lines += lines_below(&path)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            lines += workspace::read(&path)?.lines().count();
        }
    }
    Ok(lines)
}
