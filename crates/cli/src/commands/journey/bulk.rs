//! `synctera journey run --journey`: one journey for each row of a file.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use serde_json::json;
use synctera_journey_files::{BulkOptions, BulkRun, RowError, bulk_journeys};

use super::content::{BYTES_MAX, content};
use super::place;
use super::rows::Rows;
use crate::call::guard;
use crate::call::writing::{UnderWay, after};
use crate::exit::{Exit, Failure, exit_of};
use crate::output::{note, progress};
use crate::{options, text};

/// Errors of rows that are printed.
const ERRORS_MAX: usize = 20;
/// Rows between two lines of progress.
const ROWS_NOTED: u64 = 100;

pub(super) fn args() -> Vec<Arg> {
    vec![
        Arg::new("journey")
            .long("journey")
            .value_name("NAME")
            .value_parser(clap::builder::PossibleValuesParser::new(bulk_journeys()))
            .requires("checkpoint")
            .conflicts_with("attempt")
            .help("Run this journey for each row of a CSV or JSON Lines file"),
        Arg::new("checkpoint")
            .long("checkpoint")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .requires("journey")
            .help("The file that records which rows are done; they are skipped by the next run at the same address"),
        Arg::new("concurrency")
            .long("concurrency")
            .value_name("NUMBER")
            .value_parser(value_parser!(u16).range(1..=64))
            .default_value("8")
            .help("How many rows are under way at a time, with --journey"),
        Arg::new("skip-failed")
            .long("skip-failed")
            .action(ArgAction::SetTrue)
            .requires("journey")
            .help("Leave out the rows that failed in an earlier run"),
    ]
}

/// Runs a journey for each row.
pub(super) async fn run(
    journey: &str,
    checkpoint: &Path,
    paths: &[&PathBuf],
    matches: &ArgMatches,
) -> Result<(), Failure> {
    let [path] = paths else {
        return Err(Failure::usage(
            "--journey takes one file; next: run one command for each file",
        ));
    };
    let rows = read(path)?;
    let (count, lines) = (rows.rows.len(), rows.lines);
    let bulk = BulkRun::read(journey, rows.rows).map_err(|errors| wrong(path, &errors, &lines))?;
    let settings = options::settings(matches)?;
    let printer = options::printer(matches, settings.output)?;
    if settings.is_production() {
        guard::confirm("journey run", &settings.base_url, matches.get_flag("yes"))?;
    }
    let client = settings.client()?;
    place::bind(checkpoint, &settings.base_url)?;
    let concurrency = matches.get_one::<u16>("concurrency").copied().unwrap_or(8);
    let concurrency = NonZeroUsize::new(concurrency.into()).unwrap_or(NonZeroUsize::MIN);
    let skip_failed = matches.get_flag("skip-failed");
    let options = BulkOptions { checkpoint: checkpoint.to_owned(), concurrency, skip_failed };
    let _under_way = UnderWay::journeys();
    let mut first = None;
    let ran = bulk.run(&client, options, |key, error, so_far| {
        if let Some(error) = error {
            note(&format!("{}: {error}", text::name(key)));
            let status = error.status().map(|status| status.as_u16());
            first.get_or_insert_with(|| exit_of(error.kind(), status));
        }
        if so_far.total().is_multiple_of(ROWS_NOTED) {
            progress(&format!("{} of {count}: {so_far}", so_far.total()));
        }
    });
    let summary = ran.await.map_err(|error| Failure::of_call(error, &settings.base_url))?;
    let counts = json!({
        "done": summary.done,
        "done_before": summary.done_before,
        "failed": summary.failed,
        "failed_before": summary.failed_before,
    });
    let (ran, again) = (
        format!("the rows were run, and {} failed", summary.failed),
        "run the same command again: rows that are done are skipped",
    );
    printer.print(&counts, None).map_err(after(&ran, again))?;
    match first {
        None => Ok(()),
        Some(exit) => Err(Failure::new(
            exit,
            format!(
                "{} of {count} rows failed; next: correct them and run the same command again: rows that \
                 are done are skipped",
                summary.failed
            ),
        )),
    }
}

/// Reads the rows of a file.
fn read(path: &Path) -> Result<Rows, Failure> {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let of = match &*extension {
        "csv" => Rows::of_csv,
        "jsonl" | "ndjson" => Rows::of_json_lines,
        _ => {
            return Err(Failure::usage(
                "--journey takes a file of rows; next: give one whose name ends in .csv or .jsonl",
            ));
        }
    };
    // Some programs write a byte order mark first.
    of(content(path, BYTES_MAX)?.trim_start_matches('\u{feff}')).map_err(|why| {
        let shown = text::path(path);
        Failure::input(format!("{shown}: {why}; nothing was sent; next: correct the file"))
    })
}

/// What is wrong with rows.
fn wrong(path: &Path, errors: &[RowError], lines: &[u64]) -> Failure {
    let shown = text::path(path);
    let line = |error: &RowError| {
        let line = lines.get(error.row).copied().unwrap_or_default();
        format!("{shown}:{line}: {}", error.message)
    };
    let mut listed: Vec<String> = errors.iter().take(ERRORS_MAX).map(line).collect();
    if errors.len() > ERRORS_MAX {
        listed.push(format!("and {} more", errors.len() - ERRORS_MAX));
    }
    let listed = listed.join("\n");
    Failure::new(Exit::Input, format!("{listed}\nnothing was sent; next: correct the rows"))
}
