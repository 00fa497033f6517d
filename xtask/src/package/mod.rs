//! `cargo xtask package`: the crates that are published, as a registry gets them. Each package has what
//! its users need, and builds from its own files against the packages of the others.

mod members;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::Args;

use crate::running;
use crate::workspace::{self, Error};
use members::Member;

/// What the package of each crate has, beside its README.
const FILES: [&str; 3] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT"];
/// A registry refuses packages over ten megabytes.
const BYTES_MAX: u64 = 10_000_000;

#[derive(Args)]
pub(crate) struct Options {
    /// Check what the packages say and hold, and do not build them
    #[arg(long)]
    no_build: bool,
    /// Package files that are not committed, too
    #[arg(long)]
    allow_dirty: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let members = members::published()?;
    let mut faults = members::faults(&members);
    for member in &members {
        let files = files(member, options)?;
        let wanted = FILES.into_iter().chain([member.packaged_readme()]);
        let missing = wanted.filter(|file| !files.contains(*file));
        faults.extend(missing.map(|file| format!("{}: its package has no {file}", member.name)));
        println!("{:<24} {:>5} files", member.name, files.len());
    }
    for fault in &faults {
        println!("{fault}");
    }
    if !faults.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    if options.no_build {
        return Ok(ExitCode::SUCCESS);
    }
    build(&members, options)
}

/// The files of a package.
fn files(member: &Member, options: &Options) -> Result<BTreeSet<String>, Error> {
    let mut list = cargo(options);
    list.args(["--list", "--quiet", "--package", &member.name]);
    Ok(running::output(&mut list)?.lines().map(|file| file.replace('\\', "/")).collect())
}

/// Packages all crates and builds each from its package, in the order in which they are published.
fn build(members: &[Member], options: &Options) -> Result<ExitCode, Error> {
    let begun = Instant::now();
    forget_earlier(members)?;
    let mut package = cargo(options);
    for member in members {
        package.args(["--package", &member.name]);
    }
    if !package.status()?.success() {
        return Ok(ExitCode::FAILURE);
    }
    let seconds = begun.elapsed().as_secs();
    for member in members {
        let name = format!("{}-{}.crate", member.name, member.version);
        let bytes = size(&target().join("package").join(&name))?;
        println!("{name}: {} kB", bytes / 1_000);
        if bytes > BYTES_MAX {
            println!("{name} is too large for a registry: {bytes} bytes, at most {BYTES_MAX}");
            return Ok(ExitCode::FAILURE);
        }
    }
    println!("{} packages build, in {seconds} s", members.len());
    Ok(ExitCode::SUCCESS)
}

/// Where packages are made and built: all share what is built of their dependencies.
fn target() -> PathBuf {
    workspace::target().join("packages")
}

/// Removes what cargo keeps of earlier packages of the same version: it takes those of a registry for ones
/// that never change, and would build the earlier sources.
fn forget_earlier(members: &[Member]) -> Result<(), Error> {
    let home = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cargo"),
    };
    let unpacked = entries(&home.join("registry/src"))?;
    let archives = entries(&home.join("registry/cache"))?;
    for member in members {
        let name = format!("{}-{}", member.name, member.version);
        for folder in unpacked.iter().map(|registry| registry.join(&name)) {
            if folder.is_dir() {
                std::fs::remove_dir_all(folder)?;
            }
        }
        for file in archives.iter().map(|registry| registry.join(format!("{name}.crate"))) {
            if file.is_file() {
                std::fs::remove_file(file)?;
            }
        }
    }
    for built in entries(&target().join("debug/.fingerprint"))? {
        let name = built.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if members.iter().any(|member| name.starts_with(&format!("{}-", member.name))) {
            std::fs::remove_dir_all(built)?;
        }
    }
    Ok(())
}

/// What is in a folder, if there is one.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    entries.collect()
}

fn size(file: &Path) -> Result<u64, Error> {
    Ok(std::fs::metadata(file).map_err(|e| format!("{}: {e}", file.display()))?.len())
}

fn cargo(options: &Options) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["package", "--locked"])
        .args(options.allow_dirty.then_some("--allow-dirty"))
        .env("CARGO_TARGET_DIR", target())
        .current_dir(workspace::root());
    cargo
}
