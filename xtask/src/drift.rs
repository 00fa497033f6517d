//! `cargo xtask drift`: what a document changes, what that breaks, and what it asks of us.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, ValueEnum};
use synctera_codegen::generate::Companions;
use synctera_codegen::{Document, spec};
use synctera_drift::{Class, Report, proposals, render};
use synctera_drift_mutations::{self as mutations, Outcome};

use crate::prove;
use crate::regen::{fetch, overlays};
use crate::touches::Sources;
use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// The document before: a path, an https address, or `spec` for what is pinned
    #[arg(required_unless_present_any = ["rules", "mutate"])]
    old: Option<String>,
    /// The document after
    #[arg(required_unless_present_any = ["rules", "mutate"])]
    new: Option<String>,
    /// How to write the report
    #[arg(long, value_enum, default_value_t = Format::Terminal)]
    format: Format,
    /// Write the report to a file instead of showing it
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Show additive changes too, one by one (terminal only; the other formats hold everything)
    #[arg(long)]
    all: bool,
    /// Exit with 3 when something of this class, or of a worse one, has changed
    #[arg(long, value_enum, value_name = "CLASS")]
    fail_on: Option<FailOn>,
    /// List the kinds of change with their classes
    #[arg(long)]
    rules: bool,
    /// Let the compiler prove what the report says of Rust: takes minutes
    #[arg(long)]
    prove: bool,
    /// Mutate the pinned interface so many times, and see that each is reported as what it is, both
    /// ways round
    #[arg(long, value_name = "COUNT")]
    mutate: Option<usize>,
    /// Where the random places of --mutate begin
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Say how long it took
    #[arg(long)]
    time: bool,
}

/// The exit code of `--fail-on`; 1 and 2 mean other failures.
const FAILED_ON: u8 = 3;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// For the terminal
    Terminal,
    /// For the text of a pull request
    Markdown,
    /// For programs
    Json,
    /// A page of its own, with a search
    Html,
}

#[derive(Clone, Copy, ValueEnum)]
enum FailOn {
    Wire,
    Rust,
    Behavioral,
    Additive,
}

