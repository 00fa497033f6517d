//! `cargo xtask bench <name>`: how we compare, measured side by side in one run.

mod build;
mod codegen;
mod compile;
mod decode;
mod drift;
mod embedded;
mod measure;
mod memory;
mod request;
mod row;
mod sandbox;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::workspace::Error;

pub(crate) use sandbox::build as sandbox_release;

/// Measures us beside a peer, in one run and by turns. Exits with 0 when it could measure, even
/// when an aim is missed.
#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    bench: Bench,
    /// Print an object for each figure instead of a table
    #[arg(long, global = true)]
    json: bool,
    /// How often each side is measured; the median counts
    #[arg(long, global = true, value_name = "N", default_value_t = 3)]
    runs: usize,
}

#[derive(Subcommand)]
enum Bench {
    /// Build a program that uses this library, and one that uses reqwest alone
    ///
    /// Each from nothing, in a folder of its own: the processor seconds of all that is built, divided by
    /// those of a program with reqwest, serde, chrono and uuid. Then the time of a build after a change of the
    /// program's own file. Needs /proc; takes some minutes.
    Build,
    /// Compile the raw client, and a naive one of the same document
    ///
    /// Naive is what progenitor makes of spec/v2.json with its default settings, after the fewest
    /// repairs that keep it from panicking. Ours has the legacy operations of spec/v0.json on top.
    /// Both are generated beforehand and compiled as crates of their own, not incrementally, with
    /// everything they depend on built. The ratio is our time divided by the naive client's.
    Compile,
    /// Generate Rust from spec/v2.json, and let openapi-generator do so
    ///
    /// Times two processes, from the document to files of Rust: ours is a release build. The jar is
    /// $OPENAPI_GENERATOR_JAR, else it is taken from the PyPI package openapi-generator-cli, which
    /// `pip download` fetches into target/bench. Skipped without Java or the jar. The ratio is our
    /// time divided by the peer's.
    Codegen,
    /// Decode pages of 100 that our sandbox made
    ///
    /// Peers are the naive client's types (see `compile`) and structs written by hand with the same
    /// fields. A release build; a run is the median of many rounds. The ratio is the peer's time
    /// divided by ours, so that more is better; 0.87 is 1.15 x the time. Rows on allocations compare
    /// counts the same way and have no aim, as do those on items that are written back as they were
    /// read: a union of which the wrong variant was guessed would not be.
    ///
    /// Each side reads as its client does: ours checks the body once as UTF-8, the peers string by
    /// string. The structs written by hand have closed enums, ours keep what they do not know.
    Decode,
    /// Call a server on this machine
    ///
    /// The peers are reqwest doing the same call with the same types and the same time limits, and
    /// bare reqwest without any: no retries, no spans. The server is another process that always
    /// answers the same. The program `request_calls` makes the calls of one side, for a profiler. Times are of calls one
    /// after the other; rates of 1, 16 and 256 tasks. The ratio is our figure divided by the
    /// peer's: less is better for times, more for rates. Rows on allocations and on p99 have no aim.
    Request,
    /// Bring 10,000 customers in, 16 at a time and with a checkpoint
    ///
    /// The sandbox is a process of its own. The ratio is the most memory that the client had at any
    /// moment, divided by that of 1,000 customers: memory is to be flat. Rates are for information.
    /// A release build; needs /proc.
    Bulk,
    /// Reconcile a million entries with a million posted transactions
    ///
    /// Both in different orders; pages come from a server that makes them up. The ratio is the most
    /// memory at any moment, divided by that of 100,000: memory is to be flat. A release build;
    /// needs /proc.
    Reconcile,
    /// Compare two published documents, and judge what lies between them
    ///
    /// Times processes, from the documents to a report. The aim is a second of a release build,
    /// which is made under target/bench. Peers are json-diff (npm) and deepdiff (PyPI), installed
    /// there too; skipped without. They tell what is different in any JSON, not what it means, so
    /// that their rows have no aim. Without documents, the last published step is compared, from
    /// $SYNCTERA_DOCUMENTS or ../shared/spec.
    Drift {
        /// The document before and the one after
        #[arg(num_args = 2, value_names = ["OLD", "NEW"])]
        documents: Vec<PathBuf>,
    },
    /// Start sandboxes inside a program, make workspaces, and move the clock over a month end
    ///
    /// The processor time of a start and the time of a workspace have limits. At the month end 10,000
    /// accounts are paid interest, while another client reads: the longest read is compared with the
    /// time for which the clock is moved. Release builds; needs /proc.
    Embedded,
    /// Load the sandbox, 16 calls in flight
    ///
    /// Peers are Prism, a mock of the same document that keeps no state (from npm, installed under
    /// target/bench; skipped without), a bare handler that answers the same bytes, which is the
    /// limit, and for writes a SQLite handler: a bare one that, before it answers, writes as many
    /// rows of the same sizes as the sandbox does, in one transaction. The sandbox without its log of
    /// requests is a peer, and another build of it can be one, too. All by the same client, by turns. Then the p99 of one call after the
    /// other, with a thousand posted transactions in the store, a hundred thousand, and a million,
    /// which takes some minutes and gigabytes. Release builds; needs /proc.
    Sandbox {
        /// Another build of synctera-sandbox, such as one of an earlier commit
        #[arg(long, value_name = "PROGRAM")]
        before: Option<PathBuf>,
        /// The longest history
        #[arg(long, value_name = "TRANSACTIONS", default_value_t = 1_000_000)]
        most: u64,
    },
}

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    let runs = options.runs.max(1);
    let rows = match &options.bench {
        Bench::Build => build::rows(runs)?,
        Bench::Compile => compile::rows(runs)?,
        Bench::Codegen => codegen::rows(runs)?,
        Bench::Decode => decode::rows(runs)?,
        Bench::Request => request::rows(runs)?,
        Bench::Bulk => memory::bulk()?,
        Bench::Reconcile => memory::reconcile()?,
        Bench::Drift { documents } => drift::rows(runs, documents)?,
        Bench::Embedded => embedded::rows()?,
        Bench::Sandbox { before, most } => sandbox::rows(runs, before.as_deref(), *most)?,
    };
    row::print(&rows, options.json);
    Ok(ExitCode::SUCCESS)
}
