//! What can be chosen of a conformance run.

use std::path::PathBuf;

use clap::Args;

/// The key that the sandbox opens to.
pub(super) const KEY: &str = "conformance";

#[derive(Args)]
pub(crate) struct Options {
    /// Requests that an operation is sent in each phase, about
    #[arg(long, default_value_t = 25, value_name = "N")]
    pub(super) examples: u32,
    /// What the requests are made from: the same seed makes the same requests
    #[arg(long, default_value_t = 20260101)]
    pub(super) seed: u64,
    /// Make requests for so many seconds, shared out to the interfaces by their operations
    #[arg(long, value_name = "SECONDS")]
    pub(super) seconds: Option<u32>,
    /// Phases to run, of coverage, fuzzing and stateful
    #[arg(long, default_value = "coverage,fuzzing,stateful", value_name = "LIST")]
    pub(super) phases: String,
    /// Only this interface: v2, v0, or sandbox, which is the control API
    #[arg(long)]
    pub(super) interface: Option<String>,
    /// Only operations whose path matches this regular expression
    #[arg(long, value_name = "REGEX")]
    pub(super) path: Option<String>,
    /// How many failures of a kind are shown
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub(super) show: usize,
    /// List the served operations that did not once do what they were asked
    #[arg(long)]
    pub(super) idle: bool,
    /// A sandbox built beforehand; otherwise it is built now
    #[arg(long, value_name = "FILE")]
    pub(super) sandbox: Option<PathBuf>,
}
