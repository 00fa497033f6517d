//! `cargo xtask regen`: published documents → `spec/`.
//!
//! What they give is compared with what is there, twice: line by line, and by what it means to users.
//! Then everything is written at once ([`commit`]).

mod changelog;
mod commit;
mod committed;
mod digest;
mod documents;
mod downloads;
pub(crate) mod fetch;
mod files;
mod snapshots;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use clap::Args;
use synctera_codegen::generate::Companions;
use synctera_codegen::{Document, spec};
use synctera_drift::{Report, proposals, render};

use crate::drift;
use crate::workspace::{self, Error};
use commit::File;
pub(crate) use documents::overlays;
use downloads::Downloads;
use fetch::{Fetched, Published};
use files::Wanted;

/// Lines of a diff that are shown without `--verbose`.
const DIFF_LINES_MAX: usize = 120;

#[derive(Args)]
pub(crate) struct Options {
    /// A published document: a path or an https address. Repeat it for several documents; the
    /// legacy (v0) documents are only taken together
    #[arg(long, value_name = "PATH|URL")]
    from: Vec<String>,
    /// Write nothing; exit 1 with a diff when spec/ is not what the documents give. Without
    /// --from: check that spec/ is consistent in itself
    #[arg(long)]
    check: bool,
    /// Write nothing; say what would be written
    #[arg(long, conflicts_with = "check")]
    dry_run: bool,
    /// Write what has changed, as Markdown, to this file
    #[arg(long, value_name = "PATH")]
    report: Option<PathBuf>,
    /// Show the whole diff, and additive changes one by one
    #[arg(long)]
    verbose: bool,
    /// The folder to work on
    #[arg(long, value_name = "DIR", default_value_os_t = workspace::spec())]
    spec: PathBuf,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    commit::recover(&options.spec)?;
    if options.from.is_empty() {
        if options.check {
            return check_itself(&options.spec);
        }
        return Err("nothing to regenerate from: pass --from <path or https address>".into());
    }
    let mut downloads = Downloads::load(&options.spec)?;
    let published = fetched(options, &downloads)?;
    if published.is_empty() {
        println!("the servers say that nothing has changed since it was pinned: no drift");
        return Ok(ExitCode::SUCCESS);
    }
    let wanted = match documents::wanted(&options.spec, &published) {
        Ok(wanted) => wanted,
        Err(error) => {
            // An overlay that no longer fits: what has changed says what to do about it.
            let of_ours = error.downcast_ref::<synctera_codegen::Error>();
            if matches!(of_ours, Some(synctera_codegen::Error::DataFile { .. })) {
                foreseen(options, &published)?;
            }
            return Err(error);
        }
    };
    let differences = files::compare(&options.spec, &wanted)?;
    let undecided = undecided(options, &wanted)?;
    for document in &published {
        println!(
            "{}: {} bytes, sha256 {}",
            document.name,
            document.bytes.len(),
            digest::digest(&document.bytes)
        );
    }
    for difference in &differences {
        let lines = if options.verbose { usize::MAX } else { DIFF_LINES_MAX };
        print!("{}", difference.shown(lines));
        println!(
            "spec/{}: {} lines added, {} removed",
            difference.name, difference.inserted, difference.deleted
        );
    }
    let taken = taken(options, &wanted)?;
    for step in &taken {
        print!("\n{}", render::summary(&step.report, options.verbose));
    }
    if let Some(path) = &options.report {
        let reports: Vec<String> =
            taken.iter().map(|step| render::markdown(&step.report)).collect();
        std::fs::write(path, reports.join("\n")).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    for line in &undecided {
        println!("to decide on: {line}");
    }
    if options.check {
        if differences.is_empty() {
            println!("{NO_DRIFT}: no drift");
        } else {
            println!("drift: {} of {} files differ", differences.len(), wanted.len());
        }
        let is_clean = differences.is_empty() && undecided.is_empty();
        return Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::from(1) });
    }
    let overlays = downloads::overlays_digest(&options.spec)?;
    for known in published.into_iter().filter_map(|document| document.known) {
        downloads.note(downloads::Known { overlays: overlays.clone(), ..known });
    }
    let as_they_are = as_they_are(options, &wanted, &taken)?;
    let is_explained = write(options, wanted, &taken, &as_they_are, &downloads)?;
    match (differences.is_empty(), is_explained) {
        (true, true) => println!("{NO_DRIFT}: no drift"),
        (true, false) => println!("{NO_DRIFT}, but the snapshots above are not"),
        _ => {}
    }
    let is_clean = is_explained && undecided.is_empty();
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

