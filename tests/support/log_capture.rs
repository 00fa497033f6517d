//! Captures everything that this program logs, at every level, and finds what must never be logged.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{LazyLock, Mutex, Once, PoisonError};

use aho_corasick::AhoCorasick;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Keys, and the personal data that the tests use: none of it may be in a log.
const SECRETS: [&str; 25] = [
    "9876501234",
    "good-cart",
    "a4f1c0de",
    "sandbox-key",
    "Bearer",
    "456-78-9012",
    "456789012",
    "1985-12-10",
    "12-3456789",
    "ada@example.com",
    "office@example.com",
    "+14155550123",
    "+14155550100",
    "Byron",
    "Augusta",
    "Countess",
    "Flow Matic",
    "1 Market St",
    "021000021",
    "1234567890",
    "public-sandbox-1",
    "access-sandbox",
    "203.0.113.7",
    "Rent for May",
    "signup-8841",
];

/// Targets whose lines are counted: an empty log has no leaks either.
const TARGETS: [&str; 3] = ["hyper_util", "reqwest", "synctera"];

/// The code generator, which some tests run in this process. It logs the documentation of fields,
/// whose examples are like the data of the tests.
const GENERATOR: [&str; 2] = ["progenitor", "typify"];

/// One pass over a line finds secrets and targets: lines are many and long.
static PATTERNS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::new(SECRETS.iter().chain(&TARGETS)).expect("the patterns are valid")
});

#[derive(Default)]
struct Captured {
    lines: BTreeMap<&'static str, usize>,
    leaks: BTreeSet<String>,
}

static CAPTURED: LazyLock<Mutex<Captured>> = LazyLock::new(Mutex::default);

fn captured() -> std::sync::MutexGuard<'static, Captured> {
    CAPTURED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Captures from now on, to the end of the program.
pub fn start() {
    static START: Once = Once::new();
    START.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_span_events(FmtSpan::NEW | FmtSpan::CLOSE)
            .with_writer(Capture)
            .finish()
            .with(filter_fn(|metadata| {
                !GENERATOR.iter().any(|part| metadata.target().starts_with(part))
            }))
            .init();
    });
}

/// The lines with a secret so far, each with the secret in front.
pub fn leaks() -> Vec<String> {
    captured().leaks.iter().cloned().collect()
}

/// Removes the leaks found so far.
pub fn clear_leaks() {
    captured().leaks.clear();
}

/// The number of lines of each target so far.
pub fn lines() -> BTreeMap<&'static str, usize> {
    captured().lines.clone()
}

struct Capture;

impl<'a> MakeWriter<'a> for Capture {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl io::Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut secret = None;
        let mut targets = BTreeSet::new();
        for found in PATTERNS.find_overlapping_iter(bytes) {
            match SECRETS.get(found.pattern().as_usize()) {
                Some(text) => secret = Some(*text),
                None => {
                    targets.insert(TARGETS[found.pattern().as_usize() - SECRETS.len()]);
                }
            }
        }
        let mut captured = captured();
        if let Some(secret) = secret {
            let line = String::from_utf8_lossy(bytes);
            captured.leaks.insert(format!("{secret}: {line}"));
        }
        for target in targets {
            *captured.lines.entry(target).or_default() += 1;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
