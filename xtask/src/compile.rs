//! `cargo xtask compile`: published documents, as they are, through the codegen and the compiler.
//!
//! A document that is not pinned yet has no overlay; whatever is in it must still give a client
//! that compiles. All of them go into one crate, which borrows the runtime and the dependencies of
//! the raw client.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use clap::Args;
use synctera_codegen::generate::{self, Companions, Selection};
use synctera_codegen::spec;

use crate::regen::fetch;
use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// A published document: a path or an https address; repeat it for several
    #[arg(long, value_name = "PATH|URL", required = true)]
    pub(crate) from: Vec<String>,
    /// Leave out the types, families and documentation of spec/, which are those of one interface
    #[arg(long)]
    pub(crate) without_companions: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let folder = workspace::root().join("target/compile-check");
    std::fs::create_dir_all(&folder)?;
    let companions = if options.without_companions {
        Companions::default()
    } else {
        spec::companions(&workspace::spec())?
    };
    let runtime_types = spec::companions(&workspace::spec())?.types;
    let runtime = workspace::root().join("generated/runtime/mod.rs");
    let mut modules = BTreeSet::new();
    let mut library =
        format!("#![allow(unexpected_cfgs)]\n#[path = {runtime:?}]\npub mod runtime;\n");
    write(&folder.join("ids.rs"), &generate::id_types(&runtime_types)?)?;
    for from in &options.from {
        let published = fetch::fetch(from)?;
        let text = String::from_utf8(published.bytes)
            .map_err(|_| format!("{}: not UTF-8 text", published.name))?;
        let document = synctera_pin::distill(&synctera_pin::parse(&published.name, &text)?)?;
        let version = module_name(document.version());
        let numbered = (2..).map(|number| format!("{version}_{number}"));
        let mut names = std::iter::once(version.clone()).chain(numbered);
        let module = names.find(|name| modules.insert(name.clone())).unwrap_or_default();
        let generated = generate::interface(
            &document,
            &companions,
            &format!("crate::{module}"),
            &Selection::All,
        )?;
        println!(
            "{}: {} operations, {} schemas, {} lines",
            published.name,
            generated.operations.len(),
            generated.schemas.len(),
            generated.code.lines().count()
        );
        for (place, reason) in &generated.facts.notes {
            println!("{}: {place}: {reason}", published.name);
        }
        write(&folder.join(format!("{module}.rs")), &generated.code)?;
        writeln!(library, "pub mod {module} {{ include!(\"{module}.rs\"); }}")?;
    }
    write(&folder.join("lib.rs"), &library)?;
    write(&folder.join("Cargo.toml"), &manifest()?)?;
    // The versions that the raw client is built with, not the newest ones.
    std::fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let status = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--target-dir"])
        .arg(workspace::root().join("target"))
        .current_dir(&folder)
        // Where the runtime looks for the id types.
        .env("OUT_DIR", &folder)
        .status()?;
    if status.success() {
        println!("{} documents, all compile", options.from.len());
        Ok(ExitCode::SUCCESS)
    } else {
        println!("the generated code in {} does not compile", folder.display());
        Ok(ExitCode::FAILURE)
    }
}

/// A module's name for a version such as `v0.153.0`.
fn module_name(version: &str) -> String {
    let mut name: String =
        version.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !name.starts_with('v') {
        name.insert(0, 'v');
    }
    name
}

/// The raw client's manifest as that of a workspace of its own, without what builds and tests it.
pub(crate) fn manifest() -> Result<String, Error> {
    let mut manifest: toml::Table =
        workspace::read(&workspace::root().join("Cargo.toml"))?.parse()?;
    for key in ["build-dependencies", "dev-dependencies", "lints", "lib", "features"] {
        manifest.remove(key);
    }
    if let Some(package) = manifest.get_mut("package").and_then(toml::Value::as_table_mut) {
        package.insert("name".into(), "compile-check".into());
        package.remove("build");
        package.insert("publish".into(), false.into());
    }
    manifest.insert("lib".into(), toml::toml! { path = "lib.rs" }.into());
    if let Some(table) = manifest.get_mut("workspace").and_then(toml::Value::as_table_mut) {
        for key in ["members", "default-members", "lints"] {
            table.remove(key);
        }
        workspace::with_absolute_paths(table);
    }
    Ok(toml::to_string(&manifest)?)
}

pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()).into())
}
