//! `cargo xtask drift <old> <new> --prove`: the compiler on what a report says of Rust.
//!
//! A program is written that uses every public item of the client of the old document: each method
//! with its arguments, each field and each constructor with its type, each struct that can be written
//! out, each variant. It is a crate of its own, as users' programs are. Its lines are parted by the
//! report: those that name something said to be broken, and all others. Against the client of the
//! new document the others still compile, all of them; and of each change that is said to break
//! programs, something that it touches does not.

mod lines;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use synctera_codegen::Document;
use synctera_codegen::generate::{self, Companions, Selection};
use synctera_drift::{Change, Report};

use crate::compile;
use crate::workspace::{self, Error};
use lines::{Line, lines};

/// The compiler stops at names that it cannot find; what else is wrong it reports in the next round.
const ROUNDS_MAX: usize = 6;

/// Proves a report, and says what came of it.
pub(crate) fn prove(
    old: &Document,
    new: &Document,
    companions: &Companions,
    report: &Report,
) -> Result<ExitCode, Error> {
    let [before, after] = [old, new].map(|document| {
        generate::interface(document, companions, "crate::client", &Selection::All)
    });
    let (before, after) = (before?, after?);
    let project = Project::begin(&generate::id_types(&companions.types)?)?;
    let all = lines(&before.code)?;
    // The methods of another family are there all the same when every feature is on, as here.
    let breaking: Vec<&Change> = report
        .changes
        .iter()
        .filter(|change| change.breaks_rust && change.rule != "operation-family-changed")
        .collect();
    project.client(&before.code)?;
    let wrong = project.refused_in_all_rounds(&all)?;
    for index in &wrong {
        println!("left out, not fit to be used like this: {}", all[*index].text);
    }
    let fit = all.iter().enumerate().filter(|(index, _)| !wrong.contains(index));
    let (touched, left): (Vec<Line>, Vec<Line>) = fit
        .map(|(_, line)| line.clone())
        .partition(|line| breaking.iter().any(|change| line.is_touched_by(change)));
    println!(
        "{} uses of the old client compile against it; {} touch one of {} changes that break programs",
        touched.len() + left.len(),
        touched.len(),
        breaking.len()
    );

    project.client(&after.code)?;
    let unforeseen = project.refused_in_all_rounds(&left)?;
    for index in &unforeseen {
        println!("not foreseen: {}", left[*index].text);
    }
    println!(
        "against the new client: {} of the {} uses that are said to be unaffected compile",
        left.len() - unforeseen.len(),
        left.len()
    );

    let refused = project.refused_in_all_rounds(&touched)?;
    println!("and {} of the {} that are touched are refused", refused.len(), touched.len());

    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut silent = Vec::new();
    for change in &breaking {
        let mut uses = (0..touched.len()).filter(|index| touched[*index].is_touched_by(change));
        let (any, stops) = uses
            .by_ref()
            .fold((false, false), |(_, stops), index| (true, stops || refused.contains(&index)));
        let what = match (any, stops) {
            (true, true) => "stop a program",
            (true, false) => {
                silent.push(*change);
                "stop none"
            }
            (false, _) => "touch nothing that could be used before",
        };
        *counts.entry(what).or_default() += 1;
    }
    for (what, count) in counts {
        println!("{count} changes {what}");
    }
    for change in &silent {
        println!("stops no program: {} {}", change.rule, change.location);
    }
    let proven = unforeseen.is_empty() && silent.is_empty();
    Ok(if proven { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A crate with a generated client and a program that uses it.
struct Project {
    folder: PathBuf,
}

impl Project {
    fn begin(ids: &str) -> Result<Self, Error> {
        let folder = workspace::root().join("target/drift-proof");
        std::fs::create_dir_all(&folder)?;
        let runtime = workspace::root().join("generated/runtime/mod.rs");
        let library = format!(
            "#[path = {runtime:?}]\npub mod runtime;\npub mod client {{ include!(\"client.rs\"); }}\n"
        );
        compile::write(&folder.join("ids.rs"), ids)?;
        compile::write(&folder.join("lib.rs"), &library)?;
        let mut manifest = compile::manifest()?.replace("compile-check", "drift-proof");
        manifest.push_str("\n[[bin]]\nname = \"program\"\npath = \"program.rs\"\n");
        compile::write(&folder.join("Cargo.toml"), &manifest)?;
        std::fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Self { folder })
    }

    fn client(&self, code: &str) -> Result<(), Error> {
        compile::write(&self.folder.join("client.rs"), code)
    }

    /// The lines of a program that are refused, each taken out until the rest compiles.
    fn refused_in_all_rounds(&self, program: &[Line]) -> Result<BTreeSet<usize>, Error> {
        let mut refused = BTreeSet::new();
        let mut open: Vec<usize> = (0..program.len()).collect();
        for _ in 0..ROUNDS_MAX {
            let round: Vec<Line> = open.iter().map(|index| program[*index].clone()).collect();
            let failed: BTreeSet<usize> =
                self.refused(&round)?.into_iter().map(|index| open[index]).collect();
            if failed.is_empty() {
                return Ok(refused);
            }
            open.retain(|index| !failed.contains(index));
            refused.extend(failed);
        }
        Err(format!("after {ROUNDS_MAX} rounds there is still something to refuse").into())
    }

    /// The lines of a program that the compiler refuses.
    fn refused(&self, program: &[Line]) -> Result<BTreeSet<usize>, Error> {
        const HEAD: [&str; 3] = [
            "#![allow(warnings)]",
            "use drift_proof::{client, client::{Client, types, types::*}, runtime};",
            "fn main() {}",
        ];
        let mut text = HEAD.join("\n");
        for line in program {
            text.push('\n');
            text.push_str(&line.text);
        }
        compile::write(&self.folder.join("program.rs"), &text)?;
        let output = Command::new(env!("CARGO"))
            .args(["check", "--quiet", "--message-format=short", "--target-dir"])
            .arg(workspace::root().join("target"))
            .current_dir(&self.folder)
            .env("OUT_DIR", &self.folder)
            .env("CARGO_TERM_COLOR", "never")
            .output()?;
        if output.status.success() {
            return Ok(BTreeSet::new());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let mut failed = BTreeSet::new();
        for message in said.lines().filter(|line| line.contains(": error")) {
            let line = message
                .split_once("program.rs:")
                .and_then(|(_, rest)| rest.split(':').next()?.parse::<usize>().ok())
                .ok_or_else(|| format!("not about the program: {message}"))?;
            failed.insert(line.saturating_sub(HEAD.len() + 1));
        }
        if failed.is_empty() {
            return Err(format!("{}: the compiler failed:\n{said}", path(&self.folder)).into());
        }
        Ok(failed)
    }
}

fn path(folder: &Path) -> String {
    folder.display().to_string()
}
