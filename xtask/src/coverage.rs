//! `cargo xtask coverage`: how much of the interface is generated, and how much the sandbox serves.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;
use synctera_codegen::Document;
use synctera_codegen::generate::Selection;
use synctera_codegen::spec::{INTERFACES, Spec};

use crate::older;
use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// A sandbox built beforehand; otherwise it is built now
    #[arg(long, value_name = "FILE")]
    sandbox: Option<PathBuf>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let spec = Spec::load(&workspace::spec())?;
    let served = served(options.sandbox.as_deref())?;
    let mut missing = Vec::new();
    for (interface, module) in INTERFACES {
        let generated = spec.generate_one(interface, module, &Selection::All)?;
        let in_spec = spec.interface(interface).operations().len();
        let methods = generated
            .operations
            .iter()
            .filter(|operation| {
                let has = ["(", "<"].iter().any(|after| {
                    generated.code.contains(&format!("pub fn {}{after}", operation.id))
                });
                if !has {
                    missing.push(format!("{interface} {}", operation.key));
                }
                has
            })
            .count();
        if methods < in_spec && missing.is_empty() {
            missing.push(format!("{interface}: {} operations", in_spec - methods));
        }
        let served = served.iter().filter(|of| of.interface == interface).count();
        println!("{interface} operations: {methods}/{in_spec}, served by the sandbox: {served}");
        let document = spec.interface(interface);
        let (asking, open) = spec.companions.types.sensitive_names(document);
        let discriminated = discriminated(document);
        let facts = &generated.facts;
        let dispatched = discriminated.iter().filter(|name| facts.unions.contains_key(**name));
        let pages = facts.operations.values().filter(|o| o.page_items.is_some()).count();
        println!(
            "{interface} unions by tag: {}/{}, enums open: {}/{}, sensitive names decided on: \
             {}/{asking}, operations that page: {pages}",
            dispatched.count(),
            discriminated.len(),
            generated.code.matches("open_enum!").count(),
            facts.enums.len(),
            asking - open.len()
        );
        missing.extend(open.iter().map(|name| format!("{interface} property {name}, undecided")));
    }
    older(&served)?;
    for operation in &missing {
        println!("missing: {operation}");
    }
    Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The schemas of a pinned document that a tag distinguishes.
fn discriminated(document: &Document) -> Vec<&str> {
    document
        .components("schemas")
        .filter(|(_, schema)| {
            schema.get("oneOf").is_some() && schema.get("discriminator").is_some()
        })
        .map(|(name, _)| name.as_str())
        .collect()
}

/// How many operations of each older document the sandbox serves. All are operations of a pinned
/// document; one that is not served answers 501 with its name, as it does there.
fn older(served: &[Served]) -> Result<(), Error> {
    let facts = older::checked_in()?;
    let mut unserved = BTreeMap::new();
    for version in &facts.documents {
        let (mut all, mut named) = (0, 0);
        for (key, fact) in facts.operations.iter().filter(|(_, of)| of.documents.contains(version))
        {
            all += 1;
            let (method, path) = key.split_once(' ').unwrap_or_default();
            let (interface, _) = fact.by.split_once(' ').unwrap_or_default();
            let shape = older::path_shape(path);
            let is_it = |of: &&Served| {
                of.interface == interface && of.method == method && of.shape == shape
            };
            if !served.iter().any(|of| is_it(&of)) {
                named += 1;
                unserved.insert(key, &fact.by);
            }
        }
        println!(
            "v0 {version} operations: {all}, served by the sandbox: {}, answered with their name \
             (501): {named}",
            all - named
        );
    }
    for (operation, by) in unserved {
        println!("not served: v0 {operation}: nor is {by}");
    }
    Ok(())
}

/// An operation that the sandbox serves.
struct Served {
    interface: String,
    method: String,
    /// Its path without the names of its parameters.
    shape: String,
}

/// The operations that the sandbox serves. Asked of the program, since this one must build while the
/// generated client does not.
fn served(sandbox: Option<&Path>) -> Result<Vec<Served>, Error> {
    let mut command = match sandbox {
        Some(program) => Command::new(std::fs::canonicalize(program)?),
        None => {
            let mut command = Command::new(env!("CARGO"));
            command.args(["run", "--quiet", "--package", "synctera-sandbox", "--"]);
            command
        }
    };
    let output = command.arg("--operations").current_dir(workspace::root()).output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the sandbox does not tell what it serves:\n{why}").into());
    }
    let operations = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            let (interface, _id) = (words.next()?, words.next()?);
            let (method, path) = (words.next()?, words.next()?);
            Some(Served {
                interface: interface.to_owned(),
                method: method.to_owned(),
                shape: older::path_shape(path),
            })
        })
        .collect();
    Ok(operations)
}
