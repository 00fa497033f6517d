//! Calls every operation of the current interface on any server: an independent judge of what we
//! send, and a source of answers that we did not make. Run by `cargo xtask wire --against URL`.
#![allow(clippy::print_stdout, reason = "a command line speaks to its user")]

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Parser;
use synctera_api::runtime::{Direct, Inner};
use synctera_api::v2;
use synctera_tests::document::V2;
use synctera_tests::expected::expected;
use synctera_tests::harness;
use synctera_tests::sample::Extent;

#[derive(Parser)]
struct Options {
    /// Where the server has the interface, with a version prefix if it wants one:
    /// http://127.0.0.1:4010
    #[arg(long)]
    against: String,
    /// Send what must be sent and no more
    #[arg(long)]
    minimal: bool,
    /// Only operations whose name holds this
    #[arg(long, default_value = "")]
    only: String,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Answered,
    Refused,
    /// The server could not make an answer that it is content with itself.
    Broke,
    Undecodable,
    Unsent,
}

impl Fate {
    /// The harness tells a failure by its text alone.
    fn of(error: &str) -> Self {
        if error.contains("the answer cannot be read") {
            Self::Undecodable
        } else if error.contains("the platform answered 5") {
            Self::Broke
        } else if error.contains("the platform answered") {
            Self::Refused
        } else {
            Self::Unsent
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let extent = if options.minimal { Extent::Minimal } else { Extent::Full };
    let inner = Inner::new(Direct::new("any-key"));
    let url = options.against.trim_end_matches('/');
    let client = v2::Client::new_with_client(url, reqwest::Client::new(), inner);
    let ids: BTreeMap<(&str, &str), &str> =
        v2::OPERATIONS.iter().map(|known| ((known.method, known.path), known.id)).collect();

    let mut fates: BTreeMap<Fate, usize> = BTreeMap::new();
    for operation in V2.operations() {
        let Some(id) = ids.get(&(operation.method.as_str(), operation.path)) else {
            println!("{} {}: no method", operation.method, operation.path);
            *fates.entry(Fate::Unsent).or_default() += 1;
            continue;
        };
        if !id.contains(&options.only) {
            continue;
        }
        let (mut input, _) = expected(&V2, &operation, extent, 0);
        input.key = Some(format!("wire {id}"));
        let outcome = harness::v2::call(&client, id, &input).await;
        let fate = outcome.as_ref().map_or_else(|error| Fate::of(error), |_| Fate::Answered);
        *fates.entry(fate).or_default() += 1;
        if let Err(error) = outcome {
            println!("{fate:?}: {id} ({} {}): {error}", operation.method, operation.path);
        }
    }
    let count = |fate| fates.get(&fate).copied().unwrap_or_default();
    let calls: usize = fates.values().sum();
    println!(
        "{calls} calls, {} refused, {} undecodable, {} unsent, {} that the server broke on",
        count(Fate::Refused),
        count(Fate::Undecodable),
        count(Fate::Unsent),
        count(Fate::Broke)
    );
    if count(Fate::Answered) == calls { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