impl FailOn {
    fn class(self) -> Class {
        match self {
            Self::Wire => Class::Wire,
            Self::Rust => Class::Rust,
            Self::Behavioral => Class::Behavioral,
            Self::Additive => Class::Additive,
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    if options.rules {
        print!("{}", render::rules());
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(count) = options.mutate {
        return mutated(count, options.seed);
    }
    let (Some(old), Some(new)) = (&options.old, &options.new) else {
        return Err("two documents are compared".into());
    };
    if let Some(out) = &options.out {
        let is_input = |from: &String| {
            let input = Path::new(from).canonicalize();
            matches!((input, out.canonicalize()), (Ok(input), Ok(out)) if input == out)
        };
        if is_input(old) || is_input(new) {
            let reason = "is one of the documents that are compared: write the report elsewhere";
            return Err(format!("{}: {reason}", out.display()).into());
        }
    }
    let started = Instant::now();
    let Compared { old, new, companions, report } = compare(old, new)?;
    let took = started.elapsed();
    if options.prove {
        return prove::prove(&old, &new, &companions, &report);
    }
    let text = written(&report, options.format, options.all)?;
    match &options.out {
        Some(path) => {
            std::fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))?;
            println!("{}: {} changes", path.display(), report.changes.len());
        }
        None => print!("{text}"),
    }
    if options.time {
        eprintln!("read, compared and judged in {} ms", took.as_millis());
    }
    let fails = options.fail_on.is_some_and(|least| report.worst() >= Some(least.class()));
    Ok(if fails { ExitCode::from(FAILED_ON) } else { ExitCode::SUCCESS })
}

pub(crate) fn written(report: &Report, format: Format, all: bool) -> Result<String, Error> {
    Ok(match format {
        Format::Terminal => render::summary(report, all),
        Format::Markdown => render::markdown(report),
        Format::Json => render::json(report)?,
        Format::Html => render::html(report),
    })
}

/// Two documents and what lies between them.
struct Compared {
    old: Document,
    new: Document,
    companions: Companions,
    report: Report,
}

/// The report on two documents, each named as on the command line.
fn compare(old: &str, new: &str) -> Result<Compared, Error> {
    let folder = workspace::spec();
    let pins = [old, new].contains(&PINNED);
    let ((new, stale), (old, _)) = if pins {
        let new = load(new, old, &folder, pins)?;
        // Which of the pinned interfaces is meant is for the other document to say.
        let old = load(old, interface(&new.0), &folder, pins)?;
        (new, old)
    } else {
        std::thread::scope(|scope| -> Result<_, Error> {
            let read = |from| load(from, PINNED, &folder, pins).map_err(|e| e.to_string());
            let other = scope.spawn(move || read(old));
            let new = read(new)?;
            let old = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            Ok((new, old))
        })?
    };
    let companions = spec::companions(&folder)?;
    let mut report = report(&old, &new, &companions)?;
    report.proposals.extend(proposals::stale(&stale, &old, &new));
    Ok(Compared { old, new, companions, report })
}

/// Mutations by the number, on as many threads as there are.
fn mutated(count: usize, seed: u64) -> Result<ExitCode, Error> {
    let spec = spec::Spec::load(&workspace::spec())?;
    let families = &spec.companions.families;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let outcome = std::thread::scope(|scope| {
        let share = |index: usize| count / threads + usize::from(index < count % threads);
        let parts: Vec<_> = (0..threads)
            .map(|index| {
                let (document, seed) = (&spec.v2, seed + index as u64);
                scope.spawn(move || mutations::run(document, families, seed, share(index)))
            })
            .collect();
        let done = parts.into_iter().filter_map(|part| part.join().ok());
        done.fold(Outcome::default(), Outcome::with)
    });
    for (kind, made) in &outcome.by_kind {
        println!("{made:6} {kind}");
    }
    for wrong in &outcome.wrong {
        println!("wrong: {wrong}");
    }
    println!(
        "{} mutations of {} kinds, each compared both ways round: {} kinds of change reported, {} \
         comparisons not reported as what they are",
        outcome.made,
        outcome.by_kind.len(),
        outcome.by_rule.len(),
        outcome.wrong.len()
    );
    let all_right = outcome.wrong.is_empty() && outcome.made == count;
    Ok(if all_right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The report on two documents that are at hand.
pub(crate) fn report(
    old: &Document,
    new: &Document,
    companions: &Companions,
) -> Result<Report, Error> {
    let (families, types) = (&companions.families, &companions.types);
    let (report, sources) = std::thread::scope(|scope| {
        let sources = scope.spawn(|| Sources::read(&workspace::root()));
        let plain = Report::of(old, new, families);
        // What the generator gives up on must not hide what has changed.
        let report = plain.clone().with_items(old, new, families, types).unwrap_or_else(|e| {
            let mut plain = plain;
            plain.proposals.push(proposals::not_generated(&e));
            plain
        });
        (report, sources.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let mut report = sources?.report(report, old, new);
    report.proposals.extend(proposals::proposals(old, new, types, families));
    Ok(report)
}

/// What stands for the pinned interface on the command line.
const PINNED: &str = "spec";

fn interface(document: &Document) -> &'static str {
    if document.version().starts_with("v2") { "v2" } else { "v0" }
}

/// A document's facts. Beside the pinned interface, what is published is read with our corrections,
/// so that only what the publisher changed is reported.
fn load(
    from: &str,
    beside: &str,
    folder: &Path,
    corrected: bool,
) -> Result<(Document, Vec<String>), Error> {
    if from == PINNED {
        let name = if beside == "v0" { "v0.json" } else { "v2.json" };
        let text = workspace::read(&folder.join(name))?;
        return Ok((Document::parse(&format!("spec/{name}"), &text)?, Vec::new()));
    }
    let published = fetch::fetch(from)?;
    let text = String::from_utf8(published.bytes)
        .map_err(|_| format!("{}: not UTF-8 text", published.name))?;
    let document = synctera_pin::parse(&published.name, &text)?;
    if corrected {
        let overlays = overlays(folder)?;
        return Ok(synctera_pin::preview(&document, interface(&document), &overlays)?);
    }
    Ok((synctera_pin::distill(&document)?, Vec::new()))
}
