//! `cargo xtask older`: the older published documents → `crates/sandbox/older.json`.
//!
//! The file says which operations the older documents have, which pinned operation serves each, and
//! where the names of members and parameters differ. Names only; the sandbox's table of translations
//! has to account for every difference.

mod members;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use synctera_codegen::Document;
use synctera_codegen::spec::Spec;

use crate::workspace::{self, Error};
use members::{Member, Members};

/// Where the facts are kept: within the sandbox, whose package has to be whole.
const FACTS: &str = "crates/sandbox/older.json";

#[derive(Args)]
pub(crate) struct Options {
    /// A published document of an older interface; repeat it for each
    #[arg(long, value_name = "PATH", required = true)]
    from: Vec<PathBuf>,
    /// Write nothing; exit 1 when the file is not what the documents give
    #[arg(long)]
    check: bool,
}

/// What the older documents have.
#[derive(Deserialize, Serialize)]
pub(crate) struct Facts {
    /// Their versions, oldest first.
    pub(crate) documents: Vec<String>,
    /// By method and path.
    pub(crate) operations: BTreeMap<String, Fact>,
}

/// An operation of an older document.
#[derive(Deserialize, Serialize)]
pub(crate) struct Fact {
    /// Its id in the newest document that has it.
    pub(crate) id: String,
    /// The documents that have it.
    #[serde(rename = "in")]
    pub(crate) documents: Vec<String>,
    /// The pinned operation with the same method and path: its interface and id.
    pub(crate) by: String,
    /// Members of its body that the pinned one does not have.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) body: BTreeSet<String>,
    /// Members and parameters that the pinned one requires, and the newest older one does not.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) required: BTreeSet<String>,
    /// Values of members of its body that the pinned one does not have.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) values: BTreeSet<String>,
    /// Parameters of its query that the pinned one does not have.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) query: BTreeSet<String>,
    /// Members of its answer that the pinned one does not have.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(crate) answer: BTreeSet<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let mut documents = Vec::new();
    for path in &options.from {
        let name = path.display().to_string();
        let document = synctera_pin::parse(&name, &workspace::read(path)?)?;
        let version = synctera_pin::legacy_version(&document)?;
        documents.push((version, document));
    }
    documents.sort_by(|(a, _), (b, _)| a.cmp(b));
    let spec = Spec::load(&workspace::spec())?;
    let documents: Vec<Document> = documents.into_iter().map(|(_, document)| document).collect();
    let text = text(&facts(&documents, &spec)?)?;
    let path = workspace::root().join(FACTS);
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    if known == text {
        println!("{FACTS} is what the documents give");
        return Ok(ExitCode::SUCCESS);
    }
    if options.check {
        println!("{FACTS} is not what the documents give");
        return Ok(ExitCode::from(1));
    }
    std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
    println!("{FACTS} is written");
    Ok(ExitCode::SUCCESS)
}

/// The facts as they are checked in.
pub(crate) fn checked_in() -> Result<Facts, Error> {
    let text = workspace::read(&workspace::root().join(FACTS))?;
    Ok(serde_json::from_str(&text)?)
}

/// One operation a line, so that a change is a change of its lines.
fn text(facts: &Facts) -> Result<String, Error> {
    let mut lines = Vec::new();
    for (key, fact) in &facts.operations {
        let key = serde_json::to_string(key)?;
        lines.push(format!("    {key}: {}", serde_json::to_string(fact)?));
    }
    let documents = serde_json::to_string(&facts.documents)?;
    let operations = lines.join(",\n");
    Ok(format!("{{\n  \"documents\": {documents},\n  \"operations\": {{\n{operations}\n  }}\n}}\n"))
}

