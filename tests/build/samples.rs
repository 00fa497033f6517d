//! Takes the samples of README and rustdoc that run something under a key out of the documents, as
//! modules that a test runs: see `suite/samples.rs`.
//!
//! A sample stays as it is written but for what it talks to: its sandbox and its client are those of
//! the test. What comes before its first visible statement is its set-up.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use quote::ToTokens;
use syn::{Expr, File, FnArg, Item, ItemFn, Stmt, Type};

/// The documents, and the folders whose rustdoc is read.
pub(crate) const SOURCES: &[&str] = &[
    "../README.md",
    "../crates/sandbox/README.md",
    "../facade/src",
    "../crates/sandbox/src",
    "../generated",
    "../crates/runtime/src",
];

/// Samples that cannot be run, by their name, and why.
const NOT_RUN: &[(&str, &str)] = &[];

/// What gives a run or a call a key.
const KEYED: [&str; 3] = [".key(", ".idempotency_key(", "_many("];

/// What the build script puts where the set-up ends.
const MARK: &str = "set_up_is_done";

/// A block of code in a document, line by line.
struct Sample {
    /// Where it is from, as the name of a module.
    name: String,
    lines: Vec<String>,
}

/// Writes all samples, with a test for each.
pub(crate) fn write() -> Result<String, String> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(Path::new(source), &mut files).map_err(|error| format!("{source}: {error}"))?;
    }
    files.sort();
    let mut samples = Vec::new();
    for file in files {
        let documents = documents(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let blocks = documents.iter().flat_map(|document| blocks(document));
        let keyed = blocks.filter(|lines| keyed_lines(lines) > 0).enumerate();
        let stem = file.strip_prefix("..").unwrap_or(&file).with_extension("");
        let stem = stem.to_string_lossy().replace(['/', '.', '-'], "_").to_lowercase();
        samples.extend(keyed.map(|(at, lines)| Sample { name: format!("{stem}_{at}"), lines }));
    }
    if let Some((name, _)) =
        NOT_RUN.iter().find(|(name, _)| samples.iter().all(|sample| sample.name != *name))
    {
        return Err(format!("there is no sample {name}, which is not to be run"));
    }
    let (mut modules, mut table) = (String::new(), String::new());
    for sample in &samples {
        let Sample { name, lines } = sample;
        let not_run = NOT_RUN.iter().find(|(known, _)| known == name).map(|(_, why)| why);
        if not_run.is_none() {
            let code = module(lines).ok_or_else(|| {
                format!("{name} is no asynchronous function: make it one, or list it as not run")
            })?;
            let _infallible = writeln!(
                modules,
                "#[allow(warnings, clippy::all, clippy::pedantic)]\nmod {name} {{\n{code}\n}}"
            );
        }
        let (keyed, makes_up_moments) = (keyed_lines(lines), makes_up_moments(lines));
        let _infallible = writeln!(table, "({name:?}, {keyed}, {makes_up_moments}, {not_run:?}),");
    }
    Ok(format!(
        "{modules}\n/// Name, lines with a key, whether it makes up a moment, why it is not run.\n\
         const SAMPLES: &[(&str, usize, bool, Option<&str>)] = &[\n{table}];\n"
    ))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "md") {
        files.push(path.to_owned());
    }
    Ok(())
}

/// The documentation comments of a file, with what they include; a text is one as a whole.
fn documents(file: &Path) -> std::io::Result<Vec<String>> {
    let text = fs::read_to_string(file)?;
    if file.extension().is_some_and(|extension| extension == "md") {
        return Ok(vec![text]);
    }
    let mut documents = Vec::new();
    let mut current = String::new();
    for line in text.lines() {
        let line = line.trim_start();
        let included = ["#[doc = include_str!(\"", "#![doc = include_str!(\""]
            .iter()
            .find_map(|start| line.strip_prefix(start));
        if let Some(text) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) {
            current.push_str(text.strip_prefix(' ').unwrap_or(text));
            current.push('\n');
        } else if let Some(rest) = included {
            let name = rest.split('"').next().unwrap_or_default();
            if name.ends_with(".md") {
                // A source of its own.
                continue;
            }
            let path = file.parent().unwrap_or(Path::new("")).join(name);
            current.push_str(&fs::read_to_string(path)?);
        } else if !current.is_empty() {
            documents.push(std::mem::take(&mut current));
        }
    }
    documents.push(current);
    Ok(documents)
}

