//! `cargo xtask layers`: do imports between the files of a crate point down only?
//!
//! The layers are in `xtask/layers.toml`. Every crate fails on files that import each other in a circle; one
//! with layers also on an import that points up, and on one between families. A layer that is `typed` fails
//! where JSON is indexed by a literal.

mod cycles;
mod imports;
mod indexes;
mod sources;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::workspace::{self, Error};
use imports::Imports;
use sources::Sources;
use table::{Crate, Table};

#[derive(Args)]
pub(crate) struct Options {
    /// The table of layers
    #[arg(long, default_value_os_t = workspace::root().join("xtask/layers.toml"))]
    table: PathBuf,
    /// The folder in which the table's crates are
    #[arg(long, default_value_os_t = workspace::root())]
    root: PathBuf,
    /// Print the imports between the files of a cycle
    #[arg(long)]
    verbose: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let table = Table::read(&workspace::read(&options.table)?)?;
    let mut is_good = true;
    for it in &table.crates {
        is_good &= check(it, options)?;
    }
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints what is wrong with a crate, and its figures; whether it may stay so.
fn check(it: &Crate, options: &Options) -> Result<bool, Error> {
    let sources = Sources::read(&options.root.join(&it.root))?;
    let imports = sources.imports();
    let short = |file: &Path| {
        let file = file.strip_prefix(&options.root).unwrap_or(file);
        file.display().to_string()
    };
    let has_layers = !it.layers.is_empty();
    let (mut upward, mut between) = (0, 0);
    for ((from, to), paths) in imports.iter().filter(|_| has_layers) {
        let Some(reason) = fault(it, &sources, from, to)? else {
            continue;
        };
        match reason {
            Fault::Upward => upward += 1,
            Fault::BetweenFamilies => between += 1,
        }
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        println!("{reason}: {} -> {} ({})", short(from), short(to), paths.join(", "));
    }
    let indexes = typed_indexes(it, &sources);
    for (file, index) in &indexes {
        println!("JSON indexed by a literal: {} ([{index}])", short(file));
    }
    let cycles = cycles::cycles(&imports);
    for cycle in &cycles {
        println!("cycle of {} files:", cycle.len());
        for file in cycle {
            println!("  {}", short(file));
        }
        if options.verbose {
            print_imports(&imports, |file| cycle.contains(file), short);
        }
    }
    let in_cycles: usize = cycles.iter().map(|cycle| cycle.len()).sum();
    print!(
        "{}: {} files, {} imports, {} cycles ({in_cycles} files)",
        it.name,
        sources.files().len(),
        imports.len(),
        cycles.len()
    );
    if has_layers {
        print!(", {upward} upward imports, {between} imports between families");
    }
    if it.layers.iter().any(|layer| layer.typed) {
        print!(", JSON indexed by a literal {} times", indexes.len());
    }
    println!();
    Ok((upward, between, cycles.len(), indexes.len()) == (0, 0, 0, 0))
}

/// Where something is indexed by a literal in layers in which that is not allowed.
fn typed_indexes<'a>(it: &Crate, sources: &'a Sources) -> Vec<(&'a Path, &'a str)> {
    let typed = sources.modules.iter().filter(|(path, _)| {
        path.first().and_then(|name| it.layer(name)).is_some_and(|layer| layer.typed)
    });
    let indexes = typed.flat_map(|(_, module)| {
        module.indexes.iter().map(|index| (module.file.as_path(), index.as_str()))
    });
    indexes.collect()
}

/// What is wrong with an import.
#[derive(Clone, Copy)]
enum Fault {
    Upward,
    BetweenFamilies,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Upward => "upward import",
            Self::BetweenFamilies => "import between families",
        })
    }
}

fn fault(it: &Crate, sources: &Sources, from: &Path, to: &Path) -> Result<Option<Fault>, Error> {
    // The root puts the layers together.
    let Some(from_module) = sources.top_module(from, 0) else {
        return Ok(None);
    };
    let Some(to_module) = sources.top_module(to, 0) else {
        return Ok(Some(Fault::Upward));
    };
    let Some(layer) = it.layer(from_module) else {
        return Err(format!("{}: the module {from_module} is in no layer", it.name).into());
    };
    if from_module != to_module {
        let is_allowed = layer.imports.iter().any(|name| name == to_module);
        return Ok((!is_allowed).then_some(Fault::Upward));
    }
    let (from, to) = (sources.top_module(from, 1), sources.top_module(to, 1));
    // A file of the layer itself, such as its `mod.rs`, belongs to no family.
    let are_families = layer.families && from.is_some() && to.is_some();
    Ok((are_families && from != to).then_some(Fault::BetweenFamilies))
}

fn print_imports(
    imports: &Imports,
    is_in: impl Fn(&Path) -> bool,
    short: impl Fn(&Path) -> String,
) {
    for ((from, to), paths) in imports.iter().filter(|((from, to), _)| is_in(from) && is_in(to)) {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        println!("    {} -> {} ({})", short(from), short(to), paths.join(", "));
    }
}