/// What the documents, oldest first, have beside the pinned ones.
fn facts(documents: &[Document], spec: &Spec) -> Result<Facts, Error> {
    let mut pinned = BTreeMap::new();
    // What both have is served by v2.
    for interface in ["v0", "v2"] {
        let document = spec.interface(interface);
        for key in document.operations() {
            let shape = (key.method.clone(), path_shape(&key.path));
            pinned.insert(shape, (interface, document, key));
        }
    }
    let mut operations: BTreeMap<_, Fact> = BTreeMap::new();
    let mut names = BTreeMap::new();
    for document in documents {
        for key in document.operations() {
            let shape = (key.method.clone(), path_shape(&key.path));
            let Some((interface, ours, our_key)) = pinned.get(&shape) else {
                return Err(format!(
                    "{}: {} {} is in no pinned document",
                    document.version(),
                    key.method,
                    key.path
                )
                .into());
            };
            let older = document.operation(&key).unwrap_or(&Value::Null);
            let current = ours.operation(our_key).unwrap_or(&Value::Null);
            let id = document.operation_id(&key).unwrap_or_default().to_owned();
            let by = format!("{interface} {}", ours.operation_id(our_key).unwrap_or_default());
            let fact = operations.entry(shape.clone()).or_insert_with(|| Fact {
                id: id.clone(),
                documents: Vec::new(),
                by,
                body: BTreeSet::new(),
                required: BTreeSet::new(),
                values: BTreeSet::new(),
                query: BTreeSet::new(),
                answer: BTreeSet::new(),
            });
            fact.id = id;
            fact.documents.push(document.version().to_owned());
            names.insert(shape, format!("{} {}", key.method.to_uppercase(), key.path));
            if *interface == "v2" {
                compare(fact, (document, older, &key.path), (ours, current, &our_key.path));
            }
        }
    }
    let operations = operations
        .into_iter()
        .map(|(shape, fact)| (names.remove(&shape).unwrap_or_default(), fact))
        .collect();
    let documents = documents.iter().map(|document| document.version().to_owned()).collect();
    Ok(Facts { documents, operations })
}

type Side<'a> = (&'a Document, &'a Value, &'a str);

/// Notes where an operation differs; what is required is what the newest document requires.
fn compare(fact: &mut Fact, older: Side<'_>, ours: Side<'_>) {
    let (was, is) = (members::body(older.0, older.1), members::body(ours.0, ours.1));
    let settable = |(_, member): &(&String, &Member)| !member.is_read_only;
    fact.body.extend(lost(was.iter().filter(settable), &is));
    for (name, member) in was.iter().filter(settable) {
        let Some(known) = is.get(name).filter(|known| !known.values.is_empty()) else {
            continue;
        };
        let gone = member.values.difference(&known.values);
        fact.values.extend(gone.map(|value| format!("{name}={value}")));
    }
    fact.required = is
        .iter()
        .filter(|(_, member)| member.is_required && !member.is_read_only)
        .filter(|(name, _)| {
            was.get(*name).map_or_else(|| has_parent(name, &was), |member| !member.is_required)
        })
        .map(|(name, _)| name.clone())
        .collect();
    let (was, is) = (members::answer(older.0, older.1), members::answer(ours.0, ours.1));
    fact.answer.extend(lost(was.iter(), &is));
    let (was, is) = (members::query(older), members::query(ours));
    fact.query.extend(was.keys().filter(|name| !is.contains_key(*name)).cloned());
    let required = is.iter().filter(|(name, required)| **required && was.get(*name) != Some(&true));
    fact.required.extend(required.map(|(name, _)| format!("?{name}")));
}

/// The outermost members that are not there.
fn lost<'a>(
    was: impl Iterator<Item = (&'a String, &'a Member)>,
    is: &'a Members,
) -> impl Iterator<Item = String> {
    was.filter(|(name, _)| !is.contains_key(*name) && has_parent(name, is))
        .map(|(name, _)| name.clone())
}

fn has_parent(name: &str, of: &Members) -> bool {
    let parent = name.rfind(['.', '[']).map(|at| &name[..at]);
    parent.is_none_or(|parent| of.contains_key(parent))
}

/// A path without the names of its parameters.
pub(crate) fn path_shape(path: &str) -> String {
    let segments = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    segments.collect::<Vec<_>>().join("/")
}