const NO_DRIFT: &str = "spec/ is what the documents and the overlays give";

/// Names in the documents that sound like something that must not be shown, and that are not
/// decided on: until then, they are plain text.
fn undecided(options: &Options, wanted: &[Wanted]) -> Result<BTreeSet<String>, Error> {
    let types = companions(&options.spec)?.types;
    let mut lines = BTreeSet::new();
    for file in wanted.iter().filter(|file| file.name.ends_with(".json")) {
        let document = Document::parse(&format!("spec/{}", file.name), &file.text)?;
        let (_, open) = types.sensitive_names(&document);
        lines.extend(open.into_iter().map(|name| {
            // A name is the document's, and may hold anything.
            let name = name.escape_debug();
            format!("{name} sounds sensitive: `names` or `shown` of [sensitive] in spec/types.toml")
        }));
    }
    Ok(lines)
}

/// What documents that cannot be taken yet would change, as far as our corrections still fit; those
/// that do not are among what is to be decided on.
fn foreseen(options: &Options, published: &[Published]) -> Result<(), Error> {
    let overlays = overlays(&options.spec)?;
    let mut reports = Vec::new();
    for document in published {
        let Ok(text) = std::str::from_utf8(&document.bytes) else {
            continue;
        };
        let Ok(new) = synctera_pin::parse(&document.name, text) else {
            continue;
        };
        if !new.version().starts_with("v2") {
            continue;
        }
        let Ok((new, stale)) = synctera_pin::preview(&new, "v2", &overlays) else {
            continue;
        };
        let old = documents::pinned(&options.spec, "v2.json")?;
        let mut report = drift::report(&old, &new, &companions(&options.spec)?)?;
        report.proposals.extend(proposals::stale(&stale, &old, &new));
        print!("\n{}", render::summary(&report, options.verbose));
        reports.push(render::markdown(&report));
    }
    if let Some(path) = &options.report {
        std::fs::write(path, reports.join("\n")).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// The documents; none when the servers say that all of them are what is pinned.
fn fetched(options: &Options, downloads: &Downloads) -> Result<Vec<Published>, Error> {
    let provenance = documents::provenance(&options.spec)?;
    let overlays = downloads::overlays_digest(&options.spec)?;
    let mut published = Vec::new();
    let mut unchanged = Vec::new();
    for from in &options.from {
        match fetch::fetch_if_changed(from, downloads.of(from, &provenance, &overlays))? {
            Fetched::Document(document) => published.push(document),
            Fetched::Unchanged => unchanged.push(from),
        }
    }
    if !published.is_empty() {
        // What is pinned is made of all of them together.
        for from in unchanged {
            published.push(fetch::fetch(from)?);
        }
    }
    Ok(published)
}

/// A pinned file that changes, and what that means.
struct Taken {
    interface: &'static str,
    from: String,
    to: String,
    new: Document,
    report: Report,
}

fn taken(options: &Options, wanted: &[Wanted]) -> Result<Vec<Taken>, Error> {
    let mut taken = Vec::new();
    for (interface, name) in [("v2", "v2.json"), ("v0", "v0.json")] {
        let path = options.spec.join(name);
        let Some(file) = wanted.iter().find(|file| file.name == name).filter(|_| path.exists())
        else {
            continue;
        };
        let before = workspace::read(&path)?;
        if before == file.text {
            continue;
        }
        // A step that is not committed yet is taken again as a whole.
        let before = committed::base(&options.spec, interface, name, &before).unwrap_or(before);
        let old = Document::parse(&format!("spec/{name}"), &before)?;
        let new = Document::parse(&format!("spec/{name}"), &file.text)?;
        let report = drift::report(&old, &new, &companions(&options.spec)?)?;
        let (from, to) = (digest::digest(before.as_bytes()), digest::digest(file.text.as_bytes()));
        taken.push(Taken { interface, from, to, new, report });
    }
    Ok(taken)
}

/// The pinned files that do not change now: decisions of ours can change what they give all the same.
fn as_they_are(options: &Options, wanted: &[Wanted], taken: &[Taken]) -> Result<Vec<Taken>, Error> {
    let root = options.spec.parent().unwrap_or(Path::new("."));
    let mut all = Vec::new();
    for (interface, name) in [("v2", "v2.json"), ("v0", "v0.json")] {
        let is_taken = taken.iter().any(|taken| taken.interface == interface);
        let file = wanted.iter().find(|file| file.name == name);
        let Some(file) = file.filter(|_| !is_taken && snapshots::are_at(root, interface)) else {
            continue;
        };
        let base = committed::base(&options.spec, interface, name, &file.text);
        let new = Document::parse(&format!("spec/{name}"), &file.text)?;
        let old = match &base {
            Some(base) => Document::parse(&format!("spec/{name}"), base)?,
            None => new.clone(),
        };
        let companions = companions(&options.spec)?;
        let report = drift::report(&old, &new, &companions)?;
        let same = digest::digest(file.text.as_bytes());
        all.push(Taken { interface, from: same.clone(), to: same, new, report });
    }
    Ok(all)
}

/// What stands beside the documents, where there is a whole `spec/`.
fn companions(spec: &Path) -> Result<Companions, Error> {
    if spec.join("types.toml").exists() {
        Ok(spec::companions(spec)?)
    } else {
        Ok(Companions::default())
    }
}

/// Writes everything; returns whether the report says why each snapshot changes.
fn write(
    options: &Options,
    wanted: Vec<Wanted>,
    taken: &[Taken],
    as_they_are: &[Taken],
    downloads: &Downloads,
) -> Result<bool, Error> {
    let spec = &options.spec;
    let log = spec.join("CHANGELOG.md");
    let mut own: Vec<File> = wanted
        .into_iter()
        .map(|file| File { path: file.name.into(), text: Some(file.text) })
        .collect();
    if let Some((name, text)) = downloads.file()? {
        own.push(File { path: name.into(), text: Some(text) });
    }
    if !taken.is_empty() {
        let mut text = if log.exists() { Some(workspace::read(&log)?) } else { None };
        let day = DateTime::<Utc>::from(SystemTime::now()).date_naive().to_string();
        for Taken { interface, from, to, report, .. } in taken {
            let (from, to) = (from.clone(), to.clone());
            let after = env!("CARGO_PKG_VERSION");
            let step = changelog::Step { interface, from, to, report, day: &day, after };
            text = changelog::with(text.as_deref(), &step);
        }
        own.push(File { path: "CHANGELOG.md".into(), text });
    }
    own.retain(|file| std::fs::read_to_string(spec.join(&file.path)).ok() != file.text);
    let root = spec.parent().unwrap_or(Path::new("."));
    let companions = companions(spec)?;
    let mut others = Vec::new();
    let mut unexplained = false;
    for Taken { interface, new, report, .. } in taken.iter().chain(as_they_are) {
        let refreshed = snapshots::refreshed(root, interface, new, &companions, report)?;
        others.extend(refreshed.files);
        for (path, items) in refreshed.unexplained {
            unexplained = true;
            println!(
                "{}: left alone, since the report does not say why these differ: {}",
                path.display(),
                items.join(", ")
            );
        }
    }
    for file in own
        .iter()
        .map(|file| Path::new("spec").join(&file.path))
        .chain(others.iter().map(|file| file.path.clone()))
    {
        println!("{} {}", if options.dry_run { "would write" } else { "wrote" }, file.display());
    }
    let changes = !own.is_empty() || !others.is_empty();
    if changes && !options.dry_run {
        commit::write(spec, &own, &others)?;
    }
    Ok(!unexplained)
}

/// Without documents: the pinned files are canonical, without prose, and counted right.
fn check_itself(spec: &Path) -> Result<ExitCode, Error> {
    let provenance = documents::provenance(spec)?;
    let mut problems = Vec::new();
    for file in ["v2.json", "v0.json"] {
        let document = documents::pinned(spec, file)?;
        for place in synctera_pin::prose_left(document.root()) {
            problems.push(format!("spec/{file}: prose at {place}"));
        }
        if workspace::read(&spec.join(file))? != synctera_pin::canonical_text(&document) {
            problems.push(format!("spec/{file}: not in canonical form (edited by hand?)"));
        }
        let kept: usize =
            provenance.sources.iter().filter(|s| s.pinned == file).map(|s| s.kept).sum();
        let operations = document.operations().len();
        if kept != operations {
            problems.push(format!(
                "spec/{file}: holds {operations} operations, provenance.toml says {kept}"
            ));
        }
        println!(
            "spec/{file}: {operations} operations, {} schemas",
            document.components("schemas").count()
        );
    }
    for problem in &problems {
        println!("{problem}");
    }
    if problems.is_empty() {
        println!("spec/ is consistent in itself; pass --from to compare it with the documents");
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::from(1))
    }
}
