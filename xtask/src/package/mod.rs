//! `cargo xtask package`: the crates that are published, as a registry gets them. Each package has what
//! its users need, and builds from its own files against the packages of the others.

mod members;

use std::collections::BTreeSet;
use std::path::Path;
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
    let mut package = cargo(options);
    for member in members {
        package.args(["--package", &member.name]);
    }
    // A package has no profiles of its own. With those of the workspace, what is built of dependencies
    // for its other commands fits.
    package.env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    if !package.status()?.success() {
        return Ok(ExitCode::FAILURE);
    }
    let seconds = begun.elapsed().as_secs();
    for member in members {
        let name = format!("{}-{}.crate", member.name, member.version);
        let bytes = size(&workspace::target().join("package").join(&name))?;
        println!("{name}: {} kB", bytes / 1_000);
        if bytes > BYTES_MAX {
            println!("{name} is too large for a registry: {bytes} bytes, at most {BYTES_MAX}");
            return Ok(ExitCode::FAILURE);
        }
    }
    println!("{} packages build, in {seconds} s", members.len());
    Ok(ExitCode::SUCCESS)
}

fn size(file: &Path) -> Result<u64, Error> {
    Ok(std::fs::metadata(file).map_err(|e| format!("{}: {e}", file.display()))?.len())
}

fn cargo(options: &Options) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    // The folder is given, so that all packages share what is built of dependencies.
    cargo
        .args(["package", "--locked"])
        .args(options.allow_dirty.then_some("--allow-dirty"))
        .env("CARGO_TARGET_DIR", workspace::target())
        .current_dir(workspace::root());
    cargo
}
