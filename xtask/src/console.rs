//! `cargo xtask console`: the console in a real browser.
//!
//! The suite is JavaScript (`crates/console/browser`), since what drives browsers and judges pages best is.
//! It needs Node with npm and Chromium; without them it says that it is skipped.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use clap::Args;

use crate::browser;
use crate::console_scale;
use crate::running::{self, Server};
use crate::workspace::{self, Error};

#[derive(Args)]
pub(crate) struct Options {
    /// A sandbox built beforehand; otherwise it is built now
    #[arg(long, value_name = "FILE")]
    sandbox: Option<PathBuf>,
    /// Each story once, with a mouse, and one form of each page
    #[arg(long)]
    short: bool,
    /// Instead, how long each page takes with so many posted transactions and 100,000 logged requests
    #[arg(long, value_name = "TRANSACTIONS", num_args = 0..=1, default_missing_value = "1000000")]
    scale: Option<u64>,
}

/// The files of the suite, with the calls that fill a bank; all in one folder when it runs.
const FILES: [&str; 12] = [
    "crates/console/browser/bank.mjs",
    "crates/console/browser/browser.mjs",
    "crates/console/browser/others.mjs",
    "crates/console/browser/package.json",
    "crates/console/browser/payloads.mjs",
    "crates/console/browser/sandbox.mjs",
    "crates/console/browser/signing.mjs",
    "crates/console/browser/stories.mjs",
    "crates/console/browser/suite.mjs",
    "crates/console/browser/world.mjs",
    "crates/sandbox/tests/mutations/steps.json",
    "xtask/conformance/world.json",
];

pub(crate) fn run(options: &Options) -> Result<ExitCode, Error> {
    if let Some(transactions) = options.scale {
        return console_scale::run(transactions);
    }
    let Some(chromium) = browser::installed() else {
        println!("console: skipped: this needs Chromium or Chrome");
        return Ok(ExitCode::SUCCESS);
    };
    let folder = workspace::target().join("console");
    let pictures = folder.join("pictures");
    std::fs::create_dir_all(&pictures)?;
    for path in FILES {
        let name = path.rsplit('/').next().unwrap_or(path);
        std::fs::copy(workspace::root().join(path), folder.join(name))?;
    }
    let npm = Command::new("npm")
        .args(["install", "--no-package-lock", "--no-audit", "--no-fund", "--silent"])
        .args(["--prefer-offline", "--ignore-scripts"])
        .current_dir(&folder)
        .output();
    if !npm.is_ok_and(|output| output.status.success()) {
        println!(
            "console: skipped: this needs node with npm, and its registry or what that gave before"
        );
        return Ok(ExitCode::SUCCESS);
    }
    let program = match &options.sandbox {
        Some(program) => std::fs::canonicalize(program)?,
        None => running::build()?,
    };
    let fixtures = workspace::root().join("crates/journey-files/tests/bank");
    let fixtures = fixtures.to_string_lossy();
    let arguments = ["--clock", "2026-11-24T14:00:00Z", "--fixtures", &fixtures];
    let server = Server::start(&program, &arguments)?;
    let played = Command::new("node")
        .arg("suite.mjs")
        .args([&server.url, &chromium.to_string_lossy().into_owned()])
        .arg(&pictures)
        .arg(if options.short { "short" } else { "whole" })
        .arg(&program)
        .current_dir(&folder)
        .status()?;
    println!("pictures: {}", pictures.display());
    Ok(if played.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
