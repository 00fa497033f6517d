//! `cargo xtask coverage`: how much of the interface is generated, and how much the sandbox serves.

use std::process::{Command, ExitCode};

use synctera_codegen::Document;
use synctera_codegen::generate::Selection;
use synctera_codegen::spec::{INTERFACES, Spec};

use crate::workspace::{self, Error};

pub(crate) fn run() -> Result<ExitCode, Error> {
    let spec = Spec::load(&workspace::spec())?;
    let served = served()?;
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
        let served = served.iter().filter(|of| of.as_str() == interface).count();
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
    for operation in &missing {
        println!("missing: {operation}");
    }
    Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The schemas of a pinned document that a tag tells apart.
fn discriminated(document: &Document) -> Vec<&str> {
    document
        .components("schemas")
        .filter(|(_, schema)| {
            schema.get("oneOf").is_some() && schema.get("discriminator").is_some()
        })
        .map(|(name, _)| name.as_str())
        .collect()
}

/// The interface of each operation that the sandbox serves. Asked of the program, since this one
/// must build while the generated client does not.
fn served() -> Result<Vec<String>, Error> {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--package", "synctera-sandbox", "--", "--operations"])
        .current_dir(workspace::root())
        .output()?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("the sandbox does not tell what it serves:\n{why}").into());
    }
    Ok(String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(interface, _)| interface.to_owned())
        .collect())
}
