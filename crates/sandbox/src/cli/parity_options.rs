//! The options of `parity`.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::Args;

#[derive(Args)]
pub(crate) struct Options {
    /// The other platform, such as https://api-sandbox.synctera.com; http is for this machine only
    #[arg(long, value_name = "URL")]
    pub(super) against: String,
    /// A file with the API key for it, and nothing else
    #[arg(long, value_name = "FILE")]
    pub(super) key_file: PathBuf,
    /// Scripts: YAML files with calls, each played for itself
    #[arg(required = true, value_name = "SCRIPT")]
    pub(super) scripts: Vec<PathBuf>,
    /// Change a setting of our sandbox; can be repeated
    #[arg(long = "setting", value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
    /// Accept the differences that this YAML file lists, each with a reason; can be repeated
    #[arg(long, value_name = "FILE")]
    pub(super) accept: Vec<PathBuf>,
    /// The moment at which the clock of the other platform is held, if it is
    #[arg(long, value_name = "MOMENT")]
    pub(super) clock: Option<DateTime<Utc>>,
    /// Seconds for which settings are tried that may remove differences
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub(super) within: u32,
    /// The other platform is a sandbox, though its host does not say so: test data may be written there
    #[arg(long)]
    pub(super) against_is_a_sandbox: bool,
    /// Report as JSON
    #[arg(long)]
    pub(super) json: bool,
}