/// The blocks of code in a document, in any language.
fn blocks(document: &str) -> Vec<Vec<String>> {
    let mut blocks = Vec::new();
    let mut open: Option<Vec<String>> = None;
    for line in document.lines() {
        if line.trim_start().starts_with("```") {
            match open.take() {
                Some(lines) => blocks.push(lines),
                None => open = Some(Vec::new()),
            }
        } else if let Some(lines) = &mut open {
            lines.push(line.to_owned());
        }
    }
    blocks
}

fn keyed_lines(lines: &[String]) -> usize {
    lines.iter().filter(|line| KEYED.iter().any(|call| line.contains(call))).count()
}

/// Whether it shows a moment that is another one when it runs again.
fn makes_up_moments(lines: &[String]) -> bool {
    lines.iter().any(|line| {
        let (text, is_hidden) = unhidden(line);
        text.contains("Utc::now") || (!is_hidden && text.contains("now()"))
    })
}

/// A line as the compiler sees it, and whether the reader does not.
fn unhidden(line: &str) -> (&str, bool) {
    match line.trim_start() {
        "#" => ("", true),
        text if text.starts_with("# ") => (&text[2..], true),
        _ => (line, false),
    }
}

/// The code of a module with a test, which runs the sample.
fn module(lines: &[String]) -> Option<String> {
    let lines: Vec<(&str, bool)> = lines
        .iter()
        .map(|line| unhidden(line))
        .filter(|(text, _)| !text.trim().starts_with("#[tokio::main"))
        .collect();
    let is_visible = |at: &usize| {
        let (text, is_hidden) = lines[*at];
        !is_hidden && !text.trim().is_empty()
    };
    (0..lines.len()).filter(is_visible).find_map(|at| {
        let mut code = String::from("use super::staged as synctera_sandbox;\n");
        for (line, (text, _)) in lines.iter().enumerate() {
            if line == at {
                let _infallible = writeln!(code, "super::{MARK}();");
            }
            let _infallible = writeln!(code, "{text}");
        }
        let file = syn::parse_file(&code).ok()?;
        let call = call(entry(&file)?);
        Some(format!(
            "{}#[tokio::test]\nasync fn can_be_run_again() {{\n    \
             super::runs_again(|| Box::pin(async {{ {call}.await.map_err(|error| \
             error.to_string()) }})).await;\n}}",
            code.replace("synctera::Synctera::builder(", "super::client(")
                .replace("Synctera::builder(", "super::client(")
                .replace("Synctera::from_env()", "super::from_env()")
        ))
    })
}

/// The asynchronous function in which the mark stands before a statement that runs.
fn entry(file: &File) -> Option<&ItemFn> {
    let is_mark = |statement: &Stmt| match statement {
        Stmt::Expr(Expr::Call(call), Some(_)) => {
            call.func.to_token_stream().to_string().contains(MARK)
        }
        _ => false,
    };
    file.items.iter().find_map(|item| {
        let Item::Fn(function) = item else { return None };
        let mut statements = function.block.stmts.iter().skip_while(|one| !is_mark(one)).skip(1);
        let runs = statements.next().is_some_and(|next| !matches!(next, Stmt::Item(_)));
        (function.sig.asyncness.is_some() && runs).then_some(function)
    })
}

/// What a sample is given, the test makes, by its type.
fn call(function: &ItemFn) -> String {
    let arguments = function.sig.inputs.iter().map(|input| match input {
        FnArg::Typed(input) => match &*input.ty {
            Type::Reference(of) => format!("&super::argument::<{}>()", of.elem.to_token_stream()),
            of => format!("super::argument::<{}>()", of.to_token_stream()),
        },
        FnArg::Receiver(_) => String::new(),
    });
    format!("{}({})", function.sig.ident, arguments.collect::<Vec<_>>().join(", "))
}
